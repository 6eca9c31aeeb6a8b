package record

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"wellmet/internal/store"
)

// An index that is made while a query looks for indexes makes the next one look
// again, and takes nothing away from this one.
func TestIndexesForgottenWhileTheyAreRead(t *testing.T) {
	t.Parallel()
	kits.Each(t, func(t *testing.T, server *store.Server) {
		k := newKit(t, server)
		k.as(k.rep, func(s *Session) {
			b := &k.engine.indexes
			b.has(k.ctx(), s, "deal", "deal_owner")
			b.forget()
			if known := b.load(k.ctx(), s, "deal"); !known["deal_owner"] {
				t.Errorf("read %v", known)
			}
			if !b.has(k.ctx(), s, "deal", "deal_owner") {
				t.Error("the index is not found again")
			}
		})
	})
}

// Without the indexes that only reading needs, records come in and are read as
// with them; they are made again behind it, and by the next start where that
// did not come about.
func TestWithoutTheIndexesOfReading(t *testing.T) {
	t.Parallel()
	kits.Each(t, func(t *testing.T, server *store.Server) {
		k := newKit(t, server)
		indexes := func() (names []string) {
			t.Helper()
			k.as(k.admin, func(s *Session) {
				there, err := s.tx.TableIndexes(k.ctx(), "deal", "span_deal")
				if err != nil {
					t.Fatal(err)
				}
				names = slices.Concat(there["deal"], there["span_deal"])
			})
			slices.Sort(names)
			return names
		}
		all := indexes()
		owner := k.object("deal").Table + "_owner"
		stop := errors.New("stopped")
		for _, fails := range []error{nil, stop} {
			err := k.engine.WithoutOrder(k.ctx(), []string{"deal"}, func(context.Context) error {
				if now := indexes(); slices.Contains(now, owner) || len(now) >= len(all) {
					t.Errorf("still there: %v", now)
				}
				name := "came in"
				if fails != nil {
					name = "came later"
				}
				if err := k.write(k.rep, func(s *Session) error {
					_, err := s.Create(k.ctx(), "deal", Values{"name": name})
					return err
				}); err != nil {
					t.Error(err)
				}
				if got := k.names(k.rep, Query{Object: "deal", Filter: `name = "` + name + `"`}); got != name {
					t.Errorf("read %q, want %q", got, name)
				}
				return fails
			})
			if !errors.Is(err, fails) {
				t.Fatal(err)
			}
			if now := indexes(); fails == nil && !slices.Equal(now, all) {
				t.Errorf("afterwards %v, before %v", now, all)
			}
		}
		if err := k.engine.Open(k.ctx()); err != nil {
			t.Fatal(err)
		}
		if now := indexes(); !slices.Equal(now, all) {
			t.Errorf("after a start %v, before %v", now, all)
		}
	})
}

// An index that carries fields takes the place of the one that did not, in
// workspaces of before, and answers reports by them without reading a record.
func TestIndexesThatCarry(t *testing.T) {
	t.Parallel()
	kits.Each(t, func(t *testing.T, server *store.Server) {
		k := newKit(t, server)
		const plain, carrying = "deal_close_date", "deal_close_date_carrying"
		db := k.engine.needs.DB
		if err := errors.Join(db.DropIndex(k.ctx(), carrying),
			db.CreateIndex(k.ctx(), store.Index{Name: plain, Table: "deal", Columns: []string{`"close_date"`, `"id" DESC`, `"owner_id"`}, Where: `"deleted_at" IS NULL`}),
			k.engine.Open(k.ctx())); err != nil {
			t.Fatal(err)
		}
		report := Aggregate{Object: "deal", Group: []string{"status", "close_date:month"}, Measures: []string{"count", "sum:amount"},
			Filter: `close_date >= date("2026-01-01") and close_date <= date("2026-03-31")`}
		k.as(k.admin, func(s *Session) {
			names, err := s.tx.TableIndexes(k.ctx(), "deal")
			if err != nil || slices.Contains(names["deal"], plain) || !slices.Contains(names["deal"], carrying) {
				t.Errorf("after a start %v, %v", names, err)
			}
			p, err := s.planAggregate(k.ctx(), report)
			if err != nil {
				t.Fatal(err)
			}
			st, err := p.statement()
			if err != nil || s.tx.Dialect().Name() != "sqlite" { // PostgreSQL reads tables as small as this one
				t.Log(err)
				return
			}
			plan, err := k.explained(s, st)
			if err != nil || !strings.Contains(plan, "COVERING INDEX "+carrying) {
				t.Errorf("%s runs as %s, %v", st.sql, plan, err)
			}
		})
		for _, day := range []string{"2026-02-02", "2026-02-01", "2026-02-03"} {
			if err := k.write(k.rep, func(s *Session) error {
				_, err := s.Create(k.ctx(), "deal", Values{"name": day[8:], "close_date": day, "status": "open", "amount": "1 EUR"})
				return err
			}); err != nil {
				t.Fatal(err)
			}
		}
		for sort, want := range map[string]string{"close_date": "01 02 03", "-close_date": "03 02 01"} {
			if got := k.names(k.rep, Query{Object: "deal", Sort: sort, Filter: `close_date > date("2026-01-31")`}); got != want {
				t.Errorf("sorted by %s: %q, want %q", sort, got, want)
			}
		}
	})
}

func (k *kit) explained(s *Session, st *statement) (string, error) {
	rows, err := s.tx.Query(k.ctx(), "EXPLAIN QUERY PLAN "+st.sql, st.args...)
	if err != nil {
		return "", err
	}
	defer rows.Close()
	var plan []string
	for rows.Next() {
		line, _ := rows.Text(3)
		plan = append(plan, strings.Clone(line))
	}
	return strings.Join(plan, "; "), rows.Err()
}
