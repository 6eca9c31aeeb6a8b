package sales

import (
	"context"
	"slices"
	"strings"

	"wellmet/internal/record"
	"wellmet/internal/value"
)

// rivals are the competitors that deals went to, of one save: deals of a team are
// closed by the hundred, and the list of competitors is the same for all of them.
type rivals struct {
	deals  []value.ID
	winner map[value.ID]value.ID // by deal; 0 = nobody of the list has it
}

// followLoss marks the competitor that a lost deal went to, where it is one of
// the list, and takes the mark away when the deal is taken up again.
func followLoss(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	named := map[value.ID]string{}
	var deals []value.ID
	for _, d := range drafts {
		if d.Doing != record.Creating && d.Doing != record.Updating || !d.Changed(DealCompetitor.Name()) && !d.Changed(DealStatus.Name()) {
			continue
		}
		status, _ := record.Will(d, DealStatus)
		name, _ := record.Will(d, DealCompetitor)
		if was, _ := record.Was(d, DealStatus); status != Lost && was != Lost {
			continue
		}
		if status != Lost {
			name = ""
		}
		deals, named[d.ID] = append(deals, d.ID), strings.TrimSpace(name)
	}
	if len(deals) == 0 {
		return nil
	}
	sys := s.AsSystem("a deal lost to a competitor")
	r := &rivals{deals: deals}
	if err := r.settle(ctx, sys, named); err != nil {
		return err
	}
	changes, err := r.changes(ctx, sys)
	if err != nil {
		return err
	}
	for chunk := range slices.Chunk(changes, record.MaxBatch) {
		if _, err := sys.Save(ctx, record.Batch{Object: DealCompetitors.Name, Changes: chunk}); err != nil {
			return err
		}
	}
	return nil
}

// mostCompetitors is how many competitors a company tells apart.
const mostCompetitors = 1000

// settle finds the competitors of the list by their names.
func (r *rivals) settle(ctx context.Context, s *record.Session, named map[value.ID]string) error {
	r.winner = map[value.ID]value.ID{}
	if !slices.ContainsFunc(r.deals, func(deal value.ID) bool { return named[deal] != "" }) {
		return nil
	}
	page, err := s.Query(ctx, record.Query{Object: Competitors.Name, Limit: mostCompetitors})
	if err != nil {
		return err
	}
	for _, deal := range r.deals {
		i := slices.IndexFunc(page.Records, func(c *record.Record) bool { return strings.EqualFold(c.Title(), named[deal]) })
		if i >= 0 && named[deal] != "" {
			r.winner[deal] = page.Records[i].ID
		}
	}
	return nil
}

// dealsAtOnce keeps the filter that names them short.
const dealsAtOnce = 200

// changes let the competitor that has a deal, and no other, bear the mark.
func (r *rivals) changes(ctx context.Context, s *record.Session) (changes []record.Change, err error) {
	there := map[value.ID]bool{}
	for deals := range slices.Chunk(r.deals, dealsAtOnce) {
		q := record.Query{Object: DealCompetitors.Name, Filter: record.Among(RivalDeal.Name(), deals)}
		err := s.Each(ctx, q, func(x *record.Record) error {
			deal, _ := record.Get(x, RivalDeal)
			id, _ := record.Get(x, RivalCompetitor)
			marked, _ := record.Get(x, RivalDecided)
			won := id == r.winner[deal]
			there[deal] = there[deal] || won
			if marked != won {
				changes = append(changes, record.Change{ID: x.ID, Values: record.With(record.Values{}, RivalDecided, won)})
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	for _, deal := range r.deals {
		if winner := r.winner[deal]; winner != 0 && !there[deal] {
			changes = append(changes, record.Change{Values: record.With(record.With(record.With(record.Values{}, RivalDeal, deal), RivalCompetitor, winner), RivalDecided, true)})
		}
	}
	return changes, nil
}
