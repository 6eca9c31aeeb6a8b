package expr

// Bindings ties the names in the text to what they meant when it was checked:
// one entry for each name of each path, in order of appearance, the ID of the
// field, or for a back-link an ID that begins with "<". Stored beside
// e.String(), it keeps the expression alive when fields are renamed.
func (e *Expr) Bindings() []string { return e.names }

// BackID is the binding of a back-link.
func BackID(b Back) string { return backID(b) }

// Rename writes text with the names of today. name answers the present name of
// a binding, "" to leave the old one, which Check then finds missing. After a
// rename check the result and compare its Bindings with the stored ones: inside
// any(…) a new name can hide one of the outer object.
func Rename(text string, bindings []string, name func(binding string) string) (string, error) {
	n, err := Parse(text)
	if err != nil {
		return "", err
	}
	rest := bindings
	rename(n, &rest, name)
	return n.String(), nil
}

func rename(n *Node, rest *[]string, name func(string) string) {
	for i := range n.Names {
		if len(*rest) == 0 {
			return
		}
		binding := (*rest)[0]
		*rest = (*rest)[1:]
		if binding == "" {
			continue
		}
		if now := name(binding); now != "" {
			n.Names[i] = now
		}
	}
	for _, kid := range n.Kids {
		rename(kid, rest, name)
	}
}
