package expr

import (
	"errors"
)

var errSoon = errors.New("expr: being built")

func Parse(text string) (*Node, error)                     { return nil, errSoon }
func (n *Node) String() string                             { return "" }
func Check(text string, s Scope, want Type) (*Expr, error) { return nil, errSoon }
func CheckNode(n *Node, s Scope, want Type) (*Expr, error) { return nil, errSoon }
func (e *Expr) SQL(c Columns, env Env, alias string, args *Args) (string, error) {
	return "", errSoon
}
func (e *Expr) Eval(r Row, env Env) (any, error)   { return nil, errSoon }
func (e *Expr) Match(r Row, env Env) (bool, error) { return false, errSoon }
func And(a, b *Expr) *Expr                         { return nil }
func Or(a, b *Expr) *Expr                          { return nil }
func Not(a *Expr) *Expr                            { return nil }
func Compare(f Field, op Op, v any) (*Expr, error) { return nil, errSoon }
func Reserved(name string) bool                    { return false }
func (e *Expr) Bindings() []string                 { return e.names }
func Rename(text string, bindings []string, name func(id string) string) (string, error) {
	return "", errSoon
}
func Convert(v any, to Type, scale int) (any, error) { return nil, errSoon }
