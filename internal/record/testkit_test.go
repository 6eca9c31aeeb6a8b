package record

import (
	"context"
	"strings"
	"testing"
	"time"

	"wellmet/internal/access"
	"wellmet/internal/fault"
	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/store/storetest"
	"wellmet/internal/value"
)

// noon is the moment of every test.
var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// kitObjects are a small CRM beside the objects of access and of this room.
func kitObjects() []*schema.Object {
	account := schema.NewObject("account", "accounts", schema.Owned, "Account", "Accounts").Indexed("name")
	schema.Text(account, "name").Required()
	schema.Choice(account, "sector", "retail", "health", "energy")
	schema.Address(account, "billing")

	stage := schema.NewObject("stage", "stages", schema.Unowned, "Stage", "Stages")
	stage.StateList = true
	schema.Text(stage, "name").Required()
	schema.Int(stage, "position")

	contact := schema.NewObject("contact", "contacts", schema.Owned, "Contact", "Contacts")
	schema.Text(contact, "name")
	schema.Email(contact, "email")
	schema.Link(contact, "account", "account").Inverse("contacts")

	activity := schema.NewObject("activity", "activities", schema.Unowned, "Activity", "Activities")
	schema.Text(activity, "name")
	schema.About(activity, "about")
	return append(append(access.Objects(), Objects()...), account, stage, contact, kitDeal(), kitLine(), activity)
}

func kitDeal() *schema.Object {
	deal := schema.NewObject("deal", "deals", schema.Owned, "Deal", "Deals").
		Indexed("name").Indexed("-amount").Indexed("stage", "-amount").Indexed("close_date").Carrying("stage", "status", "amount")
	schema.Text(deal, "name")
	schema.Money(deal, "amount")
	schema.Money(deal, "cost")
	schema.Link(deal, "stage", "stage")
	schema.Link(deal, "account", "account").Inverse("deals")
	schema.Date(deal, "close_date")
	schema.Choice(deal, "status", "new", "open", "done")
	schema.Bool(deal, "hot")
	schema.Decimal(deal, "score", 2)
	schema.Phone(deal, "phone")
	schema.Choices(deal, "tags", "a", "b", "c")
	schema.Links(deal, "contacts", "contact")
	schema.Formula[bool](deal, "overdue", schema.KindBool, "close_date < today()")
	schema.Formula[string](deal, "customer", schema.KindText, "account.name")
	return deal
}

func kitLine() *schema.Object {
	line := schema.NewObject("line", "lines", schema.Child, "Line", "Lines").Titled("text")
	line.Parent = "deal"
	schema.Link(line, "deal", "deal").Inverse("lines").OnDelete(schema.Cascade)
	schema.Text(line, "text")
	return line
}

// kit is a workspace of a test: a sales team with two below it.
//
//	sales: admin, boss · north: rep, mate, clerk · south: other
//
// Deals and accounts are open to the owner's team; boss reads all that is below
// his. The clerk reads every record, but no cost, and phones masked.
type kit struct {
	t      testing.TB
	engine *Engine
	last   value.ID

	sales, north, south                   value.ID
	admin, boss, rep, mate, clerk, other  value.ID
	adminRole, managerRole, repRole, desk value.ID
}

const clerkRights = `{"objects":{"*":{"read":"all"}},"fields":{"deal.cost":"none","deal.phone":"masked","deal.contacts":"read"}}`

// Databases that have the tables of a kit already, for the constructor of the
// same name: to make tables costs more than most tests do with them.
var (
	kits    = made(kitObjects)
	shops   = made(func() []*schema.Object { return append(kitObjects(), shopObjects()...) })
	figures = made(figureObjects)
)

func made(objects func() []*schema.Object) *storetest.Prepared {
	return storetest.PrepareWorkspace(func(ctx context.Context, db *store.DB) error {
		return New(Needs{DB: db, Objects: objects(), Clock: func() time.Time { return noon }}).Open(ctx)
	})
}

func newKit(t testing.TB, server *store.Server, rules ...Rule) *kit {
	t.Helper()
	k := &kit{t: t, last: 1000}
	k.engine = New(Needs{DB: storetest.Workspace(t, server), Objects: kitObjects(), Rules: rules,
		Clock: func() time.Time { return noon }})
	if err := k.engine.Open(k.ctx()); err != nil {
		t.Fatalf("open engine: %v", err)
	}
	k.people()
	k.settle(func(tx *store.Tx) error {
		for _, name := range []string{"deal", "account"} {
			if err := access.SetOpenness(k.ctx(), tx, k.object(name), access.TeamOnly); err != nil {
				return err
			}
		}
		return access.TeamsChanged(k.ctx(), tx)
	})
	return k
}

func (k *kit) people() {
	roles := map[string]value.ID{}
	for _, x := range access.ShippedRoles() {
		roles[x.Key] = k.put("role", 0, Values{"name": x.Name, "key": x.Key, "permissions": x.Permissions.String()})
	}
	k.adminRole, k.managerRole, k.repRole = roles[access.AdminRole], roles[access.ManagerRole], roles[access.RepRole]
	k.desk = k.put("role", 0, Values{"name": "Desk", "permissions": clerkRights})
	k.sales = k.put("team", 0, Values{"name": "Sales"})
	k.north = k.put("team", 0, Values{"name": "North", "parent": k.sales})
	k.south = k.put("team", 0, Values{"name": "South", "parent": k.sales})
	k.admin, k.boss = k.member("Ada", k.sales, k.adminRole), k.member("Bob", k.sales, k.managerRole)
	k.rep, k.mate = k.member("Rita", k.north, k.repRole), k.member("Max", k.north, k.repRole)
	k.clerk, k.other = k.member("Cleo", k.north, k.desk), k.member("Otto", k.south, k.repRole)
}

func (k *kit) member(name string, team, role value.ID) value.ID {
	return k.put("member", 0, Values{"name": name, "team": team, "role": role, "active": true})
}

func (k *kit) ctx() context.Context { return k.t.Context() }

func (k *kit) object(name string) *schema.Object { return k.engine.Schema().MustObject(name) }

// settle writes to fixed tables, and makes the next session load anew.
func (k *kit) settle(fn func(*store.Tx) error) {
	k.t.Helper()
	err := k.engine.DB().Write(k.ctx(), func(tx *store.Tx) error {
		if err := fn(tx); err != nil {
			return err
		}
		return touchState(k.ctx(), tx)
	})
	if err != nil {
		k.t.Fatal(err)
	}
}

// put inserts one record past all rules, as a fixture.
func (k *kit) put(object string, owner value.ID, v Values) value.ID {
	k.t.Helper()
	return k.putAll(object, []value.ID{owner}, []Values{v})[0]
}

// putAll inserts many; ids count up.
func (k *kit) putAll(object string, owners []value.ID, list []Values) []value.ID {
	k.t.Helper()
	o := k.object(object)
	columns := insertColumns(o)
	ids := make([]value.ID, len(list))
	rows := make([][]any, len(list))
	st := k.engine.current.Load()
	env := &schema.Env{Collate: st.collate.Key, Currency: "EUR", Region: "DE",
		Base: func(m value.Money) (int64, bool) { return m.Minor, m.Currency == "EUR" }}
	for i, v := range list {
		k.last++
		ids[i] = k.last
		rows[i] = k.row(o, columns, env, ids[i], owners[i%len(owners)], v)
	}
	err := k.engine.DB().Write(k.ctx(), func(tx *store.Tx) error {
		_, err := tx.ExecRows(k.ctx(), "INSERT INTO {"+o.Table+"} ("+columns.list(tx.Dialect())+") VALUES ", columns.n, rows, "")
		return err
	})
	if err != nil {
		k.t.Fatalf("put %s: %v", object, err)
	}
	return ids
}

func (k *kit) row(o *schema.Object, columns columnSet, env *schema.Env, id, owner value.ID, v Values) []any {
	var row []any
	for _, f := range columns.fields {
		x := v[f.Name]
		switch {
		case f.Column == "id":
			x = id
		case f.Column == "version":
			x = int64(1)
		case f.Column == "owner_id" && owner != 0:
			x = owner
		case f.Name == "created_at" || f.Name == "updated_at":
			x = noon.Add(time.Duration(id) * time.Second)
		}
		if x != nil && !f.Engine {
			checked, err := f.Check(x, env)
			if err != nil {
				k.t.Fatalf("put %s: %v", o.Name, err)
			}
			x = checked
		}
		row = f.Store(x, env, row)
	}
	if columns.rate {
		row = append(row, nil)
	}
	return row
}

// share lets a member read a record.
func (k *kit) share(object string, id, with value.ID) {
	k.t.Helper()
	k.settle(func(tx *store.Tx) error {
		return access.Share(k.ctx(), tx, access.Grant{Object: k.object(object), Record: id, Member: with,
			Level: access.ReadLevel, By: k.admin, At: noon})
	})
}

// as runs fn on one snapshot in the member's name; 0 is the system.
func (k *kit) as(member value.ID, fn func(s *Session)) {
	k.t.Helper()
	who := Who{Member: member, Door: "test"}
	if member == 0 {
		who = AsSystem("test")
	}
	err := k.engine.Read(k.ctx(), who, func(s *Session) error { fn(s); return nil })
	if err != nil {
		k.t.Fatal(err)
	}
}

// write runs fn in one transaction in the member's name.
func (k *kit) write(member value.ID, fn func(s *Session) error) error {
	k.t.Helper()
	who := Who{Member: member, Door: "test"}
	if member == 0 {
		who = AsSystem("test")
	}
	return k.engine.Write(k.ctx(), who, fn)
}

// names lists a text field of a query's records.
func (k *kit) names(member value.ID, q Query) string {
	k.t.Helper()
	var list []string
	k.as(member, func(s *Session) {
		p, err := s.Query(k.ctx(), q)
		if err != nil {
			k.t.Fatalf("query %+v: %v", q, err)
		}
		for _, r := range p.Records {
			name, _ := r.Field("name").(string)
			list = append(list, name)
		}
	})
	return strings.Join(list, " ")
}

// refused asserts that the query fails with the fault of that key.
func (k *kit) refused(member value.ID, q Query, key string) {
	k.t.Helper()
	k.as(member, func(s *Session) {
		_, err := s.Query(k.ctx(), q)
		if e, ok := fault.As(err); !ok || e.Key != key && e.Key != key+"_near" {
			k.t.Errorf("query %+v: got %v, want %s", q, err, key)
		}
	})
}

// sealAlone makes an object answer for its fields, with the objects of the kit
// around it.
func sealAlone(o *schema.Object) error {
	objects := kitObjects()
	for i, x := range objects {
		if x.Name == o.Name {
			objects[i] = o
		}
	}
	s, err := schema.New(1, objects)
	if err != nil {
		return err
	}
	*o = *s.MustObject(o.Name)
	return nil
}

// many makes n records.
func many(n int, one func(i int) Values) []Values {
	list := make([]Values, n)
	for i := range list {
		list[i] = one(i)
	}
	return list
}
