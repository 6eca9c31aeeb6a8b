// Package marketing brings strangers in: forms on the company's website, of
// which every submission is kept and those of people become leads.
//
// A submission is written down first, in an act of its own, and judged then:
// whatever a rule says of the lead that it would make, what somebody sent us
// is not lost.
package marketing
