package parts

import (
	"bytes"
	"encoding/json"

	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/web/kit"
)

// Past reads a value as history keeps it; what no longer fits the field is
// gone.
func Past(s *record.Session, f *schema.FieldDef, raw []byte) any {
	if len(raw) == 0 {
		return nil
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var x any
	if d.Decode(&x) != nil || x == nil {
		return nil
	}
	v, err := f.Check(x, s.StoreEnv())
	if err != nil {
		return nil
	}
	return v
}

// Door is the way by which an act came in.
func Door(v *kit.View, name string) string {
	switch name {
	case "page":
		return v.T("web.record.door_page")
	case "api":
		return v.T("web.record.door_api")
	case "import":
		return v.T("web.record.door_import")
	case "cli":
		return v.T("web.record.door_cli")
	case "job":
		return v.T("web.record.door_job")
	}
	return name
}
