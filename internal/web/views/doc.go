// Package views is how somebody looks at the records of an object: which of
// them (a filter of chips, a text), in which order, with which columns, as a
// list, a board or a calendar. All of it stands in the address, so that every
// look can be sent to a colleague; a view is such a look with a name.
//
// State reads the address and writes it again, Bar shows what it says and how
// to change it. The filter is one expression of room expr: a conjunction of
// simple comparisons is shown as chips, anything else as one chip of text.
package views
