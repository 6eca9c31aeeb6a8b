package record

import (
	"strings"
	"testing"

	"wellmet/internal/fault"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// views are the names of what a member is offered for deals; "!" marks what he
// may not run.
func (k *shop) views(member value.ID, object string) string {
	k.t.Helper()
	var names []string
	err := k.engine.Read(k.ctx(), Who{Member: member}, func(s *Session) error {
		names = nil
		views, err := s.Views(k.ctx(), object)
		for _, v := range views {
			name := v.Name
			if v.Problem != nil {
				name += "!" + strings.TrimPrefix(v.Problem.Key, "record.view_")
				if v.Filter+v.Sort != "" {
					k.t.Errorf("%s tells what it asks for: %q %q", v.Name, v.Filter, v.Sort)
				}
			}
			names = append(names, name)
		}
		return err
	})
	if err != nil {
		k.t.Fatal(err)
	}
	return strings.Join(names, " ")
}

func (k *shop) view(member, id value.ID) (v View, err error) {
	err = k.engine.Read(k.ctx(), Who{Member: member}, func(s *Session) error {
		v, err = s.View(k.ctx(), id)
		return err
	})
	return v, err
}

func TestViewsBelongToTheirOwners(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, k *shop) {
		save := func(member value.ID, name, visibility string) value.ID {
			return k.make(member, "view", Values{"name": name, "object": "deal", "visibility": visibility})
		}
		mine := save(k.rep, "mine", "private")
		ours := save(k.rep, "ours", "team")
		bosses := save(k.boss, "bosses", "team")
		save(k.other, "everybodys", "all")
		save(k.admin, "admins", "private")
		for who, want := range map[value.ID]string{
			k.rep:   "bosses everybodys mine ours",
			k.mate:  "bosses everybodys ours",
			k.other: "bosses everybodys",
			k.boss:  "bosses everybodys",
			k.admin: "admins bosses everybodys ours",
		} {
			if got := k.views(who, "deal"); got != want {
				t.Errorf("%d sees %q, want %q", who, got, want)
			}
		}
		for _, who := range []value.ID{k.mate, k.boss, k.admin} {
			wantFault(t, k.set(who, "view", mine, Values{"name": "x"}), fault.NotFound, "record.absent")
			if _, err := k.view(who, mine); !fault.Is(err, fault.NotFound) {
				t.Errorf("%d reads a private view: %v", who, err)
			}
		}
		wantFault(t, k.set(k.mate, "view", ours, Values{"name": "x"}), fault.Forbidden, "record.may_not_change")
		wantFault(t, k.drop(k.rep, "view", bosses), fault.Forbidden, "record.may_not_delete")
		if err := k.set(k.admin, "view", ours, Values{"name": "tidied"}); err != nil {
			t.Errorf("an administrator takes care of what is shown: %v", err)
		}
		if err := k.drop(k.rep, "view", mine); err != nil {
			t.Error(err)
		}
		if got := k.views(k.rep, "deal"); got != "bosses everybodys tidied" {
			t.Error(got)
		}
	})
}

func TestViewsAreCheckedWhenSaved(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, k *shop) {
		for want, v := range map[string]Values{
			"object record.no_object":      {"object": "nothing"},
			"filter expr.unknown_name":     {"filter": `colour = "red"`},
			"filter expr":                  {"filter": `amount >`},
			"sort schema.unknown_field":    {"sort": "-colour"},
			"columns schema.unknown_field": {"columns": "name,colour"},
			"group":                        {"group": "colour"},
			"group record.view_board":      {"layout": "board"},
			"group record.view_calendar":   {"layout": "calendar", "group": "stage"},
			"group record.view_groups":     {"group": "stage,status,account,name"},
			"visibility":                   {"visibility": "family"},
			"name field.required":          {"name": nil},
			"group record.view_paths_only": {"group": `coalesce(status)`},
			"sort query.too_many_sorts":    {"sort": "name,amount,cost,stage,account,hot"},
		} {
			values := Values{"name": "v", "object": "deal"}
			for name, x := range v {
				values[name] = x
			}
			err := k.engine.Write(k.ctx(), Who{Member: k.rep}, func(s *Session) error {
				_, err := s.Create(k.ctx(), "view", values)
				return err
			})
			field, key, _ := strings.Cut(want, " ")
			e, ok := fault.As(err)
			if !ok || len(e.Fields) == 0 || e.Fields[0].Path != field || !strings.HasPrefix(e.Fields[0].Key, key) {
				t.Errorf("%v: %v%s, want %s", v, err, fields(err), want)
			}
		}
		id := k.make(k.rep, "view", Values{"name": "Board", "object": "deals", "layout": "board", "filter": "amount > 5 and account.name = \"A\"",
			"sort": "-amount, account.name", "columns": "name,account.name", "group": "stage"})
		v, err := k.view(k.rep, id)
		if err != nil || v.Object != "deal" || v.Problem != nil || strings.Join(v.Columns, " ") != "name account.name" || v.Group[0] != "stage" {
			t.Errorf("%+v, %v", v, err)
		}
		q, err := v.Query()
		if err != nil {
			t.Fatal(err)
		}
		k.do(k.rep, func(s *Session) error { _, err := s.Query(k.ctx(), q); return err })
	})
}

func TestViewsDoNotTellOfHiddenFields(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, k *shop) {
		v := Values{"name": "dear", "object": "deal", "visibility": "all", "filter": "cost > 100", "columns": "name,cost"}
		k.make(k.rep, "view", v)
		k.make(k.rep, "view", Values{"name": "sorted", "object": "deal", "visibility": "all", "sort": "-cost"})
		plain := k.make(k.rep, "view", Values{"name": "wide", "object": "deal", "visibility": "all", "columns": "name,cost"})
		if got := k.views(k.mate, "deal"); got != "dear sorted wide" {
			t.Error(got)
		}
		if got := k.views(k.clerk, "deal"); got != "dear!hidden sorted!hidden wide" {
			t.Error(got)
		}
		if got, err := k.view(k.clerk, plain); err != nil || strings.Join(got.Columns, " ") != "name" {
			t.Errorf("%+v, %v", got, err)
		}
		err := k.engine.Write(k.ctx(), Who{Member: k.clerk}, func(s *Session) error {
			_, err := s.Create(k.ctx(), "view", v)
			return err
		})
		if err == nil || !strings.Contains(fields(err), "expr.unknown_name") {
			t.Errorf("a filter on a field he may not see: %v%s", err, fields(err))
		}
	})
}

func TestViewsFollowTheSchema(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, k *shop) {
		k.apply(change(schema.AddField, "firm", "", `{"name":"size","kind":"whole"}`), change(schema.AddField, "firm", "", `{"name":"hq","kind":"address"}`))
		id := k.make(k.rep, "view", Values{"name": "Big", "object": "firm", "visibility": "team",
			"filter": `size > 5 and hq_city = "Bonn"`, "sort": "-size,name", "columns": "name, size, hq_city", "group": "size"})
		branch := k.make(k.rep, "view", Values{"name": "Far", "object": "branch", "filter": "firm.size > 5", "columns": "firm.size"})
		gone := k.make(k.rep, "view", Values{"name": "Gone", "object": "firm", "filter": "size < 5"})
		if err := k.drop(k.rep, "view", gone); err != nil {
			t.Fatal(err)
		}
		k.apply(change(schema.ChangeField, "firm", "size", `{"name":"heads"}`), change(schema.ChangeField, "firm", "hq", `{"name":"home"}`))
		for view, want := range map[value.ID]View{
			id:     {Filter: `heads > 5 and home_city = "Bonn"`, Sort: "-heads,name", Columns: []string{"name", "heads", "home_city"}, Group: []string{"heads"}},
			branch: {Filter: "firm.heads > 5", Columns: []string{"firm.heads"}},
		} {
			got, err := k.view(k.rep, view)
			if err != nil || got.Problem != nil || got.Filter != want.Filter || got.Sort != want.Sort ||
				strings.Join(got.Columns, " ") != strings.Join(want.Columns, " ") || strings.Join(got.Group, " ") != strings.Join(want.Group, " ") {
				t.Errorf("%+v (%v), want %+v", got, err, want)
			}
		}
		if err := k.restore(k.rep, "view", gone); err != nil {
			t.Fatal(err)
		}
		if got, _ := k.view(k.rep, gone); got.Filter != "heads < 5" {
			t.Errorf("in the trash: %q", got.Filter)
		}
		if got := k.effects(change(schema.RemoveField, "firm", "heads", "")); got != "warn record.effect_views_named 3" {
			t.Error(got)
		}
		k.apply(change(schema.RemoveField, "firm", "heads", ""))
		if got := k.views(k.rep, "firm"); got != "Big!broken Gone!broken" {
			t.Error(got)
		}
		if err := k.set(k.rep, "view", id, Values{"name": "Once big"}); err != nil {
			t.Errorf("a broken view gets another name: %v%s", err, fields(err))
		}
		k.apply(change(schema.ChangeField, "firm", "home", `{"name":"seat2"}`))
		k.apply(change(schema.RestoreField, "firm", "heads", ""))
		if got, err := k.view(k.rep, id); err != nil || got.Filter != `heads > 5 and seat2_city = "Bonn"` || got.Problem != nil {
			t.Errorf("%+v, %v", got, err)
		}
	})
}
