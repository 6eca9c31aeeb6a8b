// Package expr is the one expression language of the product: filters, views,
// formulas, permissions, rules and conditions are written in it.
//
// Text becomes a tree (Parse), the tree is typed against the fields of an
// object (Check), and the typed expression answers both as SQL on SQLite and
// PostgreSQL (SQL) and in memory (Eval). Both answers are equal: a property
// test runs random expressions over random records through all three.
//
// The logic is two-valued. A comparison, contains or in with an empty operand
// is false, != is its complement, not is a true complement, arithmetic with
// empty is empty, a path through an empty or unreadable link is empty.
//
// Text compares exactly with = and in; contains, starts with and the order
// signs compare search-folded text (case, accents and width do not matter).
// Money compares by its amount in the workspace's currency, and exactly after
// amount.in("USD"). A date and a moment compare by the day of the moment in the
// workspace's zone. The days and weeks of a span are calendar days on a date
// and 24 hours each on a moment.
//
// The room knows nothing of schemas, members or databases: a Scope names the
// fields, Columns names their columns, an Env carries now, zone and actor.
package expr
