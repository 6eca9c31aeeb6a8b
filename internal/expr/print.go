package expr

import "strings"

// String is the canonical text of the tree: one space around operators, double
// quotes where they serve, brackets only where they are needed.
func (n *Node) String() string {
	var b strings.Builder
	n.write(&b)
	return b.String()
}

func (n *Node) write(b *strings.Builder) {
	switch n.Op {
	case OpText:
		quote(b, n.Text)
	case OpNumber, OpSpan, OpBool:
		b.WriteString(n.Text)
	case OpPath:
		b.WriteString(strings.Join(n.Names, "."))
	case OpCall:
		b.WriteString(n.Text)
		writeList(b, n.Kids)
	case OpInCurrency:
		n.kid(b, n.Kids[0], bindAtom)
		b.WriteString(".in(")
		quote(b, n.Text)
		b.WriteByte(')')
	case OpNot:
		b.WriteString("not ")
		n.kid(b, n.Kids[0], bindNot)
	case OpNeg:
		b.WriteByte('-')
		n.kid(b, n.Kids[0], bindNeg)
	case OpEmpty, OpNotEmpty:
		n.kid(b, n.Kids[0], bindCompare+1)
		b.WriteByte(' ')
		b.WriteString(n.Op.text())
	case OpIn, OpNotIn:
		n.writeIn(b)
	default:
		n.writeInfix(b)
	}
}

// kid brackets an operand that binds more loosely than least.
func (n *Node) kid(b *strings.Builder, kid *Node, least int) {
	if kid.Op.binding() >= least {
		kid.write(b)
		return
	}
	b.WriteByte('(')
	kid.write(b)
	b.WriteByte(')')
}

func (n *Node) writeInfix(b *strings.Builder) {
	own := n.Op.binding()
	for i, kid := range n.Kids {
		least := own
		if i > 0 {
			b.WriteByte(' ')
			b.WriteString(n.Op.text())
			b.WriteByte(' ')
		}
		if i > 0 || own == bindCompare {
			least++
		}
		n.kid(b, kid, least)
	}
}

func (n *Node) writeIn(b *strings.Builder) {
	n.kid(b, n.Kids[0], bindCompare+1)
	b.WriteByte(' ')
	b.WriteString(n.Op.text())
	b.WriteByte(' ')
	if items := n.Kids[1:]; len(items) == 1 && items[0].Op == OpCall {
		items[0].write(b)
	} else {
		writeList(b, items)
	}
}

func writeList(b *strings.Builder, items []*Node) {
	b.WriteByte('(')
	for i, item := range items {
		if i > 0 {
			b.WriteString(", ")
		}
		item.write(b)
	}
	b.WriteByte(')')
}

// quote takes the quotes that need fewer escapes, so that canonical text is
// never longer than what was typed.
func quote(b *strings.Builder, s string) {
	q := byte('"')
	if strings.Count(s, `"`) > strings.Count(s, `'`) {
		q = '\''
	}
	b.WriteByte(q)
	for i := 0; i < len(s); i++ {
		if s[i] == q || s[i] == '\\' {
			b.WriteByte('\\')
		}
		b.WriteByte(s[i])
	}
	b.WriteByte(q)
}
