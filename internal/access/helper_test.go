package access

import (
	"testing"
	"time"

	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/store/storetest"
	"wellmet/internal/value"
)

// noon is the moment of every test.
var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// objects are this room's and a small CRM: deals with lines, products that are
// everybody's, and figures derived from deals.
func objects() []*schema.Object {
	account := schema.NewObject("account", "accounts", schema.Owned, "Account", "Accounts")
	schema.Text(account, "name")
	schema.RollupOf[int64](account, "deals_count", schema.KindInt, schema.Rollup{Child: "deal", Link: "account", Function: "count"})
	schema.RollupOf[value.Money](account, "cost_total", schema.KindMoney,
		schema.Rollup{Child: "deal", Link: "account", Function: "sum", Field: "cost"})
	deal := schema.NewObject("deal", "deals", schema.Owned, "Deal", "Deals")
	schema.Text(deal, "name")
	schema.Money(deal, "amount")
	schema.Money(deal, "cost")
	schema.Phone(deal, "phone")
	schema.Link(deal, "account", "account").Inverse("deals")
	schema.Formula[value.Money](deal, "margin", schema.KindMoney, "amount - cost")
	schema.Formula[value.Money](deal, "twice", schema.KindMoney, "margin + margin")
	schema.Formula[string](deal, "account_name", schema.KindText, "account.name")
	line := schema.NewObject("deal_line", "deal_lines", schema.Child, "Line", "Lines")
	line.Parent = "deal"
	schema.Text(line, "name")
	schema.Link(line, "deal", "deal").Inverse("lines")
	product := schema.NewObject("product", "products", schema.Unowned, "Product", "Products")
	schema.Text(product, "name")
	return append(Objects(), account, deal, line, product)
}

// house is a workspace of a test.
type house struct {
	t  *testing.T
	db *store.DB
	s  *schema.Schema
	// ids count up, so that tests can be read
	last value.ID
}

func newHouse(t *testing.T, server *store.Server) *house {
	t.Helper()
	h := &house{t: t, db: storetest.Workspace(t, server), last: 1000}
	h.write(func(tx *store.Tx) error {
		var err error
		if h.s, err = schema.Load(t.Context(), tx, objects()); err != nil {
			return err
		}
		_, err = schema.Reconcile(t.Context(), tx, h.s)
		return err
	})
	return h
}

func (h *house) write(fn func(*store.Tx) error) {
	h.t.Helper()
	if err := h.db.Write(h.t.Context(), fn); err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) exec(sql string, args ...any) {
	h.t.Helper()
	h.write(func(tx *store.Tx) error {
		_, err := tx.Exec(h.t.Context(), sql, args...)
		return err
	})
}

func (h *house) id() value.ID { h.last++; return h.last }

func (h *house) team(parent value.ID) value.ID {
	id := h.id()
	var up any
	if parent != 0 {
		up = parent
	}
	h.exec(`INSERT INTO {team} (id, version, name, parent_id) VALUES ($1, 1, 'team', $2)`, id, up)
	return id
}

func (h *house) role(key string, permissions string) value.ID {
	id := h.id()
	h.exec(`INSERT INTO {role} (id, version, name, "key", permissions) VALUES ($1, 1, $2, $2, $3)`, id, key, permissions)
	return id
}

// shipped makes the shipped roles and answers them by key.
func (h *house) shipped() map[string]value.ID {
	ids := map[string]value.ID{}
	for _, x := range ShippedRoles() {
		ids[x.Key] = h.role(x.Key, x.Permissions.String())
	}
	return ids
}

func (h *house) member(team, role value.ID) value.ID {
	id := h.id()
	var t any
	if team != 0 {
		t = team
	}
	h.exec(`INSERT INTO {member} (id, version, name, team_id, role_id, active) VALUES ($1, 1, 'member', $2, $3, $4)`, id, t, role, true)
	return id
}

func (h *house) changed() {
	h.t.Helper()
	h.write(func(tx *store.Tx) error { return TeamsChanged(h.t.Context(), tx) })
}

func (h *house) roster() *Roster {
	h.t.Helper()
	var r *Roster
	err := h.db.Read(h.t.Context(), func(tx *store.Tx) (err error) {
		r, err = LoadRoster(h.t.Context(), tx, h.s)
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return r
}

func (h *house) actor(member value.ID) *Actor {
	h.t.Helper()
	a, err := h.roster().Actor(member)
	if err != nil {
		h.t.Fatal(err)
	}
	return a
}

func (h *house) object(name string) *schema.Object { return h.s.MustObject(name) }

func (h *house) field(object, name string) *schema.FieldDef {
	h.t.Helper()
	f, ok := h.object(object).Field(name)
	if !ok {
		h.t.Fatalf("no field %s.%s", object, name)
	}
	return f
}
