package dedupe

import (
	"context"
	"encoding/json"
	"fmt"

	"wellmet/internal/access"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

const (
	// atOnce is how many links a merge moves within the request: about half a
	// second of the writer, as bulk changes take.
	atOnce = 1000
	// step is how many a transaction of a larger one takes.
	step = 500
)

// The states of a merge.
const (
	running = "running" // a job is at it
	done    = "done"
	undone  = "undone"
	failed  = "failed"
)

// Merged is what became of a merge.
type Merged struct {
	Winner record.Outcome
	Act    value.ID
	// Running says that there was more to move than a request may: a job goes on,
	// and the act is not over.
	Running bool
}

// rest is what a merge keeps to go on, and to be taken back.
type rest struct {
	Picks  map[string]Pick `json:"picks,omitempty"`
	Values record.Values   `json:"values,omitempty"`
	Scopes []string        `json:"scopes,omitempty"`
	Files  []value.ID      `json:"files,omitempty"`
	// Shares are those of the winner that are new, with the level they had before
	// where they only grew.
	Shares []shared `json:"shares,omitempty"`
}

type shared struct {
	Member value.ID `json:"member,omitempty"`
	Team   value.ID `json:"team,omitempty"`
	Was    int64    `json:"was,omitempty"`
}

// Merge makes one record of two, in one act. What links to the loser links to
// the winner then, whoever may see it; files and shares come along. A large one
// is carried on by a job.
func Merge(ctx context.Context, s *record.Session, x Order) (Merged, error) {
	p, err := Look(ctx, s, x)
	if err != nil {
		return Merged{}, err
	}
	if err := hold(ctx, s, p); err != nil {
		return Merged{}, err
	}
	if err := begin(ctx, s, p); err != nil {
		return Merged{}, err
	}
	if err := unbend(ctx, s, p); err != nil {
		return Merged{}, err
	}
	r := rest{Picks: x.Picks, Values: x.Values, Scopes: s.Who().Scopes}
	left, err := move(ctx, s, p, atOnce)
	if err != nil {
		return Merged{}, err
	}
	if left {
		if err := note(ctx, s, p, running, r); err != nil {
			return Merged{}, err
		}
		return Merged{Winner: record.Outcome{ID: x.Winner, Version: p.Winner.Version}, Act: s.Act(), Running: true}, s.Later(Job{Loser: x.Loser})
	}
	out, err := finish(ctx, s, p, r)
	return Merged{Winner: out, Act: s.Act()}, err
}

// hold keeps others from changing the two meanwhile, in the order of ids so
// that two who merge the same pair wait for each other.
func hold(ctx context.Context, s *record.Session, p *Plan) error {
	rows, err := s.Tx().Query(ctx, `SELECT t.id FROM {`+p.Object.Table+`} t WHERE t.id IN ($1, $2) AND t.deleted_at IS NULL ORDER BY t.id`+
		s.Tx().Dialect().ForUpdate(), p.Winner.ID, p.Loser.ID)
	if err != nil {
		return err
	}
	defer rows.Close()
	n := 0
	for rows.Next() {
		n++
	}
	if err := rows.Err(); err != nil {
		return err
	}
	if n < 2 {
		return errMerged
	}
	return nil
}

var errMerged = fault.New(fault.Conflict, "dedupe.already_merged", nil)

// begin notes the merge; one that is under way with either of them is first.
func begin(ctx context.Context, s *record.Session, p *Plan) error {
	busy, err := s.Tx().Row(ctx, `SELECT loser FROM {merged} WHERE state = $1 AND (loser IN ($2, $3) OR winner IN ($2, $3))`,
		[]any{running, p.Winner.ID, p.Loser.ID}, nil)
	if err != nil {
		return err
	}
	if busy {
		return errMerged
	}
	_, err = s.Tx().Exec(ctx, `INSERT INTO {merged} (loser, winner, object, act, state, at, by_member) VALUES ($1, $2, $3, 0, $4, $5, $6)
		ON CONFLICT (loser) DO UPDATE SET winner = excluded.winner, act = 0, state = excluded.state, at = excluded.at, by_member = excluded.by_member, error = NULL`,
		p.Loser.ID, p.Winner.ID, p.Object.ID, running, s.Now(), s.Who().Member)
	return err
}

// note keeps how far the merge is.
func note(ctx context.Context, s *record.Session, p *Plan, state string, r rest) error {
	text, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("merge of %d: %w", p.Loser.ID, err)
	}
	_, err = s.Tx().Exec(ctx, `UPDATE {merged} SET state = $1, act = $2, rest = $3, at = $4 WHERE loser = $5`, state, s.Act(), string(text), s.Now(), p.Loser.ID)
	return err
}

// mostUp ends a chain of parents that is a circle.
const mostUp = 100

// unbend lets a winner that stands somewhere below the loser stand where the
// loser stood: otherwise it would come to stand below itself.
func unbend(ctx context.Context, s *record.Session, p *Plan) error {
	sys := s.AsSystem("merge of a parent into its child")
	for _, f := range s.LinkFields(p.Object) {
		if f.Object != p.Object || f.Kind != schema.KindLink {
			continue
		}
		at := p.winner
		for range mostUp {
			up, ok := at.Value(f).(value.ID)
			if !ok {
				break
			}
			if up != p.Loser.ID {
				var err error
				if at, err = sys.Get(ctx, p.Object.Name, up); err != nil {
					break // a parent in the trash ends the chain
				}
				continue
			}
			above := p.loser.Value(f)
			if p.own(above) {
				above = nil
			}
			if _, err := sys.Update(ctx, p.Object.Name, p.Winner.ID, 0, record.Values{f.Name: above}); err != nil {
				return err
			}
			break
		}
	}
	return nil
}

// move lets up to limit records link to the winner, and reports whether there
// are more. A record that stands for a pair which is there already, such as a
// person's role on a deal, is not kept twice.
func move(ctx context.Context, s *record.Session, p *Plan, limit int) (left bool, err error) {
	sys := s.AsSystem("links of a merged record")
	from, to := schema.Ref{Object: p.Object.Name, ID: p.Loser.ID}, schema.Ref{Object: p.Object.Name, ID: p.Winner.ID}
	for _, f := range s.LinkFields(p.Object) {
		for {
			if limit <= 0 {
				return remaining(ctx, s, p)
			}
			out, err := sys.MoveLinks(ctx, f, from, to, limit)
			if err != nil {
				return false, err
			}
			if len(out) == 0 {
				break
			}
			limit -= len(out)
			for _, x := range out {
				if x.Err == nil {
					continue
				}
				if f.Object.Access != schema.Child && (f.OnDelete != schema.Cascade || !f.Required) {
					return false, record.InWords(x.Err)
				}
				if err := sys.Delete(ctx, f.Object.Name, x.ID); err != nil {
					return false, err
				}
			}
		}
	}
	return false, nil
}

func remaining(ctx context.Context, s *record.Session, p *Plan) (bool, error) {
	for _, f := range s.LinkFields(p.Object) {
		n, err := s.CountLinks(ctx, f, schema.Ref{Object: p.Object.Name, ID: p.Loser.ID})
		if err != nil || n > 0 {
			return true, err
		}
	}
	return false, nil
}

// finish brings along what is no record, lets the loser go and gives the
// winner its values: in this order, since unique ones are free only then.
func finish(ctx context.Context, s *record.Session, p *Plan, r rest) (out record.Outcome, err error) {
	if r.Files, err = s.MoveFiles(ctx, p.Object, p.Loser.ID, p.Winner.ID); err != nil {
		return out, err
	}
	if r.Shares, err = share(ctx, s, p); err != nil {
		return out, err
	}
	if err := s.Delete(ctx, p.Object.Name, p.Loser.ID); err != nil {
		return out, err
	}
	saved, err := s.Save(ctx, record.Batch{Object: p.Object.Name, Changes: []record.Change{{ID: p.Winner.ID, Values: p.values(r.Values), Took: p.Loser.ID}}})
	if err != nil {
		return out, err
	}
	out = saved[0]
	if len(p.quiet) > 0 {
		if out, err = s.AsSystem("what a merge takes over unseen").Update(ctx, p.Object.Name, p.Winner.ID, 0, p.quiet); err != nil {
			return out, err
		}
	}
	return out, note(ctx, s, p, done, r)
}

// share lets whom the loser was shared with see the winner as well.
func share(ctx context.Context, s *record.Session, p *Plan) ([]shared, error) {
	theirs, err := access.Shares(ctx, s.Tx(), p.Object, p.Loser.ID, s.Now())
	if err != nil || len(theirs) == 0 {
		return nil, err
	}
	ours, err := access.Shares(ctx, s.Tx(), p.Object, p.Winner.ID, s.Now())
	if err != nil {
		return nil, err
	}
	var added []shared
	for _, g := range theirs {
		was := int64(0)
		for _, x := range ours {
			if x.Member == g.Member && x.Team == g.Team {
				was = x.Level
			}
		}
		if was >= g.Level || g.Member != 0 && !s.Roster().Active(g.Member) {
			continue
		}
		g.Record = p.Winner.ID
		if err := access.Share(ctx, s.Tx(), g); err != nil {
			return nil, err
		}
		added = append(added, shared{Member: g.Member, Team: g.Team, Was: was})
	}
	return added, nil
}

// row is a merge as it is kept.
type row struct {
	loser, winner, act, by value.ID
	object, state          string
	rest                   rest
}

func readRow(ctx context.Context, tx *store.Tx, loser value.ID, lock bool) (r row, found bool, err error) {
	sql := `SELECT loser, winner, act, by_member, object, state, rest FROM {merged} WHERE loser = $1`
	if lock {
		sql += tx.Dialect().ForUpdate()
	}
	var text string
	found, err = tx.Row(ctx, sql, []any{loser}, &r.loser, &r.winner, &r.act, &r.by, &r.object, &r.state, &text)
	if err != nil || !found {
		return r, false, err
	}
	return r, true, json.Unmarshal([]byte(text), &r.rest)
}
