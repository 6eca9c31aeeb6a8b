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
//	or  and  not                       = != < <= > >=   + - * /
//	in (…)  not in (…)                 in thisQuarter(), = lastMonth(), < nextYear()
//	contains  starts with              is empty  is not empty
//	"text" 'text' 12.50 true false     date("2026-01-31")  30d 2w 6h 15min 3mo 1y
//	account.owner.team.name            amount.in("USD")  amount.currency
//	any(contacts, email = "…")         names of the contact first, then those outside
//	if(a > b, x, y)  coalesce(x, y)    today() now() me() myTeam()
//	lower upper trim length concat left right replace
//	year month day weekday daysBetween addDays startOfMonth   round abs min max
//
// The last two lines, division and the product of two fields run in memory
// only, unless they are over fixed values; SQLable says so. In SQL numbers are
// integers scaled by their field; PostgreSQL computes them without limit, SQLite
// exactly up to 64 bits at the common scale and approximately beyond.
//
// The room knows nothing of schemas, members or databases: a Scope names the
// fields, Columns names their columns, an Env carries now, zone and actor.
package expr
