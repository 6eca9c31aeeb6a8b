package parts

import (
	"context"
	"time"

	"wellmet/internal/process"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// mostFailed is how many lines of the log a rule's page shows.
const mostFailed = 50

// Failed is a record that a rule could not judge.
type Failed struct {
	title, url, reason string
	at                 time.Time
}

// FailedOf are the records that a rule could not judge, the latest first.
func FailedOf(ctx context.Context, s *record.Session, o *schema.Object, rule value.ID) ([]Failed, error) {
	lines, err := process.Log(ctx, s, rule, 0, mostFailed)
	if err != nil {
		return nil, err
	}
	var ids []value.ID
	for _, l := range lines {
		ids = append(ids, l.Record)
	}
	found, err := s.GetMany(ctx, o.Name, ids)
	if err != nil {
		return nil, err
	}
	var list []Failed
	for _, l := range lines {
		y := Failed{at: l.At, reason: l.Problem, title: l.Record.String()}
		if r := found[l.Record]; r != nil {
			y.title, y.url = r.Title(), "/"+o.Plural+"/"+r.ID.String()
		}
		list = append(list, y)
	}
	return list, nil
}
