// Package sales knows the way from a lead to a won deal: leads, products,
// pipelines with their stages, deals and their lines.
//
// Moving, winning, losing and reopening a deal are functions here, called by
// the API, pages, imports and automation alike. What a stage allows is decided
// here too; what happens to records in general is the record room's.
package sales
