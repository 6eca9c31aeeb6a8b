package schema

import (
	"slices"
	"testing"
)

func TestLayoutHoldsEveryFieldOnce(t *testing.T) {
	t.Parallel()
	o := &Object{Name: "ship", Plural: "ships", Access: Owned, Title: "name", Fields: []*FieldDef{
		{ID: "f1", Name: "name", Kind: KindText, Column: "a"}, {ID: "f2", Name: "mail", Kind: KindEmail, Column: "b"},
		{ID: "f3", Name: "secret", Kind: KindText, Column: "c", Hidden: true}, {ID: "f4", Name: "flag", Kind: KindText, Column: "d"},
	}, Arranged: &Layout{Groups: []Group{{Key: "hull", Labels: map[string]string{"en": "Hull"}, Fields: []string{"flag", "gone", "secret", "flag"}}}, Columns: []string{"gone", "mail"}}}
	o.Fields = append(engineFields(o), o.Fields...)
	l := o.Layout()
	count := map[string]int{}
	for _, g := range l.Groups {
		for _, name := range g.Fields {
			count[name]++
		}
	}
	for _, f := range o.Fields {
		want := 1
		if f.Hidden || f.Name == "id" || f.Name == "version" {
			want = 0
		}
		if count[f.Name] != want {
			t.Errorf("%s stands in %d groups, want %d", f.Name, count[f.Name], want)
		}
	}
	if l.Groups[0].Label("fi") != "Hull" || l.Groups[0].Fields[0] != "flag" || l.Group("mail") != 0 || l.Groups[1].Key != GroupSystem || !l.Groups[1].Folded {
		t.Errorf("groups %+v", l.Groups)
	}
	if !slices.Equal(l.Columns, []string{"mail"}) {
		t.Errorf("columns %v", l.Columns)
	}
	o.Arranged = nil
	if l := o.Layout(); l.Groups[0].Key != GroupDetails || l.Groups[0].Label("en") != "Details" || l.Columns[0] != "name" {
		t.Errorf("default %+v", l)
	}
}

func TestLayoutIsChecked(t *testing.T) {
	t.Parallel()
	field := &FieldDef{Name: "name"}
	for name, l := range map[string]*Layout{
		"a field that is not there": {Columns: []string{"nothing"}},
		"a field twice":             {Groups: []Group{{Key: "a", Fields: []string{"name"}}, {Key: "b", Fields: []string{"name"}}}},
		"a group twice":             {Groups: []Group{{Key: "a"}, {Key: "a"}}},
		"a bad key":                 {Groups: []Group{{Key: "A b"}}},
	} {
		if checkLayouts(&Object{Name: "x", Access: Owned, Fields: []*FieldDef{field}, Arranged: l}) == nil {
			t.Errorf("%s is taken", name)
		}
	}
	for kind, l := range map[string]*Layout{"x": {Groups: []Group{{Key: "a"}}}, "7": nil, "8": {}, "9": {Groups: []Group{{Key: "a"}}, Card: []string{"name"}}} {
		if checkLayouts(&Object{Name: "x", Access: Owned, Fields: []*FieldDef{field}, Layouts: map[string]*Layout{kind: l}}) == nil {
			t.Errorf("a layout of %s is taken", kind)
		}
	}
	o := &Object{Fields: []*FieldDef{field}, Layouts: map[string]*Layout{"7": {Groups: []Group{{Key: "b", Fields: []string{"name"}}}}}, Arranged: &Layout{Groups: []Group{{Key: "a", Fields: []string{"name"}}}, Card: []string{"name"}}}
	c := o.clone()
	c.renameField("name", "title")
	if c.Arranged.Groups[0].Fields[0] != "title" || c.Arranged.Card[0] != "title" || o.Arranged.Card[0] != "name" {
		t.Errorf("renamed: %+v, original %+v", c.Arranged, o.Arranged)
	}
	if l := c.LayoutOf("7"); l.Groups[0].Key != "b" || c.Layouts["7"].Groups[0].Fields[0] != "title" || o.Layouts["7"].Groups[0].Fields[0] != "name" {
		t.Errorf("of a kind: %+v", l)
	}
	if l := c.LayoutOf("8"); l.Groups[0].Key != "a" || l.Groups[0].Label("en") != c.Layout().Groups[0].Label("en") {
		t.Errorf("of a kind without one: %+v", l)
	}
}
