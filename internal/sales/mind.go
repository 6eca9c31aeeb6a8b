package sales

import (
	"context"
	"slices"
	"strings"

	"wellmet/internal/expr"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

// pipelineRules are what a pipeline minds about its deals.
type pipelineRules struct {
	currency, jumps string
	// Allow, Warn or Refuse.
	noAmount, past, foreign, negative, beside string
}

// said is a text of the database, or what it stands for where it is empty.
func said(text *string, otherwise string) string {
	if text == nil || *text == "" {
		return otherwise
	}
	return strings.Clone(*text)
}

// minded are the fields whose change a pipeline looks at.
var minded = []string{DealStage.Name(), DealStatus.Name(), DealAmount.Name(), DealCloseDate.Name(), DealPipeline.Name()}

// mind looks at one deal as its pipeline and stage want it: whatever the door,
// the one answer.
func (b *stageBook) mind(s *record.Session, d *record.Draft) error {
	id, _ := record.Will(d, DealStage)
	st, known := b.byID[id]
	if !known {
		return nil
	}
	b.mindFigures(s, d, b.rules[st.pipeline])
	if !d.Changed(DealStage.Name()) || s.Actor().System() {
		return nil
	}
	if !st.active {
		d.Refuse(DealStage.Name(), "deal.stage_retired", fault.Args{"stage": st.name})
		return nil
	}
	b.mindJump(d, st)
	return mindEntry(s, d, st)
}

// mindFigures looks at amount and close date.
func (b *stageBook) mindFigures(s *record.Session, d *record.Draft, p pipelineRules) {
	amount, has := record.Will(d, DealAmount)
	newAmount := d.Changed(DealAmount.Name())
	if has && newAmount && amount.Minor < 0 {
		object(d, p.negative, DealAmount.Name(), "deal.negative_amount", nil)
	}
	if has && amount.Currency != p.currency && (newAmount || d.Changed(DealPipeline.Name())) {
		object(d, p.foreign, DealAmount.Name(), "deal.other_currency", fault.Args{"currency": amount.Currency, "expected": p.currency})
	}
	mindLines(s, d, p)
	status, _ := record.Will(d, DealStatus)
	if status == Won && !has && (d.Changed(DealStatus.Name()) || newAmount) {
		object(d, p.noAmount, DealAmount.Name(), "deal.won_without_amount", nil)
	}
	day, has := record.Will(d, DealCloseDate)
	if status == Open && has && day < s.Today() && (d.Changed(DealCloseDate.Name()) || d.Changed(DealStatus.Name())) {
		object(d, p.past, DealCloseDate.Name(), "deal.close_date_past", nil)
	}
}

// object warns of a change or refuses it.
func object(d *record.Draft, how, field, key string, args fault.Args) {
	switch how {
	case Warn:
		d.Caution(field, key, args)
	case Refuse:
		d.Refuse(field, key, args)
	}
}

// mindJump looks at a move over open stages, or back. Winning, losing and
// reopening are none, nor is another pipeline.
func (b *stageBook) mindJump(d *record.Draft, to stage) {
	was, _ := record.Was(d, DealStage)
	from, known := b.byID[was]
	how := b.rules[to.pipeline].jumps
	if !known || d.Doing != record.Updating || how == jumpFree || !b.jump(from, to) {
		return
	}
	args := fault.Args{"from": from.name, "to": to.name}
	switch {
	case how == Refuse:
		d.Refuse(DealStage.Name(), "deal.no_jumps", args)
	case strings.TrimSpace(d.Said().Reason) == "":
		d.Refuse(record.SaidKey+".reason", "deal.jump_wants_reason", args)
	}
}

// jump reports whether a move goes back, or over a stage that is in use. Out of
// a stage that was retired every way is good.
func (b *stageBook) jump(from, to stage) bool {
	if !from.active || from.pipeline != to.pipeline || from.kind != Open || to.kind != Open {
		return false
	}
	at := func(id value.ID) int { return slices.IndexFunc(b.ordered, func(st stage) bool { return st.id == id }) }
	begin, end := at(from.id), at(to.id)
	return end < begin || slices.ContainsFunc(b.ordered[begin+1:end], func(st stage) bool { return st.kind == Open && st.active })
}

// keepReason lets history keep why a deal moved, where that was said.
func keepReason(d *record.Draft) {
	if why := strings.TrimSpace(d.Said().Reason); why != "" {
		record.Put(d, DealStageWhy, why)
		return
	}
	d.Set(DealStageWhy.Name(), nil)
}

type entryKey struct{ text string }

// entryOf is the condition of a stage, nil for none.
func entryOf(s *record.Session, st stage) (*expr.Expr, error) {
	if st.entry == "" {
		return nil, nil
	}
	return record.Keep(s, entryKey{st.entry}, func() (*expr.Expr, error) {
		return expr.Check(st.entry, s.Schema().Scope(s.Schema().MustObject(Deals.Name), nil), expr.Type{Kind: expr.Bool})
	})
}

// mindEntry looks at the condition of the stage. What it misses is asked for
// at the first empty field that it reads, so that a dialogue can ask for that.
func mindEntry(s *record.Session, d *record.Draft, st stage) error {
	if st.entry == "" {
		return nil
	}
	o := s.Schema().MustObject(Deals.Name)
	when, err := entryOf(s, st)
	if err != nil {
		if _, broken := fault.As(err); broken {
			d.Refuse(DealStage.Name(), "deal.entry_broken", fault.Args{"stage": st.name})
			return nil
		}
		return err
	}
	yes, err := s.Judge(d.Record(), when)
	if _, odd := fault.As(err); err != nil && !odd {
		return err
	}
	if err == nil && yes {
		return nil
	}
	path := DealStage.Name()
	for _, ref := range when.Fields() {
		f, ok := o.Field(ref.Path[0])
		if ok && path == DealStage.Name() && d.Value(f) == nil && f.Writable() && s.Actor().CanWrite(f) && s.Actor().Sees(f) {
			path = f.Name
		}
	}
	d.Refuse(path, "deal.entry", fault.Args{"stage": st.name, "why": st.why})
	return nil
}

// checkEntry refuses a condition that cannot be judged, and one that does not
// say in words what it wants.
func checkEntry(s *record.Session, d *record.Draft) {
	text, has := record.Will(d, StageEntry)
	if !has || d.Doing == record.Deleting || !d.Changed(StageEntry.Name()) && !d.Changed(StageEntryWhy.Name()) {
		return
	}
	if _, err := s.AsSystem("a condition of the company").Check(s.Schema().MustObject(Deals.Name), text, expr.Bool); err != nil {
		if f, known := fault.As(err); known {
			d.Refuse(StageEntry.Name(), f.Key, f.Args)
		}
	}
	if why, _ := record.Will(d, StageEntryWhy); strings.TrimSpace(why) == "" {
		d.Refuse(StageEntryWhy.Name(), "stage.entry_wants_message", nil)
	}
}

// readCurrencies wants a pipeline's currency to be one.
func readCurrencies(_ context.Context, _ *record.Session, drafts []*record.Draft) error {
	for _, d := range drafts {
		text, has := record.Will(d, PipelineCurrency)
		if !has || !d.Changed(PipelineCurrency.Name()) {
			continue
		}
		code, err := value.ParseCurrency(text)
		if f, wrong := fault.As(err); wrong {
			d.Refuse(PipelineCurrency.Name(), f.Key, f.Args)
			continue
		}
		record.Put(d, PipelineCurrency, code)
	}
	return nil
}
