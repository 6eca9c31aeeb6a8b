package process

import (
	"context"
	"time"

	"wellmet/internal/expr"
	"wellmet/internal/hours"
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
	clocks := make(map[value.ID][]*run, len(ids))
	for key, r := range runs {
		clocks[key.record] = append(clocks[key.record], r)
	}
	rows := make(map[value.ID][]any, len(ids))
	for _, id := range ids {
		rows[id] = []any{firstDue(clocks[id])}
	}
	return s.SetDerived(ctx, o, []*schema.FieldDef{f}, rows)
}

// deriveDue begins the runs of what moves, and lets its field tell what they say.
func deriveDue(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	memo, err := decided(s)
	if err != nil || len(memo.of) == 0 {
		return err
	}
	f, told := drafts[0].Object.Field(DueField)
	for _, d := range drafts {
		list := memo.of[d]
		for i := range list {
			if x := &list[i]; x.of != nil {
				cal, err := hours.Whose(ctx, s, d.Record().Owner())
				if err != nil {
					return err
				}
				x.enter(cal, s, d)
			}
		}
		if told && len(list) > 0 {
			d.Set(f.Name, memo.due(d))
		}
	}
	return nil
}

// due is until when a draft's record may stay where it comes to, by those of its
// processes in which it moves and those in which it stays; nil while no limit runs.
func (m *decisions) due(d *record.Draft) any {
	var clocks []*run
	over := map[value.ID]bool{} // what these blueprints said
	for _, x := range m.of[d] {
		for _, b := range []*blueprint{x.of, x.left} {
			if b != nil {
				over[b.id] = true
			}
		}
		if x.enters != nil {
			clocks = append(clocks, x.enters)
		}
	}
	for key, r := range m.runs {
		if key.record == d.ID && !over[key.blueprint] {
			clocks = append(clocks, r)
		}
	}
	return firstDue(clocks)
}

// firstDue is the earliest end of some clocks, nil while none runs.
func firstDue(clocks []*run) any {
	var first *time.Time
	for _, r := range clocks {
		if r.due != nil && (first == nil || r.due.Before(*first)) {
			first = r.due
		}
	}
	return orNull(first)
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
