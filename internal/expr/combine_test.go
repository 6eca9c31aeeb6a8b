package expr

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"wellmet/internal/value"
)

func must(t testing.TB) func(e *Expr, err error) *Expr {
	return func(e *Expr, err error) *Expr {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
}

func TestCombine(t *testing.T) {
	t.Parallel()
	w := newWorld()
	ok := must(t)
	owner, amount, close := w.field("deal", "owner"), w.field("deal", "amount"), w.field("deal", "close")
	mine := ok(Compare(owner, OpEq, value.ID(101)))
	team := ok(In(owner, value.ID(101), value.ID(102)))
	big := ok(Compare(amount, OpGt, value.Money{Minor: 550, Currency: "USD"}))
	late := ok(Check(`close < today() or stage = "lost"`, w.scopes["deal"], Type{Kind: Bool}))
	for want, e := range map[string]*Expr{
		`owner = "101"`:                           And(nil, mine),
		`owner in ("101", "102")`:                 team,
		`amount.in("USD") > 5.5`:                  big,
		`close is empty`:                          ok(Compare(close, OpEq, nil)),
		`close is not empty`:                      ok(Compare(close, OpNe, nil)),
		`close >= date("2026-01-31")`:             ok(Compare(close, OpGe, day("2026-01-31"))),
		`false`:                                   ok(In[string](owner)),
		`not owner = "101"`:                       Not(mine),
		`not (close < today() or stage = "lost")`: Not(late),
		`owner = "101" and (close < today() or stage = "lost") and amount.in("USD") > 5.5`: And(And(mine, late), big),
		`owner = "101" or close < today() or stage = "lost"`:                               Or(mine, late),
		`count = -5`: ok(Compare(w.field("deal", "count"), OpEq, int64(-5))),
	} {
		if got := e.String(); got != want {
			t.Errorf("got %s\nwant %s", got, want)
		}
		again, err := Check(want, w.scopes["deal"], Type{Kind: Bool})
		if err != nil {
			t.Errorf("%s: %v", want, err)
			continue
		}
		c := testColumns{}
		a1, a2 := c.args(), c.args()
		one, err1 := e.SQL(c, testEnv(), "t", a1)
		two, err2 := again.SQL(c, testEnv(), "t", a2)
		if one != two || err1 != nil || err2 != nil || !reflect.DeepEqual(a1.Values(), a2.Values()) {
			t.Errorf("%s renders as %s %v, its text as %s %v", want, one, a1.Values(), two, a2.Values())
		}
		if !slices.Equal(e.Bindings(), again.Bindings()) {
			t.Errorf("%s is bound to %v, its text to %v", want, e.Bindings(), again.Bindings())
		}
	}
	if Or(mine, nil) != nil || And(nil, nil) != nil {
		t.Error("nil is no condition")
	}
	if And(nil, late).Object() != "deal" || And(mine, late).Object() != "deal" {
		t.Error("the object is lost")
	}
	if u := And(mine, late).Uses(); !u.Time || u.Actor || u.Links {
		t.Errorf("uses %+v", u)
	}
}

func TestFields(t *testing.T) {
	t.Parallel()
	w := newWorld()
	e := must(t)(Check(`account.owner.name = "x" and any(account.contacts, vip and amount > 5) and label = "y"`,
		w.scopes["deal"], Type{Kind: Bool}))
	var got []string
	for _, r := range e.Fields() {
		line := r.Object + ":" + strings.Join(r.Path, ".")
		if r.Many {
			line += "*"
		}
		got = append(got, line)
	}
	want := []string{"deal:account", "account:account.owner", "member:account.owner.name", "deal:account",
		"contact:account.contacts*", "contact:account.contacts.vip", "deal:amount", "deal:label", "deal:nick", "deal:name",
		"deal:account", "account:account.name"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

func TestRename(t *testing.T) {
	t.Parallel()
	w := newWorld()
	text := `account.owner.name = "name" and any(account.contacts, name = email) and amount.currency = "EUR" and name contains "x"`
	e := must(t)(Check(text, w.scopes["deal"], Type{Kind: Bool}))
	names := map[string]string{"account-owner": "keeper", "contact-name": "full_name", "<contact.contact-account": "people"}
	got, err := Rename(e.String(), e.Bindings(), func(id string) string { return names[id] })
	if err != nil {
		t.Fatal(err)
	}
	want := `account.keeper.name = "name" and any(account.people, full_name = email) and amount.currency = "EUR" and name contains "x"`
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
