package expr

// prefix reads what can begin an expression.
func (p *parser) prefix() (*Node, error) {
	tok := p.tok
	switch tok.kind {
	case tokText:
		return p.atom(OpText)
	case tokNumber:
		return p.atom(OpNumber)
	case tokSpan:
		return p.atom(OpSpan)
	case tokName:
		return p.name()
	case tokWord:
		switch tok.text {
		case "true", "false":
			return p.atom(OpBool)
		case "not":
			return p.unary(OpNot)
		}
	case tokSign:
		switch tok.text {
		case "-":
			return p.unary(OpNeg)
		case "(":
			return p.brackets()
		}
	}
	return nil, p.unexpected()
}

func (p *parser) atom(op Op) (*Node, error) {
	n := &Node{Op: op, Text: p.tok.text, Pos: p.tok.pos}
	return n, p.advance()
}

func (p *parser) unary(op Op) (*Node, error) {
	pos := p.tok.pos
	if err := p.advance(); err != nil {
		return nil, err
	}
	kid, err := p.expression(op.binding())
	if err != nil {
		return nil, err
	}
	return &Node{Op: op, Kids: []*Node{kid}, Pos: pos}, nil
}

func (p *parser) brackets() (*Node, error) {
	if err := p.advance(); err != nil {
		return nil, err
	}
	n, err := p.expression(bindOr)
	if err != nil {
		return nil, err
	}
	return n, p.take(tokSign, ")", "expr.unclosed")
}

// name reads a path, a call, or path.in("USD").
func (p *parser) name() (*Node, error) {
	n := &Node{Op: OpPath, Names: []string{p.tok.text}, Pos: p.tok.pos}
	if err := p.advance(); err != nil {
		return nil, err
	}
	if p.is(tokSign, "(") {
		return p.call(n)
	}
	for p.is(tokSign, ".") {
		if err := p.advance(); err != nil {
			return nil, err
		}
		if p.is(tokWord, "in") {
			return p.inCurrency(n)
		}
		if p.tok.kind != tokName {
			return nil, p.unexpected()
		}
		n.Names = append(n.Names, p.tok.text)
		if err := p.advance(); err != nil {
			return nil, err
		}
	}
	return n, nil
}

func (p *parser) call(n *Node) (*Node, error) {
	n.Op, n.Text, n.Names = OpCall, n.Names[0], nil
	if f, ok := findFunction(n.Text); ok {
		n.Text = f.name // in its own spelling, however it was typed
	}
	if err := p.advance(); err != nil {
		return nil, err
	}
	var err error
	n.Kids, err = p.items()
	return n, err
}

// items reads expressions up to the closing bracket.
func (p *parser) items() ([]*Node, error) {
	if p.is(tokSign, ")") {
		return nil, p.advance()
	}
	var items []*Node
	for {
		item, err := p.expression(bindOr)
		if err != nil {
			return nil, err
		}
		items = append(items, item)
		if !p.is(tokSign, ",") {
			return items, p.take(tokSign, ")", "expr.unclosed")
		}
		if err := p.advance(); err != nil {
			return nil, err
		}
	}
}

func (p *parser) inCurrency(n *Node) (*Node, error) {
	pos := p.tok.pos
	if err := p.advance(); err != nil {
		return nil, err
	}
	if err := p.take(tokSign, "(", "expr.syntax"); err != nil {
		return nil, err
	}
	if p.tok.kind != tokText {
		return nil, wrong("expr.want_currency", p.tok.pos, p.tok.near)
	}
	in := &Node{Op: OpInCurrency, Text: p.tok.text, Kids: []*Node{n}, Pos: pos}
	if err := p.advance(); err != nil {
		return nil, err
	}
	return in, p.take(tokSign, ")", "expr.unclosed")
}
