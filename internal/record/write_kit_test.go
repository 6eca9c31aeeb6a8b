package record

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"wellmet/internal/access"
	"wellmet/internal/fault"
	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/store/storetest"
	"wellmet/internal/value"
)

// shopObjects are a trade beside the objects of the kit, with one field for
// each thing that writing takes care of:
//
//	firm ← branch (cascade), visit (clear), bill (restrict)
//	bill ← item (child, cascade) ← part (child of the child, cascade)
func shopObjects() []*schema.Object {
	firm := schema.NewObject("firm", "firms", schema.Owned, "Firm", "Firms").Indexed("name")
	schema.Text(firm, "name").Required().Fragments()
	schema.Text(firm, "code").Unique()
	schema.Decimal(firm, "rank", 2).Unique()
	schema.Moment(firm, "founded").Unique()
	schema.Email(firm, "mail").Unique()
	schema.Address(firm, "seat")
	schema.Link(firm, "mother", "firm").Inverse("daughters")
	schema.Links(firm, "friends", "firm")

	branch := schema.NewObject("branch", "branches", schema.Owned, "Branch", "Branches")
	schema.Text(branch, "name")
	schema.Link(branch, "firm", "firm").Inverse("branches").OnDelete(schema.Cascade)

	visit := schema.NewObject("visit", "visits", schema.Owned, "Visit", "Visits")
	schema.Text(visit, "name").Default("A visit")
	schema.Date(visit, "day").Default("=today()")
	schema.Link(visit, "firm", "firm").Inverse("visits").OnDelete(schema.Clear)
	return append([]*schema.Object{firm, branch, visit}, billObjects()...)
}

func billObjects() []*schema.Object {
	bill := schema.NewObject("bill", "bills", schema.Owned, "Bill", "Bills").Titled("number").Indexed("-amount")
	schema.Number(bill, "number", schema.AutoNumber{Prefix: "B-{year}-", Digits: 4, Gapless: true})
	schema.Number(bill, "stamp", schema.AutoNumber{Prefix: "P-{year}-", Digits: 3, Gapless: true, When: `status != "new"`})
	schema.Number(bill, "slip", schema.AutoNumber{Prefix: "S", Digits: 3})
	schema.Link(bill, "firm", "firm").Inverse("bills")
	schema.Link(bill, "stage", "stage").Tracked()
	bill.Passed = "stage"
	schema.Money(bill, "amount").Tracked()
	schema.Choice(bill, "status", "new", "sent", "paid").Tracked().Default("new")
	schema.RollupOf[int64](bill, "items", schema.KindInt, schema.Rollup{Child: "item", Link: "bill", Function: "count"})
	schema.RollupOf[value.Money](bill, "total", schema.KindMoney, schema.Rollup{Child: "item", Link: "bill", Function: "sum", Field: "price"})
	schema.RollupOf[value.Money](bill, "asked", schema.KindMoney, schema.Rollup{Child: "item", Link: "bill", Function: "sum", Field: "price", Own: true})
	schema.RollupOf[int64](bill, "pieces", schema.KindInt, schema.Rollup{Child: "item", Link: "bill", Function: "sum", Field: "pieces", Filter: `kind = "good"`})
	schema.RollupOf[value.Date](bill, "last_due", schema.KindDate, schema.Rollup{Child: "item", Link: "bill", Function: "max", Field: "due"})
	schema.RollupOf[value.Date](bill, "first_due", schema.KindDate, schema.Rollup{Child: "item", Link: "bill", Function: "min", Field: "due"})
	schema.Formula[any](bill, "each", schema.KindDecimal, "items / 2").On(func(f *schema.FieldDef) { f.Scale = 2 })
	schema.Formula[any](bill, "big", schema.KindBool, "each > 1")
	schema.Formula[any](bill, "half", schema.KindMoney, "total / 2")
	schema.Formula[any](bill, "tenth", schema.KindMoney, "amount / 10")
	bill.Sum = &schema.Sum{Group: "status", Amounts: []string{"amount", "tenth"}}

	item := schema.NewObject("item", "items", schema.Child, "Item", "Items")
	item.Parent = "bill"
	schema.Text(item, "name").Searched()
	schema.Link(item, "bill", "bill").Inverse("lines").OnDelete(schema.Cascade).Tracked()
	schema.Money(item, "price").Tracked()
	schema.Int(item, "pieces").Tracked()
	schema.Choice(item, "kind", "good", "service")
	schema.Date(item, "due")

	part := schema.NewObject("part", "parts", schema.Child, "Part", "Parts")
	part.Parent = "item"
	schema.Text(part, "name")
	schema.Link(part, "item", "item").Inverse("parts").OnDelete(schema.Cascade)
	return []*schema.Object{bill, item, part}
}

// shop is the kit with the trade, and a clock that the test moves.
type shop struct {
	*kit
	mu  sync.Mutex
	now time.Time
}

// eachShop runs the test on both databases.
func eachShop(t *testing.T, test func(t *testing.T, k *shop), rules ...Rule) {
	t.Helper()
	shops.Each(t, func(t *testing.T, server *store.Server) { test(t, newShop(t, server, rules...)) })
}

func newShop(t testing.TB, server *store.Server, rules ...Rule) *shop {
	t.Helper()
	return openShop(t, server, append(kitObjects(), shopObjects()...), rules...)
}

// openShop is newShop with a trade of the test's own.
func openShop(t testing.TB, server *store.Server, objects []*schema.Object, rules ...Rule) *shop {
	t.Helper()
	k := &shop{kit: &kit{t: t, last: 1000}, now: noon}
	k.engine = New(Needs{DB: storetest.Workspace(t, server), Objects: objects,
		Rules: append(Rules(), rules...), Clock: k.clock})
	if err := k.engine.Open(k.ctx()); err != nil {
		t.Fatalf("open engine: %v", err)
	}
	k.people()
	k.settle(func(tx *store.Tx) error {
		for _, name := range []string{"deal", "account", "firm", "bill"} {
			if err := access.SetOpenness(k.ctx(), tx, k.object(name), access.TeamOnly); err != nil {
				return err
			}
		}
		return access.TeamsChanged(k.ctx(), tx)
	})
	return k
}

func (k *shop) clock() time.Time {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.now
}

func (k *shop) wait(d time.Duration) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.now = k.now.Add(d)
}

// make creates a record, which must work.
func (k *shop) make(member value.ID, object string, v Values) value.ID {
	k.t.Helper()
	var id value.ID
	k.do(member, func(s *Session) error {
		out, err := s.Create(k.ctx(), object, v)
		id = out.ID
		return err
	})
	return id
}

// do is write that must work.
func (k *shop) do(member value.ID, fn func(s *Session) error) value.ID {
	k.t.Helper()
	var act value.ID
	err := k.write(member, func(s *Session) error {
		err := fn(s)
		act = s.Act()
		return err
	})
	if err != nil {
		k.t.Helper()
		k.t.Fatalf("write: %v%s", err, fields(err))
	}
	return act
}

func (k *shop) set(member value.ID, object string, id value.ID, v Values) error {
	k.t.Helper()
	return k.write(member, func(s *Session) error {
		_, err := s.Update(k.ctx(), object, id, 0, v)
		return err
	})
}

func (k *shop) drop(member value.ID, object string, ids ...value.ID) error {
	k.t.Helper()
	return k.write(member, func(s *Session) error { return s.Delete(k.ctx(), object, ids...) })
}

func (k *shop) restore(member value.ID, object string, ids ...value.ID) error {
	k.t.Helper()
	return k.write(member, func(s *Session) error { return s.Restore(k.ctx(), object, ids...) })
}

// field reads one field past all rights; records in the trash have none.
func (k *shop) field(object string, id value.ID, name string) any {
	k.t.Helper()
	var v any
	k.as(0, func(s *Session) {
		if r, ok := k.read(s, object, []value.ID{id}, false)[id]; ok {
			v = r.Field(name)
		}
	})
	return v
}

// read reads records past all rights and without locking them.
func (k *shop) read(s *Session, object string, ids []value.ID, trash bool) map[value.ID]*Record {
	k.t.Helper()
	o := s.state.schema.MustObject(object)
	found := map[value.ID]locked{}
	err := s.lockChunk(k.ctx(), o, ids, lockHow{action: access.Read, trash: trash}, found)
	if err == nil {
		err = s.loadLinks(k.ctx(), o, found)
	}
	if err != nil {
		k.t.Fatal(err)
	}
	out := map[value.ID]*Record{}
	for id, l := range found {
		out[id] = l.record
	}
	return out
}

// alive reports which of the records are not in the trash.
func (k *shop) alive(object string, ids ...value.ID) []bool {
	k.t.Helper()
	out := make([]bool, len(ids))
	for i, id := range ids {
		out[i] = k.field(object, id, "id") != nil
	}
	return out
}

func (k *shop) wantAlive(object string, id value.ID, want bool) {
	k.t.Helper()
	if got := k.alive(object, id)[0]; got != want {
		k.t.Errorf("%s %d: alive %v, want %v", object, id, got, want)
	}
}

func (k *shop) wantField(object string, id value.ID, name string, want any) {
	k.t.Helper()
	if got := k.field(object, id, name); !schema.Equal(got, want) {
		k.t.Errorf("%s.%s is %v, want %v", object, name, got, want)
	}
}

// wantFault asserts the fault's key, or that of one of its fields.
func wantFault(t testing.TB, err error, kind fault.Kind, key string) *fault.Error {
	t.Helper()
	var e *fault.Error
	if !errors.As(err, &e) {
		t.Fatalf("got %v, want %s", err, key)
	}
	if e.Kind != kind || e.Key != key && !slices.ContainsFunc(e.Fields, func(f fault.Field) bool { return f.Key == key }) {
		t.Errorf("got %v (kind %d)%s, want %s (kind %d)", err, e.Kind, fields(err), key, kind)
	}
	return e
}

func fields(err error) string {
	e, ok := fault.As(err)
	if !ok {
		return ""
	}
	text := ""
	for _, f := range e.Fields {
		text += " [" + f.Path + " " + f.Key + "]"
	}
	return text
}

func (k *shop) background() context.Context { return context.WithoutCancel(k.ctx()) }

func nothing(*store.Tx) error { return nil }

// settleDefinition makes a field unique behind the engine's back.
func (k *shop) settleDefinition(id string) {
	k.t.Helper()
	k.settle(func(tx *store.Tx) error {
		if _, err := tx.Exec(k.ctx(), `UPDATE {meta_field} SET def = replace(def, '"kind":', '"unique":true,"kind":') WHERE id = $1`, id); err != nil {
			return err
		}
		_, err := tx.Exec(k.ctx(), `UPDATE {workspace_state} SET schema_version = schema_version + 1`)
		return err
	})
}

// server is another installation of the same kind.
func (k *shop) server(t *testing.T) *store.Server {
	t.Helper()
	if strings.HasSuffix(t.Name(), "postgres") {
		return shops.Postgres(t)
	}
	return shops.SQLite(t)
}
