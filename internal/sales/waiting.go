package sales

import (
	"context"
	"slices"
	"time"

	"wellmet/internal/hours"
	"wellmet/internal/record"
	"wellmet/internal/report"
)

// waitingFields are what the clock of an unanswered lead is read from.
var waitingFields = []string{LeadStatus.Name(), LeadCapturedAt.Name(), LeadFirstResponse.Name()}

// whose is the field that says in whose working time a record waits. To whom it is
// hidden, it waits in the company's.
const whose = "owner"

// Unanswered is the condition of open leads that nobody has called, written to
// or met yet.
const Unanswered = "first_response_at is empty and " + OpenLeads

// Clock tells how long leads wait for their first answer.
type Clock struct {
	cal *hours.Calendars
	now time.Time
	due bool // who looks may know until when leads are to be answered
	// owner says that he may know whose they are.
	owner bool
}

// ClockOf is the clock for who may know when leads came and were answered; for
// others it stands still.
func ClockOf(ctx context.Context, s *record.Session) (*Clock, error) {
	o, err := s.Object(Leads.Name)
	hidden := func(name string) bool {
		f, ok := o.Field(name)
		return !ok || !s.Sees(f)
	}
	if err != nil || slices.ContainsFunc(waitingFields, hidden) {
		return &Clock{}, nil //nolint:nilerr // who may not know of leads sees no clock
	}
	cal, err := hours.Everybodys(ctx, s)
	return &Clock{cal, s.Now(), !hidden(LeadResponseDue.Name()), !hidden(whose)}, err
}

// Fields are those of a lead that the clock reads.
func (c *Clock) Fields() []string {
	if c.cal == nil {
		return nil
	}
	fields := slices.Clone(waitingFields)
	if c.due {
		fields = append(fields, LeadResponseDue.Name())
	}
	if c.owner {
		fields = append(fields, whose)
	}
	return fields
}

// Late reports whether a lead that waits should have been answered by now; to
// whom it is not known until when, none is.
func (c *Clock) Late(l *record.Record) bool {
	due, known := record.Get(l, LeadResponseDue)
	return known && !c.now.Before(due)
}

// Waiting is its owner's working time since an open lead came that nobody has called,
// written to or met yet; false for all others.
func (c *Clock) Waiting(l *record.Record) (time.Duration, bool) {
	from, ok := record.Get(l, LeadCapturedAt)
	_, answered := record.Get(l, LeadFirstResponse)
	if c.cal == nil || !ok || answered || !Joinable(l) {
		return 0, false
	}
	return c.cal.Of(l.Owner()).Between(from, c.now), true
}

// responseColumns are how quickly leads are answered.
var responseColumns = []report.Column{
	{Name: "leads", Title: "Leads", Measure: "count"},
	{Name: "answered", Title: "Answered", Measure: "count{first_response_at is not empty}"},
	{Name: "in_time", Title: "In time", Measure: "count{first_response_at <= response_due}"},
	{Name: "in_time_rate", Title: "Share in time", Measure: "rate{first_response_at <= response_due / first_response_at is not empty}"},
	{Name: "median_minutes", Title: "Median minutes", Measure: "median:response_minutes"},
	{Name: "avg_minutes", Title: "Average minutes", Measure: "avg:response_minutes"},
	{Name: "waiting", Title: "Still waiting", Measure: "count{" + Unanswered + "}"},
	{Name: "overdue", Title: "Overdue", Measure: "count{" + Unanswered + " and response_due < now()}"},
}

// speedToLead reports how quickly leads that came in a period were answered.
func speedToLead(name, title, group string) report.Spec {
	return report.Spec{Name: name, Title: title, Object: Leads.Name, Group: []string{group}, Columns: responseColumns, Period: LeadCapturedAt.Name(),
		Help: "How long leads waited for the first call, mail or meeting, in working time. Those that nobody has answered and that are still open wait."}
}
