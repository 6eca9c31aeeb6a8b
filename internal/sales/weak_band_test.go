package sales_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"wellmet/internal/access"
	"wellmet/internal/app/apptest"
	"wellmet/internal/notify"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/sales"
	"wellmet/internal/value"
)

// gate is a stage that deals of Rita's come to and leave.
type gate struct{ *dealBook }

// leave lets so many deals stay in Proposal for so many days; some of them go on
// to the next stage, the others are lost.
func (g *gate) leave(deals, on, days int) {
	g.t.Helper()
	var ids []value.ID
	save := func(list []record.Change) {
		g.Write(g.t, g.Ada, func(s *record.Session) error {
			out, err := s.Save(g.t.Context(), record.Batch{Object: "deal", Changes: list})
			if ids == nil {
				for _, x := range out {
					ids = append(ids, x.ID)
				}
			}
			return err
		})
	}
	var made, moved []record.Change
	for range deals {
		made = append(made, record.Change{Values: record.Values{"name": "Deal", "account": g.account, "owner": g.Rita, "stage": g.stages["Proposal"], "amount": whole(10)}})
	}
	save(made)
	g.Pass(time.Duration(days) * 24 * time.Hour)
	for i, id := range ids {
		v := record.Values{"stage": g.stages["Negotiation"]}
		if i >= on {
			v = record.Values{"stage": g.stages["Lost"], "lost_reason": "price"}
		}
		moved = append(moved, record.Change{ID: id, Values: v})
	}
	save(moved)
}

// year is what is usual: of so many deals, twenty every ten days, four of five go
// on, each after ten days. Then two months pass.
func (g *gate) year(rounds, more int) {
	g.t.Helper()
	for range rounds {
		g.leave(20, 16, 10)
	}
	if more > 0 {
		g.leave(more, more*4/5, 10)
	}
	g.Pass(61 * 24 * time.Hour)
}

// night looks for weak spots, and answers what somebody is told of that he was not
// told before.
func (g *gate) night(of value.ID) (list []notify.Item) {
	g.t.Helper()
	before := g.Inbox(g.t, of)
	g.Pass(24 * time.Hour)
	if err := g.Workspace.WatchStages(g.t.Context()); err != nil {
		g.t.Fatal(err)
	}
	after := g.Inbox(g.t, of)
	return after[:len(after)-len(before)]
}

func allTold(list []notify.Item) string {
	var all []string
	for _, x := range list {
		all = append(all, x.Text("en"))
	}
	slices.Sort(all)
	return strings.Join(all, " ")
}

// Of 120 deals of the year before 80 % went on, and now 6 of 24: that is told with
// the figures and the band, once however many nights it lasts; when it is well
// again nothing is told, and when it comes back it is told again.
func TestAStageThatLeavesItsBandIsTold(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		g := &gate{newBook(t, k)}
		g.year(6, 0)
		if got := allTold(g.night(k.Bob)); got != "" {
			t.Errorf("of what is usual he is told %q", got)
		}
		g.leave(24, 6, 10)
		told := g.night(k.Bob)
		// 102 of 144 went on at all: 3.5 √(0.7083 · 0.2917 · (1/24 + 1/120)) is 35.6 points.
		if got := allTold(told); got != "Fewer deals than usual go on from “Proposal”: 25% of 24, usually 44.4 to 100%." {
			t.Fatalf("he is told %q", got)
		}
		table, rows := reported(t, k, k.Bob, strings.TrimPrefix(told[0].URL, "/reports/"), report.Params{})
		r := rows["[Proposal Everybody Fewer go on, %]"]
		if got := figuresOf(r); len(table.Rows) != 1 || got != "0 25 44.4 100 24" {
			t.Fatalf("the report says %s in %v", got, rows)
		}
		g.deal(k.Rita, "Proposal", "2026-12-01", 10)
		k.Read(t, k.Bob, func(s *record.Session) error {
			n, _, err := s.Count(t.Context(), record.Query{Object: "deal", Filter: r.Filter, Count: record.CountExact})
			if err != nil || n != 1 {
				t.Errorf("%d deals stand there: %v", n, err)
			}
			return err
		})
		for range 3 {
			if got := allTold(g.night(k.Bob)); got != "" {
				t.Errorf("the night after he is told %q", got)
			}
		}
		g.Pass(61 * 24 * time.Hour)
		g.leave(24, 19, 10)
		if got := allTold(g.night(k.Bob)); got != "" {
			t.Errorf("of what is well again he is told %q", got)
		}
		if table, rows := reported(t, k, k.Bob, sales.WeakSpotsReport, report.Params{}); len(table.Rows) != 0 || table.None == "" {
			t.Errorf("of what is well again the report says %v, %q", rows, table.None)
		}
		g.Pass(61 * 24 * time.Hour)
		g.leave(24, 2, 10)
		if got := allTold(g.night(k.Bob)); !strings.HasPrefix(got, "Fewer deals than usual go on from “Proposal”: 8.3% of 24") {
			t.Errorf("of what comes back he is told %q", got)
		}
	})
}

// The hourly round finds what has become weak, and tells it once.
func TestAWeakStageIsToldWithinTheHour(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		g := &gate{newBook(t, k)}
		g.year(6, 0)
		told := 0
		hour := func(when string, want int) {
			t.Helper()
			k.Pass(time.Hour)
			if err := k.App.Jobs().Round(t.Context()); err != nil {
				t.Fatal(err)
			}
			k.Drain(t)
			n := 0
			for _, x := range k.Inbox(t, k.Bob) {
				if strings.HasPrefix(x.Text("en"), "Fewer deals than usual go on from “Proposal”") {
					n++
				}
			}
			if n-told != want {
				t.Errorf("%s: %d told, want %d", when, n-told, want)
			}
			told = n
		}
		hour("while all is usual", 0)
		g.leave(24, 6, 10)
		hour("an hour later", 1)
		hour("the next hour", 0)
		for _, x := range k.Inbox(t, k.Rita) {
			if text := x.Text("en"); strings.Contains(text, "than usual") {
				t.Errorf("whose deals they are is told %q", text)
			}
		}
	})
}

// Deals that stay thrice as long as before are told of, in days; such as stay a
// little longer are not.
func TestAStageThatBecomesSlowIsTold(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		g := &gate{newBook(t, k)}
		g.year(6, 0)
		g.leave(24, 19, 14)
		if got := allTold(g.night(k.Bob)); got != "" {
			t.Errorf("of 14 days instead of 10 he is told %q", got)
		}
		g.Pass(61 * 24 * time.Hour)
		g.leave(24, 19, 30)
		// 3.5 · 1.2533 · 10 · √(1/24 + 1/144) is 9.7 days.
		if got := allTold(g.night(k.Bob)); got != "Deals stay longer than usual in “Proposal”: 30 days, usually 0.3 to 19.7 (24 looked at)." {
			t.Errorf("he is told %q", got)
		}
		if got := allTold(g.night(k.Bob)); got != "" {
			t.Errorf("the night after he is told %q", got)
		}
	})
}

// Nineteen lost deals of nineteen are no alarm, nor any number beside a past of
// 59; one more on either side is.
func TestSmallSamplesAreSilent(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		g := &gate{newBook(t, k)}
		g.year(2, 19) // 59
		g.leave(24, 0, 10)
		if got := allTold(g.night(k.Bob)); got != "" {
			t.Errorf("beside 59 he is told %q", got)
		}
		g.Pass(61 * 24 * time.Hour)
		g.leave(60, 59, 10)
		g.Pass(61 * 24 * time.Hour)
		g.leave(19, 0, 10)
		if got := allTold(g.night(k.Bob)); got != "" {
			t.Errorf("of 19 he is told %q", got)
		}
		g.leave(1, 0, 10)
		if got := allTold(g.night(k.Bob)); !strings.Contains(got, ": 0% of 20,") {
			t.Errorf("of 20 he is told %q", got)
		}
	})
}

// Who may read no deals of others, or no stages, is told nothing; who may read some
// is told without the figures, which are of all.
func TestWhoIsToldOfWeakStages(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		g := &gate{newBook(t, k)}
		role := func(member value.ID, permissions string) {
			id := k.Create(t, k.Ada, "role", record.Values{"name": permissions, "permissions": permissions})
			k.Write(t, k.Ada, func(s *record.Session) error {
				_, err := s.Update(t.Context(), "member", member, 0, record.Values{"role": id})
				return err
			})
		}
		leads := func(member, of value.ID) {
			k.Write(t, k.Ada, func(s *record.Session) error {
				_, err := s.Update(t.Context(), "member", of, 0, record.Values{"manager": member})
				return err
			})
		}
		k.Write(t, k.Ada, func(s *record.Session) error {
			return access.SetOpenness(t.Context(), s.Tx(), s.Schema().MustObject("deal"), access.Private)
		})
		var south value.ID
		k.Read(t, k.Ada, func(s *record.Session) error {
			page, err := s.Query(t.Context(), record.Query{Object: "team", Filter: `name = "South"`, Limit: 1})
			south = page.Records[0].ID
			return err
		})
		blind := k.Create(t, k.Ada, "member", record.Values{"name": "Blind", "email": "blind@test.example", "team": south})
		shut := k.Create(t, k.Ada, "member", record.Values{"name": "Shut", "email": "shut@test.example", "team": south})
		role(k.Max, `{"objects":{"*":{"read":"team"}}}`)
		role(k.Olga, `{"objects":{"*":{"read":"own"}}}`)
		role(blind, `{"objects":{"*":{"read":"all"}},"fields":{"deal.stage":"none"}}`)
		role(shut, `{"objects":{"*":{"read":"all"},"deal":{"read":"none"}}}`)
		leads(k.Max, k.Rita)
		leads(k.Olga, k.Max)
		leads(blind, k.Olga)
		leads(shut, blind)
		g.year(6, 0)
		g.leave(24, 6, 10)
		spot := "Fewer deals than usual go on from “Proposal”"
		g.night(k.Bob)
		for name, x := range map[string]struct {
			member value.ID
			want   string
		}{"who leads all": {k.Bob, spot + ": 25% of 24, usually 44.4 to 100%."}, "who leads some": {k.Max, spot + " (24 looked at)."}, "who reads his own": {k.Olga, ""},
			"who sees no stages": {blind, ""}, "who sees no deals": {shut, ""}, "who leads nobody": {k.Rita, ""}} {
			got := ""
			for _, item := range k.Inbox(t, x.member) {
				if text := item.Text("en"); strings.Contains(text, "go on") {
					got += text
				}
			}
			if got != x.want {
				t.Errorf("%s is told %q", name, got)
			}
		}
		k.Read(t, k.Max, func(s *record.Session) error {
			if spots, err := sales.WeakSpots(t.Context(), s, ""); err != nil || len(spots) != 1 || spots[0].Deals != 24 {
				t.Errorf("Max sees %+v: %v", spots, err)
			}
			return nil
		})
	})
}
