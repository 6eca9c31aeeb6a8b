package sales_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"wellmet/internal/app/apptest"
	"wellmet/internal/i18n"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/sales"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// Each open deal tells what was done last and by whom, how much is open and late,
// and what comes next; what a colleague keeps private is told to nobody else.
func TestLastOpenAndNextActionOfDeals(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		x := newShelf(t, k)
		account := k.Create(t, k.Rita, "account", record.Values{"name": "Nova"})
		idle := k.Create(t, k.Rita, "deal", record.Values{"name": "Idle", "account": account})
		gone := k.Create(t, k.Rita, "deal", record.Values{"name": "Gone", "account": account})
		k.Write(t, k.Rita, func(s *record.Session) error { _, err := sales.Win(t.Context(), s, gone, 0, sales.Close{}); return err })
		about := []schema.Ref{{Object: "deal", ID: x.deal}}
		do := func(who value.ID, v record.Values) {
			v["about"] = about
			k.Create(t, who, "activity", v)
		}
		hour := func(n int) time.Time { return k.Now().Add(time.Duration(n) * time.Hour) }
		do(k.Max, record.Values{"kind": "call", "subject": "Rang", "done": true, "done_at": hour(-3)})
		do(k.Rita, record.Values{"kind": "note", "subject": "A thought"})
		do(k.Rita, record.Values{"kind": "task", "subject": "Send the offer", "due_at": hour(48)})
		do(k.Rita, record.Values{"kind": "task", "subject": "без даты"})
		do(k.Rita, record.Values{"kind": "meeting", "subject": "zero", "starts_at": hour(1), "ends_at": hour(2)})
		do(k.Olga, record.Values{"kind": "task", "subject": "Secret", "due_at": hour(0), "private": true})
		k.Pass(90 * time.Minute)
		told := func(who value.ID) map[value.ID]string {
			lines := map[value.ID]string{}
			k.Read(t, who, func(s *record.Session) error {
				table, err := k.App.Reports().Run(t.Context(), s, "deal-actions", report.Params{})
				if err != nil {
					return err
				}
				for lang, want := range map[string]string{"en": "Deal", "fi": s.Schema().MustObject("deal").Label("fi").One} {
					w, err := report.Worded(s, i18n.FormatFor(lang), report.Spec{}, table)
					if err != nil || w.Head(0) != want {
						t.Errorf("%s: the rows are called %q (%v)", lang, w.Head(0), err)
					}
				}
				for _, r := range table.Rows {
					var cells []string
					for _, name := range []string{"last_kind", "last_by", "open_actions", "overdue", "next_what", "unplanned"} {
						m, _ := table.Value(r, name)
						cells = append(cells, fmt.Sprint(m.Value))
					}
					lines[r.Keys[0].(value.ID)] = strings.Join(cells, " ")
				}
				if text := string(table.AppendJSON(nil)); strings.Contains(text, "Secret") != (who == k.Olga) || !strings.Contains(text, `"last_kind":"Call"`) {
					t.Errorf("the API answers %s", text)
				}
				return nil
			})
			return lines
		}
		rita := told(k.Rita)
		if len(rita) != 2 || rita[x.deal] != "Call Max 3 1 zero 0" || rita[idle] != "<nil> <nil> 0 0 <nil> 1" {
			t.Errorf("%v", rita)
		}
		if olga := told(k.Olga); olga[x.deal] != "Call Max 4 2 Secret 0" {
			t.Errorf("Olga: %v", olga)
		}
		k.Mask(t, "activity.subject")
		if masked := told(k.Rita); masked[x.deal] != "Call Max 3 1 Meeting 0" {
			t.Errorf("masked: %v", masked)
		}
	})
}
