package board

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"wellmet/internal/expr"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/value"
	"wellmet/internal/web/moving"
)

// column is one state and the records in it.
type column struct {
	Key          string // in addresses and ids
	value        any    // canonical; nil = none
	Label, Color string
	kind         string // of a stage: open, won, lost
	usual        int64  // days that records normally stay
	Closed       bool   // folded into a strip unless asked for
	Folded       bool
	Fixed        bool // takes no cards

	Count         int64
	Sum, Weighted value.Money
	HasSum        bool
	cards         []card
	next          string // cursor of the cards that are not here yet
	html          []byte // of the cards
}

// closedStatuses are choices of built-in fields after which there is no work.
var closedStatuses = map[string][]string{
	sales.LeadStatus.ID(): {sales.Disqualified, sales.Converted},
}

// findColumns lists the states, in their order.
func (b *board) findColumns(ctx context.Context) error {
	if b.field.IsLink() {
		if err := b.findStates(ctx); err != nil {
			return err
		}
	} else {
		for _, o := range b.field.Options {
			if !o.Hidden {
				b.columns = append(b.columns, &column{Key: o.Key, value: o.Key, Label: b.field.OptionLabel(o.Key, b.v.Lang), Color: o.Color,
					Closed: slices.Contains(closedStatuses[b.field.ID], o.Key), Fixed: o.Key == sales.Converted && b.o.Name == sales.Leads.Name})
			}
		}
	}
	b.columns = append(b.columns, &column{Key: moving.None, Label: moving.NoneLabel(b.v, b.field), Fixed: b.field.Required || b.o.Name == sales.Deals.Name && b.field.IsLink()})
	opened := strings.Split(b.st.Own.Get("open"), ",")
	for _, c := range b.columns {
		c.Folded = c.Closed && !slices.Contains(opened, c.Key)
	}
	return nil
}

// findStates reads a list of states; those of deals stand in pipelines, of
// which a board shows one.
func (b *board) findStates(ctx context.Context) error {
	target := b.s.Schema().Target(b.field)
	q := record.Query{Object: target.Name, Limit: 500}
	if f, ok := target.Field("position"); ok && b.s.Actor().CanFilter(f) {
		q.Sort = "position"
	}
	states, err := b.s.Query(ctx, q)
	if err != nil {
		return err
	}
	list := states.Records
	if target.Name == sales.Stages.Name {
		if list, err = b.choosePipeline(ctx, list); err != nil {
			return err
		}
	}
	for _, r := range list[:min(len(list), mostColumns)] {
		c := &column{Key: r.ID.String(), value: r.ID, Label: r.Title()}
		if target.Name == sales.Stages.Name {
			c.kind, _ = record.Get(r, sales.StageKind)
			c.usual, _ = record.Get(r, sales.StageUsualDays)
			c.Color, _ = record.Get(r, sales.StageColor)
			c.Closed = c.kind != sales.Open
		}
		if target.Name == sales.LeadStages.Name {
			kind, _ := record.Get(r, sales.LeadStageKind)
			c.usual, _ = record.Get(r, sales.LeadStageUsualDays)
			c.Color, _ = record.Get(r, sales.LeadStageColor)
			c.Closed, c.Fixed = slices.Contains(closedStatuses[sales.LeadStatus.ID()], kind), kind == sales.Converted
		}
		b.columns = append(b.columns, c)
	}
	return nil
}

// choosePipeline keeps the stages of the pipeline that is asked for, else of
// the first, and narrows the board to it.
func (b *board) choosePipeline(ctx context.Context, stages []*record.Record) ([]*record.Record, error) {
	all, err := b.s.Query(ctx, record.Query{Object: sales.Pipelines.Name, Sort: "position", Fields: []string{"name", "active"}, Limit: 100})
	if err != nil || len(all.Records) == 0 {
		return stages, err
	}
	shown := all.Records[0]
	for _, p := range all.Records {
		if p.ID.String() == b.st.Own.Get("pipeline") {
			shown = p
		}
	}
	b.pipeline = shown.Title()
	for _, p := range all.Records {
		if active, ok := record.Get(p, sales.PipelineActive); !ok || active || p == shown {
			b.pipelines = append(b.pipelines, choice{p.Title(), b.url("pipeline", p.ID.String(), "open", ""), p == shown})
		}
	}
	narrow := fmt.Sprintf("%s.pipeline = %q", b.field.Name, shown.ID.String())
	if b.where = narrow; b.st.Applied() != "" {
		b.where = "(" + b.st.Applied() + ") and " + narrow
	}
	return slices.DeleteFunc(slices.Clone(stages), func(st *record.Record) bool {
		p, _ := record.Get(st, sales.StagePipeline)
		active, said := record.Get(st, sales.StageActive)
		return p != shown.ID || said && !active
	}), nil
}

// count reads the figures of all matches. Stages say by themselves which
// pipeline they are of and whether they are open: asking for either would keep
// the maintained sums from answering. There are none of the past, of which less is
// read so.
func (b *board) count(ctx context.Context) error {
	a := record.Aggregate{Object: b.o.Name, Filter: b.st.Applied(), Text: b.st.Text, Group: []string{b.field.Name}, Measures: []string{"count"}, AsOf: b.st.AsOf}
	if b.st.Past() {
		a.Filter = b.where
	}
	if b.amount != nil {
		a.Measures = append(a.Measures, "sum:"+b.amount.Name)
	}
	weighted := b.weighted()
	if weighted != "" {
		a.Measures = append(a.Measures, weighted)
	}
	figures, err := b.s.Aggregate(ctx, a)
	if err != nil {
		return err
	}
	for _, g := range figures.Groups {
		c := b.columnOf(g.Keys[0])
		if c == nil || g.Keys[0] == nil && b.where != b.st.Applied() {
			continue
		}
		c.Count, _ = g.Values[0].Value.(int64)
		b.total += c.Count
		if b.amount != nil {
			c.Sum, c.HasSum = g.Values[1].Value.(value.Money)
		}
		if weighted != "" && (c.kind == "" || c.kind == sales.Open) {
			c.Weighted, _ = g.Values[len(g.Values)-1].Value.(value.Money)
		}
	}
	if last := b.columns[len(b.columns)-1]; last.Key == moving.None && last.Count == 0 {
		b.columns = b.columns[:len(b.columns)-1]
	}
	return nil
}

// weighted is what open deals are worth by their chances, as a measure; what is
// won is won. "" = there is none, or not for the actor.
func (b *board) weighted() string {
	f, ok := b.o.Field(sales.DealWeighted.Name())
	if b.o.Name != sales.Deals.Name || !ok || !b.s.Actor().CanFilter(f) {
		return ""
	}
	if b.field.Name == sales.DealStage.Name() { // whose kind tells
		return "sum:" + f.Name
	}
	if status, ok := b.o.Field(sales.DealStatus.Name()); !ok || !b.s.Actor().CanFilter(status) {
		return ""
	}
	return "sum:" + f.Name + `{status = "` + sales.Open + `"}`
}

func (b *board) columnOf(key any) *column {
	for _, c := range b.columns {
		if c.value == key {
			return c
		}
	}
	return nil
}

// column of a key in an address.
func (b *board) column(key string) (*column, error) {
	for _, c := range b.columns {
		if c.Key == key {
			return c, nil
		}
	}
	return nil, errNoColumn
}

// load reads the first cards of the columns that are not folded.
func (b *board) load(ctx context.Context) error {
	for _, c := range b.columns {
		if err := b.fill(ctx, c, perColumn, ""); err != nil {
			return err
		}
	}
	return nil
}

// loadMore keeps one column, with its cards behind a cursor.
func (b *board) loadMore(ctx context.Context, key, cursor string) error {
	c, err := b.column(key)
	if err != nil {
		return err
	}
	b.columns = []*column{c}
	c.Folded = false
	return b.fill(ctx, c, perColumn, cursor)
}

// loadAgain reads as many cards of each column as the page has.
func (b *board) loadAgain(ctx context.Context, has []string) error {
	b.has = has
	for _, h := range has {
		key, rest, _ := strings.Cut(h, ":")
		count, _, _ := strings.Cut(rest, ":")
		c, err := b.column(key)
		n, bad := strconv.Atoi(count)
		if err != nil || bad != nil || c.cards != nil {
			continue // of a column that has gone meanwhile, or told twice
		}
		n = (n + perColumn - 1) / perColumn * perColumn
		if err := b.fill(ctx, c, min(max(n, perColumn), 500), ""); err != nil {
			return err
		}
	}
	return nil
}

// fill reads cards of a column.
func (b *board) fill(ctx context.Context, c *column, limit int, cursor string) error {
	if c.Folded || c.Count == 0 && cursor == "" {
		return nil
	}
	q := b.records(limit)
	q.Cursor = cursor
	var err error
	if q.Where, err = b.in(c); err != nil {
		return err
	}
	found, err := b.s.Query(ctx, q)
	if err != nil {
		return err
	}
	c.next = found.Next
	cards, err := b.cards(ctx, found.Records, c)
	c.cards = append(c.cards, cards...)
	return err
}

// fix marks the cards that the actor may not move.
func (b *board) fix(ctx context.Context, records []*record.Record, cards []card) error {
	if !b.movable {
		return nil
	}
	ids := make([]value.ID, len(records))
	for i, r := range records {
		ids[i] = r.ID
	}
	may, err := b.s.Changeable(ctx, b.o.Name, ids)
	for i, id := range ids {
		cards[i].Fixed = !may[id]
	}
	return err
}

// in is the condition of being in a column.
func (b *board) in(c *column) (*expr.Expr, error) {
	return expr.Compare(b.field.ExprField(), expr.OpEq, c.value)
}

// takes reports whether a card can be put into a column.
func (b *board) takes(c *column) bool { return b.movable && !c.Fixed }
