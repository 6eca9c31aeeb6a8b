package process

import (
	"context"
	"time"

	"wellmet/internal/expr"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// DueField is the field, of objects that have it, that tells until when a record
// may stay where it is; empty while no limit runs.
const DueField = "stage_due"

// showDue writes it for records whose clocks have changed. What stands in several
// processes is due when the first of them says.
func showDue(ctx context.Context, s *record.Session, o *schema.Object, ids []value.ID) error {
	f, ok := o.Field(DueField)
	if !ok || len(ids) == 0 {
		return nil
	}
	runs, err := runsOf(ctx, s, ids)
	if err != nil {
		return err
	}
	rows := make(map[value.ID][]any, len(ids))
	for _, id := range ids {
		rows[id] = []any{nil}
	}
	for key, r := range runs {
		if was, told := rows[key.record][0].(time.Time); r.due != nil && (!told || r.due.Before(was)) {
			rows[key.record] = []any{*r.due}
		}
	}
	return s.SetDerived(ctx, o, []*schema.FieldDef{f}, rows)
}

// shown are the records of a write whose field has something to tell, or had.
func shown(memo decisions, drafts []*record.Draft) (ids []value.ID) {
	for _, d := range drafts {
		had := d.Record().Field(DueField) != nil
		for _, x := range memo[d] {
			if had || x.of != nil && x.of.limited {
				ids = append(ids, d.ID)
				break
			}
		}
	}
	return ids
}

// undue is the job that empties the field of records whose process has ended.
type undue struct {
	Object string   `json:"object"`
	After  value.ID `json:"after,omitempty"`
}

// Kind implements jobs.Job.
func (undue) Kind() string { return "process.undue" }

const undueChunk = 200

func undueSome(ctx context.Context, e *record.Engine, j undue) error {
	return e.Write(ctx, clockwork(), func(s *record.Session) error {
		sys := s.AsSystem("time limits that ended")
		o, err := sys.Object(j.Object)
		if err != nil {
			return nil //nolint:nilerr // nobody has such records any more
		}
		f, ok := o.Field(DueField)
		if !ok {
			return nil
		}
		where, err := expr.Check(DueField+" is not empty", s.Schema().Scope(o, nil), expr.Type{Kind: expr.Bool})
		if err != nil {
			return err
		}
		page, err := sys.After(ctx, f.Object.Name, where, j.After, undueChunk)
		if err != nil {
			return err
		}
		ids := make([]value.ID, len(page))
		for i, r := range page {
			ids[i] = r.ID
		}
		if err := showDue(ctx, s, o, ids); err != nil || len(ids) < undueChunk {
			return err
		}
		return s.Later(undue{Object: j.Object, After: ids[len(ids)-1]})
	})
}
