package sales

import (
	"context"
	"math"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"wellmet/internal/fault"
	"wellmet/internal/i18n"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/value"
)

// learntReports are the figures of the pages on prediction and on what works.
func learntReports() []report.Spec {
	const factsName, pathsName = "what-works-facts", "what-works-paths"
	return []report.Spec{
		{Name: "prediction-quality", Title: "Win prediction: how well it foretold", Object: Deals.Name, Whole: true, Run: foretoldHow(qualityOf),
			Help: "Learnt from the past and asked about later deals, beside the rate of the stage, the chance that was set, and the same for every deal. Of AUC more is better, of the others less. Over all deals."},
		{Name: "prediction-calibration", Title: "Win prediction: what was said, and what was", Object: Deals.Name, Whole: true, Run: foretoldHow(calibrationOf),
			Help: "What was foretold of later deals, in groups of like chances, and the share of them that was won. Over all deals."},
		{Name: factsName, Title: "What works: won with and without", Object: Deals.Name, Run: worksReport(factsName, factLines), Behind: worksBehind,
			Help: "What won deals have that lost ones have not, and the share that was won with it and without. It is correlation."},
		{Name: pathsName, Title: "What works: ways through the pipeline", Object: Deals.Name, Run: worksReport(pathsName, pathLines), Behind: worksBehind,
			Help: "The ways that most deals went through the open stages, and the share of them that was won. It is correlation."},
	}
}

// language is that of whoever asks.
func language(s *record.Session) string { return i18n.FormatFor(s.Who().Locale).Language() }

// foretoldHow tells of each pipeline's back-test, to who may read all deals.
func foretoldHow(tell func(lang, pipeline string, x Backtest, t *report.Table)) func(context.Context, *record.Session, report.Params) (*report.Table, error) {
	return func(ctx context.Context, s *record.Session, _ report.Params) (*report.Table, error) {
		t, lang := &report.Table{Object: Deals.Name, Groups: []string{"pipeline.name", ""}, Rows: []report.Row{}}, language(s)
		tell(lang, "", Backtest{}, t)
		list, err := Backtests(ctx, s)
		if fault.Is(err, fault.Forbidden) {
			t.None = i18n.Text(lang, "sales.prediction.all_only", nil)
			return t, nil
		}
		if err != nil {
			return nil, err
		}
		names, err := pipelineNames(ctx, s)
		if err != nil {
			return nil, err
		}
		t.None = i18n.Text(lang, "web.predict.none_help", nil)
		names[0] = i18n.Text(lang, "web.predict.all", nil)
		for _, x := range list {
			if x.Pipeline == 0 && x.Result == nil {
				t.None = x.without(lang)
			}
			if name, ok := names[x.Pipeline]; ok && x.Result != nil {
				tell(lang, name, x, t)
			}
		}
		return t, nil
	}
}

// without says why there is no back-test.
func (x Backtest) without(lang string) string {
	learnt := &Learnt{Closed: x.Closed, Won: x.Won}
	switch {
	case learnt.Enough():
		return i18n.Text(lang, "web.predict.no_test", nil)
	case x.Closed < FewEnded:
		return i18n.Text(lang, "web.predict.too_few", fault.Args{"count": x.Closed, "n": FewEnded})
	}
	return learnt.OneSided(i18n.FormatFor(lang))
}

func pipelineNames(ctx context.Context, s *record.Session) (map[value.ID]string, error) {
	names := map[value.ID]string{}
	if _, err := s.Object(Pipelines.Name); err != nil {
		return names, nil
	}
	return names, s.Each(ctx, record.Query{Object: Pipelines.Name}, func(r *record.Record) error { names[r.ID] = r.Title(); return nil })
}

// qualityOf adds a line for each way to foretell.
func qualityOf(lang, pipeline string, x Backtest, t *report.Table) {
	t.Columns = []report.Column{{Name: "asked", Title: "Deals asked about", Plain: true}, {Name: "auc", Title: "AUC", Plain: true, Digits: 3},
		{Name: "brier", Title: "Brier score", Plain: true, Digits: 3}, {Name: "log_loss", Title: "Log loss", Plain: true, Digits: 3}}
	t.Heads = []string{"", i18n.Text(lang, "web.predict.who", nil)}
	b := x.Result
	if b == nil {
		return
	}
	fine := func(f float64) record.Measure { return record.Measure{Value: decimal.NewFromFloat(f).Round(4)} }
	for _, by := range []struct {
		key                 string
		auc, brier, logLoss float64
	}{{"web.predict.by.model", b.Model.AUC, b.Model.Brier, b.Model.LogLoss}, {"web.predict.by.stage", b.Stage.AUC, b.Stage.Brier, b.Stage.LogLoss},
		{"web.predict.by.set", b.Set.AUC, b.Set.Brier, b.Set.LogLoss}, {"web.predict.by.base", b.Base.AUC, b.Base.Brier, b.Base.LogLoss}} {
		t.Rows = append(t.Rows, report.Row{Keys: []any{x.Pipeline, by.key}, Labels: []string{pipeline, i18n.Text(lang, by.key, nil)},
			Values: []record.Measure{{Value: int64(b.Asked)}, fine(by.auc), fine(by.brier), fine(by.logLoss)}})
	}
}

// calibrationOf adds a line for each group of like chances.
func calibrationOf(lang, pipeline string, x Backtest, t *report.Table) {
	t.Columns = []report.Column{{Name: "asked", Title: "Deals asked about", Plain: true}, {Name: "said", Title: "Foretold", Plain: true, Rate: true}, {Name: "was", Title: "Won", Plain: true, Rate: true}}
	t.Heads = []string{"", i18n.Text(lang, "web.predict.group", nil)}
	if x.Result == nil {
		return
	}
	rate := func(f float64) record.Measure { return record.Measure{Value: decimal.NewFromFloat(f).Round(4)} }
	for _, b := range x.Result.Model.Bins {
		said := i18n.FormatFor(lang).Percent(decimal.NewFromInt(int64(math.Round(b.Said*100))), 0)
		t.Rows = append(t.Rows, report.Row{Keys: []any{x.Pipeline, said}, Labels: []string{pipeline, said}, Values: []record.Measure{{Value: int64(b.Examples)}, rate(b.Said), rate(b.Was)}})
	}
}

// worksReport compares the deals of each pipeline in which some have ended.
func worksReport(name string, lines func(ctx context.Context, s *record.Session, name string, p report.Params, pipeline string, x *Works, t *report.Table) error) func(context.Context, *record.Session, report.Params) (*report.Table, error) {
	return func(ctx context.Context, s *record.Session, p report.Params) (*report.Table, error) {
		t := &report.Table{Object: Deals.Name, Groups: []string{"pipeline.name", ""}, Rows: []report.Row{}, None: i18n.Text(language(s), "web.predict.works_none_help", nil)}
		if err := lines(ctx, s, name, p, "", &Works{}, t); err != nil {
			return nil, err
		}
		t.Notes = []report.Note{{Text: i18n.Text(language(s), "web.predict.correlation", nil)}}
		names, err := pipelineNames(ctx, s)
		if err != nil {
			return nil, err
		}
		first, err := compareSome(ctx, s, 0, p.Filter, mostLearned)
		if err != nil {
			return nil, err
		}
		for _, id := range first.Pipelines {
			x := first
			if id != first.Pipeline {
				if x, err = compareSome(ctx, s, id, p.Filter, mostLearned); err != nil {
					return nil, err
				}
			}
			if err := lines(ctx, s, name, p, names[id], x, t); err != nil {
				return nil, err
			}
			if x.Since != nil {
				t.Notes = append(t.Notes, report.Note{Text: names[id] + " · " + x.Said(i18n.FormatFor(s.Who().Locale), language(s))})
			}
		}
		return t, nil
	}
}

// factLines adds what some deals have and others have not.
func factLines(_ context.Context, s *record.Session, name string, p report.Params, pipeline string, x *Works, t *report.Table) error {
	t.Columns = []report.Column{{Name: "with_deals", Title: "Deals with it", Adds: true}, {Name: "with_rate", Title: "Won with it", Rate: true},
		{Name: "without_deals", Title: "Deals without it", Adds: true}, {Name: "without_rate", Title: "Won without it", Rate: true}, {Name: "sure", Title: "Chance ruled out", Plain: true}}
	t.Heads = []string{"", i18n.Text(language(s), "web.predict.what", nil)}
	for i := range x.Facts {
		f := &x.Facts[i]
		row := report.Row{Keys: []any{x.Pipeline, factKey(f)}, Labels: []string{pipeline, SayFact(s, *f)}, Values: []record.Measure{
			{Value: int64(f.With.Deals)}, {Value: share(int64(f.With.Won), int64(f.With.Deals))}, {Value: int64(f.Without.Deals)}, {Value: share(int64(f.Without.Won), int64(f.Without.Deals))}, {Value: f.Sure}}}
		row.Behind = trails(name, p, x.Pipeline, factKey(f), t.Columns, row.Values, map[string]string{"with_rate": "with_deals", "without_rate": "without_deals"})
		t.Rows = append(t.Rows, row)
	}
	return nil
}

// pathLines adds the ways that most deals went.
func pathLines(_ context.Context, s *record.Session, name string, p report.Params, pipeline string, x *Works, t *report.Table) error {
	t.Columns = []report.Column{{Name: "deals", Title: "Deals", Adds: true}, {Name: "win_rate", Title: "Win rate", Rate: true}}
	t.Heads = []string{"", i18n.Text(language(s), "web.predict.path", nil)}
	for i := range x.Paths {
		w := &x.Paths[i]
		row := report.Row{Keys: []any{x.Pipeline, pathKey(w)}, Labels: []string{pipeline, strings.Join(w.Names, " → ")},
			Values: []record.Measure{{Value: int64(w.Deals)}, {Value: share(int64(w.Won), int64(w.Deals))}}}
		row.Behind = trails(name, p, x.Pipeline, pathKey(w), t.Columns, row.Values, map[string]string{"win_rate": "deals"})
		t.Rows = append(t.Rows, row)
	}
	return nil
}

func factKey(f *WorkFact) string { return f.Key + "." + f.Of }

func pathKey(w *WorkPath) string {
	texts := make([]string, len(w.Stages))
	for i, id := range w.Stages {
		texts[i] = id.String()
	}
	return strings.Join(texts, ".")
}

// SayFact is a fact in the words of whoever asks.
func SayFact(s *record.Session, f WorkFact) string {
	lang, key, name := language(s), f.Key, f.Name
	if f.Key == FactEarly && f.Of == "" {
		key = "early_any"
	} else if f.Key == FactEarly {
		name = kindOf(s, f.Of)
	}
	return i18n.Text(lang, "web.predict.fact."+key, fault.Args{"name": name, "count": EarlyDays})
}

// worksBehind lists the deals on a side of a fact, or those that went a way.
func worksBehind(ctx context.Context, s *record.Session, t report.Trail) (report.Found, error) {
	figure, pipeline, of := readTrail(t.Of)
	if pipeline == 0 {
		return report.Found{}, report.NoFigure(t.Of)
	}
	x, err := compareSome(ctx, s, pipeline, t.Filter, mostLearned)
	if err != nil {
		return report.Found{}, err
	}
	found, ids := report.Found{Column: figure}, []value.ID(nil)
	i := slices.IndexFunc(x.Facts, func(f WorkFact) bool { return factKey(&f) == of })
	j := slices.IndexFunc(x.Paths, func(w WorkPath) bool { return pathKey(&w) == of })
	switch {
	case i >= 0 && (figure == "with_deals" || figure == "without_deals"):
		found.Label, ids = SayFact(s, x.Facts[i]), x.Facts[i].Behind(figure == "with_deals")
	case j >= 0 && figure == "deals":
		found.Label, ids = strings.Join(x.Paths[j].Names, " → "), x.Paths[j].Behind()
	default:
		return found, report.NoFigure(t.Of)
	}
	found.Count, ids = int64(len(ids)), slices.Clone(ids)
	slices.Sort(ids)
	slices.Reverse(ids)
	if t.Before != 0 {
		ids = slices.DeleteFunc(ids, func(id value.ID) bool { return id >= t.Before })
	}
	found.IDs = ids[:min(len(ids), t.Limit)]
	return found, nil
}
