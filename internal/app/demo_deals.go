package app

import (
	"context"
	"time"

	"github.com/shopspring/decimal"

	"wellmet/internal/app/sample"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/value"
)

var (
	dealKinds   = map[string]string{"new": "new", "expansion": "upsell", "renewal": "renewal"}
	lossReasons = map[string]string{"Price": "price", "Chose a competitor": "competitor", "No budget": "no_budget",
		"No answer": "no_contact", "Postponed": "timing"}
	stageColors = []string{"slate", "blue", "violet", "amber"}
	stageBets   = []string{"pipeline", "pipeline", "best", "commit"}
)

// pipelines: those that every workspace begins with become the first ones.
func (l *loader) pipelines(ctx context.Context) error {
	return l.w.Write(ctx, asDemo, func(s *record.Session) error {
		l.pipelineIDs, l.stageIDs = nil, nil
		shipped, err := s.Query(ctx, record.Query{Object: sales.Pipelines.Name, Sort: "position", Fields: []string{"id"}, Limit: 2})
		if err != nil {
			return err
		}
		old, err := s.Query(ctx, record.Query{Object: sales.Stages.Name, Sort: "position", Fields: []string{"name", "pipeline"}, Limit: 50})
		if err != nil {
			return err
		}
		for i, p := range l.c.Pipelines {
			var of []*record.Record
			for _, st := range old.Records {
				if at, _ := record.Get(st, sales.StagePipeline); i < len(shipped.Records) && at == shipped.Records[i].ID {
					of = append(of, st)
				}
			}
			if err := l.pipeline(ctx, s, p, i+1, of); err != nil {
				return err
			}
		}
		types, err := s.Query(ctx, record.Query{Object: sales.RecordTypes.Name, Sort: "position", Fields: []string{"id"}, Limit: 2})
		if err != nil {
			return err
		}
		l.typeIDs = nil
		b := record.Batch{Object: sales.RecordTypes.Name} // business of both kinds is new business
		for _, r := range types.Records {
			l.typeIDs = append(l.typeIDs, r.ID)
			b.Changes = append(b.Changes, record.Change{ID: r.ID, Values: record.With(record.Values{}, sales.TypePipeline, l.pipelineIDs[0])})
		}
		_, err = s.Save(ctx, b)
		return err
	})
}

// pipeline makes a pipeline of the old stages, as far as there are any, and of
// new ones.
func (l *loader) pipeline(ctx context.Context, s *record.Session, p sample.Pipeline, position int, old []*record.Record) error {
	v := record.With(record.Values{}, sales.PipelineName, p.Name)
	record.With(v, sales.PipelinePosition, int64(position))
	c := record.Change{Values: v}
	if len(old) > 0 {
		c.ID, _ = record.Get(old[0], sales.StagePipeline)
	}
	out, err := s.Save(ctx, record.Batch{Object: sales.Pipelines.Name, Changes: []record.Change{c}})
	if err != nil {
		return err
	}
	changes := make([]record.Change, len(p.Stages))
	for i, st := range p.Stages {
		changes[i].Values = stageValues(out[0].ID, st, i)
		if i < len(old) {
			changes[i].ID = old[i].ID
			delete(changes[i].Values, sales.StageKind.Name())
		}
	}
	made, err := s.Save(ctx, record.Batch{Object: sales.Stages.Name, Changes: changes})
	if err != nil {
		return err
	}
	ids := make([]value.ID, len(made))
	for i, o := range made {
		ids[i] = o.ID
	}
	l.pipelineIDs, l.stageIDs = append(l.pipelineIDs, out[0].ID), append(l.stageIDs, ids)
	return nil
}

func stageValues(pipeline value.ID, st sample.Stage, i int) record.Values {
	v := record.With(record.Values{}, sales.StageName, st.Name)
	record.With(v, sales.StagePipeline, pipeline)
	record.With(v, sales.StagePosition, int64(i+1))
	record.With(v, sales.StageKind, string(st.Kind))
	record.With(v, sales.StageProbability, decimal.NewFromInt(int64(st.Probability)))
	switch st.Kind {
	case sample.Won:
		record.With(v, sales.StageForecast, "closed")
		record.With(v, sales.StageColor, "green")
	case sample.Lost:
		record.With(v, sales.StageForecast, "omitted")
		record.With(v, sales.StageColor, "red")
	default:
		record.With(v, sales.StageForecast, stageBets[i])
		record.With(v, sales.StageColor, stageColors[i])
		record.With(v, sales.StageUsualDays, int64(st.Days))
	}
	return v
}

func (l *loader) products(ctx context.Context) error {
	changes := make([]record.Change, len(l.c.Products))
	for i, p := range l.c.Products {
		v := record.With(record.Values{}, sales.ProductName, p.Name)
		record.With(v, sales.ProductCode, p.SKU)
		record.With(v, sales.ProductSeries, p.Category)
		record.With(v, sales.ProductUnit, p.Unit)
		record.With(v, sales.ProductPrice, p.Price)
		if p.Cost.Currency != "" {
			record.With(v, sales.ProductCost, p.Cost)
		}
		record.With(v, sales.ProductTax, decimal.NewFromInt(int64(p.TaxRate)))
		if p.Yearly {
			record.With(v, sales.ProductBilling, sales.Yearly)
			record.With(v, sales.ProductPeriods, 1)
		}
		record.With(v, sales.ProductActive, p.Active)
		record.With(v, sales.ProductText, p.Description)
		changes[i] = l.then(v, l.c.Began, l.c.Admin())
	}
	var err error
	l.productIDs, err = l.save(ctx, sales.Products.Name, changes)
	return err
}

// deals as they were opened: in their first stage.
func (l *loader) deals(ctx context.Context) error {
	changes := make([]record.Change, len(l.c.Deals))
	for i, d := range l.c.Deals {
		changes[i] = l.deal(d)
	}
	var err error
	l.dealIDs, err = l.save(ctx, sales.Deals.Name, changes)
	return err
}

func (l *loader) deal(d sample.Deal) record.Change {
	v := record.With(record.Values{}, sales.DealName, d.Name)
	record.With(v, sales.DealStage, l.stageIDs[d.Pipeline-1][d.Passages[0].Stage])
	record.With(v, sales.DealKind, dealKinds[d.Kind])
	record.With(v, sales.DealType, l.typeOf(l.c.Accounts[d.Account-1].Employees))
	record.With(v, sales.DealSource, word(demoSources, d.Source))
	record.With(v, sales.DealStartedOn, l.day(d.Created))
	record.With(v, sales.DealCloseDate, d.First)
	if d.Amount.Currency != "" {
		record.With(v, sales.DealAmount, d.Amount)
	}
	if cost, known := l.c.Cost(d); known {
		record.With(v, sales.DealCost, cost)
	}
	text(v, sales.DealNextStep.Name(), d.NextStep)
	text(v, sales.DealCompetitor.Name(), d.Competitor)
	set(v, sales.DealAccount.Name(), l.accountIDs, d.Account)
	set(v, sales.DealContact.Name(), l.contactIDs, d.Contact)
	set(v, "owner", l.memberIDs, d.Owner)
	return l.then(v, d.Created, d.Owner)
}

// family is how many people work at most in a firm that is dealt with as a private
// customer is.
const family = 20

// typeOf is the record type of business with a firm of some size.
func (l *loader) typeOf(employees int) value.ID {
	if employees <= family {
		return l.typeIDs[len(l.typeIDs)-1]
	}
	return l.typeIDs[0]
}

// day is the workspace's day of a moment.
func (l *loader) day(t time.Time) value.Date {
	zone, err := time.LoadLocation(l.w.engine.Settings().Zone)
	if err != nil {
		zone = time.UTC
	}
	return value.DateOf(t, zone)
}

// lines add up to the amounts that the deals have already, so that no amount
// changes today. For that all lines of a deal stand in one batch.
func (l *loader) lines(ctx context.Context) error {
	_, err := l.saveParts(ctx, sales.DealLines.Name, func(yield func([]record.Change) bool) {
		var part []record.Change
		for i, d := range l.c.Deals {
			if len(part)+len(d.Lines) > record.MaxBatch {
				if !yield(part) {
					return
				}
				part = nil
			}
			for n, line := range d.Lines {
				part = append(part, l.then(l.line(l.dealIDs[i], line, n+1), d.Created, d.Owner))
			}
		}
		yield(part)
	})
	return err
}

func (l *loader) line(deal value.ID, line sample.Line, position int) record.Values {
	v := record.With(record.Values{}, sales.LineDeal, deal)
	record.With(v, sales.LineProduct, l.productIDs[line.Product-1])
	record.With(v, sales.LineQuantity, decimal.NewFromInt(int64(line.Quantity)))
	record.With(v, sales.LinePrice, line.Price)
	record.With(v, sales.LinePosition, int64(position))
	record.With(v, sales.LineTaxRate, decimal.NewFromInt(int64(line.TaxRate)))
	record.With(v, sales.LineBilling, sales.Once)
	if line.Years > 0 {
		record.With(v, sales.LineBilling, sales.Yearly)
		record.With(v, sales.LinePeriods, int64(line.Years))
	}
	if line.Discount > 0 {
		record.With(v, sales.LineDiscount, decimal.NewFromInt(int64(line.Discount)))
	}
	return v
}

// passages moves all deals one stage on, round by round.
func (l *loader) passages(ctx context.Context) error {
	for round := 1; ; round++ {
		var changes []record.Change
		for i := range l.c.Deals {
			if d := &l.c.Deals[i]; round < len(d.Passages) {
				changes = append(changes, l.passage(l.dealIDs[i], d, round))
			}
		}
		if len(changes) == 0 {
			return nil
		}
		if _, err := l.save(ctx, sales.Deals.Name, changes); err != nil {
			return err
		}
	}
}

func (l *loader) passage(id value.ID, d *sample.Deal, round int) record.Change {
	p := d.Passages[round]
	v := record.With(record.Values{}, sales.DealStage, l.stageIDs[d.Pipeline-1][p.Stage])
	switch l.c.Pipelines[d.Pipeline-1].Stages[p.Stage].Kind {
	case sample.Lost:
		record.With(v, sales.DealLostReason, word(lossReasons, d.LostReason))
		record.With(v, sales.DealCloseDate, l.day(p.At))
	case sample.Won:
		record.With(v, sales.DealCloseDate, l.day(p.At))
	default:
		if p.Moved != 0 {
			record.With(v, sales.DealCloseDate, d.Expected(round))
		}
	}
	change := l.then(v, p.At, p.By)
	change.ID = id
	return change
}
