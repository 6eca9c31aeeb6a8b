package dedupe

import (
	"context"
	"time"

	"wellmet/internal/fault"
	"wellmet/internal/i18n"
	"wellmet/internal/jobs"
	"wellmet/internal/notify"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// Job goes on with a merge that had more to move than a request may.
type Job struct {
	Loser value.ID `json:"loser"`
}

// Kind implements jobs.Job.
func (Job) Kind() string { return "dedupe.merge" }

// part is how long a job is at it before it lets others go first.
const part = 30 * time.Second

// Handle lets large merges go on. engine opens a workspace.
func Handle(r *jobs.Runner, engine func(ctx context.Context, workspace string) (*record.Engine, error)) {
	jobs.Handle(r, jobs.Options{}, func(ctx context.Context, run jobs.Run, j Job) error {
		e, err := engine(ctx, run.Workspace)
		if err != nil {
			return err
		}
		return goOn(ctx, e, j)
	})
}

func goOn(ctx context.Context, e *record.Engine, j Job) error {
	began := time.Now()
	for {
		more, err := chunk(ctx, e, j.Loser)
		if f, ok := fault.As(err); ok && f.Kind != fault.Unavailable {
			return fail(ctx, e, j.Loser, f)
		}
		if err != nil || !more {
			return err
		}
		if time.Since(began) > part {
			return e.Write(ctx, record.AsSystem("merge goes on"), func(s *record.Session) error { return s.Later(j) })
		}
	}
}

// chunk moves the next links, as part of the act that began the merge and with
// the rights that its member has now; the last one ends it.
func chunk(ctx context.Context, e *record.Engine, loser value.ID) (more bool, err error) {
	var r row
	var found bool
	if err := e.DB().Read(ctx, func(tx *store.Tx) (err error) {
		r, found, err = readRow(ctx, tx, loser, false)
		return err
	}); err != nil || !found || r.state != running {
		return false, err
	}
	who := record.Who{Member: r.by, Scopes: r.rest.Scopes, Door: "job", Cause: "merge", Act: r.act}
	if r.by == 0 {
		who.System = "merge"
	}
	err = e.Write(ctx, who, func(s *record.Session) error {
		more = false
		r, found, err := readRow(ctx, s.Tx(), loser, true)
		if err != nil || !found || r.state != running {
			return err
		}
		if over, err := takenBack(ctx, s, r); err != nil || over {
			return err
		}
		o, ok := objectOf(s, r.object)
		if !ok {
			return fault.New(fault.NotFound, "record.no_object", fault.Args{"object": r.object})
		}
		p, err := Look(ctx, s, Order{Object: o.Name, Winner: r.winner, Loser: r.loser, Picks: r.rest.Picks})
		if err != nil {
			return err
		}
		if more, err = move(ctx, s, p, step); err != nil || more {
			return err
		}
		if _, err := finish(ctx, s, p, r.rest); err != nil {
			return err
		}
		return tell(ctx, s, r, o, "notify.merged")
	}, store.Batch)
	return more, err
}

// takenBack ends a merge whose act was undone before it was over.
func takenBack(ctx context.Context, s *record.Session, r row) (bool, error) {
	var by value.ID
	if _, err := s.Tx().Row(ctx, `SELECT undone_by FROM {act} WHERE id = $1`+s.Tx().Dialect().ForUpdate(), []any{r.act}, &by); err != nil || by == 0 {
		return false, err
	}
	_, err := s.Tx().Exec(ctx, `UPDATE {merged} SET state = $1 WHERE loser = $2`, undone, r.loser)
	return true, err
}

func objectOf(s *record.Session, id string) (*schema.Object, bool) {
	for _, o := range s.Schema().Objects() {
		if o.ID == id {
			return o, true
		}
	}
	return nil, false
}

// tell tells whoever merged what became of it.
func tell(ctx context.Context, s *record.Session, r row, o *schema.Object, key string) error {
	return notify.Send(ctx, s, notify.Notice{To: []value.ID{r.by}, Kind: notify.Work, Key: key, Self: true,
		Link: schema.Ref{Object: o.Name, ID: r.winner}.String()})
}

// fail ends a merge with a reason that a person can read. What was moved stays
// moved, and can be taken back.
func fail(ctx context.Context, e *record.Engine, loser value.ID, why *fault.Error) error {
	return e.Write(ctx, record.AsSystem("merge failed"), func(s *record.Session) error {
		r, found, err := readRow(ctx, s.Tx(), loser, true)
		if err != nil || !found || r.state != running {
			return err
		}
		if _, err := s.Tx().Exec(ctx, `UPDATE {merged} SET state = $1, error = $2 WHERE loser = $3`,
			failed, i18n.Text("en", why.Key, why.Args), loser); err != nil {
			return err
		}
		o, ok := objectOf(s, r.object)
		if !ok {
			return nil
		}
		return tell(ctx, s, r, o, "notify.merge_failed")
	})
}
