// Package schema knows what a workspace's records look like: objects, their
// fields, the kinds of fields, and how all of that changes at run time.
//
// A Schema is immutable. A change is first a Plan that a person can read, with
// its effect in numbers, and then applied in one transaction, after which the
// whole Schema is swapped. Built-in objects are declared in Go by typed
// handles (see handle.go); users add their own fields and objects beside them,
// and relabel, hide or require what is built in.
//
// The room knows tables and columns, because a field kind decides its columns,
// but it reads and writes no record: that is the record room. It knows no
// actors either: who may see a field is decided by access.
package schema
