package record

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"wellmet/internal/access"
	"wellmet/internal/expr"
	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// label gives every key the text that people read: a period its name, a choice
// its label, a link the title of its record.
func (p *aggregation) label(ctx context.Context, groups []Group) error {
	for i := range groups {
		groups[i].Labels = make([]string, len(p.groups))
	}
	for i, g := range p.groups {
		titles := map[value.ID]string{}
		if g.typ.Kind == expr.Link && !p.a.Unlabeled {
			var ids []value.ID
			for _, row := range groups {
				if id, ok := row.Keys[i].(value.ID); ok {
					ids = append(ids, id)
				}
			}
			var err error
			if titles, err = p.s.titles(ctx, g.target(p), ids); err != nil {
				return err
			}
		}
		for j := range groups {
			groups[j].Labels[i] = p.labelOf(g, groups[j].Keys[i], titles)
		}
	}
	return nil
}

// target is the object that a link grouping leads to.
func (g *grouping) target(p *aggregation) *schema.Object {
	if g.field != nil && g.field.Name != "id" {
		return p.s.state.schema.Target(g.field)
	}
	o, _ := p.s.state.schema.Object(g.typ.Object)
	return o
}

func (p *aggregation) labelOf(g *grouping, key any, titles map[value.ID]string) string {
	switch k := key.(type) {
	case nil:
		return ""
	case value.Date:
		if g.bucket != "" {
			return g.bucket.label(k, p.s.env.FiscalStart)
		}
	case value.ID:
		if title, ok := titles[k]; ok {
			return title
		}
	case string:
		if g.field != nil && g.field.ValueKind() == schema.KindChoice {
			if o, ok := g.field.Option(k); ok && o.Labels[p.language()] != "" {
				return o.Labels[p.language()]
			}
		}
	}
	return schema.Neutral(key)
}

func (p *aggregation) language() string {
	locale := p.s.who.Locale
	if locale == "" {
		locale = p.s.state.settings.Locale
	}
	language, _, _ := strings.Cut(locale, "-")
	return language
}

// titles reads what records are called, as far as the actor may see them and
// their title.
func (s *Session) titles(ctx context.Context, o *schema.Object, ids []value.ID) (map[value.ID]string, error) {
	titles := map[value.ID]string{}
	if o == nil {
		return titles, nil
	}
	f, ok := o.Field(o.Title)
	if !ok || !s.actor.Sees(f) || len(f.Columns()) == 0 {
		return titles, nil
	}
	c := newSearchColumns(o, []*schema.FieldDef{f}, s.tx.Dialect())
	for chunk := range slices.Chunk(ids, 1000) {
		args := s.args()
		where := s.tx.Dialect().AnyOf("t.id", args.Add(store.IDs(s.tx.Dialect(), chunk), "bigint[]"))
		rows, err := s.tx.Query(ctx, "SELECT "+c.sql+" FROM {"+o.Table+"} t WHERE "+where+" AND "+
			columns{s}.Rule(o.Name, "t", args), args.Values()...)
		if err != nil {
			return nil, err
		}
		for rows.Next() {
			r := c.record(rows)
			titles[r.ID] = s.titleOf(r, f)
		}
		if err := rows.Close(); err != nil {
			return nil, err
		}
	}
	return titles, nil
}

// titleOf is a record's title, masked where the actor gets it masked.
func (s *Session) titleOf(r *Record, f *schema.FieldDef) string {
	v := r.Value(f)
	if s.actor.Field(f) == access.Masked {
		v = access.Mask(v)
	}
	return schema.Neutral(v)
}

// describe writes, for each group that is answered, the expression that lists
// its records.
func (p *aggregation) describe(r *AggregateResult) error {
	r.Total.Filter = p.filterText(nil)
	for i := range r.Groups {
		r.Groups[i].Filter = p.filterText(r.Groups[i].Keys)
	}
	return nil
}

func (p *aggregation) filterText(keys []any) string {
	var parts []string
	for _, text := range []string{p.a.Filter, whereText(p.a.Where)} {
		if text != "" {
			parts = append(parts, "("+text+")")
		}
	}
	if len(parts) == 1 && len(keys) == 0 {
		return strings.TrimSuffix(strings.TrimPrefix(parts[0], "("), ")")
	}
	for i, key := range keys {
		parts = append(parts, p.groups[i].condition(key))
	}
	return strings.Join(parts, " and ")
}

func whereText(e *expr.Expr) string {
	if e == nil {
		return ""
	}
	return e.String()
}

// condition is the expression that holds for the records of one key.
func (g *grouping) condition(key any) string {
	text := g.e.String()
	if g.field == nil {
		text = "(" + text + ")"
	}
	switch k := key.(type) {
	case nil:
		return text + " is empty"
	case value.Date:
		if g.bucket == byDay {
			return text + " = " + quoted(k.String())
		}
		return text + " >= " + quoted(k.String()) + " and " + text + " < " + quoted(g.bucket.next(k).String())
	case value.ID:
		return text + " = " + quoted(k.String())
	case string:
		return text + " = " + quoted(k)
	case bool:
		return text + " = " + strconv.FormatBool(k)
	case int64:
		return text + " = " + strconv.FormatInt(k, 10)
	case decimal.Decimal:
		return text + " = " + k.String()
	}
	return text + " = " + quoted(schema.Neutral(key))
}

func quoted(text string) string {
	n := expr.Node{Op: expr.OpText, Text: text}
	return n.String()
}
