package board

import (
	"context"
	"slices"
	"strconv"
	"time"

	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/schema"
	"wellmet/internal/value"
	"wellmet/internal/web/kit"
	"wellmet/internal/web/parts"
)

// card is a record as the board shows it: texts, ready to be written.
type card struct {
	ID, Version       string
	Title, Of         string
	Amount, Day       string
	Beside            kit.Markup // a mark, where the amount is not that of the lines
	Due, DueIcon      string     // what is planned next, and how pressing it is
	DueClass, DueFull string
	Age, AgeFull      string
	Over              bool // longer in its column than usual
	Fixed             bool // not the actor's to move
	Owner             kit.Person
	More              []string   // other fields that the layout puts on cards
	Path              kit.Markup // through the stages
}

// cardFields are the columns that cards are made of.
func (b *board) cardFields() []string {
	fields := []string{b.o.Title, b.field.Name}
	add := func(names ...string) {
		for _, name := range names {
			if f, ok := b.o.Field(name); ok && b.s.Sees(f) {
				fields = append(fields, name)
			}
		}
	}
	if b.face.of != nil {
		fields = append(fields, b.face.path)
	}
	if b.face.amount {
		add(b.amount.Name)
	}
	if b.marksLines() {
		add(parts.LineFields()...)
	}
	if b.face.day {
		add(b.day.Name)
	}
	for _, f := range b.face.extra {
		if path := b.pathOf(f); path != "" {
			fields = append(fields, path)
		}
	}
	if b.foretells() {
		add(sales.SilenceFields()...)
	}
	add("next_activity_at", "owner")
	if b.staged() {
		add(sales.DealStageSince.Name())
	}
	if b.o.Name == sales.Deals.Name || b.o.Name == sales.Leads.Name {
		add(sales.DealStage.Name())
	}
	return fields
}

// marksLines reports whether cards say that an amount stands beside the lines, as
// lists do; it is known of today alone.
func (b *board) marksLines() bool {
	return b.o.Name == sales.Deals.Name && b.face.amount && b.amount.ID == sales.DealAmount.ID() && !b.st.Past()
}

// foretells reports whether cards tell how likely deals are won.
func (b *board) foretells() bool {
	return b.o.Name == sales.Deals.Name && !b.st.Past() &&
		slices.ContainsFunc(b.face.extra, func(f *schema.FieldDef) bool { return f.ID == sales.DealPrediction.ID() })
}

func (b *board) byStage() bool { return b.field.ID == sales.DealStage.ID() }

// staged reports whether the columns are stages of deals or leads.
func (b *board) staged() bool { return b.byStage() || b.field.ID == sales.LeadStage.ID() }

// cards makes records of a column ready, with their paths.
func (b *board) cards(ctx context.Context, records []*record.Record, c *column) ([]card, error) {
	paths, err := sales.Paths(ctx, b.s, b.o, records, b.st.AsOf)
	if err != nil {
		return nil, err
	}
	if b.foretells() && b.silent == nil {
		if b.silent, err = sales.SilencesOf(ctx, b.s); err != nil {
			return nil, err
		}
	}
	cards := make([]card, len(records))
	for i, r := range records {
		cards[i] = b.card(r, c)
		cards[i].Path = parts.Path(b.v, paths[r.ID], "100%")
	}
	return cards, b.fix(ctx, records, cards)
}

// face is which fields a card has, the same for all cards of a board.
type face struct {
	of          *schema.FieldDef // under the title
	path        string
	extra       []*schema.FieldDef
	amount, day bool
}

// draw works out the face of the board's cards.
func (b *board) draw() {
	b.face.amount = b.amount != nil && b.wants(b.amount)
	b.face.day = b.day != nil && b.wants(b.day)
	b.face.of, b.face.path = b.of()
	b.face.extra = b.extra()
}

// of is what stands under a card's title: whom the record belongs to.
func (b *board) of() (*schema.FieldDef, string) {
	for _, name := range []string{"account", "company"} {
		if f, ok := b.o.Field(name); ok && b.s.Sees(f) && f.Name != b.o.Title && b.wants(f) {
			return f, b.pathOf(f)
		}
	}
	for _, f := range b.o.Visible() {
		if f.Kind == schema.KindLink && f != b.field && !f.Engine && b.wants(f) && b.s.Sees(f) && b.pathOf(f) != "" {
			return f, b.pathOf(f)
		}
	}
	return nil, ""
}

// pathOf is where the title of a link is read, "" when the actor may not.
func (b *board) pathOf(f *schema.FieldDef) string {
	if !f.IsLink() {
		return f.Name
	}
	target := b.s.Schema().Target(f)
	if target == nil || target.StateList || target.Name == "pipeline" {
		return ""
	}
	if t, ok := target.Field(target.Title); !ok || !b.s.Sees(t) {
		return ""
	}
	return f.Name + "." + target.Title
}

// card makes a record ready.
func (b *board) card(r *record.Record, c *column) card {
	x := card{ID: r.ID.String(), Version: strconv.FormatInt(r.Version, 10), Title: r.Title()}
	if x.Title == "" {
		x.Title = b.v.T("web.board.untitled")
	}
	if of := b.face.of; of != nil {
		x.Of, _ = r.Path(b.face.path).(string)
		if !of.IsLink() {
			x.Of, _ = r.Value(of).(string)
		}
	}
	if b.face.amount {
		x.Amount = b.money(r.Value(b.amount))
	}
	if b.marksLines() {
		x.Beside = parts.BesideMark(b.v, b.s.Actor(), r)
	}
	for _, f := range b.face.extra {
		if text := b.extraText(r, f); text != "" {
			x.More = append(x.More, b.v.T("web.board.line", "field", f.Label(b.v.Lang), "value", text))
		}
	}
	if b.face.day {
		switch d := r.Value(b.day).(type) {
		case value.Date:
			x.Day = b.v.DateNear(d, b.v.Today())
		case string:
			x.Day = d
		}
	}
	if id := r.Owner(); id != 0 {
		x.Owner = kit.Person{ID: id.String(), Name: b.s.Roster().Name(id)}
	}
	if b.o.Timeline && !c.Closed {
		b.planned(&x, r)
	}
	b.aged(&x, r, c)
	return x
}

// wants reports whether the layout puts the field on cards; one that names none
// leaves it to the board.
func (b *board) wants(f *schema.FieldDef) bool {
	card := b.o.Layout().Card
	return len(card) == 0 || slices.Contains(card, f.Name)
}

// extra are the fields that the layout puts on cards beside those that have
// places of their own.
func (b *board) extra() []*schema.FieldDef {
	var fields []*schema.FieldDef
	for _, name := range b.o.Layout().Card {
		f, ok := b.o.Field(name)
		if !ok || f == b.face.of || f == b.amount || f == b.day || f == b.field || name == b.o.Title || name == "owner" || !b.s.Sees(f) {
			continue
		}
		if k := f.ValueKind(); k != schema.KindLinks && k != schema.KindAbout && k != schema.KindFile {
			fields = append(fields, f)
		}
	}
	return fields
}

func (b *board) extraText(r *record.Record, f *schema.FieldDef) string {
	if id, ok := r.Value(f).(value.ID); ok && f.ValueKind() == schema.KindPerson {
		return b.s.Roster().Name(id)
	}
	if f.IsLink() {
		text, _ := r.Path(b.pathOf(f)).(string)
		return text
	}
	if b.silent != nil && f.ID == sales.DealPrediction.ID() {
		if x := b.silent.Of(r, b.v.Lang); x.Silent != "" {
			return x.Brief(b.v.Lang)
		}
	}
	return parts.Text(b.v, parts.NewNames(b.s), f, r.Value(f))
}

func (b *board) money(v any) string {
	switch m := v.(type) {
	case value.Money:
		return b.v.MoneyWhole(m)
	case string: // masked
		return m
	}
	return ""
}

// due is when something is to be done next, as a mark on the card.
func (x *card) due() kit.Markup {
	class := kit.Markup("due")
	if x.DueClass != "" {
		class += " " + kit.Markup(x.DueClass)
	}
	return `<span class="` + class + `" title="` + kit.Text(x.DueFull) + `">` + kit.Icon(x.DueIcon) + kit.Text(x.Due) + `</span>`
}

// age is how long the record has been in its column, as a mark on the card.
func (x *card) age() kit.Markup {
	class := kit.Markup("age")
	if x.Over {
		class = "age over"
	}
	return `<span class="` + class + `" title="` + kit.Text(x.AgeFull) + `">` + kit.Text(x.Age) + `</span>`
}

// planned says when the next activity is: late, today, later, or that there is
// none.
func (b *board) planned(x *card, r *record.Record) {
	if b.st.Past() {
		return
	}
	next, ok := r.Field("next_activity_at").(time.Time)
	today := b.v.Today()
	day := value.DateOf(next, b.v.Zone)
	switch {
	case !ok:
		x.Due, x.DueIcon, x.DueClass = b.v.T("web.board.due_none"), "triangle-alert", "none"
	case day < today:
		x.Due, x.DueIcon, x.DueClass = b.v.T("web.board.due_late", "count", int64(today-day)), "circle-alert", "late"
	case day == today:
		x.Due, x.DueIcon, x.DueClass = b.v.T("web.board.due_today", "time", b.v.Time(next, b.v.Zone)), "clock", "today"
	default:
		x.Due, x.DueIcon = b.v.T("web.board.due_later", "when", b.v.Near(day, today)), "calendar"
	}
	if ok {
		x.DueFull = b.v.MomentFull(next, b.v.Zone)
	}
}

// aged says how long a record has been where it is.
func (b *board) aged(x *card, r *record.Record, c *column) {
	since, ok := r.Field(sales.DealStageSince.Name()).(time.Time)
	if !b.staged() || c.Closed || !ok || b.st.Past() {
		return
	}
	days := int64(b.v.Today() - value.DateOf(since, b.v.Zone))
	x.Age = b.v.Days(int(days))
	x.AgeFull = b.v.T("web.board.age", "count", days)
	if x.Over = c.usual > 0 && days > c.usual; x.Over {
		x.AgeFull = b.v.T("web.board.age_over", "count", days, "usual", c.usual)
	}
}
