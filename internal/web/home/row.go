package home

import (
	"context"
	"strconv"
	"time"

	"wellmet/internal/commerce"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// row is one record of a section, in words.
type row struct {
	ID, Version, URL string
	Title, Of        string
	Note, Class      string // why it is here; "late", "today", "none" or ""
	Amount           string
	Tick             bool
	about            *schema.Ref
}

func (l *look) row(key string, r *record.Record, n *names) row {
	x := row{ID: r.ID.String(), Version: strconv.FormatInt(r.Version, 10), Title: r.Title(), URL: "/" + r.Object.Plural + "/" + r.ID.String(), Tick: key == "tasks" || key == "meetings"}
	if x.Title == "" {
		x.Title = l.v.T("web.home.untitled")
	}
	if m, ok := r.Field("amount").(value.Money); ok {
		x.Amount = l.v.MoneyWhole(m)
	}
	if account, ok := r.Path("account.name").(string); ok {
		x.Of = account
	}
	if company, ok := r.Field("company").(string); ok && company != x.Title {
		x.Of = company
	}
	if refs, ok := r.Field("about").([]schema.Ref); ok && len(refs) > 0 {
		x.about = &refs[0]
		n.want(refs[0])
	}
	if contract, ok := record.Get(r, commerce.PlanContract); ok && key == "payments" {
		l.payment(&x, r, contract)
	}
	x.Note, x.Class = l.why(key, r)
	return x
}

// payment tells of a planned payment by its contract, where it is booked.
func (l *look) payment(x *row, r *record.Record, contract value.ID) {
	x.URL = "/" + l.plural(commerce.Contracts.Name) + "/" + contract.String()
	if name, ok := r.Path("contract.name").(string); ok && name != "" {
		x.Title = name
	}
	if m, ok := record.Get(r, commerce.PlanOpenAmount); ok {
		x.Amount = l.v.MoneyWhole(m)
	}
	if account, ok := r.Path("contract.account.name").(string); ok {
		x.Of = account
	}
}

// why says what makes the record stand in its section.
func (l *look) why(key string, r *record.Record) (note, class string) {
	v, today := l.v, l.v.Today()
	moment := func(name string) (time.Time, value.Date, bool) {
		t, ok := r.Field(name).(time.Time)
		return t, value.DateOf(t, v.Zone), ok
	}
	switch key {
	case "tasks":
		t, day, _ := moment("due_at")
		if day < today {
			return v.T("web.home.overdue", "count", int64(today-day)), "late"
		}
		return v.T("web.home.today_at", "time", v.Time(t, v.Zone)), "today"
	case "meetings":
		t, _, ok := moment("starts_at")
		if !ok {
			if t, _, ok = moment("due_at"); !ok {
				t, _, _ = moment("at")
			}
		}
		return v.T("web.home.today_at", "time", v.Time(t, v.Zone)), "today"
	case "late":
		if day, ok := r.Field("close_date").(value.Date); ok {
			return v.T("web.home.close_was", "count", int64(today-day)), "late"
		}
	case "payments":
		if day, ok := record.Get(r, commerce.PlanDueOn); ok {
			return v.T("web.home.payment_late", "count", int64(today-day)), "late"
		}
	case "slow":
		_, day, ok := moment("stage_since")
		stage, _ := r.Path("stage.name").(string)
		if usual, has := r.Path("stage.usual_days").(int64); ok && has {
			return v.T("web.home.in_stage", "count", int64(today-day), "stage", stage, "usual", usual), "none"
		}
	case "no_step":
		return v.T("web.home.nothing_planned"), "none"
	case "quiet_deals":
		if _, day, ok := moment("last_activity_at"); ok {
			return v.T("web.home.quiet_since", "count", int64(today-day)), ""
		}
		return v.T("web.home.never_touched"), ""
	case "leads", "fresh_leads":
		if t, _, ok := moment("created_at"); ok {
			return v.T("web.home.came", "when", v.Ago(t, v.Now)), ""
		}
	}
	return "", ""
}

// names are the titles of what activities are about, one query an object.
type names struct {
	s       *record.Session
	waiting map[string][]value.ID
	got     map[schema.Ref]string
}

func newNames(s *record.Session) *names {
	return &names{s: s, waiting: map[string][]value.ID{}, got: map[schema.Ref]string{}}
}

func (n *names) want(r schema.Ref) { n.waiting[r.Object] = append(n.waiting[r.Object], r.ID) }

// load asks for the titles.
func (n *names) load(ctx context.Context) error {
	for object, ids := range n.waiting {
		found, err := n.s.GetMany(ctx, object, ids)
		if err != nil {
			return err
		}
		for id, r := range found {
			n.got[schema.Ref{Object: object, ID: id}] = r.Title()
		}
	}
	return nil
}

func (n *names) of(x row) string {
	if x.about != nil {
		return n.got[*x.about]
	}
	return x.Of
}
