package app

import (
	"context"

	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/value"
)

// rivals lists the competitors and says which deals they want. Which of them had a
// deal is marked when it is lost, as in any company.
func (l *loader) rivals(ctx context.Context) error {
	var names, deals []record.Change
	place := map[string]int{}
	for _, d := range l.c.Deals {
		if _, ok := place[d.Competitor]; d.Competitor != "" && !ok {
			place[d.Competitor] = len(names)
			names = append(names, l.then(record.With(record.Values{}, sales.CompetitorName, d.Competitor), d.Created, d.Owner))
		}
	}
	ids, err := l.save(ctx, sales.Competitors.Name, names)
	if err != nil {
		return err
	}
	for i, d := range l.c.Deals {
		if d.Competitor != "" {
			deals = append(deals, l.then(l.rival(l.dealIDs[i], ids[place[d.Competitor]]), d.Created, d.Owner))
		}
	}
	_, err = l.save(ctx, sales.DealCompetitors.Name, deals)
	return err
}

func (l *loader) rival(deal, competitor value.ID) record.Values {
	return record.With(record.With(record.Values{}, sales.RivalDeal, deal), sales.RivalCompetitor, competitor)
}
