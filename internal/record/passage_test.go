package record

import (
	"context"
	"maps"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"wellmet/internal/store"
	"wellmet/internal/store/storetest"
	"wellmet/internal/value"
)

// TestKeptPassagesAreThoseOfSpans lets random people move bills through stages, share,
// delete and undo, works some of it in, and asks what is kept and what spans
// tell: both say the same to everybody.
func TestKeptPassagesAreThoseOfSpans(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, server *store.Server) {
		k := newShop(t, server)
		k.settleNothing()
		stages := []value.ID{k.put("stage", 0, Values{"name": "A"}), k.put("stage", 0, Values{"name": "B"}), k.put("stage", 0, Values{"name": "C"}),
			k.put("stage", 0, Values{"name": "Won"}), k.put("stage", 0, Values{"name": "Lost"})}
		rapid.Check(t, func(r *rapid.T) {
			m := &story{shop: k, t: r, members: []value.ID{k.admin, k.boss, k.rep, k.mate, 0}, ids: map[string][]value.ID{"stage": stages}}
			for range rapid.IntRange(3, 14).Draw(r, "steps") {
				k.wait(time.Duration(rapid.IntRange(1, 3*24*3600).Draw(r, "wait")) * time.Second)
				m.step()
				if len(m.ids["bill"]) > 0 && rapid.IntRange(0, 9).Draw(r, "share?") == 0 {
					k.share("bill", m.pick("bill"), k.other)
				}
				if rapid.Bool().Draw(r, "fold?") {
					if _, err := k.engine.foldPassages(k.ctx(), 1, passageFoldMost); err != nil {
						r.Fatal(err)
					}
				}
			}
			m.passages(stages)
		})
		k.fillAgain(t)
	})
}

// passages asks both for one passage in everybody's name.
func (s *story) passages(stages []value.ID) {
	p := Passage{Object: "bill", Field: "stage", Order: map[value.ID]int{stages[3]: Done, stages[4]: Ended}, Cohort: rapid.Bool().Draw(s.t, "cohort"),
		Filter: rapid.SampledFrom([]string{"", "", `status = "sent"`}).Draw(s.t, "filter"), By: rapid.SampledFrom([]string{"", "", "owner", "status"}).Draw(s.t, "by")}
	for i, at := range rapid.Permutation([]int{0, 1, 2}).Draw(s.t, "order") {
		if i == 0 || rapid.IntRange(0, 5).Draw(s.t, "in?") > 0 {
			p.Order[stages[i]] = at
		}
	}
	day := func(name string) time.Time {
		if rapid.IntRange(0, 3).Draw(s.t, name+"?") == 0 {
			return time.Time{}
		}
		return s.clock().Add(-time.Duration(rapid.IntRange(-1, 40*24).Draw(s.t, name)) * time.Hour)
	}
	p.From, p.To = day("from"), day("to")
	p.Over = rapid.Bool().Draw(s.t, "over")
	for _, who := range rapid.Permutation([]value.ID{0, s.admin, s.boss, s.rep, s.mate, s.other}).Draw(s.t, "who")[:3] {
		s.as(who, func(x *Session) { s.alike(x, p) })
	}
}

func (s *story) alike(x *Session, p Passage) {
	plain := *x
	state := *x.state
	state.passed = nil
	plain.state = &state
	if !x.state.passed[s.object("bill").ID] {
		s.t.Fatal("nothing is kept")
	}
	must := func(err error) {
		if err != nil {
			s.t.Fatalf("%+v: %v", p, err)
		}
	}
	got, err := x.Pass(s.ctx(), p)
	must(err)
	want, err := plain.Pass(s.ctx(), p)
	must(err)
	if !slices.Equal(got, want) {
		s.t.Fatalf("%+v\nkept  %+v\nspans %+v", p, got, want)
	}
	if p.Over {
		s.over(x, p, got)
	}
	far, err := x.Came(s.ctx(), p)
	must(err)
	wantFar, err := plain.Came(s.ctx(), p)
	must(err)
	if !maps.Equal(far, wantFar) {
		s.t.Fatalf("%+v came to %v, want %v", p, far, wantFar)
	}
	at := rapid.SampledFrom(slices.Sorted(maps.Keys(p.Order))).Draw(s.t, "state")
	s.oneState(x, p, got, at)
	to := rapid.SampledFrom([][]PassedTo{nil, {Further}, {Here, WentBack}, {EndedHere}}).Draw(s.t, "to")
	list, err := x.PassedThrough(s.ctx(), p, at, to, 5)
	must(err)
	wanted, err := plain.PassedThrough(s.ctx(), p, at, to, 5)
	must(err)
	if !slices.Equal(list, wanted) {
		s.t.Fatalf("%+v through %v to %v: %v, want %v", p, at, to, list, wanted)
	}
	s.paged(p, got, at, to, x.PassedThrough)
	s.paged(p, got, at, to, plain.PassedThrough)
	if p.Over = false; p.Cohort {
		least := rapid.SampledFrom([]int{0, 1, 2, Done}).Draw(s.t, "least")
		n := 0
		for place, records := range far {
			if place >= least {
				n += int(records)
			}
		}
		for _, of := range []*Session{x, &plain} {
			if ids := s.pages(p, func(p Passage) ([]value.ID, error) { return of.CameTo(s.ctx(), p, least, 2) }); len(ids) != n {
				s.t.Fatalf("%+v: %d records came to %d, listed are %v", p, n, least, ids)
			}
		}
	}
}

// oneState holds what is told of one state alone against what is told of all.
func (s *story) oneState(x *Session, p Passage, all []Passed, at value.ID) {
	p.In = at
	got, err := x.Pass(s.ctx(), p)
	want := slices.DeleteFunc(slices.Clone(all), func(y Passed) bool { return y.State != at })
	if err != nil || !slices.Equal(got, want) {
		s.t.Fatalf("of one state %+v, want %+v (%v)", got, want, err)
	}
}

// paged holds a count against the list behind it, read page by page.
func (s *story) paged(p Passage, got []Passed, at value.ID, to []PassedTo, list func(context.Context, Passage, value.ID, []PassedTo, int) ([]value.ID, error)) {
	n := int64(0)
	for _, y := range got {
		if y.State == at && (len(to) == 0 || slices.Contains(to, y.To)) {
			n += y.Records
		}
	}
	if ids := s.pages(p, func(p Passage) ([]value.ID, error) { return list(s.ctx(), p, at, to, 2) }); int64(len(ids)) != n {
		s.t.Fatalf("%+v: %d records, listed are %v", p, n, ids)
	}
}

// pages reads a list two records at a time; none may come twice.
func (s *story) pages(p Passage, list func(Passage) ([]value.ID, error)) (all []value.ID) {
	for {
		ids, err := list(p)
		if err != nil {
			s.t.Fatalf("%+v: %v", p, err)
		}
		if len(ids) == 0 {
			return all
		}
		if p.Before != 0 && ids[0] >= p.Before || len(ids) == 2 && ids[0] <= ids[1] {
			s.t.Fatalf("%v behind %v", ids, p.Before)
		}
		all, p.Before = append(all, ids...), ids[len(ids)-1]
	}
}

// over holds what was counted of states that were passed over against the spans
// of each record, told one by one.
func (s *story) over(x *Session, p Passage, got []Passed) {
	counted := passedBook{}
	for _, y := range got {
		counted.add(y)
	}
	p.Over = false
	plain, err := x.Pass(s.ctx(), p)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, y := range plain {
		counted.add(Passed{State: y.State, By: y.By, To: y.To, Records: -y.Records, Spent: -y.Spent, Timed: -y.Timed})
	}
	want := passedBook{}
	within := func(at int64) bool {
		return (p.From.IsZero() || at >= p.From.UnixMilli()) && (p.To.IsZero() || at < p.To.UnixMilli())
	}
	err = x.Each(s.ctx(), Query{Object: p.Object, Filter: p.Filter}, func(r *Record) error {
		first := map[value.ID]int64{}
		rows, err := x.tx.Query(s.ctx(), "SELECT stage_id, from_ms FROM {span_bill} WHERE record = $1 AND stage_id IS NOT NULL ORDER BY from_ms", r.ID)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			state, _ := rows.ID(0)
			at, _ := rows.Int(1)
			if _, was := first[state]; !was {
				first[state] = at
			}
		}
		made, _ := r.Field("created_at").(time.Time)
		for state, place := range p.Order {
			if _, was := first[state]; was || place < 0 || place == Done {
				continue
			}
			past := int64(0)
			for later, at := range first {
				if to, known := p.Order[later]; known && to > place && (past == 0 || at < past) {
					past = at
				}
			}
			if past != 0 && (p.Cohort && within(made.UnixMilli()) || !p.Cohort && within(past)) {
				var by any
				if p.By != "" {
					by = r.Field(p.By)
				}
				want.add(Passed{State: state, By: by, To: Further, Records: 1})
			}
		}
		return rows.Err()
	})
	if err != nil {
		s.t.Fatal(err)
	}
	if a, b := counted.sorted(0), want.sorted(0); !slices.Equal(a, b) {
		s.t.Fatalf("%+v passed over %+v, want %+v", p, a, b)
	}
}

// fillAgain forgets what is kept and works all of it in anew, as after an upgrade:
// the sums are the same to the row.
func (k *shop) fillAgain(t *testing.T) {
	for more := true; more; {
		var err error
		if more, err = k.engine.foldPassages(k.ctx(), 1, passageFoldMost); err != nil {
			t.Fatal(err)
		}
	}
	was := k.keptSums(t)
	k.settle(func(tx *store.Tx) error {
		for _, table := range []string{"passage", "passage_sum", "passage_way"} {
			if _, err := tx.Exec(k.ctx(), "DELETE FROM {"+table+"}"); err != nil {
				return err
			}
		}
		if err := passagesMade.Clear(k.ctx(), tx); err != nil {
			return err
		}
		return touchState(k.ctx(), tx)
	})
	k.as(0, func(s *Session) {
		if s.state.passed[k.object("bill").ID] {
			t.Error("passages are ready before they are filled")
		}
	})
	for range 100 {
		if more, err := k.engine.FoldPassages(k.ctx()); err != nil {
			t.Fatal(err)
		} else if !more {
			break
		}
	}
	if is := k.keptSums(t); !maps.Equal(is, was) || len(is) == 0 {
		t.Errorf("filled again %v, was %v", is, was)
	}
}

// TestMarkedPassagesAreFoundByTheirRecord: what is kept of a period is added up, and
// only what is kept of marked records is read row by row.
func TestMarkedPassagesAreFoundByTheirRecord(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, k *shop) {
		stage := k.put("stage", 0, Values{"name": "A"})
		for _, who := range []value.ID{k.admin, k.rep} {
			k.as(who, func(s *Session) {
				x, err := s.openPassage(Passage{Object: "bill", Field: "stage", Order: map[value.ID]int{stage: 0}, From: noon.AddDate(-1, 0, 0), To: noon})
				if err != nil || !x.kept {
					t.Fatalf("kept: %v, %v", x.kept, err)
				}
				args := s.args()
				sql, err := x.keptSQL(k.ctx(), args)
				if err != nil {
					t.Fatal(err)
				}
				if s.tx.Dialect().Name() == "sqlite" {
					k.runsAs(s, &statement{sql: sql, args: args.Values()}, []string{"SEARCH c USING PRIMARY KEY (cohort=? AND state=? AND owner_id=?", "SEARCH q USING PRIMARY KEY (record=? AND state=?)"})
				} else if plan := k.planned(s, sql, args.Values()); plan == "" {
					t.Errorf("%s does not run", sql)
				}
			})
		}
	})
}

func (k *shop) keptSums(t *testing.T) map[string]passageRow {
	sums := map[string]passageRow{}
	k.as(0, func(s *Session) {
		rows, err := s.tx.Query(k.ctx(), `SELECT c.cohort, c.state, c.owner_id, c.block, w.path, c.n, c.timed, c.ms FROM {passage_sum} c JOIN {passage_way} w ON w.id = c.way`)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		for rows.Next() {
			var key string
			for i := range 4 {
				n, _ := rows.Int(i)
				key += value.ID(n).String() + " "
			}
			path, _ := rows.Text(4)
			var r passageRow
			r.n, _ = rows.Int(5)
			r.timed, _ = rows.Int(6)
			r.ms, _ = rows.Int(7)
			sums[key+path] = r
		}
	})
	return sums
}
