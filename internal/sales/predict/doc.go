// Package predict learns from what became of examples how likely something is:
// regularised logistic regression over numbers and choices, with the strength
// of the regularisation chosen by time, and judged on examples that are later
// than all it learnt from.
//
// It knows nothing of deals and databases. What an example says must have been
// known at its moment; to see to that is the caller's.
package predict
