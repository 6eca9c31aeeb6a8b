package sales_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"wellmet/internal/access"
	"wellmet/internal/app/apptest"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/sales"
	"wellmet/internal/value"
)

// brings writes as an import does.
func brings(t *testing.T, k *apptest.Kit, object string, v record.Values) (id value.ID) {
	t.Helper()
	err := k.Workspace.Write(t.Context(), record.Who{Member: k.Ada, Door: "import", Cause: "test"}, func(s *record.Session) error {
		made, err := s.Create(t.Context(), object, v)
		id = made.ID
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// A deal that was imported in a stage was there like any other, and may be lost
// there: of a stage never more are lost than were in it.
func TestLossesOfImportedDeals(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		book := newBook(t, k)
		lose := func(deal value.ID, kind string, c sales.Close) {
			k.Pass(time.Hour)
			k.Write(t, k.Ada, func(s *record.Session) error {
				_, err := sales.Move(t.Context(), s, sales.Step{Deal: deal, Kind: kind, Close: c})
				return err
			})
		}
		for i := range 5 {
			lose(brings(t, k, "deal", record.Values{"name": fmt.Sprint("Brought ", i), "account": book.account, "owner": k.Rita, "stage": book.stages["Proposal"], "amount": whole(10)}),
				sales.Lost, sales.Close{Reason: "price"})
		}
		for range 2 {
			lose(book.deal(k.Rita, "Proposal", "2026-03-20", 10), sales.Won, sales.Close{})
		}
		k.Pass(time.Hour)
		table, rows := reported(t, k, k.Ada, "losses-by-person-and-stage", report.Params{})
		if got := figuresOf(rows["[Rita Proposal]"]); len(rows) != 1 || got != "7 5 0.714286 0.714286" {
			t.Fatalf("%d lines, %s", len(rows), got)
		}
		k.Read(t, k.Ada, func(s *record.Session) error {
			b, _ := table.BehindOf(table.Rows[0], 0)
			if listed, told := atOnce(t, k, s, "losses-by-person-and-stage", b.Path); listed != 7 || told != 7 {
				t.Errorf("%d of %d are listed", listed, told)
			}
			return nil
		})
	})
}

// Beside a rep's own losses stands the rate of what he may read: where that is not all,
// it is said.
func TestTheRateOfAllIsOfWhatOneMayRead(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		book := newBook(t, k)
		lost := func(owner value.ID, kind string) {
			id := book.deal(owner, "Proposal", "2026-03-20", 10)
			k.Pass(time.Hour)
			k.Write(t, k.Ada, func(s *record.Session) error {
				_, err := sales.Move(t.Context(), s, sales.Step{Deal: id, Kind: kind, Close: sales.Close{Reason: "price"}})
				return err
			})
		}
		lost(k.Rita, sales.Lost)
		lost(k.Olga, sales.Won)
		k.Pass(time.Hour)
		is := func(who value.ID, rate string, notes int) {
			t.Helper()
			table, rows := reported(t, k, who, "losses-by-person-and-stage", report.Params{})
			if got := shown(table, rows["[Rita Proposal]"], "team_rate"); got != rate || len(table.Notes) != notes {
				t.Errorf("of all %s, %+v", got, table.Notes)
			}
			if text := string(table.AppendJSON(nil)); strings.Contains(text, "of the deals that you may read") != (notes == 1) {
				t.Errorf("over the API: %s", text)
			}
		}
		is(k.Rita, "0.5", 0)
		k.Write(t, k.Ada, func(s *record.Session) error {
			return access.SetOpenness(t.Context(), s.Tx(), s.Schema().MustObject("deal"), access.Private)
		})
		is(k.Rita, "1", 1)
		is(k.Ada, "0.5", 0)
	})
}

// An activity is imported when an import made it, with or without the number of
// another program; a mail that was kept here is not.
func TestImportedActivitiesAreMarked(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		v := func(kind, external string) record.Values {
			x := record.Values{"kind": kind, "subject": "x", "owner": k.Rita, "done": true}
			if external != "" {
				x["external_id"] = external
			}
			return x
		}
		brings(t, k, "activity", v("call", ""))
		brings(t, k, "activity", v("call", "crm-8"))
		k.Create(t, k.Ada, "activity", v("call", "crm-9"))
		k.Create(t, k.Ada, "activity", v("mail", "mail:8@here.example"))
		k.Create(t, k.Ada, "activity", v("note", ""))
		table, rows := reported(t, k, k.Ada, "activity-by-person", report.Params{})
		m, ok := table.Value(rows["[Rita]"], "imported")
		if !ok || m.Value != int64(3) {
			t.Errorf("%v are imported", m.Value)
		}
	})
}

// Of a period that still runs leads a month follow from the days that have been.
func TestLeadsAMonthSoFar(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		k.Create(t, k.Rita, "lead", record.Values{"name": "Ann", "source": "web"})
		today := value.Date(0)
		k.Read(t, k.Ada, func(s *record.Session) error { today = s.Today(); return nil })
		for want, p := range map[string]report.Params{
			"15.22": {From: today.AddDays(-1), To: today.AddDays(300)},
			"30.44": {From: today},
			"<nil>": {To: today},
		} {
			table, _ := reported(t, k, k.Ada, "leads-reached", p)
			if len(table.Rows) != 1 || fmt.Sprint(table.Rows[0].Values[1].Value) != want {
				t.Errorf("%+v: %+v, want %s", p, table.Rows, want)
			}
		}
	})
}

// The open deals of a person are those that count for him by the company's rule, in
// the figure and in the list behind it, and those of the customers that are meant.
func TestOpenDealsByShare(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		book := newBook(t, k)
		other := k.Create(t, k.Ada, "account", record.Values{"name": "Other", "owner": k.Rita, "industry": "media"})
		shared := book.deal(k.Rita, "Proposal", "2026-03-20", 10)
		k.Create(t, k.Ada, "deal_member", record.Values{"deal": shared, "member": k.Olga, "credit": "25"})
		k.Create(t, k.Ada, "deal_member", record.Values{"deal": shared, "member": k.Max, "credit": "0"})
		k.Create(t, k.Ada, "deal", record.Values{"name": "d", "account": other, "owner": k.Rita, "stage": book.stages["Proposal"]})
		for _, id := range []value.ID{book.account, other} { // customers, Ada's and Rita's
			k.Create(t, k.Ada, "deal", record.Values{"name": "w", "account": id, "owner": k.Ada, "stage": book.stages["Won"], "amount": whole(1), "close_date": "2026-02-01"})
		}
		for _, c := range []struct {
			credit, filter, want string
		}{
			{record.CreditByShare, "", "Ada 0 0, Olga 0.25 1, Rita 1.75 2"},
			{record.CreditOwner, "", "Ada 0 0, Rita 2 2"},
			{record.CreditByShare, `industry = "media"`, "Rita 1 1"},
		} {
			k.Write(t, k.Ada, func(s *record.Session) error {
				return s.ChangeSettings(t.Context(), func(to *record.Settings) { to.Credit = c.credit })
			})
			table, _ := reported(t, k, k.Ada, "follow-up", report.Params{Filter: c.filter})
			var got []string
			k.Read(t, k.Ada, func(s *record.Session) error {
				for _, r := range table.Rows {
					n, _, err := s.Count(t.Context(), record.Query{Object: "deal", Filter: r.Behind[5].Filter, Count: record.CountExact})
					if err != nil {
						return err
					}
					got = append(got, fmt.Sprint(r.Labels[0], " ", r.Values[5].Value, " ", n))
				}
				return nil
			})
			slices.Sort(got)
			if text := strings.Join(got, ", "); text != c.want {
				t.Errorf("%+v: %s", c, text)
			}
		}
	})
}
