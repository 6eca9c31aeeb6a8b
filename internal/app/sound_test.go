package app_test

import (
	"strings"
	"testing"

	"wellmet/internal/app"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// forever is the end of a span that still runs.
const forever = int64(1) << 53

// sound holds a whole workspace to what must be so after whatever happened:
// history, spans, search texts and maintained sums all tell the same as the
// records.
func sound(t *testing.T, w *app.Workspace) {
	t.Helper()
	if err := w.Read(t.Context(), record.AsSystem("test"), func(s *record.Session) error {
		none(t, s, "history without act", "SELECT h.record FROM {history} h WHERE NOT EXISTS (SELECT 1 FROM {act} a WHERE a.id = h.act)")
		for _, o := range s.Schema().Objects() {
			of := []any{o.ID}
			none(t, s, o.Name+": version and history differ", "SELECT t.id FROM {"+o.Table+"} t WHERE t.version <> (SELECT count(*) FROM {history} h WHERE h.record = t.id)")
			none(t, s, o.Name+": history without record", "SELECT h.record FROM {history} h WHERE h.object = $1 AND NOT EXISTS (SELECT 1 FROM {"+o.Table+"} t WHERE t.id = h.record)", of...)
			none(t, s, o.Name+": search text without living record", "SELECT d.id FROM {search_doc} d WHERE d.object = $1 AND NOT EXISTS (SELECT 1 FROM {"+o.Table+"} t WHERE t.id = d.id AND t.deleted_at IS NULL)", of...)
			if o.Name == "deal" || o.Name == "account" || o.Name == "product" {
				none(t, s, o.Name+": living record without search text", "SELECT t.id FROM {"+o.Table+"} t WHERE t.deleted_at IS NULL AND NOT EXISTS (SELECT 1 FROM {search_doc} d WHERE d.id = t.id)")
			}
			soundSpans(t, s, o)
		}
		soundSums(t, s)
		return nil
	}, store.Export); err != nil {
		t.Fatal(err)
	}
	soundSearch(t, w)
}

func none(t *testing.T, s *record.Session, what, sql string, args ...any) {
	t.Helper()
	rows, err := s.Tx().Query(t.Context(), sql+" LIMIT 5", args...)
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	defer rows.Close()
	for rows.Next() {
		id, _ := rows.ID(0)
		t.Errorf("%s: %s", what, id)
	}
	if err := rows.Err(); err != nil {
		t.Fatalf("%s: %v", what, err)
	}
}

func soundSpans(t *testing.T, s *record.Session, o *schema.Object) {
	t.Helper()
	tracked := o.TrackedFields()
	if len(tracked) == 0 {
		return
	}
	d := s.Tx().Dialect()
	var same []string
	for _, f := range tracked {
		for _, c := range f.ReadColumns() {
			if !strings.HasSuffix(c.Name, "_b") {
				// So that no index on a tracked column seems worth while.
				same = append(same, "NOT (sp."+d.Quote(c.Name)+" IS DISTINCT FROM t."+d.Quote(c.Name)+")")
			}
		}
	}
	running := " FROM {" + o.SpanTable() + "} sp WHERE sp.record = t.id AND sp.to_ms + 0 = " + d.Param(1, store.Int)
	none(t, s, o.Name+": living record without its span", "SELECT t.id FROM {"+o.Table+"} t WHERE t.deleted_at IS NULL AND 1 <> (SELECT count(*)"+
		running+" AND "+strings.Join(same, " AND ")+")", forever)
	none(t, s, o.Name+": deleted record with a span that runs", "SELECT t.id FROM {"+o.Table+"} t WHERE t.deleted_at IS NOT NULL AND EXISTS (SELECT 1"+running+")", forever)
}

// soundSums recounts the deals and both their amounts by owner, stage and
// currency, and by what is kept of months.
func soundSums(t *testing.T, s *record.Session) {
	t.Helper()
	deal := s.Schema().MustObject("deal")
	for _, name := range deal.Sum.Amounts {
		f, _ := deal.Field(name)
		want := readSums(t, s, `SELECT coalesce(t.owner_id, 0), coalesce(CAST(t.stage_id AS text), ''), coalesce(t.`+name+`_c, ''), count(*), CAST(coalesce(sum(t.`+name+`), 0) AS bigint)
			FROM {deal} t WHERE t.deleted_at IS NULL GROUP BY 1, 2, 3`)
		got := readSums(t, s, `SELECT x.owner_id, x.group_key, x.currency, CAST(sum(x.n) AS bigint), CAST(sum(x.amount) AS bigint) FROM (
			SELECT d.owner_id, d.group_key, d.currency, d.n, d.amount FROM {sum_delta} d WHERE d.object = $1 AND d.field = $2 UNION ALL
			SELECT o.owner_id, o.group_key, o.currency, o.n, o.amount FROM {sum_owner} o WHERE o.object = $1 AND o.field = $2) x GROUP BY 1, 2, 3`, deal.ID, f.ID)
		sameSums(t, name, got, want)
		day := `substr(t.close_date, 1, 7)`
		if s.Tx().Dialect().Name() == "postgres" {
			day = `to_char(t.close_date, 'YYYY-MM')`
		}
		want = readSums(t, s, `SELECT coalesce(t.owner_id, 0), coalesce(t.status, '') || '/' || coalesce(`+day+`, '') || ' ' || coalesce(t.forecast, '') || '|' || coalesce(CAST(t.pipeline_id AS text), ''),
			coalesce(t.`+name+`_c, ''), count(*), CAST(coalesce(sum(t.`+name+`), 0) AS bigint) FROM {deal} t WHERE t.deleted_at IS NULL GROUP BY 1, 2, 3`)
		got = readSums(t, s, `SELECT x.owner_id, substr(x.field, length('`+f.ID+`') + 2) || ' ' || x.group_key, x.currency, CAST(sum(x.n) AS bigint), CAST(sum(x.amount) AS bigint) FROM (
			SELECT d.field, d.owner_id, d.group_key, d.currency, d.n, d.amount FROM {sum_delta} d WHERE d.object = $1 UNION ALL
			SELECT o.field, o.owner_id, o.group_key, o.currency, o.n, o.amount FROM {sum_owner} o WHERE o.object = $1) x WHERE x.field LIKE '`+f.ID+`/%' GROUP BY 1, 2, 3`, deal.ID)
		sameSums(t, name+" by month", got, want)
	}
}

type soundSum struct{ n, amount int64 }

// readSums reads owners, keys, currencies and figures.
func readSums(t *testing.T, s *record.Session, sql string, args ...any) map[string]soundSum {
	t.Helper()
	all := map[string]soundSum{}
	rows, err := s.Tx().Query(t.Context(), sql, args...)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var owner value.ID
		var group, currency string
		var x soundSum
		if err := rows.Scan(&owner, &group, &currency, &x.n, &x.amount); err != nil {
			t.Fatal(err)
		}
		if x != (soundSum{}) {
			all[owner.String()+" "+group+" "+currency] = x
		}
	}
	return all
}

func sameSums(t *testing.T, name string, got, want map[string]soundSum) {
	t.Helper()
	for key, x := range want {
		if got[key] != x {
			t.Errorf("sum of %s %s: %v, recount %v", name, key, got[key], x)
		}
		delete(got, key)
	}
	for key, x := range got {
		t.Errorf("sum of %s %s: %v, recount nothing", name, key, x)
	}
}

// soundSearch looks for some deals by name.
func soundSearch(t *testing.T, w *app.Workspace) {
	t.Helper()
	var names []string
	eachRecord(t, w, record.Query{Object: "deal", Fields: []string{"name"}}, func(r *record.Record) { names = append(names, r.Title()) })
	for i := 0; i < len(names); i += 1 + len(names)/20 {
		if err := w.Read(t.Context(), record.AsSystem("test"), func(s *record.Session) error {
			page, err := s.Query(t.Context(), record.Query{Object: "deal", Text: names[i], Fields: []string{"name"}, Limit: 500})
			if err != nil {
				return err
			}
			for _, r := range page.Records {
				if r.Title() == names[i] {
					return nil
				}
			}
			t.Errorf("the search does not find %q", names[i])
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
}
