package dedupe

import (
	"context"

	"wellmet/internal/access"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// Rules are what this room does when records change.
func Rules() []record.Rule {
	return []record.Rule{{Name: "merged records", Applied: comeBack}}
}

// comeBack ends a merge whose loser is there again. Where the merge is taken
// back, files and shares go back as well; where somebody only took the record
// out of the trash, they stay.
func comeBack(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	if len(drafts) == 0 || drafts[0].Doing != record.Restoring || !Mergeable(drafts[0].Object) {
		return nil
	}
	for _, d := range drafts {
		r, found, err := readRow(ctx, s.Tx(), d.ID, true)
		if err != nil {
			return err
		}
		if !found || r.state != done {
			continue
		}
		var by value.ID
		if _, err := s.Tx().Row(ctx, `SELECT undone_by FROM {act} WHERE id = $1`, []any{r.act}, &by); err != nil {
			return err
		}
		if by != 0 && by == s.Act() {
			if err := r.giveBack(ctx, s, d.Object); err != nil {
				return err
			}
		}
		if _, err := s.Tx().Exec(ctx, `UPDATE {merged} SET state = $1 WHERE loser = $2`, undone, d.ID); err != nil {
			return err
		}
	}
	return nil
}

func (r row) giveBack(ctx context.Context, s *record.Session, o *schema.Object) error {
	if len(r.rest.Files) > 0 {
		if _, err := s.MoveFiles(ctx, o, r.winner, r.loser, r.rest.Files...); err != nil {
			return err
		}
	}
	for _, x := range r.rest.Shares {
		if x.Was == 0 {
			if _, err := access.Unshare(ctx, s.Tx(), o, r.winner, x.Member, x.Team); err != nil {
				return err
			}
			continue
		}
		g := access.Grant{Object: o, Record: r.winner, Member: x.Member, Team: x.Team, Level: x.Was, By: s.Actor().Member(), At: s.Now()}
		if err := access.Share(ctx, s.Tx(), g); err != nil {
			if _, refused := fault.As(err); !refused { // who left needs no share
				return err
			}
		}
	}
	return nil
}

// Regain reports whether links that an act moved with the system's rights go
// back with them: those of a merge whose loser is there again. Before the merge
// is taken back, a loser that the act itself deleted counts as well: it comes
// first. Whether the actor may restore it is asked with the act's other deletions.
func Regain(ctx context.Context, s *record.Session, act value.ID, before bool) (bool, error) {
	sql := `SELECT g.loser FROM {merged} g WHERE g.act = $1 AND (g.state <> $2`
	if before { // one that was purged has no history
		sql += ` OR EXISTS (SELECT 1 FROM {history} h WHERE h.act = g.act AND h.record = g.loser AND h.kind = 'delete')`
	}
	return s.Tx().Row(ctx, sql+`)`, []any{act, done}, nil)
}

// Winner finds the record that one went into, as far as the actor may read it.
func Winner(ctx context.Context, s *record.Session, o *schema.Object, loser value.ID) (value.ID, bool, error) {
	at := loser
	for range mostUp { // that one may have gone into another
		r, found, err := readRow(ctx, s.Tx(), at, false)
		if err != nil {
			return 0, false, err
		}
		if !found || r.state != done || r.object != o.ID {
			break
		}
		at = r.winner
	}
	if at == loser {
		return 0, false, nil
	}
	_, err := s.Get(ctx, o.Name, at)
	if fault.Is(err, fault.NotFound) {
		return 0, false, nil
	}
	return at, err == nil, err
}
