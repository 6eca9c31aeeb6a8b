package sales

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"wellmet/internal/fault"
	"wellmet/internal/i18n"
	"wellmet/internal/process"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// ConvertKey names the way of a lead that is through its stages: it becomes a
// customer, by Convert and not by a change of its stage.
const ConvertKey = "convert"

// Standings tells where a record stands in its processes. A deal or a lead whose
// stage no blueprint governs stands in its stage as the company's list has it:
// the next stage follows, and wants what its entry rule says.
func Standings(ctx context.Context, s *record.Session, r *record.Record) ([]process.Standing, error) {
	list, err := process.Standings(ctx, s, r)
	if err != nil {
		return nil, err
	}
	x := plain{s: s, r: r}
	switch r.Object.Name {
	case Deals.Name:
		x.places = DealPlaces
	case Leads.Name:
		x.places = LeadPlaces
	default:
		return list, nil
	}
	x.field, _ = r.Object.Field(x.places.By.Name())
	governed := func(at process.Standing) bool { // over its stage, or the status that goes with it
		return at.Field == x.field.Name || at.Field == LeadStatus.Name()
	}
	if !s.Actor().Sees(x.field) || slices.ContainsFunc(list, governed) {
		return list, nil
	}
	at, err := x.standing(ctx)
	if err != nil || at == nil {
		return list, err
	}
	return append(list, *at), nil
}

// plain is a record that stands in a stage without a blueprint.
type plain struct {
	s      *record.Session
	r      *record.Record
	places Places
	field  *schema.FieldDef
}

// standing is where the record stands; nil where it is in no stage.
func (x *plain) standing(ctx context.Context) (*process.Standing, error) {
	id, _ := record.Get(x.r, x.places.By)
	next, err := x.next(ctx, id)
	if err != nil {
		return nil, err
	}
	sys := x.s.AsSystem("where a record stands")
	here, err := sys.Get(ctx, x.places.List.Name, id)
	if fault.Is(err, fault.NotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	at := &process.Standing{Field: x.field.Name, State: id.String(), Label: here.Title(), End: next.id == 0, Moves: []process.Transition{}}
	at.Tips, at.Templates = helpOf(here)
	at.Ask = append(process.Lacking(x.s, x.r), x.party()...)
	if at.Since, err = x.since(ctx, id); err != nil || at.End {
		return at, err
	}
	may, err := x.may(ctx)
	if err != nil || !may {
		return at, err
	}
	to, err := sys.Get(ctx, x.places.List.Name, next.id)
	if err != nil {
		return nil, err
	}
	t, err := x.way(ctx, next, to.Title())
	at.Moves = append(at.Moves, t)
	return at, err
}

// next is the stage that follows in the list, the end after the last open one;
// that of an end is none.
func (x *plain) next(ctx context.Context, id value.ID) (stage, error) {
	if x.r.Object.Name == Deals.Name {
		book, err := bookOf(ctx, x.s)
		if err != nil {
			return stage{}, err
		}
		return book.next(book.byID[id]), nil
	}
	book, err := leadBookOf(ctx, x.s)
	if err != nil {
		return stage{}, err
	}
	st := book.next(book.byID[id])
	return stage{id: st.id, kind: st.kind}, nil
}

// next is the open stage in use that follows, or that of a win.
func (b *stageBook) next(from stage) stage {
	if from.kind != Open {
		return stage{}
	}
	i := slices.IndexFunc(b.ordered, func(st stage) bool { return st.id == from.id })
	for _, st := range b.ordered[i+1:] {
		if st.pipeline == from.pipeline && st.kind == Open && st.active {
			return st
		}
	}
	won, _ := b.first(from.pipeline, Won)
	return won
}

// next is the stage in use that follows for a lead that is worked on, or that of
// customers.
func (b *leadBook) next(from leadStage) leadStage {
	open := func(kind string) bool { return kind == Fresh || kind == Working || kind == Qualified }
	if !open(from.kind) {
		return leadStage{}
	}
	i := slices.IndexFunc(b.ordered, func(st leadStage) bool { return st.id == from.id })
	for _, st := range b.ordered[i+1:] {
		if open(st.kind) && st.active {
			return st
		}
	}
	converted, _ := b.first(Converted)
	return converted
}

// since is when the record came into its stage; nil where nobody knows.
func (x *plain) since(ctx context.Context, id value.ID) (*time.Time, error) {
	if x.r.Object.Name == Deals.Name {
		if at, ok := record.Get(x.r, DealStageSince); ok {
			return &at, nil
		}
		return nil, nil
	}
	var came *int64
	table := x.r.Object.SpanTable()
	_, err := x.s.Tx().Row(ctx, `SELECT coalesce(
		(SELECT max(to_ms) FROM {`+table+`} WHERE record = $1 AND (stage_id IS NULL OR stage_id <> $2)),
		(SELECT min(from_ms) FROM {`+table+`} WHERE record = $1))`, []any{x.r.ID, id}, &came)
	if err != nil || came == nil {
		return nil, err
	}
	at := time.UnixMilli(*came).UTC()
	return &at, nil
}

// may reports whether the actor may move the record at all.
func (x *plain) may(ctx context.Context) (bool, error) {
	if !x.s.Actor().CanWrite(x.field) {
		return false, nil
	}
	err := x.s.MayChange(ctx, x.r.Object.Name, x.r.ID)
	if _, no := fault.As(err); no {
		return false, nil
	}
	return err == nil, err
}

// way leads to the next stage, with what keeps the record from it.
func (x *plain) way(ctx context.Context, to stage, title string) (process.Transition, error) {
	t := process.Transition{Field: x.field.Name, Name: title, To: to.id.String(), Label: title, Value: to.id, Onward: true}
	if x.r.Object.Name == Deals.Name {
		return t, x.deal(ctx, to, &t)
	}
	if to.kind == Converted {
		t.Key, t.Name = ConvertKey, i18n.Text(x.language(), "sales.way.convert", nil)
	}
	if to.kind != Converted && to.kind != Qualified {
		return t, nil
	}
	missing, err := unanswered(ctx, x.s, x.r.ID)
	for _, text := range missing {
		t.Blocked = strings.TrimSpace(t.Blocked + " " + i18n.Text(x.language(), "lead.unanswered", fault.Args{"question": text}))
	}
	return t, err
}

// deal tells what a stage of deals wants: what its entry rule reads, and the
// amount where the pipeline wins nothing without one.
func (x *plain) deal(ctx context.Context, to stage, t *process.Transition) error {
	book, err := bookOf(ctx, x.s)
	if err != nil {
		return err
	}
	if to.kind == Won && book.rules[to.pipeline].noAmount == Refuse {
		x.ask(t, DealAmount.Name(), true)
	}
	when, err := entryOf(x.s, to)
	if when == nil || err != nil {
		if _, broken := fault.As(err); broken {
			t.Blocked = i18n.Text(x.language(), "deal.entry_broken", fault.Args{"stage": to.name})
			return nil
		}
		return err
	}
	yes, err := x.s.Judge(x.r, when)
	if _, odd := fault.As(err); err != nil && !odd {
		return err
	}
	fulfilled := err == nil && yes
	for _, ref := range when.Fields() {
		x.ask(t, ref.Path[0], !fulfilled)
	}
	if !fulfilled {
		t.Blocked = i18n.Text(x.language(), "deal.entry", fault.Args{"stage": to.name, "why": to.why})
	}
	return nil
}

// ask adds a field that somebody can fill in; an empty one is missing where it
// has to be there.
func (x *plain) ask(t *process.Transition, name string, must bool) {
	f, ok := x.r.Object.Field(name)
	if !ok || !f.Writable() || !x.s.Actor().Sees(f) || !x.s.Actor().CanWrite(f) ||
		slices.ContainsFunc(t.Ask, func(a process.Asked) bool { return a.Field == name }) {
		return
	}
	t.Ask = append(t.Ask, process.Asked{Field: name, Label: f.Label(x.language()), Required: must, Missing: must && x.r.Value(f) == nil})
}

// party asks for the customer of a deal that an import brought without one.
func (x *plain) party() []process.Asked {
	f, ok := x.r.Object.Field(DealAccount.Name())
	if x.r.Object.Name != Deals.Name || !ok || !x.s.Actor().Sees(f) {
		return nil
	}
	if incomplete, _ := record.Get(x.r, DealIncomplete); !incomplete {
		return nil
	}
	return []process.Asked{{Field: f.Name, Label: f.Label(x.language()), Required: true, Missing: true}}
}

func (x *plain) language() string { return cmp.Or(x.s.Who().Locale, x.s.Settings().Locale) }

// helpOf is what a stage tells of itself: what to do there, a line each, and the
// texts for it.
func helpOf(stage *record.Record) (tips []string, templates []value.ID) {
	guidance, _ := stage.Field(StageGuidance.Name()).(string)
	for line := range strings.Lines(guidance) {
		if line = strings.TrimSpace(line); line != "" {
			tips = append(tips, line)
		}
	}
	templates, _ = stage.Field(StageTemplates.Name()).([]value.ID)
	return tips, templates
}

// checkHelp refuses texts of a stage that are made for other records than those
// that stand in it.
func checkHelp(ctx context.Context, s *record.Session, object string, drafts []*record.Draft) error {
	for _, d := range drafts {
		ids, _ := d.Field(StageTemplates.Name()).([]value.ID)
		if len(ids) == 0 || d.Doing == record.Deleting || !d.Changed(StageTemplates.Name()) {
			continue
		}
		found, err := s.AsSystem("texts of a stage").GetMany(ctx, process.Templates.Name, ids)
		if err != nil {
			return err
		}
		for _, t := range found {
			if of, _ := record.Get(t, process.TemplateObject); of != object {
				d.Refuse(StageTemplates.Name(), "process.template_of_other", fault.Args{"template": t.Title(), "object": of})
			}
		}
	}
	return nil
}
