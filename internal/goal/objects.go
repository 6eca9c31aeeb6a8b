package goal

import (
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// Targets are what is aimed at: of a person (a quota, where it is a value), of a
// team, or, without either, of the company.
var Targets = targets()

// The measures that a target may be of; the rooms above say how each is counted.
const (
	WonRevenue     = "won_revenue"
	WonDeals       = "won_deals"
	Margin         = "margin"
	NewDeals       = "new_deals"
	NewLeads       = "new_leads"
	ConvertedLeads = "converted_leads"
	Calls          = "calls"
	Meetings       = "meetings"
	Activities     = "activities"
)

// Fields of a target. The amount is for measures of money, the number for those
// that count; both are tracked, so that a target that is changed while its period
// runs keeps what it was (see Version).
var (
	TargetName    = schema.Text(Targets, "name").ReadOnly()
	TargetMember  = schema.Person(Targets, "member").Inverse("targets").OnDelete(schema.Clear)
	TargetTeam    = schema.Link(Targets, "team", "team").Inverse("targets")
	TargetMeasure = schema.Choice(Targets, "measure", WonRevenue, WonDeals, Margin, NewDeals, NewLeads, ConvertedLeads, Calls, Meetings, Activities).
			Required().Default(WonRevenue)
	// TargetPeriod is the neutral text of a period of the fiscal calendar. The days
	// are those that it had when it was set: a later change of the calendar does
	// not move them.
	TargetPeriod = schema.Text(Targets, "period").Required()
	TargetFirst  = schema.Date(Targets, "first_day").ReadOnly()
	TargetLast   = schema.Date(Targets, "last_day").ReadOnly()
	TargetAmount = schema.Money(Targets, "amount").Tracked()
	TargetNumber = schema.Int(Targets, "number").Between(0, 1_000_000_000).Tracked()
	// TargetReason is why it asks for more than was ever carried.
	TargetReason = schema.LongText(Targets, "raise_reason")
	targetKey    = schema.Text(Targets, "only_one").Unique().ReadOnly().On(func(f *schema.FieldDef) { f.Hidden = true })
)

func targets() *schema.Object {
	o := schema.NewObject("target", "targets", schema.Owned, "Target", "Targets").Timelined().Indexed("-first_day").RatedBy("first_day")
	o.Closed = true
	return o
}

// Objects lists what this room declares.
func Objects() []*schema.Object { return []*schema.Object{Targets} }

// Target is something aimed at.
type Target struct {
	ID, Owner    value.ID
	Name         string
	RecVersion   int64
	Member, Team value.ID // both 0 = the company
	Measure      string
	Period       string
	First, Last  value.Date
	Narrow       map[string]value.ID // to a product or a pipeline
	// N is what is aimed at: minor units of the workspace's currency, or how many.
	N int64
	// Stated is the amount as it was set; Unrated says that its currency has no
	// rate, so that N is not known.
	Stated  value.Money
	Unrated bool
	Reason  string
	// Versions are what it was on the days of its period, when it was changed
	// meanwhile; ByDays is their mean by days.
	Versions []Version
	ByDays   int64
}

// Company reports whether it is nobody's in particular.
func (t *Target) Company() bool { return t.Member == 0 && t.Team == 0 }

func targetOf(s *record.Session, r *record.Record, narrow []string) *Target {
	t := &Target{ID: r.ID, Name: r.Title(), Owner: r.Owner(), RecVersion: r.Version, Narrow: narrowOf(r, narrow)}
	t.Member, _ = record.Get(r, TargetMember)
	t.Team, _ = record.Get(r, TargetTeam)
	t.Measure, _ = record.Get(r, TargetMeasure)
	t.Period, _ = record.Get(r, TargetPeriod)
	t.First, _ = record.Get(r, TargetFirst)
	t.Last, _ = record.Get(r, TargetLast)
	t.Reason, _ = record.Get(r, TargetReason)
	if m, ok := record.Get(r, TargetAmount); ok {
		base, rated := s.BaseFrom(m, t.First, s.Today())
		t.N, t.Stated, t.Unrated = base, m, !rated
	}
	if n, ok := record.Get(r, TargetNumber); ok {
		t.N = n
	}
	return t
}

func narrowOf(r *record.Record, by []string) map[string]value.ID {
	narrow := map[string]value.ID{}
	for _, name := range by {
		if id, ok := r.Field(name).(value.ID); ok {
			narrow[name] = id
		}
	}
	return narrow
}
