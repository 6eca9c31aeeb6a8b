package bench

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"wellmet/internal/goal"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// pastFiller writes a company with a past: each deal as it is through the engine,
// and what it was before straight into acts, history and spans. Through the engine
// every step would cost what a deal does.
type pastFiller struct {
	*filler
	past      Past
	pipelines []value.ID
	stages    [][]value.ID // by pipeline
	deal      *schema.Object
	mark      string // the file of a filling that has begun; "" = none
}

// fill writes everything and answers how fast deals came in with their history.
func (f *pastFiller) fill(ctx context.Context) (perSecond, cpuBatch float64, err error) {
	goesOn, err := f.found()
	if err != nil {
		return 0, 0, err
	}
	for _, step := range []func(context.Context) error{f.makeStages, f.makeTeams, f.makeMembers, f.close, f.makeRates, f.makePipelines, f.makeTargets,
		f.makeAccounts, f.makeContacts, f.note} {
		if goesOn {
			break
		}
		if err := step(ctx); err != nil {
			return 0, 0, err
		}
	}
	began, cpu, made := time.Now(), selfCPU(), 0
	f.deal = f.w.Engine().Schema().MustObject(sales.Deals.Name)
	err = f.w.Engine().WithoutOrder(ctx, []string{sales.Deals.Name}, func(ctx context.Context) (err error) {
		made, err = f.makeDeals(ctx)
		f.say("indexes of %d deals", f.plan.Deals)
		return err
	})
	if err != nil {
		return 0, 0, err
	}
	perSecond = float64(made) / time.Since(began).Seconds()
	cpuBatch = millis(selfCPU()-cpu) * record.MaxBatch / float64(max(1, made))
	f.say("sums of %d deals", f.plan.Deals)
	return perSecond, cpuBatch, f.fold(ctx)
}

func (f *pastFiller) makeRates(ctx context.Context) error {
	for _, currency := range []string{"USD", "GBP"} {
		if _, err := f.save(ctx, record.CurrencyRates.Name, lifeDays/28, func(i int) record.Values {
			day, rate := f.past.rate(currency, i-1)
			return record.Values{"currency": currency, "day": day, "rate": rate}
		}); err != nil {
			return err
		}
	}
	return nil
}

// lifePipeline tells a pipeline of deals with a past from others.
func lifePipeline(n int) string { return fmt.Sprint("Life ", n) }

func (f *pastFiller) makePipelines(ctx context.Context) (err error) {
	f.pipelines, err = f.save(ctx, sales.Pipelines.Name, lifePipelines, func(i int) record.Values {
		return record.Values{"name": lifePipeline(i), "position": int64(i), "close_date_past": sales.Allow, "other_currency": sales.Allow}
	})
	for _, pipeline := range f.pipelines {
		ids, err := f.save(ctx, sales.Stages.Name, len(lifeStages), func(i int) record.Values {
			st := lifeStages[i-1]
			return record.Values{"name": st.name, "pipeline": pipeline, "position": int64(i), "kind": st.kind, "forecast": st.forecast,
				"probability": decimal.NewFromInt(st.chance)}
		})
		if err != nil {
			return err
		}
		f.stages = append(f.stages, ids)
	}
	return err
}

// makeTargets gives everybody a quota of won revenue for the running quarter.
func (f *pastFiller) makeTargets(ctx context.Context) error {
	quarter := value.PeriodOf(value.Quarter, f.past.Today, time.January)
	_, err := f.save(ctx, goal.Targets.Name, f.plan.Members, func(i int) record.Values {
		return record.Values{"member": f.members[i-1], "measure": goal.WonRevenue, "period": quarter.String(),
			"amount": value.Money{Minor: int64(i) * 10_000_000, Currency: "EUR"}}
	})
	return err
}

// present is a deal as it is, of the moment of its last step.
func (f *pastFiller) present(n int) record.Change {
	d, l := f.past.Deal(n), f.past.Life(n)
	v, last := d.values(), l.last()
	delete(v, "probability")
	v["stage"], v["amount"], v["close_date"] = f.stages[l.Pipeline][last.Stage], value.Money{Minor: last.Minor, Currency: l.Currency}, last.Close
	v["started_on"] = value.DateOf(l.Steps[0].At, time.UTC)
	v["owner"], v["account"], v["contact"] = f.members[d.Owner-1], f.accounts[d.Account-1], f.contacts[d.Contact-1]
	if last.Stage == lifeLost {
		v["lost_reason"] = "price"
	}
	return record.Change{Values: v, At: last.At, By: f.members[d.Owner-1]}
}

// before writes what the deals of a batch went through before they came to be
// what they are.
func (f *pastFiller) before(ctx context.Context, s *record.Session, numbers []int, out []record.Outcome) error {
	w := pastWriter{f: f, s: s, rows: map[value.ID][]any{}}
	for i, o := range out {
		w.list = append(w.list, pastDeal{id: o.ID, Life: f.past.Life(numbers[i]), owner: f.members[f.past.Deal(numbers[i]).Owner-1]})
	}
	return w.write(ctx)
}

type pastDeal struct {
	Life
	id, owner, act value.ID
	base           int64 // what the last amount is worth
}

// pastWriter writes the past of a batch of deals.
type pastWriter struct {
	f                    *pastFiller
	s                    *record.Session
	list                 []pastDeal
	acts, history, spans [][]any
	rows                 map[value.ID][]any // what follows in the deals themselves
}

func (w *pastWriter) write(ctx context.Context) error {
	if err := w.known(ctx); err != nil {
		return err
	}
	for i := range w.list {
		w.follow(&w.list[i])
	}
	tx, table := w.s.Tx(), w.f.deal.SpanTable()
	columns := []string{"record", "from_ms", "to_ms", "act"}
	for _, f := range w.f.deal.TrackedFields() {
		for _, c := range f.ReadColumns() {
			columns = append(columns, tx.Dialect().Quote(c.Name))
		}
	}
	for _, put := range []struct {
		into string
		n    int
		rows [][]any
	}{
		{"{act} (id, at, actor, cause, door, parent_act)", 6, w.acts}, {"{history} (record, act, object, version, kind, changes)", 6, w.history},
		{"{" + table + "} (" + strings.Join(columns, ", ") + ")", len(columns), w.spans},
	} {
		if _, err := tx.ExecRows(ctx, "INSERT INTO "+put.into+" VALUES", put.n, put.rows, ""); err != nil {
			return err
		}
	}
	var fields []*schema.FieldDef
	for _, name := range []string{"created_at", "version", sales.DealMoves.Name(), sales.DealSlip.Name()} {
		def, _ := w.f.deal.Field(name)
		fields = append(fields, def)
	}
	return w.s.SetDerived(ctx, w.f.deal, fields, w.rows)
}

// known reads the acts of the deals and what they are worth, and forgets that
// they came as they are.
func (w *pastWriter) known(ctx context.Context) error {
	in, args, at := strings.Builder{}, []any(nil), map[value.ID]*pastDeal{}
	for i := range w.list {
		if i > 0 {
			in.WriteString(", ")
		}
		fmt.Fprintf(&in, "$%d", i+1)
		args, at[w.list[i].id] = append(args, w.list[i].id), &w.list[i]
	}
	tx := w.s.Tx()
	rows, err := tx.Query(ctx, "SELECT sp.record, sp.act, sp.amount_b FROM {"+w.f.deal.SpanTable()+"} sp WHERE sp.record IN ("+in.String()+")", args...)
	if err != nil {
		return err
	}
	for rows.Next() {
		id, _ := rows.ID(0)
		at[id].act, _ = rows.ID(1)
		at[id].base, _ = rows.Int(2)
	}
	if err := rows.Close(); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, "DELETE FROM {history} WHERE record IN ("+in.String()+")", args...)
	return err
}

// follow writes the rows of one deal.
func (w *pastWriter) follow(d *pastDeal) {
	times, days := d.moved()
	w.rows[d.id] = []any{d.Steps[0].At, int64(len(d.Steps)), nil, nil}
	if times > 0 {
		w.rows[d.id][2], w.rows[d.id][3] = times, days
	}
	for i, at := range d.Steps {
		act, last := d.act, i == len(d.Steps)-1
		if !last {
			act = value.NewID(at.At)
			w.acts = append(w.acts, []any{act, at.At, d.owner, asBench.System, asBench.Door, w.s.Act()})
			w.spans = append(w.spans, append([]any{d.id, at.At, d.Steps[i+1].At, act}, w.span(d, at)...))
		}
		kind, changes := string(record.Creating), "{}"
		if i > 0 {
			kind, changes = string(record.Updating), w.changes(d, d.Steps[i-1], at)
		}
		w.history = append(w.history, []any{d.id, act, w.f.deal.ID, int64(i + 1), kind, changes})
	}
}

// span is what is tracked of a deal at a step.
func (w *pastWriter) span(d *pastDeal, at Step) (row []any) {
	st := lifeStages[at.Stage]
	worth := func(minor int64) []any {
		base := decimal.NewFromInt(minor).Mul(decimal.NewFromInt(d.base)).DivRound(decimal.NewFromInt(max(1, d.last().Minor)), 0)
		return []any{minor, d.Currency, base.IntPart()}
	}
	known := map[string][]any{"owner": {d.owner}, "pipeline": {w.f.pipelines[d.Pipeline]}, "stage": {w.f.stages[d.Pipeline][at.Stage]}, "status": {st.kind},
		"amount": worth(at.Minor), "weighted": worth(at.Minor * st.chance / 100), "probability": {st.chance * 100}, "forecast": {st.forecast}, "close_date": {at.Close}}
	for _, f := range w.f.deal.TrackedFields() {
		cells := known[f.Name]
		for i := range f.ReadColumns() {
			if i < len(cells) {
				row = append(row, cells[i])
			} else {
				row = append(row, nil)
			}
		}
	}
	return row
}

// changes is what a step changed, as history keeps it.
func (w *pastWriter) changes(d *pastDeal, was, is Step) string {
	stages := w.f.stages[d.Pipeline]
	b := []byte{'{'}
	for _, c := range []struct {
		field    string
		old, new any
	}{
		{"stage", stages[was.Stage], stages[is.Stage]}, {"status", lifeStages[was.Stage].kind, lifeStages[is.Stage].kind},
		{"amount", value.Money{Minor: was.Minor, Currency: d.Currency}, value.Money{Minor: is.Minor, Currency: d.Currency}},
		{"probability", decimal.NewFromInt(lifeStages[was.Stage].chance).String(), decimal.NewFromInt(lifeStages[is.Stage].chance).String()},
		{"forecast", lifeStages[was.Stage].forecast, lifeStages[is.Stage].forecast}, {"close_date", was.Close, is.Close},
	} {
		if c.old == c.new {
			continue
		}
		if len(b) > 1 {
			b = append(b, ',')
		}
		f, _ := w.f.deal.Field(c.field)
		b = append(schema.AppendString(b, f.ID), ":["...)
		b = append(schema.AppendJSON(b, c.old), ',')
		b = append(schema.AppendJSON(b, c.new), ']')
	}
	return string(append(b, '}'))
}
