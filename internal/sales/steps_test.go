package sales_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"wellmet/internal/app/apptest"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// pathInList is a record as lists have it: its path stage by stage, the path in words,
// and how long it is in its stage.
func pathInList(t *testing.T, k *apptest.Kit, member value.ID, object string, id value.ID, asOf time.Time) (path string) {
	t.Helper()
	k.Read(t, member, func(s *record.Session) error {
		o, err := s.Object(object)
		if err != nil {
			return err
		}
		page, err := s.Query(t.Context(), record.Query{Object: object, Filter: fmt.Sprintf("id = %q", id), AsOf: asOf})
		if err != nil {
			return err
		}
		paths, err := sales.Paths(t.Context(), s, o, page.Records, asOf)
		for _, x := range paths[id] {
			path += " " + x.Name + ":" + string(x.State)
			if x.Retired {
				path += "!"
			}
		}
		if asOf.IsZero() {
			since, _ := page.Records[0].Field("stage_since").(time.Time)
			path += fmt.Sprintf(" | %v | %d", page.Records[0].Field("path"), s.Today()-value.DateOf(since, s.Env().Zone))
		}
		return err
	})
	return strings.TrimSpace(path)
}

// stagesOf are the stages of deals or leads by name.
func stagesOf(t *testing.T, k *apptest.Kit, object string) map[string]value.ID {
	t.Helper()
	all := map[string]value.ID{}
	k.Read(t, k.Ada, func(s *record.Session) error {
		page, err := s.Query(t.Context(), record.Query{Object: object, Limit: 200})
		for _, r := range page.Records {
			all[r.Title()] = r.ID
		}
		return err
	})
	return all
}

// A list tells of each deal and lead which stages it passed and which it jumped,
// and for how long it is where it is; a stage out of use is told of where it was
// gone through.
func TestPathsOfLists(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		stages := stagesOf(t, k, "stage")
		account := k.Create(t, k.Rita, "account", record.Values{"name": "Acme"})
		deal := k.Create(t, k.Rita, "deal", record.Values{"name": "Pumps", "account": account})
		other := k.Create(t, k.Rita, "deal", record.Values{"name": "Pipes", "account": account})
		put := func(object string, id value.ID, v record.Values) {
			t.Helper()
			k.Write(t, k.Ada, func(s *record.Session) error { _, err := s.Update(t.Context(), object, id, 0, v); return err })
		}
		want := func(member value.ID, object string, id value.ID, path string) {
			t.Helper()
			if got := pathInList(t, k, member, object, id, time.Time{}); got != path {
				t.Errorf("%s\nwant %s", got, path)
			}
		}
		k.Pass(24 * time.Hour)
		before := k.Now()
		k.Pass(24 * time.Hour)
		put("deal", deal, record.Values{"stage": stages["Proposal"]})
		k.Pass(3 * 24 * time.Hour)
		want(k.Rita, "deal", deal, "Prospecting:passed Qualified:jumped Proposal:current Negotiation:ahead | Prospecting → Proposal | 3")
		if got := pathInList(t, k, k.Rita, "deal", deal, before); got != "Prospecting:current Qualified:ahead Proposal:ahead Negotiation:ahead" {
			t.Errorf("two days ago: %s", got)
		}

		put("deal", deal, record.Values{"stage": stages["Negotiation"]})
		k.Write(t, k.Ada, func(s *record.Session) error {
			if _, err := sales.DealPlaces.Retire(t.Context(), s, stages["Proposal"], 0); err != nil {
				return err
			}
			_, err := sales.DealPlaces.Retire(t.Context(), s, stages["Qualified"], 0)
			return err
		})
		want(k.Rita, "deal", deal, "Prospecting:passed Proposal:passed! Negotiation:current | Prospecting → Proposal → Negotiation | 0")
		want(k.Olga, "deal", other, "Prospecting:current Negotiation:ahead | Prospecting | 5")
		k.Pass(time.Hour)
		k.Write(t, k.Ada, func(s *record.Session) error {
			_, err := sales.Win(t.Context(), s, deal, 0, sales.Close{})
			return err
		})
		want(k.Rita, "deal", deal, "Prospecting:passed Proposal:passed! Negotiation:passed | Prospecting → Proposal → Negotiation → Won | 0")

		lead := k.Create(t, k.Rita, "lead", record.Values{"name": "Ann", "email": "ann@home.example"})
		k.Pass(24 * time.Hour)
		put("lead", lead, record.Values{"status": sales.Qualified})
		k.Pass(2 * 24 * time.Hour)
		path := "New:passed Working:jumped Qualified:current | New → Qualified | 2"
		want(k.Rita, "lead", lead, path)

		err := k.Workspace.Engine().DB().Write(t.Context(), func(tx *store.Tx) error { // as an older program left them
			if _, err := tx.Exec(t.Context(), `UPDATE {lead} SET path = NULL, stage_since = NULL`); err != nil {
				return err
			}
			_, err := tx.Exec(t.Context(), `UPDATE {deal} SET path = NULL`)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := k.Workspace.FillPaths(t.Context()); err != nil {
			t.Fatal(err)
		}
		want(k.Rita, "lead", lead, path)
		want(k.Olga, "deal", other, "Prospecting:current Negotiation:ahead | Prospecting | 8")

		k.Read(t, k.Rita, func(s *record.Session) error {
			page, err := s.Query(t.Context(), record.Query{Object: "deal", Filter: `stage_since < today() - 7d and path contains "Prospecting"`, Sort: "stage_since"})
			if err == nil && (len(page.Records) != 1 || page.Records[0].ID != other) {
				t.Errorf("%d deals are older than a week in their stage", len(page.Records))
			}
			return err
		})
	})
}
