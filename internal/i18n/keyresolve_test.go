package i18n

import (
	"go/ast"
	"go/token"
	"strings"
)

// findUses resolves the key of every place that makes one.
func (p *source) findUses() {
	for _, file := range p.files {
		for _, decl := range file.Decls {
			p.current, _ = decl.(*ast.FuncDecl)
			ast.Inspect(decl, func(n ast.Node) bool {
				if key, args := p.keyArgument(n); key != nil {
					p.use(key, args)
				}
				return true
			})
		}
	}
}

func (p *source) use(key, args ast.Expr) {
	at := p.fset.Position(key.Pos()).String()
	found := p.resolve(key, 0)
	if len(found) == 0 {
		p.all.unclear = append(p.all.unclear, at)
	}
	for _, text := range found {
		switch {
		case strings.HasSuffix(text, "."):
			p.all.prefixes = append(p.all.prefixes, text)
		case text != "":
			p.all.uses = append(p.all.uses, use{key: text, at: at, args: argNames(args)})
		}
	}
}

// resolve lists what an expression may be: keys, prefixes ending in a dot, and ""
// for what comes from elsewhere and is checked there. Nothing means unclear.
func (p *source) resolve(e ast.Expr, depth int) []string {
	if depth > 5 {
		return []string{""}
	}
	if text, ok := literal(e); ok {
		return []string{text}
	}
	switch e := e.(type) {
	case *ast.ParenExpr:
		return p.resolve(e.X, depth)
	case *ast.BinaryExpr:
		if left := p.resolve(e.X, depth+1); e.Op == token.ADD && len(left) == 1 && strings.HasSuffix(left[0], ".") {
			return left
		}
	case *ast.SelectorExpr, *ast.IndexExpr:
		return []string{""} // the Key of another fault, a table of literals
	case *ast.CallExpr:
		name, _ := calleeName(e)
		return p.returned(name, 0, depth+1)
	case *ast.Ident:
		if text, ok := p.consts[e.Name]; ok {
			return []string{text}
		}
		if parameterIndex(p.current, e) >= 0 {
			return []string{""} // the callers are looked at instead
		}
		return p.assigned(e.Name, depth+1)
	}
	return nil
}

// assigned collects what the current function gives to a variable.
func (p *source) assigned(name string, depth int) []string {
	var found []string
	if p.current == nil {
		return nil
	}
	ast.Inspect(p.current, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for i, left := range n.Lhs {
				if !isNamed(left, name) {
					continue
				}
				if len(n.Rhs) == len(n.Lhs) {
					found = append(found, p.resolve(n.Rhs[i], depth)...)
				} else if call, ok := n.Rhs[0].(*ast.CallExpr); ok {
					callee, _ := calleeName(call)
					found = append(found, p.returned(callee, i, depth)...)
				}
			}
		case *ast.ValueSpec:
			for i, value := range n.Values {
				if n.Names[i].Name == name {
					found = append(found, p.resolve(value, depth)...)
				}
			}
		case *ast.RangeStmt:
			if n.Key != nil && isNamed(n.Key, name) || n.Value != nil && isNamed(n.Value, name) {
				found = append(found, "") // from a table
			}
		case *ast.FuncLit:
			if parameterIndex(&ast.FuncDecl{Type: n.Type}, ast.NewIdent(name)) >= 0 {
				found = append(found, "")
			}
		}
		return true
	})
	return found
}

// returned collects what a function of the package answers at that place.
func (p *source) returned(name string, at, depth int) []string {
	var found []string
	outer := p.current
	defer func() { p.current = outer }()
	for _, decl := range p.funcs[name] {
		p.current = decl
		ast.Inspect(decl, func(n ast.Node) bool {
			answer, ok := n.(*ast.ReturnStmt)
			switch {
			case !ok || len(answer.Results) == 0:
			case len(answer.Results) > at:
				found = append(found, p.resolve(answer.Results[at], depth)...)
			default:
				if call, ok := answer.Results[0].(*ast.CallExpr); ok && depth < 5 {
					callee, _ := calleeName(call)
					found = append(found, p.returned(callee, at, depth+1)...)
				}
			}
			return true
		})
	}
	return found
}

// argNames are the names in a literal fault.Args; nil when it is something else.
func argNames(args ast.Expr) map[string]bool {
	if args == nil {
		return nil
	}
	names := map[string]bool{}
	if isNamed(args, "nil") {
		return names
	}
	lit, ok := args.(*ast.CompositeLit)
	if !ok {
		return nil
	}
	for _, element := range lit.Elts {
		if pair, ok := element.(*ast.KeyValueExpr); ok {
			name, _ := literal(pair.Key)
			names[name] = true
		}
	}
	return names
}
