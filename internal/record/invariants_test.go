package record

import (
	"strings"

	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// invariants holds the workspace to what must be so after whatever was done:
// a record's version counts its history, its running span says what it says,
// roll-ups and sums equal a recount, children have their parents' owner.
func (k *shop) invariants() {
	k.t.Helper()
	k.as(0, func(s *Session) {
		for _, o := range s.state.schema.Objects() {
			k.checkVersions(s, o)
			k.checkSpans(s, o)
			k.checkOwnersOf(s, o)
			k.checkRollupsOf(s, o)
		}
		k.checkSums(s, s.state.schema.MustObject("bill"))
	})
}

func (k *shop) none(s *Session, what, sql string, args ...any) {
	k.t.Helper()
	ids, err := s.tx.IDs(k.ctx(), sql, args...)
	if err != nil {
		k.t.Fatalf("%s: %v", what, err)
	}
	if len(ids) > 0 {
		k.t.Errorf("%s: %v", what, ids)
	}
}

func (k *shop) checkVersions(s *Session, o *schema.Object) {
	k.t.Helper()
	// Fixtures were put there without history.
	k.none(s, o.Name+": version and history differ", "SELECT t.id FROM {"+o.Table+"} t WHERE t.version <> (SELECT count(*) FROM {history} h WHERE h.record = t.id)"+
		" AND t.id > 100000")
}

func (k *shop) checkSpans(s *Session, o *schema.Object) {
	k.t.Helper()
	tracked := o.TrackedFields()
	if len(tracked) == 0 {
		return
	}
	d := s.tx.Dialect()
	var same []string
	for _, f := range tracked {
		for _, c := range f.ReadColumns() {
			if !strings.HasSuffix(c.Name, "_b") {
				same = append(same, "sp."+d.Quote(c.Name)+" IS NOT DISTINCT FROM t."+d.Quote(c.Name))
			}
		}
	}
	running := " FROM {" + o.SpanTable() + "} sp WHERE sp.record = t.id AND sp.to_ms = " + d.Param(1, store.Int)
	k.none(s, o.Name+": living record without its span", "SELECT t.id FROM {"+o.Table+"} t WHERE t.id > 100000 AND t.deleted_at IS NULL AND 1 <> (SELECT count(*)"+
		running+" AND "+strings.Join(same, " AND ")+")", forever)
	k.none(s, o.Name+": deleted record with a span that runs", "SELECT t.id FROM {"+o.Table+"} t WHERE t.deleted_at IS NOT NULL AND EXISTS (SELECT 1"+running+")", forever)
	k.none(s, o.Name+": span before its record", "SELECT sp.record FROM {"+o.SpanTable()+"} sp JOIN {"+o.Table+"} t ON t.id = sp.record WHERE t.id > 100000 AND sp.from_ms < t.created_at")
	k.none(s, o.Name+": spans overlap", "SELECT a.record FROM {"+o.SpanTable()+"} a JOIN {"+o.SpanTable()+"} b ON a.record = b.record AND a.from_ms < b.from_ms AND a.to_ms > b.from_ms")
}

func (k *shop) checkOwnersOf(s *Session, o *schema.Object) {
	k.t.Helper()
	link, ok := o.ParentLink()
	if !ok {
		return
	}
	k.none(s, o.Name+": owner differs from the parent's", "SELECT t.id FROM {"+o.Table+"} t JOIN {"+s.state.schema.Target(link).Table+"} p ON p.id = t."+
		s.tx.Dialect().Quote(link.Column)+" WHERE t.id > 100000 AND t.owner_id IS DISTINCT FROM p.owner_id")
}

func (k *shop) checkRollupsOf(s *Session, o *schema.Object) {
	k.t.Helper()
	for _, f := range o.Fields {
		if f.Kind != schema.KindRollup {
			continue
		}
		args := s.args()
		sets, err := s.rollupSets(f, args)
		if err != nil {
			k.t.Fatal(err)
		}
		column, figure, _ := strings.Cut(sets, " = ")
		values := args.Values()
		if f.ValueKind() == schema.KindMoney { // the base and the currency come behind
			figure, _, _ = strings.Cut(figure, ", "+s.tx.Dialect().Quote(f.Column+"_b"))
			if !f.Rollup.Own {
				values = values[:len(values)-1]
			}
		}
		k.none(s, f.String()+" differs from a recount", "SELECT t.id FROM {"+o.Table+"} t WHERE t.id > 100000 AND t.deleted_at IS NULL AND t."+column+
			" IS DISTINCT FROM "+figure, values...)
	}
}

// checkSums counts and adds up what the maintained sums say.
func (k *shop) checkSums(s *Session, o *schema.Object) {
	k.t.Helper()
	type sum struct{ n, amount, base int64 }
	want, got := map[string]sum{}, map[string]sum{}
	add := func(m map[string]sum, sql string) {
		rows, err := s.tx.Query(k.ctx(), sql)
		if err != nil {
			k.t.Fatal(err)
		}
		defer rows.Close()
		for rows.Next() {
			var owner value.ID
			var field, group, currency string
			var x sum
			if err := rows.Scan(&field, &owner, &group, &currency, &x.n, &x.amount, &x.base); err != nil {
				k.t.Fatal(err)
			}
			if x != (sum{}) {
				m[field+" "+owner.String()+" "+group+" "+currency] = x
			}
		}
	}
	kept, _ := sumsOf(o)
	for _, f := range kept.amounts {
		of := "'" + f.ID + "'"
		add(want, `SELECT `+of+`, coalesce(t.owner_id, 0), coalesce(t.status, ''), coalesce(t.`+f.Column+`_c, ''), count(*), CAST(coalesce(sum(t.`+f.Column+`), 0) AS bigint), CAST(coalesce(sum(t.`+f.Column+`_b), 0) AS bigint)
			FROM {`+o.Table+`} t WHERE t.deleted_at IS NULL GROUP BY 1, 2, 3, 4`)
	}
	add(got, `SELECT d.field, d.owner_id, d.group_key, d.currency, CAST(sum(d.n) AS bigint), CAST(sum(d.amount) AS bigint), CAST(sum(d.base) AS bigint) FROM {sum_delta} d GROUP BY 1, 2, 3, 4`)
	for key, x := range want {
		if got[key] != x {
			k.t.Errorf("sum %s: %v, recount %v", key, got[key], x)
		}
	}
	for key, x := range got {
		if want[key] != x {
			k.t.Errorf("sum %s: %v, recount %v", key, x, want[key])
		}
	}
}

// all reads every record of an object past all rights, trash included.
func (k *shop) all(s *Session, object string, trash bool) map[value.ID]*Record {
	k.t.Helper()
	o := s.state.schema.MustObject(object)
	ids, err := s.tx.IDs(k.ctx(), "SELECT t.id FROM {"+o.Table+"} t ORDER BY t.id")
	if err != nil {
		k.t.Fatal(err)
	}
	if len(ids) == 0 {
		return nil
	}
	return k.read(s, object, ids, trash)
}
