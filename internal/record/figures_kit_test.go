package record

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"wellmet/internal/access"
	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/store/storetest"
	"wellmet/internal/value"
)

// figureObjects are the kit's, with kept sums and searched fields.
func figureObjects() []*schema.Object {
	objects := kitObjects()
	for _, o := range objects {
		for _, f := range o.Fields {
			switch o.Name + "." + f.Name {
			case "deal.name", "account.name", "contact.name", "contact.email", "deal.phone":
				f.Search, f.Fragments = true, true
			}
		}
		if o.Name == "deal" {
			o.Sum = &schema.Sum{Group: "stage", Amounts: []string{"amount", "weighted"},
				Calendar: &schema.Calendar{State: "status", Day: "close_date", By: []string{"stage", "status"}}}
			schema.Percent(o, "chance", 2)
			schema.Formula[any](o, "weighted", schema.KindMoney, "amount * chance / 100")
			for _, f := range o.Fields {
				f.Tracked = f.Name == "stage" || f.Name == "amount"
			}
			schema.LongText(o, "note").Searched()
			schema.Date(o, "engage_date")
			schema.Moment(o, "won_at")
		}
		if o.Name == "contact" {
			schema.Phone(o, "phone").Fragments()
		}
		if o.Name == "account" {
			schema.Link(o, "parent", "account").Inverse("children")
		}
		if o.Name == "stage" {
			schema.Choice(o, "kind", "open", "won", "lost")
		}
	}
	return objects
}

// newFigures is a kit whose deals keep sums and are searched. Its records are
// put through the write path, so that both are kept in step.
func newFigures(t testing.TB, server *store.Server, rules ...Rule) *kit {
	t.Helper()
	return figuresOf(t, server, figureObjects(), rules...)
}

func figuresOf(t testing.TB, server *store.Server, objects []*schema.Object, rules ...Rule) *kit {
	t.Helper()
	k := &kit{t: t, last: 1000}
	k.engine = New(Needs{DB: storetest.Workspace(t, server), Objects: objects, Rules: rules,
		Clock: func() time.Time { return noon }})
	if err := k.engine.Open(k.ctx()); err != nil {
		t.Fatalf("open engine: %v", err)
	}
	k.people()
	k.settle(func(tx *store.Tx) error {
		for _, name := range []string{"deal", "account"} {
			if err := access.SetOpenness(k.ctx(), tx, k.object(name), access.TeamOnly); err != nil {
				return err
			}
		}
		return access.TeamsChanged(k.ctx(), tx)
	})
	return k
}

// make saves a record in the system's name.
func (k *kit) make(object string, owner value.ID, v Values) value.ID {
	k.t.Helper()
	if owner != 0 {
		v["owner"] = owner
	}
	var id value.ID
	err := k.write(0, func(s *Session) error {
		r, err := s.Create(k.ctx(), object, v)
		if err == nil {
			id = r.ID
		}
		return err
	})
	if err != nil {
		k.t.Fatalf("make %s: %v", object, err)
	}
	return id
}

// figures writes an aggregate's answer as text: "label label: value value; …".
func (k *kit) figures(member value.ID, a Aggregate) string {
	k.t.Helper()
	var text string
	k.as(member, func(s *Session) {
		r, err := s.Aggregate(k.ctx(), a)
		if err != nil {
			k.t.Fatalf("aggregate %+v: %v", a, err)
		}
		text = figuresText(r)
	})
	return text
}

func figuresText(r *AggregateResult) string {
	var rows []string
	for _, g := range r.Groups {
		labels := strings.Join(g.Labels, "|")
		rows = append(rows, labels+": "+valuesText(g.Values))
	}
	return strings.Join(append(rows, "= "+valuesText(r.Total.Values)), "; ")
}

func valuesText(values []Measure) string {
	var parts []string
	for _, m := range values {
		text := "-"
		if m.Value != nil {
			text = schema.Neutral(m.Value)
		}
		if len(m.Sums) > 1 || m.Missing > 0 {
			text += fmt.Sprint(m.Sums)
		}
		if m.Missing > 0 {
			text += fmt.Sprintf("(-%d)", m.Missing)
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, " ")
}
