package board

import (
	"bytes"
	"context"
	"hash/fnv"
	"io"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"wellmet/internal/sales"
	"wellmet/internal/value"
	"wellmet/internal/web/kit"
)

// list is the cards of a column, marked by what they look like, so that a page
// can say what it has.
func (b *board) list(c *column) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		html := b.html(ctx, c)
		start := `<ul id="col-` + templ.EscapeString(c.Key) + `" aria-label="` + templ.EscapeString(c.Label) + `" data-has="` + mark(html) + `"`
		if b.leads != nil {
			start += ` data-leads="` + templ.EscapeString(strings.Join(b.leads[c.Key], " ")) + `"`
		}
		if b.takes(c) {
			start += ` data-stage="` + templ.EscapeString(c.Key) + `"`
		}
		if _, err := io.WriteString(w, start+">"); err != nil {
			return err
		}
		if _, err := w.Write(html); err != nil {
			return err
		}
		if c.next != "" {
			if err := b.more(c).Render(ctx, w); err != nil {
				return err
			}
		}
		_, err := io.WriteString(w, "</ul>")
		return err
	})
}

// html is the cards of a column, written once.
func (b *board) html(ctx context.Context, c *column) []byte {
	if c.html == nil {
		var html bytes.Buffer
		html.Grow(len(c.cards) * 1200)
		for i := range c.cards {
			if b.item(&c.cards[i]).Render(ctx, &html) != nil {
				break // a buffer takes everything; only a panic could get here
			}
		}
		c.html = html.Bytes()
	}
	return c.html
}

func mark(html []byte) string {
	h := fnv.New64a()
	_, _ = h.Write(html)
	return strconv.FormatUint(h.Sum64(), 36)
}

// stale are the columns whose cards differ from what the page has, which says
// "column:cards:mark" for each. A folded one shows none, whatever was put there.
func (b *board) stale(ctx context.Context) []*column {
	var found []*column
	for _, c := range b.columns {
		if c.Folded {
			found = append(found, c)
		}
	}
	for _, h := range b.has {
		key, rest, _ := strings.Cut(h, ":")
		_, seen, _ := strings.Cut(rest, ":")
		if c, err := b.column(key); err == nil && !c.Folded && mark(b.html(ctx, c)) != seen {
			found = append(found, c)
		}
	}
	return found
}

// figures are the sum of a column, and what it is worth by its chances.
func (b *board) figures(c *column) string {
	if c.Count == 0 {
		return b.v.MoneyWhole(value.Money{Currency: b.currency})
	}
	if !c.HasSum {
		return b.v.T("web.board.no_sum")
	}
	if c.Weighted.Currency != "" {
		return b.v.T("web.board.weighted", "sum", b.v.MoneyWhole(c.Sum), "weighted", b.v.MoneyWhole(c.Weighted))
	}
	return b.v.MoneyWhole(c.Sum)
}

// tone is the colour of a column's name.
func tone(color string) string {
	if slices.Contains(kit.Colors, color) {
		return color
	}
	return "gray"
}

func (b *board) byChoices() []choice {
	var list []choice
	for _, f := range b.fields {
		list = append(list, choice{f.Label(b.v.Lang), b.url("by", f.Name, "open", ""), f == b.field})
	}
	return list
}

func (b *board) opened() []string {
	return strings.FieldsFunc(b.st.Own.Get("open"), func(r rune) bool { return r == ',' })
}

// foldURL is the board with a closed column the other way.
func (b *board) foldURL(c *column) string {
	open := slices.DeleteFunc(b.opened(), func(key string) bool { return key == c.Key })
	if c.Folded {
		open = append(open, c.Key)
	}
	return b.url("open", strings.Join(open, ","))
}

func (b *board) foldLabel(c *column) string {
	if c.Folded {
		return b.v.T("web.board.unfold", "column", c.Label)
	}
	return b.v.T("web.board.fold", "column", c.Label)
}

func (b *board) moreURL(c *column) string {
	return b.st.Sub("cards", "column", c.Key, "cursor", c.next)
}

// newURL is the form of a new record in a column.
func (b *board) newURL(c *column) string {
	q := url.Values{b.field.Name: {c.Key}}
	if b.byStage() {
		q = url.Values{sales.DealStage.Name(): {c.Key}}
	}
	return "/" + b.o.Plural + "/new?" + q.Encode()
}

// watched are the objects whose changes can change the board.
func (b *board) watched() string {
	if b.st.Past() {
		return ""
	}
	if b.o.Timeline {
		return b.o.Name + " activity"
	}
	return b.o.Name
}
