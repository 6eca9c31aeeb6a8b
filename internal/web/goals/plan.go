package goals

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"wellmet/internal/access"
	"wellmet/internal/fault"
	"wellmet/internal/goal"
	"wellmet/internal/record"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
	"wellmet/internal/web/parts"
)

// sheet is the planning page.
type sheet struct {
	asked
	*goal.Sheet
	measures []goal.Measure
	growth   int
	fill     string // what the fields are filled with: "", proposals, current, share
	total    string // to share out, as it was typed
	// everybody says that people are there too of whom there are no figures.
	everybody bool
	today     value.Date
	admin     bool
	teams     []option
	n         *parts.Names
	narrow    []parts.Control // a product, a pipeline
	// typed is what was sent and could not be saved, by row; bad is why.
	typed   []typed
	bad     map[int]error
	problem error
}

type typed struct{ value, reason string }

func showPlan(c *door.Call) error {
	x := &sheet{}
	if err := c.Read(func(s *record.Session) error { return x.read(c, s) }); err != nil {
		return err
	}
	return c.Show(x.page())
}

func (x *sheet) page() kit.Page {
	return kit.Page{Title: x.v.T("web.goals.plan_title"), Nav: address, Body: planPage(x)}
}

func (x *sheet) read(c *door.Call, s *record.Session) (err error) {
	if x.asked, err = readAsked(c, s); err != nil {
		return err
	}
	x.today, x.admin = s.Today(), s.Actor().Admin()
	q := c.R.URL.Query()
	if !q.Has("period") {
		x.asked.Period = x.asked.Period.Next()
	}
	x.measures = c.App.Goals().Measures(s)
	x.growth, _ = strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(q.Get("growth")), "%"))
	x.fill, x.total = q.Get("fill"), q.Get("total")
	x.everybody = q.Get("everybody") != ""
	ask := x.question()
	ask.Everybody = x.everybody
	if ask.Measure = q.Get("measure"); !slices.ContainsFunc(x.measures, func(m goal.Measure) bool { return m.Name == ask.Measure }) && len(x.measures) > 0 {
		ask.Measure = x.measures[0].Name
	}
	x.Sheet, err = c.App.Goals().Plan(c.Ctx, s, ask, min(max(x.growth, -100), 1000))
	if f, _ := fault.As(err); f != nil && f.Key == "goal.cannot_narrow" { // of this measure: plan it for all
		x.problem, x.asked.Narrow = err, map[string]value.ID{}
		ask.Narrow = x.asked.Narrow
		x.Sheet, err = c.App.Goals().Plan(c.Ctx, s, ask, min(max(x.growth, -100), 1000))
	}
	if err != nil {
		return err
	}
	if err := x.narrowing(c, s); err != nil {
		return err
	}
	plans, teams, err := whom(c.Ctx, s, x.Team)
	if x.teams = teams; err == nil && !plans {
		err = fault.New(fault.Forbidden, "goal.may_not_set", nil)
	}
	x.fillIn(s)
	return err
}

// narrowing are the controls that choose for which product or pipeline is planned.
func (x *sheet) narrowing(c *door.Call, s *record.Session) error {
	o, err := s.Object(goal.Targets.Name)
	if err != nil {
		return err
	}
	x.n = parts.NewNames(s)
	for _, f := range parts.Fields(o, c.App.Goals().Narrows()...) {
		other, err := s.Object(f.Target)
		if err != nil || !s.Actor().Sees(f) || !s.Actor().Can(other, access.Read) {
			continue
		}
		control := parts.Control{ID: "goal-" + f.Name, Name: f.Name, Field: f}
		if id := x.asked.Narrow[f.Name]; id != 0 {
			control.Value = id
			x.n.Want(f, id)
		}
		x.narrow = append(x.narrow, control)
	}
	return x.n.Load(c.Ctx)
}

// fillIn puts values into the fields: what is set, or what was asked for.
func (x *sheet) fillIn(s *record.Session) {
	shares := x.shares(s)
	for i, r := range x.Rows {
		t := typed{}
		if r.Target != nil {
			t.value, t.reason = x.input(r.Target.N), r.Target.Reason
			if r.Target.Unrated || x.Currency != "" && r.Target.Stated.Currency != x.Currency {
				t.value = x.v.Money(r.Target.Stated)
			}
		}
		switch {
		case !r.MaySet:
		case x.fill == "proposals" && !r.Basis.None():
			t.value = x.input(r.Proposal)
		case x.fill == "current" && r.NowTarget != nil && r.NowTarget.N > 0:
			t.value = x.input(grown(r.NowTarget.N, x.growth))
		case x.fill == "share":
			if share, ok := shares[i]; ok {
				t.value = x.input(share)
			}
		}
		x.typed = append(x.typed, t)
	}
}

func grown(n int64, percent int) int64 {
	return decimal.NewFromInt(n).Mul(decimal.NewFromInt(int64(100+percent))).DivRound(decimal.NewFromInt(100), 0).IntPart()
}

// shares divides the total that was typed among the people, with what their teams
// and the company get by it, by row; nil where none was.
func (x *sheet) shares(s *record.Session) map[int]int64 {
	if x.fill != "share" {
		return nil
	}
	_, number, amount, err := x.parse(x.total)
	if err != nil {
		x.problem = err
		return nil
	}
	total := int64(0)
	switch {
	case number != nil:
		total = *number
	case amount != nil:
		if total = amount.Minor; amount.Currency != x.Currency {
			x.problem = fault.New(fault.Invalid, "goal.want_amount", nil)
			return nil
		}
	default:
		return nil
	}
	unit := int64(1) // whole amounts are shared in whole ones
	if m := (value.Money{Minor: total, Currency: x.Currency}); x.Currency != "" && m.Decimal().IsInteger() && total != 0 {
		unit = total / m.Decimal().IntPart()
	}
	return x.Shares(s, total, unit)
}

// input is a figure as the sheet has it: nothing of it is rounded away, because
// it may be saved as it stands.
func (x *sheet) input(n int64) string {
	if m := (value.Money{Minor: n, Currency: x.Currency}); x.Currency != "" && !m.Decimal().IsInteger() {
		return x.v.Money(m)
	}
	return figure(x.v, x.Currency, n)
}

// parse reads what was typed: nothing, an amount or a number.
func (x *sheet) parse(text string) (empty bool, number *int64, amount *value.Money, err error) {
	if strings.TrimSpace(text) == "" {
		return true, nil, nil, nil
	}
	if x.Currency != "" {
		m, err := x.v.ParseMoneyInput(text, x.Currency)
		return false, nil, &m, err
	}
	d, err := x.v.ParseNumberInput(text)
	if err != nil {
		return false, nil, nil, err
	}
	n, err := value.Scaled(d, 0)
	return false, &n, nil, err
}

// savePlan sets all targets of the sheet that were changed, in one act.
func savePlan(c *door.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	c.R.URL.RawQuery = form.Encode() // the sheet is asked for as it was shown
	x := &sheet{bad: map[int]error{}}
	if err := c.Read(func(s *record.Session) error { return x.read(c, s) }); err != nil {
		return err
	}
	entries, rows := x.entries(form)
	var act value.ID
	if len(x.bad) == 0 && len(entries) > 0 {
		err = c.Write("targets.plan", func(s *record.Session) error {
			ask := x.question()
			ask.Measure = x.Measure.Name
			err := c.App.Goals().Save(c.Ctx, s, ask, entries)
			act = s.Act()
			return err
		})
	}
	var refused goal.Refused
	if errors.As(err, &refused) {
		for i, why := range refused {
			x.bad[rows[i]] = why
		}
		err = nil
	}
	if err != nil {
		return err
	}
	if len(x.bad) > 0 {
		x.problem = fault.New(fault.Invalid, "web.goals.refused", fault.Args{"count": len(x.bad)})
		return c.ShowStatus(http.StatusUnprocessableEntity, x.page())
	}
	text := c.View.T("web.goals.saved", "count", len(entries))
	return c.Leave(x.url(address), text, door.Undo(act))
}

// entries reads the rows that say something else than is set.
func (x *sheet) entries(form url.Values) (entries []goal.Entry, rows []int) {
	sent := map[string]int{}
	for i := range len(form["who"]) {
		sent[form["who"][i]] = i
	}
	at := func(name string, i int) string {
		if list := form[name]; i < len(list) {
			return list[i]
		}
		return ""
	}
	for i, r := range x.Rows {
		n, ok := sent[x.who(r)]
		if !ok || !r.MaySet {
			continue
		}
		was := x.typed[i]
		x.typed[i] = typed{at("value", n), strings.TrimSpace(at("reason", n))}
		if r.Target == nil && strings.TrimSpace(x.typed[i].value) == "" || r.Target != nil && x.typed[i] == was && at("version", n) == strconv.FormatInt(r.Target.RecVersion, 10) {
			continue
		}
		e := goal.Entry{Member: r.Member, Team: r.Team, Reason: x.typed[i].reason}
		empty, number, amount, err := x.parse(x.typed[i].value)
		switch {
		case err != nil:
			x.bad[i] = err
		case empty:
			x.bad[i] = fault.New(fault.Invalid, "goal.want_number", nil)
		}
		e.Number, e.Amount = number, amount
		if e.ID, err = value.ParseID(at("id", n)); err == nil && e.ID != 0 {
			e.Version, _ = strconv.ParseInt(at("version", n), 10, 64)
		}
		entries, rows = append(entries, e), append(rows, i)
	}
	return entries, rows
}

// who names a row in the form.
func (x *sheet) who(r *goal.Row) string { return r.Member.String() + " " + r.Team.String() }

// said is what stands in the way of a row, all of it.
func (x *sheet) said(i int) string {
	f, ok := fault.As(x.bad[i])
	if !ok || len(f.Fields) == 0 {
		return x.v.Said(x.bad[i])
	}
	var all []string
	for _, field := range f.Fields {
		all = append(all, x.v.FieldFault(field))
	}
	return strings.Join(all, " ")
}

// wantsReason reports whether a row is refused for want of a reason: the reason is
// what is wrong with it, not the target.
func (x *sheet) wantsReason(i int) bool {
	f, ok := fault.As(x.bad[i])
	return ok && slices.ContainsFunc(f.Fields, func(field fault.Field) bool { return field.Path == goal.TargetReason.Name() })
}

// rowID names the field of a row in the page.
func rowID(i int) string { return "t-" + strconv.Itoa(i) }

// reached is the address of the records behind a figure that was reached.
func (x *sheet) reached(filter string) string {
	return x.behind(x.Measure.Counts(x.asked.Narrow), filter)
}

// told is a figure to look at, without its fractions.
func (x *sheet) told(n int64) string { return figure(x.v, x.Currency, n) }

// basis says what a proposal follows from, a line for each reason.
func (x *sheet) basis(r *goal.Row) (parts []string) {
	v := x.v
	if r.Member == 0 {
		return []string{v.T("web.goals.basis_sum")}
	}
	if r.Basis.None() {
		return []string{v.T("web.goals.basis_none")}
	}
	switch {
	case r.Basis.Expected:
		parts = append(parts, v.T("web.goals.basis_expected", "value", x.told(r.Expected)))
	case r.Basis.LastYear && r.Basis.Projected:
		parts = append(parts, v.T("web.goals.basis_mean"))
	case r.Basis.LastYear:
		parts = append(parts, v.T("web.goals.basis_year", "value", x.told(r.LastYear)))
	default:
		parts = append(parts, v.T("web.goals.basis_pace", "value", x.told(r.Projected)))
	}
	if r.Basis.Growth != 0 {
		parts = append(parts, v.T("web.goals.basis_growth", "percent", v.Percent(decimal.NewFromInt(int64(r.Basis.Growth)), 0)))
	}
	switch m := r.Ceiling.Missed; {
	case !r.Basis.Capped:
	case m != nil:
		parts = append(parts, v.T("web.goals.basis_missed", "period", v.Period(m.Period), "value", x.told(m.Target), "percent", v.Percent(m.Percent, 0)))
	default:
		parts = append(parts, v.T("web.goals.basis_capped", "value", x.told(r.Ceiling.Capacity), "percent", x.limit()))
	}
	return parts
}

// limit is how much more than was carried before needs no reason.
func (x *sheet) limit() string { return x.v.Percent(decimal.NewFromInt(int64(x.Limit)), 0) }

// sum is what the people of a team aim at, where the team has no target to hold
// it against.
func (x *sheet) sum(r *goal.Row) string {
	if _, ok := r.Mismatch(); ok || r.Member != 0 || r.Persons == 0 {
		return ""
	}
	return x.v.T("web.goals.sum_is", "sum", x.told(r.Sum))
}

// mismatches say how the people's targets stand to those of their teams.
func (x *sheet) mismatches() (list []string) {
	for _, r := range x.Rows {
		if text := sumNote(x.v, x.Currency, &r.Line); text != "" {
			list = append(list, text)
		}
	}
	return list
}

// periods are those that can be planned: this one and the next two of each
// length.
func (x *sheet) periods() (list []value.Period) {
	for _, kind := range value.PeriodKinds() {
		p := value.PeriodOf(kind, x.today, x.asked.Period.Start())
		list = append(list, p, p.Next(), p.Next().Next())
	}
	if !slices.Contains(list, x.asked.Period) {
		list = append(list, x.asked.Period)
	}
	return list
}
