package ownership

import (
	"context"
	"slices"

	"wellmet/internal/record"
	"wellmet/internal/value"
)

// What a deal sells stands on lines of it, which come after it.
const (
	dealLine = "deal_line"
	deal     = "deal"
)

// byLines asks the rules again when lines come to deals that no rule has given
// to anybody: those that nobody owns, and those that this act has made.
func (x *Room) byLines(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	var ids []value.ID
	for _, d := range drafts {
		id, _ := d.Field(deal).(value.ID)
		if (d.Doing == record.Creating || d.Doing == record.Updating) && id != 0 && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	if s.Undoing() || len(ids) == 0 {
		return nil
	}
	rules, err := rulesOf(ctx, s)
	if err != nil || !slices.ContainsFunc(rules, func(y rule) bool { return y.object == deal && y.when != nil }) {
		return err
	}
	sys := s.AsSystem("deals go to whom the rules choose")
	found, err := sys.GetMany(ctx, deal, ids)
	if err != nil {
		return err
	}
	now, b := &round{room: x, s: s, rules: rules}, record.Batch{Object: deal, Accept: true}
	for _, id := range ids {
		was, made := told(s)[id]
		if found[id] == nil || found[id].Owner() != 0 && (!made || was.Rule != 0 && !was.Fallback) {
			continue
		}
		v, err := now.judge(ctx, deal, found[id])
		if err != nil {
			return err
		}
		if v.Rule == 0 || v.Fallback || v.Owner == found[id].Owner() {
			continue
		}
		told(s)[id] = v
		b.Changes = append(b.Changes, record.Change{ID: id, Values: record.Values{"owner": v.Owner}})
	}
	if len(b.Changes) == 0 {
		return nil
	}
	_, err = sys.Save(ctx, b)
	return err
}
