package kit

import (
	"context"
	"io"

	"github.com/a-h/templ"
)

// Markup is HTML written by hand. It is for the small things of which a page
// has hundreds: a component of templ costs a context, and a class that is
// computed three maps, each time.
type Markup string

// Render implements templ.Component.
func (m Markup) Render(_ context.Context, w io.Writer) error {
	_, err := io.WriteString(w, string(m))
	return err
}

// Text is a text with nothing around it.
func Text(text string) Markup { return Markup(templ.EscapeString(text)) }

// Icon is a drawing of the sprite, always beside a word or in a control with a
// label of its own.
func Icon(name string) Markup {
	return `<svg class="i" aria-hidden="true"><use href="` + Markup(asset("icons.svg")) + "#" + Text(name) + `"></use></svg>`
}

// Avatar is the initials of somebody or something.
func Avatar(name, class string) Markup {
	if class != "" {
		class += " "
	}
	return `<span class="av ` + Markup(class+AvatarClass(name)) + `" aria-hidden="true">` + Text(Initials(name)) + `</span>`
}

// PersonTag is a colleague: initials and name.
func PersonTag(p Person) Markup {
	if p.Name == "" {
		return ""
	}
	return `<span class="person">` + Avatar(p.Name, "") + `<span class="cut">` + Text(p.Name) + `</span></span>`
}

// Tag is an option in its colour; gray when it has none.
func Tag(label, color string) Markup {
	return `<span class="tag ` + Markup(tagColor(color)) + `">` + Text(label) + `</span>`
}
