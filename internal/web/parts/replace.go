package parts

import (
	"net/url"
	"strings"

	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
	"wellmet/internal/web/kit"
)

// ReplaceWith is the input that names what takes the place of deleted records.
const ReplaceWith = "replace_with"

// Replacing is the control that asks for it.
func Replacing(v *kit.View, o *schema.Object, form url.Values) Control {
	c := Control{ID: "replace-with", Name: ReplaceWith, Field: replacement(v, o), Autofocus: true, Required: true}
	if form.Has(ReplaceWith) {
		c.Typed = Typed(c.Field, form, ReplaceWith)
	}
	return c
}

func replacement(v *kit.View, o *schema.Object) *schema.FieldDef {
	return &schema.FieldDef{Name: ReplaceWith, Kind: schema.KindLink, Target: o.Name, Labels: map[string]string{v.Lang: v.T("web.parts.replace_with")}}
}

// Replacement reads which record takes the place; 0 = nobody asked.
func Replacement(v *kit.View, s *record.Session, o *schema.Object, form url.Values) (value.ID, error) {
	if !form.Has(ReplaceWith) && !form.Has(ReplaceWith+textPart) {
		return 0, nil
	}
	r := reading{v: v, s: s, f: replacement(v, o), form: form, name: ReplaceWith, text: strings.TrimSpace(form.Get(ReplaceWith))}
	typed, picked := r.typed()
	if typed == "" && !picked {
		return 0, nil
	}
	find := func() (value.ID, error) { return r.find(typed) }
	if picked {
		find = func() (value.ID, error) { return value.ParseID(r.text) }
	}
	id, err := find()
	if err != nil {
		return 0, r.blame(err, typed)
	}
	return id, nil
}
