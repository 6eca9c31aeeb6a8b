package parts

import (
	"net/url"
	"strings"

	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/web/kit"
)

// Read is what was typed into the control of a field, as a value for
// record.Values; nil = emptied. The fault's field is the field's API name.
func Read(v *kit.View, s *record.Session, f *schema.FieldDef, form url.Values, name string) (any, error) {
	return f.Parse(strings.Join(form[name], ";"), s.StoreEnv())
}
