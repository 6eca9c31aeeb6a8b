package expr

import "strconv"

// Args collects the parameters of a statement while its text is written, and
// numbers the aliases of its subqueries. One Args serves a whole statement.
type Args struct {
	param  func(n int, sqlType string) string
	values []any
	alias  int
}

// NewArgs takes the dialect's way to write parameter n (from 1) with its type:
// bigint, text, date, boolean, and of lists and questions bigint[] and tsquery.
func NewArgs(param func(n int, sqlType string) string) *Args { return &Args{param: param} }

// Add stores a parameter and returns its placeholder.
func (a *Args) Add(v any, sqlType string) string {
	a.values = append(a.values, v)
	return a.param(len(a.values), sqlType)
}

// Values are the parameters in order.
func (a *Args) Values() []any { return a.values }

// Alias is a table alias used nowhere else in the statement.
func (a *Args) Alias() string {
	a.alias++
	return "x" + strconv.Itoa(a.alias)
}
