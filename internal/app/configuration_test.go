package app_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"wellmet/internal/access"
	"wellmet/internal/app/apptest"
	"wellmet/internal/fault"
	"wellmet/internal/hours"
	"wellmet/internal/notify/smtp"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// book is the history of configuration as an administrator has it.
type book struct {
	*apptest.Kit
	t *testing.T
}

func (p book) list(q record.ConfigurationQuery) (list []record.ConfigurationChange, more bool) {
	p.t.Helper()
	if q.Limit == 0 {
		q.Limit = 50
	}
	p.Read(p.t, p.Ada, func(s *record.Session) (err error) {
		list, more, err = s.Configuration(p.t.Context(), q)
		return err
	})
	return list, more
}

func (p book) last() record.ConfigurationChange {
	p.t.Helper()
	list, _ := p.list(record.ConfigurationQuery{Limit: 1})
	return list[0]
}

// revert takes a change back and answers why not, "" when it did.
func (p book) revert(act value.ID) string {
	p.t.Helper()
	var whys [2]string
	var problem error
	for i, do := range []func() (*record.Reverting, error){
		func() (*record.Reverting, error) {
			return p.Workspace.Engine().PlanRevert(p.t.Context(), apptest.As(p.Ada), act)
		},
		func() (*record.Reverting, error) {
			return p.Workspace.Engine().RevertConfiguration(p.t.Context(), apptest.As(p.Ada), act)
		},
	} {
		r, err := do()
		if err != nil {
			problem = err
			continue
		}
		var why []string
		for _, h := range r.Hindrances {
			why = append(why, strings.Join(strings.Fields(strings.Join([]string{h.Subject, h.Title, h.Field, h.Key}, " ")), " "))
		}
		whys[i] = strings.Join(why, "; ")
	}
	if f, ok := fault.As(problem); ok {
		return f.Key
	} else if problem != nil {
		p.t.Fatal(problem)
	}
	if whys[0] != whys[1] {
		p.t.Errorf("planned %q, done %q", whys[0], whys[1])
	}
	return whys[1]
}

func (p book) change(do func(s *record.Session) error) value.ID {
	p.t.Helper()
	p.Write(p.t, p.Ada, do)
	p.Pass(time.Second)
	return p.last().Act
}

func TestConfigurationKeepsAHistory(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		p, ctx := book{k, t}, t.Context()
		k.Pass(time.Second)
		before, _ := p.list(record.ConfigurationQuery{})

		var stage value.ID
		p.change(func(s *record.Session) error {
			pipe, err := s.Query(ctx, record.Query{Object: "pipeline", Limit: 1})
			if err != nil {
				return err
			}
			out, err := s.Create(ctx, "stage", record.Values{"name": "Demo", "pipeline": pipe.Records[0].ID, "kind": "open", "probability": "40"})
			stage = out.ID
			return err
		})
		if x := p.last(); x.Actor != k.Ada || len(x.Records) != 1 || x.Records[0].Title != "Demo" || x.Records[0].Kind != "create" || !slices.Equal(x.Subjects, []string{"stage"}) {
			t.Errorf("a new stage: %+v", x)
		}
		renamed := p.change(func(s *record.Session) error {
			_, err := s.Update(ctx, "stage", stage, 0, record.Values{"name": "Show", "probability": "50"})
			return err
		})
		if x := p.last(); len(x.Records) != 1 || len(x.Records[0].Changes) != 2 || x.Records[0].Title != "Show" {
			t.Errorf("a renamed stage: %+v", x)
		}
		// What is no configuration is not told, a view only when everybody has it.
		k.Create(t, k.Ada, "account", record.Values{"name": "Aurora"})
		view := k.Create(t, k.Rita, "view", record.Values{"name": "Mine", "object": "deal"})
		if got := p.last().Act; got != renamed {
			t.Error("an account, or a private view, is told")
		}
		k.Write(t, k.Rita, func(s *record.Session) error {
			_, err := s.Update(ctx, "view", view, 0, record.Values{"visibility": "all"})
			return err
		})
		if x := p.last(); x.Actor != k.Rita || len(x.Records) != 1 || x.Records[0].Title != "Mine" {
			t.Errorf("a view for all: %+v", x)
		}
		k.Pass(time.Second)
		if _, err := k.Workspace.Engine().ApplySchema(ctx, apptest.As(k.Ada), []schema.Change{{Op: schema.AddField, Object: "deal", Set: json.RawMessage(`{"name":"colour","kind":"text"}`)}}, 0); err != nil {
			t.Fatal(err)
		}
		if x := p.last(); x.Version == 0 || len(x.Schema) != 1 || x.Schema[0].Op != schema.AddField || x.Actor != k.Ada {
			t.Errorf("a new field: %+v", x)
		}

		all, _ := p.list(record.ConfigurationQuery{})
		if len(all) != len(before)+4 {
			t.Errorf("%d changes, %d before", len(all), len(before))
		}
		var paged []record.ConfigurationChange
		for q := (record.ConfigurationQuery{Limit: 2}); ; {
			part, more := p.list(q)
			paged = append(paged, part...)
			if !more {
				break
			}
			q.Before = part[len(part)-1].Act
		}
		if len(paged) != len(all) {
			t.Errorf("page by page %d, at once %d", len(paged), len(all))
		}
		stages, _ := p.list(record.ConfigurationQuery{Subjects: []string{"stage"}, Actor: k.Ada})
		ritas, _ := p.list(record.ConfigurationQuery{Actor: k.Rita})
		if len(stages) != 2 || len(ritas) != 1 {
			t.Errorf("%d of stages, %d of Rita", len(stages), len(ritas))
		}
		if err := k.Workspace.Read(ctx, apptest.As(k.Rita), func(s *record.Session) error {
			_, _, err := s.Configuration(ctx, record.ConfigurationQuery{Limit: 1})
			return err
		}); !fault.Is(err, fault.Forbidden) {
			t.Errorf("a rep: %v", err)
		}
		if _, err := k.Workspace.Engine().RevertConfiguration(ctx, apptest.As(k.Rita), renamed); !fault.Is(err, fault.Forbidden) {
			t.Errorf("a rep reverts: %v", err)
		}
	})
}

func TestConfigurationIsReverted(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		p, ctx := book{k, t}, t.Context()
		k.Pass(time.Second)
		field := func(set string) value.ID {
			t.Helper()
			if _, err := k.Workspace.Engine().ApplySchema(ctx, apptest.As(k.Ada), []schema.Change{{Op: schema.ChangeField, Object: "deal", Field: "amount", Set: json.RawMessage(set)}}, 0); err != nil {
				t.Fatal(err)
			}
			k.Pass(time.Second)
			return p.last().Act
		}
		company := func(change func(*record.Settings)) value.ID {
			t.Helper()
			return p.change(func(s *record.Session) error { return s.ChangeSettings(ctx, change) })
		}
		settings := func() (now record.Settings) {
			k.Read(t, k.Ada, func(s *record.Session) error { now = s.Settings(); return nil })
			return now
		}
		wants := func(what, got, want string) {
			t.Helper()
			if got != want {
				t.Errorf("%s: %q, want %q", what, got, want)
			}
		}

		// A stage: its change, then what made it; the change of a change stands in the way.
		var stage value.ID
		made := p.change(func(s *record.Session) error {
			pipe, err := s.Query(ctx, record.Query{Object: "pipeline", Limit: 1})
			if err != nil {
				return err
			}
			out, err := s.Create(ctx, "stage", record.Values{"name": "Demo", "pipeline": pipe.Records[0].ID, "kind": "open"})
			stage = out.ID
			return err
		})
		name := func(to string) value.ID {
			return p.change(func(s *record.Session) error {
				_, err := s.Update(ctx, "stage", stage, 0, record.Values{"name": to})
				return err
			})
		}
		first, second := name("Show"), name("Try")
		wants("a stage that changed since", p.revert(made), "stage Try record.changed_since")
		wants("a name that changed since", p.revert(first), "stage Try name record.changed_since")
		wants("the last name", p.revert(second), "")
		if x := p.last(); x.Undid != second {
			t.Errorf("the revert undid %s, want %s", x.Undid, second)
		}
		wants("once more", p.revert(second), "record.already_undone")
		wants("the first name", p.revert(first), "")

		// The label of a field: what others changed of the same field stays.
		label := field(`{"labels":{"en":"Worth"}}`)
		field(`{"help":"Without tax"}`)
		wants("a label", p.revert(label), "")
		k.Read(t, k.Ada, func(s *record.Session) error {
			f, _ := s.Schema().MustObject("deal").Field("amount")
			if f.Label("en") != "Amount" || f.Help != "Without tax" {
				t.Errorf("the field is %q, %q", f.Label("en"), f.Help)
			}
			return nil
		})
		help := field(`{"help":"With tax"}`)
		again := field(`{"help":"Net"}`)
		wants("a help that changed since", p.revert(help), "@schema schema.changed_since")
		if r, err := k.Workspace.Engine().PlanRevert(ctx, apptest.As(k.Ada), help); err != nil || r.Hindrances[0].Act != again {
			t.Errorf("what stands in the way: %+v %v", r, err)
		}

		// The company: each value by itself.
		named := company(func(s *record.Settings) { s.Name, s.FiscalStart = "North", 4 })
		company(func(s *record.Settings) { s.Zone = "Europe/Helsinki" })
		wants("the company", p.revert(named), "")
		if now := settings(); now.Name == "North" || now.FiscalStart != 1 || now.Zone != "Europe/Helsinki" {
			t.Errorf("the company is %+v", now)
		}
		named = company(func(s *record.Settings) { s.Name = "South" })
		company(func(s *record.Settings) { s.Name = "East" })
		wants("a name of the company that changed since", p.revert(named), "@company name record.changed_since")
		currency := company(func(s *record.Settings) { s.Currency = "USD" })
		k.Create(t, k.Ada, "product", record.Values{"name": "Lamp", "price": value.Money{Minor: 100, Currency: "USD"}})
		wants("a currency in use", p.revert(currency), "@company record.currency_in_use")

		// How open objects are.
		open := p.change(func(s *record.Session) error {
			return s.SetOpenness(ctx, s.Schema().MustObject("deal"), access.Private)
		})
		wants("openness", p.revert(open), "")
		k.Read(t, k.Ada, func(s *record.Session) error {
			if got := s.Roster().Openness(s.Schema().MustObject("deal")); got != access.Open {
				t.Errorf("deals are %s", got)
			}
			return nil
		})

		// Open hours.
		week := p.change(func(s *record.Session) error {
			return hours.SetOpenHours(ctx, s, hours.Week{"mon": {"08:00-12:00"}})
		})
		wants("open hours", p.revert(week), "")
		k.Read(t, k.Ada, func(s *record.Session) error {
			if w, err := hours.OpenHours(ctx, s); err != nil || len(w) != 5 || w["mon"][0] != "09:00-17:00" {
				t.Errorf("open hours are %v %v", w, err)
			}
			return nil
		})

		// The mail server; its password is in no history.
		if err := k.Workspace.SetMailServer(ctx, apptest.As(k.Ada), func(m *smtp.Server) {
			m.Host, m.Sender, m.User, m.Password = "mail.example", "us@example.com", "us", "very secret"
		}); err != nil {
			t.Fatal(err)
		}
		k.Pass(time.Second)
		server := p.last()
		if text, _ := json.Marshal(server.Settings); strings.Contains(string(text), "secret") || strings.Contains(string(text), "v1.") || !strings.Contains(string(text), "mail.example") {
			t.Errorf("the history of the mail server: %s", text)
		}
		wants("the mail server", p.revert(server.Act), "")
		if m, err := k.Workspace.MailServer(ctx, apptest.As(k.Ada)); err != nil || m.Host != "" || m.Sealed != "" {
			t.Errorf("the mail server is %+v %v", m, err)
		}
	})
}
