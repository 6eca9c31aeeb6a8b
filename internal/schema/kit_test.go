package schema

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"wellmet/internal/fault"
	"wellmet/internal/i18n"
	"wellmet/internal/store"
	"wellmet/internal/store/storetest"
	"wellmet/internal/value"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// kit is a workspace with two built-in objects, and the schema as it is now.
type kit struct {
	t      *testing.T
	db     *store.DB
	schema *Schema
	env    *Env
	last   int64
}

func builtin() []*Object {
	member := NewObject("member", "members", Unowned, "Member", "Members")
	Text(member, "name").Required()
	firm := NewObject("firm", "firms", Owned, "Firm", "Firms").Indexed("name")
	Text(firm, "name").Required()
	Text(firm, "code")
	Choice(firm, "state", "new", "old")
	visit := NewObject("visit", "visits", Owned, "Visit", "Visits")
	Text(visit, "name")
	Link(visit, "firm", "firm").Inverse("visits")
	return []*Object{member, firm, visit}
}

func each(t *testing.T, test func(t *testing.T, k *kit)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, s *store.Server) {
		collate, err := i18n.NewCollation("")
		if err != nil {
			t.Fatal(err)
		}
		k := &kit{t: t, db: storetest.Workspace(t, s), env: &Env{Collate: collate.Key, Currency: "EUR", Region: "DE",
			Base: func(m value.Money) (int64, bool) { return m.Minor, m.Currency == "EUR" }}}
		k.write(func(tx *store.Tx) error {
			k.schema, err = Load(k.ctx(), tx, builtin())
			if err == nil {
				_, err = Reconcile(k.ctx(), tx, k.schema)
			}
			return err
		})
		test(t, k)
	})
}

func (k *kit) ctx() context.Context { return k.t.Context() }

func (k *kit) write(fn func(*store.Tx) error) {
	k.t.Helper()
	if err := k.db.Write(k.ctx(), fn); err != nil {
		k.t.Fatal(err)
	}
}

// step makes one change; set is its JSON.
func step(op Op, object, field, set string) Change {
	c := Change{Op: op, Object: object, Field: field}
	if set != "" {
		c.Set = json.RawMessage(set)
	}
	return c
}

func (k *kit) plan(rooms []Effects, changes ...Change) (p *Plan, err error) {
	err = k.db.Read(k.ctx(), func(tx *store.Tx) error {
		p, err = k.schema.Plan(k.ctx(), tx, changes, k.env, noon, rooms...)
		return err
	})
	return p, err
}

// effects are a plan's, in short.
func (k *kit) effects(changes ...Change) string {
	k.t.Helper()
	p, err := k.plan(nil, changes...)
	if err != nil {
		k.t.Fatalf("plan: %v", err)
	}
	var list []string
	for _, e := range p.Effects {
		list = append(list, fmt.Sprintf("%d %s %s %d", e.Change, e.Weight, strings.TrimPrefix(e.Key, "schema.effect_"), e.Count))
	}
	return strings.Join(list, ", ")
}

// apply carries changes out and makes their schema the present one.
func (k *kit) apply(changes ...Change) *Plan {
	k.t.Helper()
	p, err := k.plan(nil, changes...)
	if err != nil {
		k.t.Fatalf("plan: %v", err)
	}
	k.carryOut(p)
	return p
}

func (k *kit) carryOut(p *Plan) {
	k.t.Helper()
	k.write(func(tx *store.Tx) error {
		later, err := p.Apply(k.ctx(), tx, k.env, 7, noon)
		for _, x := range later {
			if err == nil {
				err = tx.CreateIndex(k.ctx(), x)
			}
		}
		return err
	})
	k.schema = p.Next()
	k.reload()
}

// reload reads the schema as a restart would: it must be what the plan said.
func (k *kit) reload() {
	k.t.Helper()
	var read *Schema
	k.write(func(tx *store.Tx) (err error) {
		read, err = Load(k.ctx(), tx, builtin())
		return err
	})
	if got, want := exported(k.t, read), exported(k.t, k.schema); got != want || read.Version != k.schema.Version {
		k.t.Errorf("read again the schema is\n%s\nand not\n%s", got, want)
	}
	k.schema = read
}

func exported(t *testing.T, s *Schema) string {
	t.Helper()
	var b strings.Builder
	if err := s.Export(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func (k *kit) refused(key string, changes ...Change) {
	k.t.Helper()
	_, err := k.plan(nil, changes...)
	if e, ok := fault.As(err); !ok || e.Key != key {
		k.t.Errorf("%+v: %v, want %s", changes, err, key)
	}
}

// put writes a record with one field, and answers its id.
func (k *kit) put(object, field string, v any) value.ID {
	k.t.Helper()
	k.last++
	o := k.schema.MustObject(object)
	k.write(func(tx *store.Tx) error {
		if _, err := tx.Exec(k.ctx(), "INSERT INTO {"+o.Table+"} (id, version) VALUES ($1, 1)", k.last); err != nil || v == nil {
			return err
		}
		f, ok := o.Field(field)
		if !ok {
			k.t.Fatalf("no field %s", field)
		}
		checked, err := f.Parse(fmt.Sprint(v), k.env)
		if err != nil {
			return err
		}
		_, err = tx.Exec(k.ctx(), setColumns(tx.Dialect(), o, f), append(f.Store(checked, k.env, nil), value.ID(k.last))...)
		return err
	})
	return value.ID(k.last)
}

// values are a field's, neutral, by record.
func (k *kit) values(object, field string) (list []string) {
	k.t.Helper()
	o := k.schema.MustObject(object)
	f, ok := o.Field(field)
	if !ok {
		k.t.Fatalf("no field %s", field)
	}
	k.write(func(tx *store.Tx) error {
		list = nil
		return eachValue(k.ctx(), tx, o, f, func(_ value.ID, v any) error {
			list = append(list, Neutral(v))
			return nil
		})
	})
	return list
}
