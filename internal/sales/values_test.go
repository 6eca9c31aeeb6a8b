package sales_test

import (
	"maps"
	"strings"
	"testing"
	"time"

	"wellmet/internal/app/apptest"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/sales"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// known are reports with what they tell of the history that plantKnown makes, as
// worked out by hand: the labels of a line, and its figures in their order.
var known = map[string]map[string]string{
	// deals, won, lost, open, won revenue, win rate, average won, days to win
	"deals-by-source": {"Web": "2 1 1 0 100.00_EUR 0.5 100.00_EUR 10", "Event": "1 1 0 0 30.00_EUR 1 30.00_EUR 14", "": "1 0 0 1 - - - -"},
	"deals-by-owner":  {"Rita": "2 1 1 0 100.00_EUR 0.5 100.00_EUR 10", "Olga": "2 1 0 1 30.00_EUR 1 30.00_EUR 14"},
	// deals, amount, open, won, lost: by the month of the beginning
	"new-deals-by-month": {"2026-01": "2 150.00_EUR 0 1 1", "2026-02": "2 37.00_EUR 1 1 0"},
	// lost, amount, days to lose
	"lost-by-stage":  {"Proposal/Price": "1 50.00_EUR 20"},
	"lost-by-reason": {"Price/Rita": "1 50.00_EUR"},
	"won-by-reason":  {"Price": "1 100.00_EUR", "Service": "1 30.00_EUR"},
	// closed, days to win, days to lose, median, least, most
	"deal-cycle":      {"2026-01": "2 10 20 15 10 20", "2026-02": "1 14 - 14 14 14"},
	"deals-by-tag":    {"vip": "2", "big": "1", "": "2"},
	"contacts-by-tag": {"vip": "1"},
	// deals, won, lost, lost to it, win rate
	"deals-by-competitor": {"Rival": "2 1 1 1 0.5", "Other": "1 0 0 0 -"},
	// deals, amount, weighted, without amount
	"pipeline": {"Prospecting": "1 7.00_EUR 0.70_EUR 0"},
	// customers, last contact, next action, overdue, nothing planned, open deals by share
	"follow-up": {"Rita": "1 - - 0 1 0", "Ada": "1 - - 0 1 0", "Olga": "0 - - 0 0 1"},
	"ranking":   {"Rita": "1 100.00_EUR 1", "Olga": "2 30.00_EUR 1"},
	// leads, qualified, converted, disqualified, conversion, won, won revenue
	"lead-conversion":    {"Rita/Web": "2 1 1 1 0.5 1 9.00_EUR", "Olga/Event": "1 0 0 0 0 0 -"},
	"leads-by-owner":     {"Rita": "2 1 1 1 0.5 1 9.00_EUR", "Olga": "1 0 0 0 0 0 -"},
	"leads-by-creator":   {"Rita": "1 1 1 0 1 1 9.00_EUR", "Ada": "2 0 0 1 0 0 -"},
	"leads-by-converter": {"Rita": "1 1 1 0 1 1 9.00_EUR", "": "2 0 0 1 0 0 -"},
	// leads, qualified, disqualified, conversion
	"leads-by-source": {"Web": "2 1 1 0.5", "Event": "1 0 0 0"},
	"leads-by-tag":    {"vip": "1", "": "2"},
	// activities, calls, meetings, mails, tasks, reached, not reached, next step agreed, success, imported
	"activity-by-person": {"Rita": "4 2 1 0 1 2 1 1 0.666667 1 0", "Olga": "1 0 0 1 0 1 0 0 1 0 0"},
	"activity-by-month":  {"2026-03/Rita": "4 2 1 0 1 2 1 1 0.666667 1", "2026-03/Olga": "1 0 0 1 0 1 0 0 1 0"},
	// closed, won, win rate, revenue, days, activities, hours, per deal, per hour, per meeting
	"efficiency": {"Rita": "3 2 0.666667 109.00_EUR 5 4 1.5 1.333333 72.67_EUR 109.00_EUR", "Olga": "1 1 1 30.00_EUR 14 1 0 1 - -"},
}

// plantKnown makes a small history that can be worked out by hand. It is
// 2026-03-02.
func plantKnown(t *testing.T, k *apptest.Kit) {
	book := newBook(t, k)
	deal := func(owner value.ID, v record.Values) value.ID {
		v["name"], v["account"], v["owner"] = "d", book.account, owner
		return k.Create(t, k.Ada, "deal", v)
	}
	first := deal(k.Rita, record.Values{"source": "web", "started_on": "2026-01-01", "stage": book.stages["Won"], "close_date": "2026-01-11", "amount": "100", "won_reason": "price", "tags": []string{"vip", "big"}})
	lost := deal(k.Rita, record.Values{"source": "web", "started_on": "2026-01-05", "stage": book.stages["Proposal"], "amount": "50", "tags": []string{"vip"}})
	deal(k.Olga, record.Values{"source": "event", "started_on": "2026-02-01", "stage": book.stages["Won"], "close_date": "2026-02-15", "amount": "30", "won_reason": "service"})
	open := deal(k.Olga, record.Values{"started_on": "2026-02-10", "amount": "7"})
	rival := k.Create(t, k.Ada, "competitor", record.Values{"name": "Rival"})
	other := k.Create(t, k.Ada, "competitor", record.Values{"name": "Other"})
	for id, competitor := range map[value.ID]value.ID{first: rival, lost: rival, open: other} {
		k.Create(t, k.Ada, "deal_competitor", record.Values{"deal": id, "competitor": competitor})
	}
	k.Write(t, k.Rita, func(s *record.Session) error {
		_, err := sales.Move(t.Context(), s, sales.Step{Deal: lost, Kind: sales.Lost, Close: sales.Close{Reason: "price", Competitor: "Rival"}})
		if err == nil {
			_, err = s.Update(t.Context(), "deal", lost, 0, record.Values{"close_date": "2026-01-25"})
		}
		return err
	})

	won := k.Create(t, k.Rita, "lead", record.Values{"name": "Ann", "email": "ann@home.example", "source": "web", "tags": []string{"vip"}})
	gone := k.Create(t, k.Ada, "lead", record.Values{"name": "Bo", "email": "bo@home.example", "source": "web", "owner": k.Rita})
	k.Create(t, k.Ada, "lead", record.Values{"name": "Cy", "email": "cy@home.example", "source": "event", "owner": k.Olga})
	k.Write(t, k.Rita, func(s *record.Session) error {
		if _, err := s.Update(t.Context(), "lead", gone, 0, record.Values{"status": sales.Disqualified, "lost_reason": "no_budget"}); err != nil {
			return err
		}
		out, err := sales.Convert(t.Context(), s, won, sales.Options{Deal: record.Values{"name": "Of a lead", "amount": "9 EUR"}})
		if err == nil {
			_, err = sales.Win(t.Context(), s, out.Deal, 0, sales.Close{})
		}
		return err
	})

	act := func(owner value.ID, v record.Values) {
		v["subject"], v["owner"] = "x", owner
		if v["done"] == nil {
			v["done"] = true
		}
		k.Create(t, k.Ada, "activity", v)
	}
	act(k.Rita, record.Values{"kind": "call", "result": "reached", "minutes": int64(30), "next_at": k.Now().Add(48 * time.Hour)})
	act(k.Rita, record.Values{"kind": "call", "result": "no_show", "external_id": "crm-7"})
	act(k.Rita, record.Values{"kind": "meeting", "result": "held", "minutes": int64(60)})
	act(k.Rita, record.Values{"kind": "task"})
	act(k.Rita, record.Values{"kind": "task", "done": false})
	act(k.Olga, record.Values{"kind": "mail", "result": "sent", "external_id": "mail:7@here.example"}) // kept here, not imported
}

// Efficiency that is narrowed by what only deals have tells nothing of activities,
// and says so.
func TestEfficiencyOfSomeDeals(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		plantKnown(t, k)
		table, rows := reported(t, k, k.Ada, "efficiency", report.Params{Filter: `name = "d"`})
		if got := figuresOf(rows["[Rita]"]); got != "2 1 0.5 100.00_EUR 10 - - - - -" || len(table.Notes) != 1 {
			t.Errorf("%s, %+v", got, table.Notes)
		}
		if table, rows = reported(t, k, k.Ada, "efficiency", report.Params{Filter: `owner = "` + k.Olga.String() + `"`}); len(table.Notes) != 0 || len(rows) != 1 || figuresOf(rows["[Olga]"]) != known["efficiency"]["Olga"] {
			t.Errorf("of one person: %v, %+v", rows, table.Notes)
		}
	})
}

// Who did much and closed nothing belongs to those whose efficiency is told: nothing
// won, no cycle, and what he did.
func TestEfficiencyOfWhoClosedNothing(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		plantKnown(t, k)
		for _, minutes := range []int64{60, 40, 20} {
			k.Create(t, k.Max, "activity", record.Values{"subject": "x", "kind": "meeting", "owner": k.Max, "done": true, "minutes": minutes})
		}
		k.Create(t, k.Max, "activity", record.Values{"subject": "x", "kind": "call", "owner": k.Max, "done": true})
		k.Create(t, k.Bob, "activity", record.Values{"subject": "x", "kind": "call", "owner": k.Bob}) // planned only
		table, rows := reported(t, k, k.Ada, "efficiency", report.Params{})
		max := rows["[Max]"]
		if got := figuresOf(max); len(rows) != 3 || got != "0 0 - - - 4 2 - - -" || !max.Few {
			t.Errorf("%d lines, %q, few: %t", len(rows), got, max.Few)
		}
		for col, want := range map[int]int64{5: 4, 6: 3} {
			b, ok := table.BehindOf(max, col)
			k.Read(t, k.Ada, func(s *record.Session) error {
				n, _, err := s.Count(t.Context(), record.Query{Object: b.Object, Filter: b.Filter})
				if err == nil && (!ok || n != want) {
					t.Errorf("behind %s stand %d", table.Columns[col].Name, n)
				}
				return err
			})
		}
		if b, ok := table.BehindOf(max, 0); ok {
			t.Errorf("no deal, and yet a list: %+v", b)
		}
		if _, rows = reported(t, k, k.Ada, "efficiency", report.Params{Filter: `owner = "` + k.Max.String() + `"`}); len(rows) != 1 || figuresOf(rows["[Max]"]) != "0 0 - - - 4 2 - - -" {
			t.Errorf("of him alone: %v", rows)
		}
		day := value.DateOf(k.Now(), time.UTC)
		if _, rows = reported(t, k, k.Ada, "efficiency", report.Params{From: day.AddMonths(-3), To: day.AddDays(-1)}); len(rows["[Max]"].Values) != 0 || len(rows) != 2 {
			t.Errorf("of a period in which he did nothing: %v", rows)
		}
		if _, rows = reported(t, k, k.Ada, "efficiency", report.Params{Filter: `name = "d"`}); len(rows) != 2 {
			t.Errorf("where activities are left out: %v", rows)
		}
	})
}

// Reports tell of a small history what can be worked out of it by hand.
func TestReportsTellWhatIsKnown(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		plantKnown(t, k)
		k.Pass(time.Minute)
		for name, want := range known {
			got := map[string]string{}
			k.Read(t, k.Ada, func(s *record.Session) error {
				p := report.Params{}
				if spec, err := k.App.Reports().Find(t.Context(), s, name); err == nil && spec.Object == sales.Deals.Name && name != "efficiency" {
					p.Filter = `name = "d"` // without what the lead became
				}
				table, err := k.App.Reports().Run(t.Context(), s, name, p)
				if err != nil {
					return err
				}
				for _, r := range table.Rows {
					got[strings.Join(r.Labels, "/")] = figuresOf(r)
				}
				return nil
			})
			if !maps.Equal(got, want) {
				t.Errorf("%s:\n got %v\nwant %v", name, got, want)
			}
		}
	})
}

func figuresOf(r report.Row) string {
	var list []string
	for _, m := range r.Values {
		text := "-"
		if x := report.Told(m); x != nil {
			text = strings.ReplaceAll(schema.Neutral(x), " ", "_")
		}
		list = append(list, text)
	}
	return strings.Join(list, " ")
}

// Margins by month, answers to leads and touches tell what can be worked out by hand:
// of products that cost 60 and sell for 100, and of leads that came at noon of a Monday.
func TestMarginsAndAnswersTellWhatIsKnown(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		book := newBook(t, k)
		pump := k.Create(t, k.Ada, "product", record.Values{"name": "Pump", "price": "100", "cost": "60"})
		won := func(on string, pumps int, v record.Values) {
			v["name"], v["account"], v["owner"], v["started_on"], v["stage"], v["close_date"] = "d", book.account, k.Rita, "2026-01-01", book.stages["Won"], on
			id := k.Create(t, k.Ada, "deal", v)
			if pumps > 0 {
				k.Create(t, k.Ada, "deal_line", record.Values{"deal": id, "product": pump, "quantity": pumps})
			}
		}
		won("2026-01-11", 2, record.Values{"cost_to_serve": "10"})
		won("2026-01-20", 1, record.Values{})
		won("2026-02-05", 0, record.Values{"amount": "50"})
		ads := k.Create(t, k.Ada, "lead_source", record.Values{"name": "Ads", "way": "campaign"})
		lead := func(name string, touches int) value.ID {
			id := oldLead(t, k, record.Values{"name": name, "email": name + "@home.example"})
			for range touches {
				k.Create(t, k.Ada, "touch", record.Values{"lead": id, "source": ads})
			}
			return id
		}
		quick, slow, never := lead("quick", 2), lead("slow", 1), lead("never", 0)
		k.Write(t, k.Ada, func(s *record.Session) error {
			_, err := s.Update(t.Context(), "lead", never, 0, record.Values{"owner": k.Olga})
			return err
		})
		answer := func(id value.ID, after time.Duration) {
			k.Pass(after)
			k.Create(t, k.Rita, "activity", record.Values{"kind": "call", "done": true, "about": []schema.Ref{{Object: "lead", ID: id}}})
		}
		answer(quick, 30*time.Minute)
		answer(slow, time.Hour)
		for name, want := range map[string]map[string]string{
			// won, revenue, margin, rate, cost, cost to serve, without cost, revenue with cost
			"profit-by-month": {"2026-01": "2 300.00_EUR 110.00_EUR 36.7 180.00_EUR 10.00_EUR 0 300.00_EUR", "2026-02": "1 50.00_EUR - - - - 1 -"},
			// leads, answered, in time, share, median, average, waiting, overdue
			"speed-to-lead":     {"Rita": "2 2 1 0.5 60 60 0 0", "Olga": "1 0 0 - - - 1 1"},
			"touches-by-source": {"Ads": "3"},
		} {
			_, rows := reported(t, k, k.Ada, name, report.Params{})
			got := map[string]string{}
			for _, r := range rows {
				got[strings.Join(r.Labels, "/")] = figuresOf(r)
			}
			if !maps.Equal(got, want) {
				t.Errorf("%s:\n got %v\nwant %v", name, got, want)
			}
		}
	})
}
