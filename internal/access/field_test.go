package access

import (
	"testing"

	"wellmet/internal/store"
	"wellmet/internal/store/storetest"
	"wellmet/internal/value"
)

func TestFieldRights(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Server) {
		h := newHouse(t, s)
		const deals = `"objects": {"*": {"read":"all","update":"all"}}`
		rights := map[string]*Actor{}
		for name, text := range map[string]string{
			"plain":  "{" + deals + "}",
			"none":   "{" + deals + `, "fields": {"deal.cost":"none"}}`,
			"masked": "{" + deals + `, "fields": {"deal.cost":"masked"}}`,
			"read":   "{" + deals + `, "fields": {"deal.cost":"read"}}`,
			"write":  "{" + deals + `, "fields": {"deal.cost":"write"}}`,
			"viewer": `{"objects": {"deal": {"read":"all"}}}`,
			"blind":  `{"objects": {"account": {"read":"all"}}}`,
		} {
			rights[name] = h.actor(h.member(0, h.role(name, text)))
		}
		for name, want := range map[string]FieldRight{
			"plain": WriteField, "none": NoField, "masked": Masked, "read": ReadField, "write": WriteField, "viewer": ReadField, "blind": NoField,
		} {
			a, f := rights[name], h.field("deal", "cost")
			if got := a.Field(f); got != want {
				t.Errorf("%s: %s, want %s", name, got, want)
			}
			if a.Sees(f) != (want >= Masked) || a.CanFilter(f) != (want >= ReadField) || a.CanWrite(f) != (want == WriteField) {
				t.Errorf("%s: sees %v, filters %v, writes %v", name, a.Sees(f), a.CanFilter(f), a.CanWrite(f))
			}
		}
		if got := rights["plain"].Field(h.field("deal", "created_at")); got != ReadField {
			t.Errorf("a field that the engine writes: %s", got)
		}
		if got := rights["masked"].Field(h.field("deal", "amount")); got != WriteField {
			t.Errorf("another field of the object: %s", got)
		}
		if got := System("test").Field(h.field("deal", "cost")); got != WriteField {
			t.Errorf("system: %s", got)
		}
		if r := h.roster(); !r.Guarded(h.field("deal", "cost")) || r.Guarded(h.field("deal", "amount")) {
			t.Error("guarded fields are not those that some role may not read")
		}
	})
}

func TestRollupsDoNotLeak(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Server) {
		h := newHouse(t, s)
		count, cost := h.field("account", "deals_count"), h.field("account", "cost_total")
		for name, c := range map[string]struct {
			permissions string
			count, cost FieldRight
			live        bool // the count, over what he reads
		}{
			"reads all":       {`{"objects": {"*": {"read":"all"}}}`, ReadField, ReadField, false},
			"reads own":       {`{"objects": {"*": {"read":"all"}, "deal": {"read":"own"}}}`, NoField, NoField, true},
			"reads none":      {`{"objects": {"*": {"read":"all"}, "deal": {"read":"none"}}}`, NoField, NoField, false},
			"granted":         {`{"objects": {"*": {"read":"own"}}, "fields": {"account.deals_count":"read"}}`, ReadField, NoField, false},
			"taken":           {`{"objects": {"*": {"read":"all"}}, "fields": {"account.deals_count":"none"}}`, NoField, ReadField, false},
			"masked measure":  {`{"objects": {"*": {"read":"all"}}, "fields": {"deal.cost":"masked"}}`, ReadField, NoField, false},
			"hidden link":     {`{"objects": {"*": {"read":"all"}}, "fields": {"deal.account":"none"}}`, NoField, NoField, false},
			"no such account": {`{"objects": {"deal": {"read":"all"}}}`, NoField, NoField, false},
		} {
			a := h.actor(h.member(0, h.role(name, c.permissions)))
			if got := a.Field(count); got != c.count {
				t.Errorf("%s: count %s, want %s", name, got, c.count)
			}
			if got := a.Field(cost); got != c.cost {
				t.Errorf("%s: cost %s, want %s", name, got, c.cost)
			}
			if got := a.LiveRollup(count); got != c.live {
				t.Errorf("%s: live %v, want %v", name, got, c.live)
			}
		}
		all := h.actor(h.member(0, h.role("limited", `{"objects": {"*": {"read":"all"}}}`)))
		if a := all.Limit([]string{"accounts:read"}); a.Field(count) != NoField || !a.Sees(h.field("account", "name")) {
			t.Error("a token for accounts tells how many deals there are")
		}
		if a := all.Limit([]string{ScopeRead}); a.Field(count) != ReadField {
			t.Error("a token for reading loses the roll-up")
		}
	})
}

func TestFormulasAskTheirInputs(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Server) {
		h := newHouse(t, s)
		for name, c := range map[string]struct {
			permissions            string
			margin, twice, account FieldRight
		}{
			"reads all":      {`{"objects": {"*": {"read":"all","update":"all"}}}`, ReadField, ReadField, ReadField},
			"hidden input":   {`{"objects": {"*": {"read":"all"}}, "fields": {"deal.cost":"none"}}`, NoField, NoField, ReadField},
			"masked input":   {`{"objects": {"*": {"read":"all"}}, "fields": {"deal.cost":"masked"}}`, NoField, NoField, ReadField},
			"granted itself": {`{"objects": {"*": {"read":"all"}}, "fields": {"deal.cost":"none","deal.margin":"read"}}`, NoField, NoField, ReadField},
			"hidden itself":  {`{"objects": {"*": {"read":"all"}}, "fields": {"deal.margin":"none"}}`, NoField, NoField, ReadField},
			"hidden link":    {`{"objects": {"*": {"read":"all"}}, "fields": {"deal.account":"none"}}`, ReadField, ReadField, NoField},
			"hidden target":  {`{"objects": {"*": {"read":"all"}}, "fields": {"account.name":"masked"}}`, ReadField, ReadField, NoField},
			"no account":     {`{"objects": {"deal": {"read":"all"}}}`, ReadField, ReadField, NoField},
		} {
			a := h.actor(h.member(0, h.role(name, c.permissions)))
			for field, want := range map[string]FieldRight{"margin": c.margin, "twice": c.twice, "account_name": c.account} {
				if got := a.Field(h.field("deal", field)); got != want {
					t.Errorf("%s: %s is %s, want %s", name, field, got, want)
				}
			}
		}
	})
}

func TestMask(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, want any }{
		{nil, nil}, {"", ""}, {"ann@bell.com", "a•••@b…"}, {"+34612345612", "+34 ••• ••12"}, {"Secretary of state", "S•••"},
		{"ann", "•••"}, {"Ärger und Øl", "Ä•••"}, {"+1 2", "•••"}, {int64(42), "•••"}, {value.Money{Minor: 5, Currency: "EUR"}, "•••"},
		{"mail me @ home or else", "m•••"},
	} {
		if got := Mask(c.in); got != c.want {
			t.Errorf("Mask(%v) = %v, want %v", c.in, got, c.want)
		}
	}
	if got := Mask([]string{"ann@bell.com", "x@y.de"}).([]string); got[0] != "a•••@b…" || got[1] != "x•••@y…" {
		t.Errorf("list: %v", got)
	}
	if got := Mask(value.Address{Street: "Main 1", City: "Rome", Country: "IT"}).(value.Address); got.Street != "" || got.City != "•••" {
		t.Errorf("address: %+v", got)
	}
}
