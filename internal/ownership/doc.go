// Package ownership knows who answers for a record that nobody owns yet: rules
// that give leads, deals and customers an owner in turn, by load or territory,
// in working hours, with a named fallback; and handing records on with the
// tasks about them.
//
// A rule that the company wrote decides who; the record room decides what an
// owner means.
package ownership
