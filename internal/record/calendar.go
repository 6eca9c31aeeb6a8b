package record

import (
	"strings"

	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// keptCalendar is a schema.Calendar with its fields.
type keptCalendar struct {
	state, day *schema.FieldDef
	by         []*schema.FieldDef
}

// calendarOf answers nil where an object keeps none, and false where it keeps
// one of fields that are not there.
func calendarOf(o *schema.Object) (*keptCalendar, bool) {
	if o.Sum.Calendar == nil {
		return nil, true
	}
	c := &keptCalendar{}
	var ok, dated bool
	if c.state, ok = o.Field(o.Sum.Calendar.State); !ok || c.state.ValueKind() != schema.KindChoice {
		return nil, false
	}
	if c.day, dated = o.Field(o.Sum.Calendar.Day); !dated || c.day.ValueKind() != schema.KindDate {
		return nil, false
	}
	for _, name := range o.Sum.Calendar.By {
		f, ok := o.Field(name)
		if !ok || !f.IsLink() && f.ValueKind() != schema.KindChoice {
			return nil, false
		}
		c.by = append(c.by, f)
	}
	return c, true
}

func (c *keptCalendar) fields() []*schema.FieldDef {
	return append([]*schema.FieldDef{c.state, c.day}, c.by...)
}

func (c *keptCalendar) String() string {
	var ids []string
	for _, f := range c.fields() {
		ids = append(ids, f.ID)
	}
	return strings.Join(ids, " ")
}

// behind separates a field from its state and month, between the keys.
const (
	behind  = "/"
	between = "|"
)

// byMonth reports whether the row is of a month.
func (k sumKey) byMonth() bool { return strings.Contains(k.field, behind) }

// monthOf is a month as rows are of it, "" for none.
func monthOf(day value.Date) string { return day.MonthStart().String()[:len("2006-01")] }

// of is the field that rows of an amount are of, in a state and a month.
func (c *keptCalendar) of(amount, state, month string) string {
	return amount + behind + state + behind + month
}

// key makes the key of a record's row the one of its month.
func (c *keptCalendar) key(k sumKey, r *Record) sumKey {
	month := ""
	if day, ok := r.Value(c.day).(value.Date); ok {
		month = monthOf(day)
	}
	k.field = c.of(k.field, schema.Neutral(r.Value(c.state)), month)
	keys := make([]string, len(c.by))
	for i, f := range c.by {
		keys[i] = schema.Neutral(r.Value(f))
	}
	k.group = strings.Join(keys, between)
	return k
}

// keysSQL is the key of a record's row, in SQL.
func (c *keptCalendar) keysSQL(d store.Dialect) string {
	if len(c.by) == 0 {
		return "''"
	}
	keys := make([]string, len(c.by))
	for i, f := range c.by {
		keys[i] = keySQL(d, f)
	}
	return strings.Join(keys, " || '"+between+"' || ")
}

// counting counts the months of an amount.
func (c *keptCalendar) counting(d store.Dialect) counting {
	day := "t." + d.Quote(c.day.Column)
	month := "substr(" + day + ", 1, 7)"
	if d.Name() == "postgres" {
		month = "to_char(" + day + ", 'YYYY-MM')"
	}
	return counting{field: d.Param(2, store.Text) + " || '" + behind + "' || " + keySQL(d, c.state) + " || '" + behind + "' || coalesce(" + month + ", '')",
		key: c.keysSQL(d), forget: "substr(field, 1, length($2) + 1) = $2 || '" + behind + "'"}
}
