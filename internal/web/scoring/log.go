package scoring

import (
	"time"

	"wellmet/internal/process"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
)

// mostLogged is how many lines of the log a rule's page shows.
const mostLogged = 50

// logged is a record that a rule could not judge.
type logged struct {
	title, url, reason string
	at                 time.Time
}

// logOf are the records that a rule could not judge, the latest first.
func logOf(c *door.Call, s *record.Session, o *schema.Object, rule value.ID) ([]logged, error) {
	lines, err := process.Log(c.Ctx, s, rule, 0, mostLogged)
	if err != nil {
		return nil, err
	}
	var ids []value.ID
	for _, l := range lines {
		ids = append(ids, l.Record)
	}
	found, err := s.GetMany(c.Ctx, o.Name, ids)
	if err != nil {
		return nil, err
	}
	var list []logged
	for _, l := range lines {
		y := logged{at: l.At, reason: l.Problem, title: l.Record.String()}
		if r := found[l.Record]; r != nil {
			y.title, y.url = r.Title(), "/"+o.Plural+"/"+r.ID.String()
		}
		list = append(list, y)
	}
	return list, nil
}
