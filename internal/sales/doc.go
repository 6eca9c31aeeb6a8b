// Package sales knows the way from a lead to a won deal: leads, products,
// pipelines with their stages, deals and their lines.
//
// Lines carry the terms of their products as they were when these were chosen,
// and make the amount of their deal. A lead becomes a customer by Convert, and
// what is written about it later lands on that customer.
//
// Moving, winning, losing and reopening a deal are functions here, called by
// the API, pages, imports and automation alike. What a stage allows is decided
// here too; what happens to records in general is the record room's.
package sales
