package expr

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"pgregory.net/rapid"
)

// gen draws well-typed expressions as text.
type gen struct {
	t      *rapid.T
	r      *rand.Rand // instead of t: spreads wider, but does not shrink
	w      *world
	scopes []string // objects, innermost last
}

func (g *gen) n(limit int) int {
	if g.r != nil {
		return g.r.IntN(limit)
	}
	return rapid.IntRange(0, limit-1).Draw(g.t, "n")
}

func oneOf[T any](g *gen, of []T) T { return of[g.n(len(of))] }

// reach is a path and the field at its end.
type reach struct {
	path  string
	field Field
}

// paths draws a record within reach, over at most two links, and lists what
// can be read of it.
func (g *gen) paths(fits func(Type) bool) []reach {
	up := 0
	if len(g.scopes) > 1 && g.n(3) == 0 {
		up = 1
	}
	object, prefix := g.scopes[len(g.scopes)-1-up], ""
	seen := func(name string) bool { // hidden by an inner name, or a name of the language
		for _, inner := range g.scopes[len(g.scopes)-up:] {
			_, field := g.w.scopes[inner].Field(name)
			_, back := g.w.scopes[inner].Back(name)
			if field || back {
				return false
			}
		}
		return true
	}
	for range g.n(3) {
		var links []Field
		for _, f := range g.w.scopes[object].fields {
			if f.Type.Kind == Link && f.Formula == nil && (prefix != "" || seen(f.Name)) {
				links = append(links, f)
			}
		}
		if len(links) == 0 {
			break
		}
		link := oneOf(g, links)
		object, prefix = link.Type.Object, prefix+link.Name+"."
	}
	var found []reach
	for _, f := range g.w.scopes[object].fields {
		if fits(f.Type) && (prefix != "" || seen(f.Name)) {
			found = append(found, reach{prefix + f.Name, f})
		}
	}
	return found
}

// path is a path to such a field, or otherwise what else answers.
func (g *gen) path(fits func(Type) bool, otherwise func() string) string {
	if found := g.paths(fits); len(found) > 0 && g.n(8) > 0 {
		return oneOf(g, found).path
	}
	return otherwise()
}

func kindIs(k Kind) func(Type) bool { return func(t Type) bool { return t.Kind == k } }

func (g *gen) condition(depth int) string {
	if depth <= 0 {
		return g.leaf(0)
	}
	switch g.n(9) {
	case 0:
		return "(" + g.condition(depth-1) + ") and (" + g.condition(depth-1) + ")"
	case 1:
		return "(" + g.condition(depth-1) + ") or (" + g.condition(depth-1) + ")"
	case 2:
		return "not (" + g.condition(depth-1) + ")"
	case 3:
		return g.anyOf(depth)
	case 4:
		return fmt.Sprintf("if(%s, %s, %s)", g.condition(depth-1), g.condition(depth-1), g.condition(depth-1))
	case 5:
		return fmt.Sprintf("(%s) %s (%s)", g.condition(depth-1), oneOf(g, []string{"=", "!="}), g.condition(depth-1))
	}
	return g.leaf(depth)
}

func (g *gen) anyOf(depth int) string {
	type way struct{ path, object string }
	var ways []way
	here := g.scopes[len(g.scopes)-1]
	list := func(object, prefix string) {
		s := g.w.scopes[object]
		for _, name := range []string{"contacts", "deals", "children", "accounts", "members", "notes"} {
			if b, ok := s.backs[name]; ok {
				ways = append(ways, way{prefix + name, b.Object})
			}
		}
		for _, f := range s.fields {
			if f.Type.Kind == Links {
				ways = append(ways, way{prefix + f.Name, f.Type.Object})
			}
		}
	}
	list(here, "")
	for _, f := range g.w.scopes[here].fields {
		if f.Type.Kind == Link && f.Formula == nil {
			list(f.Type.Object, f.Name+".")
		}
	}
	if len(ways) == 0 || len(g.scopes) > 3 {
		return g.leaf(depth)
	}
	to := oneOf(g, ways)
	if g.n(6) == 0 {
		return "any(" + to.path + ")"
	}
	inner := gen{t: g.t, r: g.r, w: g.w, scopes: append(g.scopes[:len(g.scopes):len(g.scopes)], to.object)}
	return "any(" + to.path + ", " + inner.condition(depth-1) + ")"
}

var allOps = []string{"=", "!=", "<", "<=", ">", ">="}

// leaf is a condition over values.
func (g *gen) leaf(depth int) string {
	op := oneOf(g, allOps)
	switch g.n(16) {
	case 0:
		return g.path(kindIs(Bool), func() string { return oneOf(g, []string{"true", "false"}) })
	case 1, 2:
		return g.number(depth) + " " + op + " " + g.number(depth)
	case 3:
		return g.money(depth) + " " + op + " " + oneOf(g, []string{g.money(depth), g.number(depth)})
	case 4:
		return g.text(depth) + " " + op + " " + g.text(depth)
	case 5:
		return g.text(depth) + oneOf(g, []string{" contains ", " starts with ", " not contains "}) + g.quoted()
	case 6, 7:
		return g.date(depth) + " " + op + " " + g.when(depth)
	case 8:
		return g.moment(depth) + " " + op + " " + g.when(depth)
	case 9:
		return g.timeIn(depth)
	case 10:
		return g.choice(op)
	case 11:
		return g.tags()
	case 12:
		return g.link()
	case 13:
		return g.list(depth)
	case 14:
		return g.path(kindIs(Bool), func() string { return "won" }) + oneOf(g, []string{" = ", " != "}) + oneOf(g, []string{"true", "false"})
	}
	any := g.path(func(t Type) bool { return true }, func() string { return "(" + g.money(depth) + ")" })
	return any + oneOf(g, []string{" is empty", " is not empty"})
}

func (g *gen) quoted() string {
	s := strings.ReplaceAll(oneOf(g, someTexts), `\`, `\\`)
	return `"` + strings.ReplaceAll(s, `"`, `\"`) + `"`
}

func (g *gen) digits() string { return oneOf(g, someNumbers) }

func (g *gen) number(depth int) string {
	field := func() string { return g.path(kindIs(Number), g.digits) }
	if depth <= 0 {
		return oneOf(g, []string{field(), g.digits()})
	}
	switch g.n(8) {
	case 0:
		return "(" + g.number(depth-1) + oneOf(g, []string{" + ", " - "}) + g.number(depth-1) + ")"
	case 1:
		return "(" + field() + " * " + g.digits() + ")"
	case 2:
		return "-" + field()
	case 3:
		return fmt.Sprintf("coalesce(%s, %s)", g.number(depth-1), g.number(depth-1))
	case 4:
		return fmt.Sprintf("if(%s, %s, %s)", g.condition(depth-1), g.number(depth-1), g.number(depth-1))
	case 5:
		if found := g.plainMoney(); found != "" {
			return found + `.in("` + oneOf(g, someCurrencies) + `")`
		}
	case 6:
		return g.memoryNumber(depth)
	}
	return field()
}

// memoryNumber has no SQL, unless it is fixed.
func (g *gen) memoryNumber(depth int) string {
	if g.n(4) > 0 {
		return g.path(kindIs(Number), g.digits)
	}
	return fmt.Sprintf(oneOf(g, []string{"(%s / %s)", "(%s * %s)", "min(%s, %s)", "(round(%s) + %s)"}),
		g.number(depth-1), g.number(depth-1))
}

func (g *gen) plainMoney() string {
	for _, r := range g.paths(kindIs(Money)) {
		if r.field.Formula == nil {
			return r.path
		}
	}
	return ""
}

func (g *gen) money(depth int) string {
	field := func() string {
		return g.path(kindIs(Money), g.someMoney)
	}
	if depth <= 0 {
		return field()
	}
	switch g.n(7) {
	case 0:
		return "(" + g.money(depth-1) + oneOf(g, []string{" + ", " - "}) + oneOf(g, []string{g.money(depth - 1), "0", "2.5"}) + ")"
	case 1:
		return "(" + g.money(depth-1) + " * " + oneOf(g, []string{"2", "-3", "0"}) + ")"
	case 2:
		return fmt.Sprintf("coalesce(%s, %s)", g.money(depth-1), oneOf(g, []string{"0", "1.005", g.money(depth - 1)}))
	case 3:
		return fmt.Sprintf("if(%s, %s, %s)", g.condition(depth-1), g.money(depth-1), g.money(depth-1))
	}
	return field()
}

// someMoney is a money field wherever it may be looked for.
func (g *gen) someMoney() string {
	for _, inner := range []string{"amount", "account.worth", "worth", "owner.boss.team.x"} {
		if _, err := Check(inner, g.w.scopes[g.scopes[len(g.scopes)-1]], Type{Kind: Money}); err == nil {
			return inner
		}
	}
	return "amount" // the outermost object is the deal
}

func (g *gen) text(depth int) string {
	folded := func(t Type) bool { return t.Kind == Text }
	field := func() string { return g.path(folded, g.quoted) }
	if depth <= 0 {
		return field()
	}
	switch g.n(7) {
	case 0:
		return fmt.Sprintf("coalesce(%s, %s)", g.text(depth-1), g.text(depth-1))
	case 1:
		return fmt.Sprintf("if(%s, %s, %s)", g.condition(depth-1), g.text(depth-1), g.text(depth-1))
	case 2:
		return "lower(" + g.quoted() + ")"
	}
	return field()
}

func (g *gen) day() string { return `date("` + oneOf(g, someDays) + `")` }

func (g *gen) date(depth int) string {
	field := func() string { return g.path(kindIs(Date), g.day) }
	switch g.n(8) {
	case 0:
		return "(" + field() + oneOf(g, []string{" + ", " - "}) + oneOf(g, []string{"1d", "2w", "30d", "-1d", "(1d + 1w)"}) + ")"
	case 1:
		return "(" + oneOf(g, []string{"today()", g.day()}) + oneOf(g, []string{" + 1d", " - 1mo", " + 1y", " - 2w"}) + ")"
	case 2:
		if depth > 0 {
			return fmt.Sprintf("coalesce(%s, %s)", g.date(depth-1), g.date(depth-1))
		}
	case 3:
		if depth > 0 {
			return fmt.Sprintf("if(%s, %s, %s)", g.condition(depth-1), g.date(depth-1), g.date(depth-1))
		}
	case 4:
		return "today()"
	}
	return field()
}

func (g *gen) moment(depth int) string {
	field := func() string { return g.path(kindIs(Moment), func() string { return "now()" }) }
	switch g.n(6) {
	case 0:
		return "(" + field() + oneOf(g, []string{" + ", " - "}) + oneOf(g, []string{"1d", "6h", "15min", "2w"}) + ")"
	case 1:
		return "(now()" + oneOf(g, []string{" + 1d", " - 1mo", " + 90min", " - 1y"}) + ")"
	case 2:
		if depth > 0 {
			return fmt.Sprintf("coalesce(%s, %s)", g.moment(depth-1), g.moment(depth-1))
		}
	}
	return field()
}

var somePeriods = []string{"thisWeek()", "thisMonth()", "thisQuarter()", "thisYear()", "lastWeek()", "lastMonth()",
	"lastQuarter()", "lastYear()", "nextWeek()", "nextMonth()", "nextQuarter(2)", "nextYear()", "lastMonth(3)"}

// when is anything that a date or a moment compares with.
func (g *gen) when(depth int) string {
	switch g.n(6) {
	case 0:
		return oneOf(g, somePeriods)
	case 1:
		return `date("` + oneOf(g, someDays) + `")`
	case 2:
		return "now()"
	case 3:
		return "today()"
	case 4:
		return g.moment(depth)
	}
	return g.date(depth)
}

func (g *gen) timeIn(depth int) string {
	left := oneOf(g, []string{g.date(depth), g.moment(depth)})
	in := oneOf(g, []string{" in ", " not in "})
	if g.n(2) == 0 {
		return left + in + oneOf(g, somePeriods)
	}
	return left + in + "(" + g.when(depth) + ", " + g.when(depth) + ", " + g.day() + ")"
}

func (g *gen) choice(op string) string {
	found := g.paths(kindIs(Choice))
	if len(found) == 0 {
		return "1 = 1"
	}
	r := oneOf(g, found)
	if g.n(2) == 0 {
		return r.path + oneOf(g, []string{" in ", " not in "}) + `("` + r.field.Type.Options[0] + `", "` + r.field.Type.Options[2] + `")`
	}
	return r.path + oneOf(g, []string{" = ", " != "}) + `"` + oneOf(g, r.field.Type.Options) + `"`
}

func (g *gen) tags() string {
	if found := g.paths(kindIs(Choices)); len(found) > 0 {
		path := oneOf(g, found).path
		return oneOf(g, []string{path + ` contains "vip"`, path + ` not in ("risk", "cold")`, path + ` in ("vip", "cold")`,
			"not " + path + ` contains "risk"`})
	}
	if found := g.paths(kindIs(Links)); len(found) > 0 {
		r := oneOf(g, found)
		if r.field.Type.Object == "member" {
			return r.path + oneOf(g, []string{" contains me()", ` contains "102"`, " in (me(), \"103\")", ` not in ("101")`})
		}
	}
	return "1 = 2"
}

func (g *gen) link() string {
	found := g.paths(kindIs(Link))
	if len(found) == 0 {
		return "me() is empty"
	}
	r := oneOf(g, found)
	op := oneOf(g, []string{" = ", " != "})
	switch r.field.Type.Object {
	case "member":
		return r.path + oneOf(g, []string{op + "me()", ` in (me(), "102", "103")`, ` not in ("101", "104")`})
	case "team":
		return r.path + op + "myTeam()"
	}
	return r.path + op + `"202"`
}

func (g *gen) list(depth int) string {
	in := oneOf(g, []string{" in (", " not in ("})
	switch g.n(3) {
	case 0:
		return g.number(depth) + in + g.digits() + ", " + g.number(0) + ", " + g.digits() + ")"
	case 1:
		return g.money(depth) + in + g.digits() + ", " + g.digits() + ")"
	}
	return g.text(depth) + in + g.quoted() + ", " + g.text(0) + ", " + g.quoted() + ")"
}

// scalar is any value that both databases write alike as text.
func (g *gen) scalar(depth int) string {
	return oneOf(g, []func(int) string{g.number, g.money, g.text, g.date, g.moment})(depth)
}
