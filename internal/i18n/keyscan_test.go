package i18n

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
)

// scan is what the source of the whole tree says about keys.
type scan struct {
	uses     []use
	literals map[string]bool // every string literal of the tree
	prefixes []string        // beginnings of keys put together at run time
	unclear  []string        // places whose key cannot be seen
}

// use is one key where it is made into a fault or a text.
type use struct {
	key, at string
	args    map[string]bool // names given beside it; nil when they cannot be seen
}

// source is one package, as far as keys are concerned.
type source struct {
	fset    *token.FileSet
	files   []*ast.File
	consts  map[string]string
	funcs   map[string][]*ast.FuncDecl
	takers  map[string]int // functions that pass a parameter on as a key: its index
	all     *scan
	current *ast.FuncDecl
}

// scanTree reads every Go file below root that is no test.
func scanTree(root string) (*scan, error) {
	all := &scan{literals: map[string]bool{}}
	packages := map[string]*source{}
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		dir := filepath.Dir(path)
		if packages[dir] == nil {
			packages[dir] = &source{fset: token.NewFileSet(), consts: map[string]string{}, funcs: map[string][]*ast.FuncDecl{}, takers: map[string]int{}, all: all}
		}
		file, err := parser.ParseFile(packages[dir].fset, path, nil, parser.SkipObjectResolution)
		if err == nil {
			packages[dir].files = append(packages[dir].files, file)
		}
		return err
	})
	for _, p := range packages {
		p.declare()
		for p.findTakers() {
		}
		p.findUses()
	}
	return all, err
}

func (p *source) declare() {
	for _, file := range p.files {
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.BasicLit:
				if text, ok := literal(n); ok {
					p.all.literals[text] = true
				}
			case *ast.FuncDecl:
				p.funcs[n.Name.Name] = append(p.funcs[n.Name.Name], n)
			case *ast.GenDecl:
				if n.Tok == token.CONST {
					p.declareConsts(n)
				}
			}
			return true
		})
	}
}

func (p *source) declareConsts(decl *ast.GenDecl) {
	for _, spec := range decl.Specs {
		values := spec.(*ast.ValueSpec)
		for i, value := range values.Values {
			if text, ok := literal(value); ok {
				p.consts[values.Names[i].Name] = text
			}
		}
	}
}

func literal(e ast.Expr) (string, bool) {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(lit.Value)
	return text, err == nil
}

// keyArgument is the expression that a call or literal uses as a key, and the
// arguments given with it.
func (p *source) keyArgument(n ast.Node) (key, args ast.Expr) {
	switch n := n.(type) {
	case *ast.CallExpr:
		name, qualified := calleeName(n)
		at, ok := p.takers[name]
		switch {
		case qualified == "fault.New":
			at, ok = 1, true
			if len(n.Args) == 3 {
				args = n.Args[2]
			}
		case qualified == "i18n.Text":
			at, ok = 1, true
		case name == "T" && isMethod(n):
			at, ok = 0, true
			args = pairsOf(n)
		}
		if ok && at < len(n.Args) {
			return n.Args[at], args
		}
	case *ast.CompositeLit:
		if isNamed(n.Type, "Field") || n.Type == nil {
			return fieldKey(n)
		}
	}
	return nil, nil
}

// isMethod is true of view.T(…), by which pages take their texts.
func isMethod(call *ast.CallExpr) bool {
	_, ok := call.Fun.(*ast.SelectorExpr)
	return ok && len(call.Args) > 0
}

// pairsOf are the names and values behind the key of view.T, as a literal.
func pairsOf(call *ast.CallExpr) ast.Expr {
	if call.Ellipsis.IsValid() {
		return nil
	}
	lit := &ast.CompositeLit{}
	for i := 1; i+1 < len(call.Args); i += 2 {
		lit.Elts = append(lit.Elts, &ast.KeyValueExpr{Key: call.Args[i], Value: call.Args[i+1]})
	}
	return lit
}

// fieldKey is the Key of a fault.Field; an element of []fault.Field has no type
// of its own and is known by having a Path.
func fieldKey(lit *ast.CompositeLit) (key, args ast.Expr) {
	path := false
	for _, element := range lit.Elts {
		pair, ok := element.(*ast.KeyValueExpr)
		if !ok {
			return nil, nil
		}
		switch name, _ := pair.Key.(*ast.Ident); {
		case name == nil:
		case name.Name == "Key":
			key = pair.Value
		case name.Name == "Args":
			args = pair.Value
		case name.Name == "Path":
			path = true
		}
	}
	if lit.Type == nil && !path || lit.Type != nil && !isFault(lit.Type) {
		return nil, nil
	}
	return key, args
}

func isFault(e ast.Expr) bool {
	selector, ok := e.(*ast.SelectorExpr)
	return ok && isNamed(selector.X, "fault")
}

func isNamed(e ast.Expr, name string) bool {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name == name
	case *ast.SelectorExpr:
		return e.Sel.Name == name
	}
	return false
}

func calleeName(call *ast.CallExpr) (name, qualified string) {
	switch f := call.Fun.(type) {
	case *ast.Ident:
		return f.Name, f.Name
	case *ast.SelectorExpr:
		if x, ok := f.X.(*ast.Ident); ok {
			qualified = x.Name + "." + f.Sel.Name
		}
		return f.Sel.Name, qualified
	}
	return "", ""
}

// findTakers learns which functions pass a parameter on as a key, and says
// whether it learned of one.
func (p *source) findTakers() bool {
	learned := false
	for _, decls := range p.funcs {
		for _, decl := range decls {
			if _, known := p.takers[decl.Name.Name]; known || decl.Body == nil {
				continue
			}
			ast.Inspect(decl.Body, func(n ast.Node) bool {
				key, _ := p.keyArgument(n)
				if at := parameterIndex(decl, key); at >= 0 {
					p.takers[decl.Name.Name], learned = at, true
				}
				return true
			})
		}
	}
	return learned
}

// parameterIndex is where the function has the parameter that e names, or -1.
func parameterIndex(decl *ast.FuncDecl, e ast.Expr) int {
	ident, ok := e.(*ast.Ident)
	if !ok || decl == nil {
		return -1
	}
	at := 0
	for _, field := range decl.Type.Params.List {
		for _, name := range field.Names {
			if name.Name == ident.Name {
				return at
			}
			at++
		}
	}
	return -1
}
