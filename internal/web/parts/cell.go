package parts

import (
	"time"
	"unicode/utf8"

	"github.com/a-h/templ"

	"wellmet/internal/schema"
	"wellmet/internal/value"
	"wellmet/internal/web/kit"
)

// Cell is a value in a table or on a card: one line, nothing for an empty one.
func Cell(v *kit.View, n *Names, f *schema.FieldDef, val any) templ.Component {
	switch {
	case value.IsEmpty(val):
		return kit.Markup("")
	case n.masked(f):
		return masked(v, Text(v, n, f, val))
	}
	switch x := val.(type) {
	case string:
		return cellText(v, f, x)
	case []string:
		return tags(v, f, x, fewTags)
	case bool:
		return yesNo(v, x)
	case value.ID:
		return link(v, n, f, x)
	case []value.ID:
		return linkList(v, n, refs(f, x), fewLinks)
	case []schema.Ref:
		return linkList(v, n, x, fewLinks)
	case value.Date:
		return timeMark("", x.String(), v.DateLong(x), v.DateNear(x, v.Today()))
	case time.Time:
		return moment(v, x)
	case value.Address:
		return kit.Text(v.AddressLine(x))
	}
	return kit.Text(figure(v, f, val))
}

// cellText is one text of whatever kind on one line.
func cellText(v *kit.View, f *schema.FieldDef, text string) templ.Component {
	switch f.ValueKind() {
	case schema.KindLongText:
		return kit.Text(firstLine(text))
	case schema.KindChoice:
		return option(v, f, text)
	case schema.KindEmail, schema.KindPhone, schema.KindURL:
		return reach(v, f.ValueKind(), text)
	}
	if f.Tongue {
		return kit.Text(v.LanguageName(text))
	}
	return kit.Text(text)
}

// option is one option in its colour.
func option(v *kit.View, f *schema.FieldDef, key string) kit.Markup {
	return kit.Tag(f.OptionLabel(key, v.Lang), color(f, key))
}

// moment is day and time in the user's zone.
func moment(v *kit.View, t time.Time) kit.Markup {
	return timeMark(`class="num" `, t.UTC().Format(time.RFC3339), v.MomentLong(t, v.Zone), v.Moment(t, v.Zone, v.Now))
}

func timeMark(attributes kit.Markup, at, title, text string) kit.Markup {
	return `<time ` + attributes + `datetime="` + kit.Markup(at) + `" title="` + kit.Text(title) + `">` + kit.Text(text) + `</time>`
}

// link is the one record, colleague or file that a field names.
func link(v *kit.View, n *Names, f *schema.FieldDef, id value.ID) kit.Markup {
	if f.ValueKind() == schema.KindFile {
		return `<span class="rlink">` + kit.Icon("paperclip") + kit.Text(v.T("web.parts.file")) + `</span>`
	}
	return Link(v, n, f.Target, id)
}

// Link is a record as others name it: its picture and title, leading to its
// page. One that the actor may not read is a neutral word.
func Link(v *kit.View, n *Names, object string, id value.ID) kit.Markup {
	title, ok := n.Title(object, id)
	if !ok {
		return `<span class="faint">` + kit.Text(v.T("web.parts.unreadable")) + `</span>`
	}
	if url := kit.Text(n.URL(object, id)); url != "" {
		whole := kit.Markup("")
		if utf8.RuneCountInString(title) > 18 { // the column may cut it off
			whole = `" title="` + kit.Text(title)
		}
		return `<a class="rlink" href="` + url + `" data-peek="` + url + `/peek` + whole + `">` + Picture(n, object, title) + `<span class="cut">` + kit.Text(title) + `</span></a>`
	}
	if object == people {
		return kit.PersonTag(kit.Person{ID: id.String(), Name: title})
	}
	if color, ok := n.state(object, id); ok {
		return kit.Tag(title, color)
	}
	return `<span>` + kit.Text(title) + `</span>`
}

// Picture stands before a record's title: initials of companies and people,
// the object's drawing of others.
func Picture(n *Names, object, title string) kit.Markup {
	switch object {
	case "account":
		return kit.Avatar(title, "sq")
	case "contact", "lead", people:
		return kit.Avatar(title, "")
	}
	return kit.Icon(n.icon(object))
}
