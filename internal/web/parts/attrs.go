package parts

import (
	"maps"
	"net/url"

	"github.com/a-h/templ"

	"wellmet/internal/schema"
)

// attrs are what every control has: whether it must be filled, whether
// something is wrong, and which texts explain it.
func attrs(c Control) templ.Attributes {
	a := invalid(c)
	if url := c.reading(); url != "" {
		a["hx-get"], a["hx-trigger"], a["hx-target"], a["hx-swap"], a["hx-include"] = url, "change", "#"+c.readingID(), "innerHTML", "closest .lf"
	}
	maps.Copy(a, c.Attrs)
	if c.Required && c.Field.ValueKind() != schema.KindBool {
		a["aria-required"] = "true"
	}
	if c.Autofocus {
		a["autofocus"] = true
	}
	return a
}

// invalid is attrs of a group of controls.
func invalid(c Control) templ.Attributes {
	a := templ.Attributes{}
	if c.Error != "" {
		a["aria-invalid"] = "true"
	}
	if ids := c.described(); ids != "" {
		a["aria-describedby"] = ids
	}
	return a
}

// grouped reports whether the control is several, so that its label is no
// label of one.
func grouped(c Control) bool {
	k := c.Field.ValueKind()
	return k == schema.KindAddress || k == schema.KindChoices || k == schema.KindFile || editKind(c.Field) == ""
}

// wide reports whether a control takes the whole width of a form.
func wide(f *schema.FieldDef) bool {
	switch f.ValueKind() {
	case schema.KindLongText, schema.KindAddress, schema.KindChoices, schema.KindLinks, schema.KindAbout:
		return true
	}
	return f.Many || f.Object != nil && f.Object.Title == f.Name
}

// reading is where what was typed is read back: numbers, amounts and days have
// many spellings.
func (c Control) reading() string {
	if !c.echo {
		return ""
	}
	switch c.Field.ValueKind() {
	case schema.KindInt, schema.KindDecimal, schema.KindPercent, schema.KindMoney, schema.KindDate, schema.KindMoment:
		if c.Field.Object != nil && !c.Field.Many {
			return "/" + c.Field.Object.Plural + "/reading?field=" + url.QueryEscape(c.Field.Name) + "&name=" + url.QueryEscape(c.Name)
		}
	}
	return ""
}

// echoed is the control with a place below that reads back.
func (c Control) echoed() Control {
	c.echo = true
	return c
}

// readingID is the element that says how the typed text was read.
func (c Control) readingID() string { return c.ID + "-r" }

// editKind is the kind whose control edits the field; "" for what nobody types.
func editKind(f *schema.FieldDef) schema.Kind {
	if f.Derived() || f.Engine {
		return ""
	}
	return f.ValueKind()
}
