package app_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"wellmet/internal/access"
	"wellmet/internal/app"
	"wellmet/internal/app/apptest"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/store"
	"wellmet/internal/store/storetest"
	"wellmet/internal/value"
)

// demoNow is a moment at which it is tomorrow already in some zones.
var demoNow = time.Date(2026, 3, 18, 21, 30, 0, 0, time.UTC)

// demos is the sample company as it was loaded at that moment.
var demos = storetest.Prepare(func(ctx context.Context, c store.Config) error {
	a, err := openDemo(ctx, c)
	if err != nil {
		return err
	}
	w, err := a.Default(ctx)
	if err == nil {
		_, err = w.LoadDemo(ctx)
	}
	return errors.Join(err, a.Close())
})

func openDemo(ctx context.Context, c store.Config) (*app.App, error) {
	x := apptest.Quiet(c, func() time.Time { return demoNow })
	x.Zone = "America/New_York"
	return app.Open(ctx, x)
}

func eachDemo(t *testing.T, test func(t *testing.T, w *app.Workspace, d *app.Demo)) {
	t.Helper()
	run := func(config func(testing.TB) store.Config) func(t *testing.T) {
		return func(t *testing.T) {
			t.Parallel()
			a, err := openDemo(t.Context(), config(t))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { a.Close() })
			w, err := a.Default(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			d, err := w.Demo(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			test(t, w, d)
		}
	}
	t.Run("sqlite", run(demos.SQLiteConfig))
	t.Run("postgres", run(demos.PostgresConfig))
}

func TestDemo(t *testing.T) {
	t.Parallel()
	eachDemo(t, func(t *testing.T, w *app.Workspace, d *app.Demo) {
		counts(t, w)
		past(t, w)
		deeds(t, w)
		amounts(t, w)
		signIns(t, w, d)
		attributed(t, w)
	})
}

func read(t *testing.T, w *app.Workspace, fn func(ctx context.Context, s *record.Session) error) {
	t.Helper()
	err := w.Read(t.Context(), record.AsSystem("test"), func(s *record.Session) error { return fn(t.Context(), s) })
	if err != nil {
		t.Error(err)
	}
}

func count(t *testing.T, w *app.Workspace, object, filter string) (n int64) {
	t.Helper()
	read(t, w, func(ctx context.Context, s *record.Session) (err error) {
		n, _, err = s.Count(ctx, record.Query{Object: object, Filter: filter, Count: record.CountExact})
		return err
	})
	return n
}

func counts(t *testing.T, w *app.Workspace) {
	t.Helper()
	// One member is the automations'.
	for object, want := range map[string]int64{"members": 26, "teams": 7, "accounts": 400, "contacts": 1200, "leads": 900, "deals": 2000,
		"pipelines": 2, "stages": 11, "cases": 62, "tips": 7, "tip_votes": 41} {
		if got := count(t, w, object, ""); got != want {
			t.Errorf("%d %s, want %d", got, object, want)
		}
	}
	for _, filter := range []string{`owner is empty`, `account is empty`, `stage_since is empty`, `created_at > now()`,
		`status = "won" and close_date > today()`, `status = "lost" and lost_reason is empty`, `status = "open" and closed_at is not empty`} {
		if n := count(t, w, "deals", filter); n > 0 {
			t.Errorf("%d deals with %s", n, filter)
		}
	}
	for filter, object := range map[string]string{`status = "open"`: "deals", `done = false and due_at < now()`: "activities",
		`status = "converted" and converted_account.is_customer and any(converted_account.deals, status = "won")`: "leads",
		`yearly_recurring > 0 and tax_total > 0 and gross_total > amount`:                                         "deals", `billing = "yearly" and periods = 3`: "deal_lines",
		`kinds contains "supplier" and not is_customer`: "accounts", `kinds contains "public_body" and is_customer`: "accounts",
		`tags contains "key account" and size = "large"`: "accounts"} {
		if count(t, w, object, filter) == 0 {
			t.Errorf("no %s with %s", object, filter)
		}
	}
	// Contracts of every kind: drafts, paid, late, in part, too much, void, bounced.
	for filter, object := range map[string]string{`state = "draft"`: "contracts", `state = "completed" and open_amount.in("EUR") = 0`: "contracts", `over_paid`: "contracts",
		`state = "void" and deal.status = "won"`: "contracts", `state = "overdue"`: "payment_plan_lines", `progress = "partly"`: "payment_plan_lines", `reversed_on is not empty`: "receipts"} {
		if count(t, w, object, filter) == 0 {
			t.Errorf("no %s with %s", object, filter)
		}
	}
	for _, filter := range []string{`deal.status != "won"`, `plan_differs and state != "void"`, `state != "draft" and number is empty`, `signed_on > today()`} {
		if n := count(t, w, "contracts", filter); n > 0 {
			t.Errorf("%d contracts with %s", n, filter)
		}
	}
	for filter, object := range map[string]string{`status = "solved" and solution is not empty and solved_at < now()`: "cases", `status != "solved" and deal.pipeline.name = "Renewals"`: "cases",
		`useful > 8 and not archived`: "tips"} {
		if count(t, w, object, filter) == 0 {
			t.Errorf("no %s with %s", object, filter)
		}
	}
	if n := number(t, w, `SELECT count(*) FROM {process_run}`); n != count(t, w, "deals", `pipeline.name = "Renewals"`) {
		t.Errorf("%d deals run under the process of renewals", n)
	}
	if n := count(t, w, "leads", `status = "converted" and (converted_account is empty or converted_deal is empty or converted_at is empty)`); n > 0 {
		t.Errorf("%d converted leads became nothing", n)
	}
}

// past: things happened over eighteen months, and time travel knows.
func past(t *testing.T, w *app.Workspace) {
	t.Helper()
	var deals, spans, open int64
	var first, last time.Time
	err := w.Engine().DB().Read(t.Context(), func(tx *store.Tx) error {
		if _, err := tx.Row(t.Context(), `SELECT count(*), min(created_at), max(created_at) FROM {deal}`, nil, &deals, &first, &last); err != nil {
			return err
		}
		_, err := tx.Row(t.Context(), `SELECT count(*), count(CASE WHEN to_ms > $1 THEN 1 END) FROM {span_deal}`, []any{demoNow}, &spans, &open)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if age := demoNow.Sub(first); age < 500*24*time.Hour || last.After(demoNow) {
		t.Errorf("deals from %v to %v", first, last)
	}
	if open != deals || spans < 3*deals {
		t.Errorf("%d deals have %d spans, %d of them running", deals, spans, open)
	}
}

// deeds: what happened in the story was done by a colleague, then, and in that
// order; and the history tells the same of a deal's stages as time travel and
// the time in its stage do.
func deeds(t *testing.T, w *app.Workspace) {
	t.Helper()
	for what, sql := range map[string]string{
		"deeds of nobody": `SELECT count(*) FROM {history} h JOIN {act} a ON a.id = h.act WHERE a.actor IS NULL AND h.record IN
			(SELECT id FROM {account} UNION ALL SELECT id FROM {contact} UNION ALL SELECT id FROM {lead} UNION ALL SELECT id FROM {deal}
			UNION ALL SELECT id FROM {deal_line} UNION ALL SELECT id FROM {activity} UNION ALL SELECT id FROM {product})`,
		"deeds out of order": `SELECT count(*) FROM {history} h JOIN {act} a ON a.id = h.act
			JOIN {history} n ON n.record = h.record AND n.version = h.version + 1 JOIN {act} b ON b.id = n.act WHERE b.at < a.at`,
		"deals made by another or at another time": `SELECT count(*) FROM {deal} d JOIN {history} h ON h.record = d.id AND h.version = 1 JOIN {act} a ON a.id = h.act
			WHERE a.at <> d.created_at OR d.created_by IS DISTINCT FROM d.owner_id OR a.actor IS DISTINCT FROM d.owner_id`,
		"calls written down by another or at another time": `SELECT count(*) FROM {activity} c WHERE c.kind = 'call' AND c.done
			AND (c.created_by IS DISTINCT FROM c.owner_id OR c.created_at > c.done_at)`,
		"stages that another act told": `SELECT count(*) FROM {span_deal} sp JOIN {act} a ON a.id = sp.act WHERE a.at <> sp.from_ms OR a.actor IS NULL`,
		"deals that entered their stage at another time": `SELECT count(*) FROM {deal} d JOIN {history} h ON h.record = d.id AND h.version = d.version
			JOIN {act} a ON a.id = h.act WHERE d.stage_since <> a.at`,
		"deals with more or fewer moves than stages": `SELECT count(*) FROM {deal} d WHERE (SELECT count(*) FROM {history} h WHERE h.record = d.id)
			<> (SELECT count(*) FROM {span_deal} sp WHERE sp.record = d.id)`,
		"tasks ticked off before they were written down": `SELECT count(*) FROM {activity} WHERE done_at < created_at`,
	} {
		if n := number(t, w, sql); n > 0 {
			t.Errorf("%d %s", n, what)
		}
	}
	if n := number(t, w, `SELECT count(*) FROM {act} a WHERE a.actor IS NOT NULL AND a.at > $1`, demoNow.Add(-time.Minute)); n > 20 {
		t.Errorf("%d deeds within the last minute", n)
	}
}

func number(t *testing.T, w *app.Workspace, sql string, args ...any) (n int64) {
	t.Helper()
	err := w.Engine().DB().Read(t.Context(), func(tx *store.Tx) error {
		_, err := tx.Row(t.Context(), sql, args, &n)
		return err
	})
	if err != nil {
		t.Error(err)
	}
	return n
}

// amounts: a deal is worth its lines, and nothing changed an amount today.
func amounts(t *testing.T, w *app.Workspace) {
	t.Helper()
	var wrong int64
	err := w.Engine().DB().Read(t.Context(), func(tx *store.Tx) error {
		_, err := tx.Row(t.Context(), `SELECT count(*) FROM {deal} d JOIN (SELECT deal_id, sum(amount) AS amount FROM {deal_line} GROUP BY deal_id) l
			ON l.deal_id = d.id WHERE l.amount IS DISTINCT FROM d.amount`, nil, &wrong)
		return err
	})
	if err != nil || wrong > 0 {
		t.Errorf("%d deals are not worth their lines (%v)", wrong, err)
	}
}

func signIns(t *testing.T, w *app.Workspace, d *app.Demo) {
	t.Helper()
	if len(d.SignIns) != 3 {
		t.Fatalf("%d sign-ins", len(d.SignIns))
	}
	for _, x := range d.SignIns {
		if _, err := w.App().Auth().SignIn(t.Context(), x.Email, app.DemoPassword, access.From{}); err != nil {
			t.Errorf("%s cannot sign in: %v", x.Role, err)
		}
		err := w.Read(t.Context(), record.Who{Member: x.Member}, func(s *record.Session) error {
			n, _, err := s.Count(t.Context(), record.Query{Object: "deals", Count: record.CountExact})
			if n != 2000 {
				t.Errorf("%s sees %d deals", x.Role, n)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
	again, err := w.Demo(t.Context())
	if err != nil || again == nil || again.Company != d.Company || len(again.SignIns) != 3 {
		t.Errorf("remembered %+v, %v", again, err)
	}
}

// TestDemoForesees: what takes a company nights to learn is there after one job,
// days of the past marked as made up.
func TestDemoForesees(t *testing.T) {
	t.Parallel()
	eachDemo(t, func(t *testing.T, w *app.Workspace, d *app.Demo) {
		began := time.Now()
		if err := w.Foresee(t.Context()); err != nil {
			t.Fatal(err)
		}
		t.Logf("foreseen in %v", time.Since(began))
		for filter, object := range map[string]string{`status = "open" and win_prediction > 0`: "deals", `record_type.name = "B2C"`: "deals", `record_type.name = "B2B"`: "deals",
			`record_type.name = "B2C" and status != "converted"`: "leads", `period = "2026-Q1"`: "targets", `period = "2025-Q4"`: "targets",
			`said_by = owner and starts_on = date("2026-01-01")`: "forecast_adjustments", `said_by != owner`: "forecast_adjustments", `every = "weekly" and weekday = 1 and next_at > now()`: "schedules"} {
			if count(t, w, object, filter) == 0 {
				t.Errorf("no %s with %s", object, filter)
			}
		}
		read(t, w, func(ctx context.Context, s *record.Session) error {
			list, err := sales.Backtests(ctx, s)
			if err != nil || len(list) != 3 || list[1].Result == nil || len(list[1].Stages) == 0 {
				t.Errorf("back-tests: %+v, %v", list, err)
			}
			p := value.PeriodOf(value.Quarter, s.Today(), time.January)
			q := sales.ForecastQuery{From: p.First(), To: p.Last()}
			days, err := sales.Course(ctx, s, q)
			if err != nil || len(days) < 60 || !days[0].MadeUp || days[len(days)-1].MadeUp {
				t.Errorf("%d days of the forecast, %v", len(days), err)
			}
			judged, err := sales.Accuracy(ctx, s, q, sales.JudgedPeriods)
			if err != nil || len(judged) < 3 || judged[0].Actual == 0 {
				t.Errorf("accuracy: %+v, %v", judged, err)
			}
			x, err := sales.Expect(ctx, s, q)
			if err != nil || !x.Known || x.Band.P90 <= x.Band.P10 {
				t.Errorf("range: %+v, %v", x, err)
			}
			spots, err := sales.WeakSpots(ctx, s, "")
			weak := 0
			for _, x := range spots {
				if x.Worse {
					weak++
				}
			}
			if weak == 0 || weak > 6 {
				t.Errorf("%d weak spots", weak)
			}
			return err
		})
		// A second time everything is there.
		if err := w.Foresee(t.Context()); err != nil {
			t.Error(err)
		}
	})
}
