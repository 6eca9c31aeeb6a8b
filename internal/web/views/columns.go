package views

import (
	"slices"
	"strings"

	"wellmet/internal/access"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/web/kit"
)

const (
	createAction = access.Create
	mostColumns  = 30
)

// Column is one field of the list, perhaps over links.
type Column struct {
	Path  string
	Field *schema.FieldDef
	// Over are the links on the way, "account" of account.name.
	Over []*schema.FieldDef
	// Sortable says that the list can be put in order by it.
	Sortable bool
}

// Label is what stands over the column.
func (c Column) Label(v *kit.View) string {
	if len(c.Over) == 0 {
		return c.Field.Label(v.Lang)
	}
	return v.T("web.views.over", "link", c.Over[len(c.Over)-1].Label(v.Lang), "field", c.Field.Label(v.Lang))
}

// Labels are what the fields at some paths are called, each once; a path to none
// that the reader may see stays as it is.
func Labels(v *kit.View, s *record.Session, o *schema.Object, paths []string) (labels []string) {
	for _, path := range paths {
		label := path
		if c, ok := columnAt(s, o, path); ok {
			label = c.Label(v)
		}
		if !slices.Contains(labels, label) {
			labels = append(labels, label)
		}
	}
	return labels
}

// usable are the columns of the paths that the caller may see, the title
// first; the usual ones when there are no paths.
func usable(s *record.Session, o *schema.Object, wanted []string) []Column {
	if len(wanted) == 0 {
		wanted = o.Layout().Columns
	}
	first, ok := columnAt(s, o, o.Title)
	var all []Column
	if ok {
		all = append(all, first)
	}
	for _, path := range wanted {
		path = strings.TrimSpace(path)
		known := slices.ContainsFunc(all, func(c Column) bool { return c.Path == path })
		if c, ok := columnAt(s, o, path); ok && !known && len(all) < mostColumns {
			all = append(all, c)
		}
	}
	if len(all) == 0 {
		id, _ := o.Field("id")
		all = []Column{{Path: "id", Field: id}}
	}
	return all
}

// columnAt follows a path over links that the caller may read.
func columnAt(s *record.Session, o *schema.Object, path string) (Column, bool) {
	c := Column{Path: path}
	names := strings.Split(path, ".")
	if len(names) > 5 {
		return c, false
	}
	for i, name := range names {
		f, ok := o.Field(name)
		if !ok || !s.Actor().Sees(f) {
			return c, false
		}
		if i == len(names)-1 {
			c.Field = f
			c.Sortable = sortable(s, f) && i < 2
			return c, i == 0 || !many(f)
		}
		if !f.IsLink() || s.Actor().Field(f) < access.ReadField || f.ValueKind() == schema.KindFile {
			return c, false
		}
		c.Over = append(c.Over, f)
		o = s.Schema().Target(f)
	}
	return c, false
}

func many(f *schema.FieldDef) bool {
	k := f.ValueKind()
	return k == schema.KindLinks || k == schema.KindAbout || k == schema.KindChoices || f.Many
}

// sortable reports whether records can be put in order by the field.
func sortable(s *record.Session, f *schema.FieldDef) bool {
	k := f.ValueKind()
	return s.Actor().CanFilter(f) && !many(f) && sqlable(f) && k != schema.KindFile && k != schema.KindLongText && k != schema.KindAddress && k != schema.KindPlace && f.Name != "id"
}

func paths(columns []Column) []string {
	all := make([]string, len(columns))
	for i, c := range columns {
		all[i] = c.Path
	}
	return all
}

func (st *State) readColumns(v *kit.View, s *record.Session, text string) {
	var wanted []string
	for part := range strings.SplitSeq(text, ",") {
		if part = strings.TrimSpace(part); part != "" && len(wanted) < 2*mostColumns {
			wanted = append(wanted, part)
		}
	}
	st.columns = usable(s, st.Object, wanted)
	for i := range st.columns {
		c := &st.columns[i]
		c.Sortable = c.Sortable && st.knows(*c)
	}
	st.Columns = paths(st.columns)
	for _, engine := range []bool{false, true} { // what everybody has comes last
		for _, f := range st.Object.Fields {
			if f.Engine == engine && !f.Hidden && s.Actor().Sees(f) && f.Name != "id" && f.Name != "version" {
				st.choices = append(st.choices, f)
			}
		}
	}
	for _, path := range wanted {
		if !slices.Contains(st.Columns, path) && len(st.Columns) < mostColumns {
			st.Notes = append(st.Notes, v.T("web.views.no_column"))
			return
		}
	}
}

// Shown are the columns of the list.
func (st *State) Shown() []Column { return st.columns }

// soundSort is the order without what the caller cannot sort by.
func soundSort(s *record.Session, o *schema.Object, text string) string {
	var keys []string
	for part := range strings.SplitSeq(text, ",") {
		part = strings.TrimSpace(part)
		c, ok := columnAt(s, o, strings.TrimPrefix(part, "-"))
		if ok && c.Sortable && len(keys) < 5 {
			keys = append(keys, part)
		}
	}
	return strings.Join(keys, ",")
}

// knows reports whether records can be put in the order that the column had at
// the moment that is looked at.
func (st *State) knows(c Column) bool {
	f := c.Field
	if len(c.Over) > 0 {
		f = c.Over[0]
	}
	return !st.Past() || record.Remembered(f)
}

func (st *State) readSort(v *kit.View, s *record.Session, text string) {
	st.Sort = soundSort(s, st.Object, text)
	if st.Past() {
		st.Sort = strings.Join(slices.DeleteFunc(strings.Split(st.Sort, ","), func(part string) bool {
			c, ok := columnAt(s, st.Object, strings.TrimPrefix(part, "-"))
			return !ok || !st.knows(c)
		}), ",")
	}
	if strings.Count(st.Sort, ",") != strings.Count(text, ",") || (st.Sort == "") != (strings.TrimSpace(text) == "") {
		st.Notes = append(st.Notes, v.T("web.views.no_sort"))
	}
}

// Sorted tells how the list is ordered by a column: "", "ascending" or
// "descending", as aria-sort has it, and only for the first key.
func (st *State) Sorted(path string) string {
	key, _, _ := strings.Cut(st.Sort, ",")
	switch {
	case key == path:
		return "ascending"
	case key == "-"+path:
		return "descending"
	}
	return ""
}

// SortURL is the address of the list ordered by a column, the other way round
// when it is already.
func (st *State) SortURL(c Column) string {
	switch {
	case st.Sorted(c.Path) == "ascending", st.Sorted(c.Path) == "" && downFirst(c.Field):
		return st.URL("sort", "-"+c.Path)
	}
	return st.URL("sort", c.Path)
}

// downFirst are fields whose great values are looked for: amounts, scores.
func downFirst(f *schema.FieldDef) bool {
	switch f.ValueKind() {
	case schema.KindMoney, schema.KindInt, schema.KindDecimal, schema.KindPercent:
		return true
	}
	return false
}
