package app_test

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"wellmet/internal/access"
	"wellmet/internal/app"
	"wellmet/internal/app/apptest"
	"wellmet/internal/exchange"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/store/storetest"
	"wellmet/internal/value"
)

// The whole way through PgBouncer in transaction mode: people sign in, a file
// comes in by a background job, lists, figures, search, export and undo work,
// whether or not there is a direct address for what a pooler cannot carry.
func TestThroughPgBouncer(t *testing.T) {
	t.Parallel()
	url := os.Getenv("WELLMET_TEST_PGBOUNCER")
	if url == "" {
		t.Skip("set WELLMET_TEST_PGBOUNCER=postgres://… to run this through PgBouncer")
	}
	for name, direct := range map[string]string{"alone": "", "with a direct address": os.Getenv(storetest.PostgresVariable)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := storetest.PostgresConfig(t)
			k := apptest.Open(t, app.Config{Dir: c.Dir, Database: url, Direct: direct, Prefix: c.SchemaPrefix})
			wholeWay(t, k)
		})
	}
}

func wholeWay(t *testing.T, k *apptest.Kit) {
	t.Helper()
	ctx := t.Context()
	if _, err := k.App.Auth().SignIn(ctx, "Rita@test.example", apptest.Password, access.From{}); err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	b.WriteString("name,account,stage,amount,owner\n")
	for i := range 600 {
		fmt.Fprintf(&b, "Deal %d,Firm %d,Proposal,%d,Rita\n", i, i/4, i)
	}
	im := k.Workspace.Importer()
	id, err := im.Start(ctx, apptest.As(k.Ada), exchange.Request{Object: "deal", Name: "a.csv", File: strings.NewReader(b.String()),
		Mapping: exchange.Mapping{Create: []string{"account"}}}, true)
	if err != nil {
		t.Fatal(err)
	}
	run := waitFor(t, k, id)
	if run.State != exchange.Done || run.Created != 600 {
		t.Fatalf("%s %s %+v", run.State, run.Error, run.Counts)
	}
	k.Read(t, k.Rita, func(s *record.Session) error {
		page, err := s.Query(ctx, record.Query{Object: "deal", Filter: `account.name starts "Firm 1"`, Sort: "-amount", Limit: 10, Count: record.CountExact})
		if err != nil {
			return err
		}
		if page.Count != 244 || page.Records[0].Title() != "Deal 599" {
			t.Errorf("%d deals, first %s", page.Count, page.Records[0].Title())
		}
		sums, err := s.Aggregate(ctx, record.Aggregate{Object: "deal", Group: []string{"stage.name"}, Measures: []string{"count", "sum:amount"}})
		if err != nil {
			return err
		}
		if len(sums.Groups) != 1 {
			t.Errorf("%d stages", len(sums.Groups))
		}
		found, err := s.Query(ctx, record.Query{Object: "deal", Text: "deal 599"})
		if err == nil && len(found.Records) != 1 {
			t.Errorf("the search finds %d", len(found.Records))
		}
		return err
	})
	k.Write(t, k.Rita, func(s *record.Session) error {
		page, err := s.Query(ctx, record.Query{Object: "deal", Filter: `name = "Deal 3"`})
		if err != nil {
			return err
		}
		_, err = sales.Win(ctx, s, page.Records[0].ID, 0, sales.Close{Reason: "service"})
		return err
	})
	var out bytes.Buffer
	if n, err := im.Export(ctx, apptest.As(k.Ada), exchange.ExportRequest{Object: "deal", Format: exchange.Formats["csv"]}, &out); err != nil || n != 600 {
		t.Errorf("%d rows out, %v", n, err)
	}
	undone, err := im.Undo(ctx, apptest.As(k.Ada), id)
	if err != nil || len(undone.Kept) != 2 { // the deal that was won, and its account
		t.Errorf("undo: %v %+v", err, undone.Kept)
	}
	sound(t, k.Workspace)
}

// waitFor waits until the queue has finished an import.
func waitFor(t *testing.T, k *apptest.Kit, id value.ID) *exchange.Run {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(time.Minute); ; <-tick.C {
		run, err := k.Workspace.Importer().Get(t.Context(), apptest.As(k.Ada), id)
		if err != nil {
			t.Fatal(err)
		}
		if run.State != exchange.Waiting && run.State != exchange.Running || time.Now().After(deadline) {
			return run
		}
	}
}
