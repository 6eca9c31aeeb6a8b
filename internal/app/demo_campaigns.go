package app

import (
	"context"
	"time"

	"wellmet/internal/app/sample"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/value"
)

// demoMonths is for how many months, this one included, the sample company has
// campaigns and knows what it spent.
const demoMonths = 6

// demoCampaigns are what leads of the sample came by: of one of its sources, by a
// channel, for so much a month. Without a code it is no campaign but the cost of a
// source.
var demoCampaigns = []struct {
	name, code, source, channel string
	amount                      int64 // a month, in whole units
}{
	{"Webinar series", "webinar-series", "Webinar", "webinar", 1800},
	{"Trade fair", "trade-fair", "Trade fair", "event", 4200},
	{"Newsletter", "newsletter", "Newsletter", "email", 350},
	{"Website and search", "", "Website", "search", 2400},
}

// campaigns are the sample's, with what they cost month by month, and the touches
// by which leads came to know of them.
func (l *loader) campaigns(ctx context.Context) error {
	var ways map[string]value.ID
	var today value.Date
	err := l.w.Read(ctx, asDemo, func(s *record.Session) error {
		ways, today = map[string]value.ID{}, s.Today()
		return s.Each(ctx, record.Query{Object: sales.LeadSources.Name, Sort: "-position"}, func(r *record.Record) error {
			way, _ := record.Get(r, sales.LeadSourceWay)
			ways[way] = r.ID // the first of each
			return nil
		})
	})
	if err != nil {
		return err
	}
	first := today.MonthStart().AddMonths(1 - demoMonths)
	if err := l.spend(ctx, ways, first); err != nil {
		return err
	}
	_, err = l.save(ctx, sales.Touches.Name, l.touches(ways, first))
	return err
}

// spend makes the campaigns and the costs of each month.
func (l *loader) spend(ctx context.Context, ways map[string]value.ID, first value.Date) error {
	var costs []record.Change
	for _, x := range demoCampaigns {
		var campaign value.ID
		if x.code != "" {
			v := record.With(record.With(record.Values{}, sales.CampaignName, x.name), sales.CampaignCode, x.code)
			ids, err := l.save(ctx, sales.Campaigns.Name, []record.Change{{Values: record.With(v, sales.CampaignFirst, first)}})
			if err != nil {
				return err
			}
			campaign = ids[0]
		}
		for month := first; month < first.AddMonths(demoMonths); month = month.AddMonths(1) {
			v := record.With(record.With(record.Values{}, sales.CostName, x.name), sales.CostAmount, value.Money{Minor: x.amount * 100, Currency: l.c.Currency})
			record.With(record.With(v, sales.CostFirst, month), sales.CostLast, month.AddMonths(1).AddDays(-1))
			record.With(v, sales.CostChannel, x.channel)
			if id, ok := ways[demoSources[x.source]]; ok {
				record.With(v, sales.CostSource, id)
			}
			if campaign != 0 {
				record.With(v, sales.CostCampaign, campaign)
			}
			costs = append(costs, record.Change{Values: v})
		}
	}
	_, err := l.save(ctx, sales.SourceCosts.Name, costs)
	return err
}

// touches are how leads of the months came: those of a campaign knew of it two hours
// before they wrote, and every fifth of the others had the newsletter afterwards.
func (l *loader) touches(ways map[string]value.ID, first value.Date) (list []record.Change) {
	for i, p := range l.c.Leads {
		if l.day(p.Created) < first {
			continue
		}
		if n, when := cameBy(i, p); n >= 0 && !when.After(l.w.engine.Now()) {
			x := demoCampaigns[n]
			source, ok := ways[demoSources[x.source]]
			if !ok {
				continue
			}
			v := record.With(record.With(record.Values{}, sales.TouchLead, l.leadIDs[i]), sales.TouchSource, source)
			record.With(record.With(v, sales.TouchAt, when), sales.TouchChannel, x.channel)
			text(v, sales.TouchCampaign.Name(), x.code)
			list = append(list, l.then(v, p.Created, p.Owner))
		}
	}
	return list
}

// cameBy is the campaign that a lead came by, and when; -1 for none.
func cameBy(i int, p sample.Lead) (int, time.Time) {
	for n, x := range demoCampaigns {
		if x.source == p.Source {
			return n, p.Created.Add(-2 * time.Hour)
		}
	}
	if i%5 == 0 {
		return 2, p.Created.Add(3 * time.Hour)
	}
	return -1, time.Time{}
}
