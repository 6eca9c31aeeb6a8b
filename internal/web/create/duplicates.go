package create

import (
	"net/http"
	"slices"

	"wellmet/internal/access"
	"wellmet/internal/i18n"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
	"wellmet/internal/web/parts"
)

// mostThere is how many records the hint names.
const mostThere = 5

// tells reports whether a field tells a record apart from others: its title,
// e-mail and phone.
func tells(o *schema.Object, f *schema.FieldDef) bool {
	if f.Many {
		return false
	}
	k := f.ValueKind()
	return k == schema.KindEmail || k == schema.KindPhone || f.Name == o.Title && k == schema.KindText
}

// duplicates names the records that have what was just typed, among those
// that the caller may read.
func duplicates(c *door.Call) error {
	query := c.R.URL.Query()
	var n *parts.Names
	var there []schema.Ref
	var joins map[value.ID]bool
	err := c.Read(func(s *record.Session) error {
		o, err := c.Object(s)
		if err != nil {
			return err
		}
		n = parts.NewNames(s)
		for _, f := range o.Fields {
			if !tells(o, f) || query.Get(f.Name) == "" || len(there) >= mostThere {
				continue
			}
			found, err := same(c, s, o, f, query.Get(f.Name))
			if err != nil {
				return err
			}
			for _, h := range found {
				if ref := (schema.Ref{Object: h.Object.Name, ID: h.ID}); !slices.Contains(there, ref) && len(there) < mostThere {
					n.Add(ref.Object, ref.ID, h.Title)
					there = append(there, ref)
				}
			}
		}
		joins, err = joinable(c, s, o, there)
		return err
	})
	if err != nil {
		return err
	}
	return c.Parts(http.StatusOK, alreadyThere(c.View, n, there, joins))
}

// same finds records with exactly that e-mail or phone, whatever they are, or
// of the object with that title.
func same(c *door.Call, s *record.Session, o *schema.Object, f *schema.FieldDef, text string) ([]record.Hit, error) {
	v, err := f.Parse(text, s.StoreEnv())
	want, ok := v.(string)
	if err != nil || !ok { // not yet a whole address or number
		return nil, nil //nolint:nilerr // see above
	}
	objects := []string{o.Name}
	if f.Name != o.Title {
		objects = reachable(s, o)
	}
	result, err := s.Search(c.Ctx, record.SearchQuery{Text: want, Objects: objects, Limit: mostOptions})
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(result.Hits, func(h record.Hit) bool { return !hits(h, o, f, want) }), nil
}

// reachable are the objects whose records have e-mails and phones.
func reachable(s *record.Session, own *schema.Object) []string {
	names := []string{own.Name}
	for _, o := range s.Schema().Objects() {
		if o != own && o.Timeline && s.Actor().Can(o, access.Read) && slices.ContainsFunc(o.Fields, func(f *schema.FieldDef) bool { return tells(o, f) && f.Name != o.Title }) {
			names = append(names, o.Name)
		}
	}
	return names
}

// hits reports whether a hit has the very text: the search also finds parts.
func hits(h record.Hit, o *schema.Object, f *schema.FieldDef, want string) bool {
	if f.Name == o.Title && f.ValueKind() == schema.KindText {
		return i18n.Fold(h.Title) == i18n.Fold(want)
	}
	found, ok := h.Object.Field(h.Field)
	return ok && found.ValueKind() == f.ValueKind() && value.Equal(i18n.Fold(h.Text), i18n.Fold(want))
}
