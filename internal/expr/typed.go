package expr

// node is a typed node. Nodes without a field below them are fixed: they are
// computed in Go before any SQL is written.
type node struct {
	op    Op
	typ   Type
	kids  []*node
	val   any // literals
	fn    *function
	path  *path
	fixed bool
	pos   int
}

// path leads from a record to a field of its own or over links.
type path struct {
	up    int     // how many any(…) to step out of
	links []Field // followed in order
	field Field   // read at the end
	part  Part    // Value or Currency
	many  *Back   // any(…): what the end leads to
}

type function struct{ name string }
