package parts

import (
	"context"
	"slices"
	"strings"

	"wellmet/internal/fault"
	"wellmet/internal/i18n"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

// link is the id that the combobox holds, or the record whose title was typed
// without script.
func (r reading) link() (any, error) {
	typed, picked := r.typed()
	switch {
	case picked:
		return r.f.Parse(r.text, r.env())
	case typed == "":
		return nil, nil
	}
	return r.find(typed)
}

// typed is what stands in the combobox, and whether it is what its id is called.
func (r reading) typed() (text string, picked bool) {
	text = strings.TrimSpace(r.form.Get(r.name + textPart))
	return text, r.text != "" && (!r.form.Has(r.name+textPart) || text == strings.TrimSpace(r.form.Get(r.name+wasPart)))
}

// links are the ticked ones, and the one whose title was typed.
func (r reading) links() (any, error) {
	typed := strings.TrimSpace(r.form.Get(r.name + textPart))
	var list []any
	for _, text := range r.filled() {
		if !slices.Contains(list, any(text)) {
			list = append(list, text)
		}
	}
	if typed != "" {
		id, err := r.find(typed)
		if err != nil {
			return nil, err
		}
		list = append(list, id)
	}
	if len(list) == 0 {
		return nil, nil
	}
	return r.f.Check(list, r.env())
}

// find is the one record with that title.
func (r reading) find(title string) (value.ID, error) {
	found, err := r.named(title)
	switch {
	case err != nil:
		return 0, err
	case len(found) == 0:
		return 0, fault.New(fault.Invalid, "web.parts.no_such", fault.Args{"value": value.Printable(title)})
	case len(found) > 1:
		return 0, fault.New(fault.Invalid, "web.parts.several", fault.Args{"value": value.Printable(title)})
	}
	return found[0], nil
}

func (r reading) named(title string) ([]value.ID, error) {
	if r.f.Target == people {
		return r.colleagues(title), nil
	}
	o, err := r.s.Object(r.f.Target)
	if err != nil {
		return nil, nil //nolint:nilerr // who may not know of the object finds none
	}
	f, ok := o.Field(o.Title)
	if !ok || !r.s.Actor().CanFilter(f) {
		return nil, nil
	}
	// The transaction that the session stands in bounds this look-up.
	ctx := context.Background()
	if f.Search || f.Fragments { // by the index, which knows the words of titles
		result, err := r.s.Search(ctx, record.SearchQuery{Text: title, Objects: []string{o.Name}})
		if err != nil {
			return nil, err
		}
		var ids []value.ID
		for _, h := range result.Hits {
			if i18n.Fold(h.Title) == i18n.Fold(title) {
				ids = append(ids, h.ID)
			}
		}
		return ids, nil
	}
	found, err := r.s.FindBy(ctx, o, f, []string{title})
	return found[title], err
}

func (r reading) colleagues(name string) []value.ID {
	roster := r.s.Roster()
	return slices.DeleteFunc(roster.MemberIDs(), func(id value.ID) bool {
		return !roster.Person(id) || i18n.Fold(roster.Name(id)) != i18n.Fold(name)
	})
}
