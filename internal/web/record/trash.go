package record

import (
	"time"

	"wellmet/internal/access"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
)

// trashed is a deleted record, for those who may bring it back.
type trashed struct {
	o     *schema.Object
	id    value.ID
	title string
	since time.Time
	by    kit.Person
}

// inTrash looks a missing record up in the trash; absent is the answer to all
// who could not restore it.
func inTrash(c *door.Call, s *record.Session, absent error) (*trashed, error) {
	o, id, err := target(c, s)
	if err != nil || !s.Actor().Can(o, access.Delete) {
		return nil, absent
	}
	page, err := s.Query(c.Ctx, record.Query{Object: o.Name, Filter: `id = "` + id.String() + `"`, Trash: true, Limit: 1})
	if err != nil {
		return nil, err
	}
	if len(page.Records) == 0 {
		return nil, absent
	}
	r := page.Records[0]
	x := &trashed{o: o, id: id, title: r.Title()}
	x.since, _ = r.Field("updated_at").(time.Time)
	if by, ok := r.Field("updated_by").(value.ID); ok {
		x.by = kit.Person{ID: by.String(), Name: s.Roster().Name(by)}
	}
	return x, nil
}

// restore takes the record out of the trash.
func restore(c *door.Call) error {
	err := c.Write(c.R.PathValue("plural")+".restore", func(s *record.Session) error {
		o, id, err := target(c, s)
		if err != nil {
			return err
		}
		return s.Restore(c.Ctx, o.Name, id)
	})
	if err != nil {
		return err
	}
	return c.Go("/" + c.R.PathValue("plural") + "/" + c.R.PathValue("id"))
}
