package report_test

import (
	"archive/zip"
	"bytes"
	stdcsv "encoding/csv"
	"encoding/json"
	"encoding/xml"
	"io"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"golang.org/x/net/html"
)

// told is a report as the API answers it.
type told struct {
	Object  string
	Groups  []string
	Columns []column
	Rows    []map[string]json.RawMessage
	Total   map[string]json.RawMessage
	More    bool
	None    string
}

type column struct{ Name, Title string }

// figure is the plain figure of a column; false where it is none, or words.
func figure(r map[string]json.RawMessage, column string) (decimal.Decimal, bool) {
	var sums struct {
		Base *struct{ Amount string }
		Sums []struct{ Amount string }
	}
	text := string(r[column])
	if json.Unmarshal(r[column], &sums) == nil {
		switch {
		case sums.Base != nil:
			text = sums.Base.Amount
		case len(sums.Sums) == 1:
			text = sums.Sums[0].Amount
		}
	}
	var money struct{ Amount string }
	if json.Unmarshal(r[column], &money) == nil && money.Amount != "" {
		text = money.Amount
	}
	n, err := decimal.NewFromString(text)
	return n, err == nil
}

// cell is a figure or a name on a page, and where it leads.
type cell struct{ text, href string }

// number is what a figure on a page says; step is how exact it is.
func (c cell) number() (n, step decimal.Decimal, ok bool) {
	text, _, _ := strings.Cut(c.text, " ·") // behind which a chart says of how many
	scale := int32(0)
	switch {
	case strings.Contains(text, "%"):
		scale = -2
	case strings.HasSuffix(text, "k"):
		scale = 3
	case strings.HasSuffix(text, "M"):
		scale = 6
	}
	plain := strings.Trim(notFigure.ReplaceAllString(strings.ReplaceAll(text, "−", "-"), ""), ".")
	n, err := decimal.NewFromString(plain)
	if err != nil || dayText.MatchString(text) {
		return n, step, false
	}
	_, after, _ := strings.Cut(plain, ".")
	return n.Shift(scale), decimal.New(51, scale-int32(len(after))-2), true
}

var (
	notFigure = regexp.MustCompile(`[^0-9.-]`)
	dayText   = regexp.MustCompile(`(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)`)
)

// near reports whether a page says a figure as exactly as it writes it.
func (c cell) near(n decimal.Decimal) bool {
	got, step, ok := c.number()
	return ok && got.Sub(n).Abs().LessThanOrEqual(step)
}

// grid is a table of a page.
type grid struct {
	heads []string
	rows  [][]cell
	foot  []cell
}

// shown is a report as its page shows it.
type shown struct {
	figures grid
	charts  map[string]grid // by what they are called
	tiles   int
	words   string
}

func readPage(t *testing.T, body string) (x shown) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	x.charts = map[string]grid{}
	for tile := range root.Descendants() {
		if tile.Data != "section" || !has(tile, "tile") {
			continue
		}
		x.tiles++
		title := ""
		for n := range tile.Descendants() {
			switch {
			case n.Data == "h2" && title == "":
				title = textOf(n)
			case n.Data == "table" && has(n, "rows"):
				x.figures = gridOf(n)
			case n.Data == "table" && has(n, "xt") && n.Parent.Parent.Data == "details":
				x.charts[title] = gridOf(n)
			}
		}
		x.words += textOf(tile)
	}
	return x
}

func has(n *html.Node, class string) bool {
	for _, a := range n.Attr {
		if a.Key == "class" {
			return strings.Contains(" "+a.Val+" ", " "+class+" ")
		}
	}
	return false
}

func textOf(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

func gridOf(table *html.Node) (g grid) {
	for tr := range table.Descendants() {
		if tr.Data != "tr" {
			continue
		}
		var cells []cell
		for n := range tr.ChildNodes() {
			if n.Data != "td" && n.Data != "th" {
				continue
			}
			c := cell{text: textOf(n)}
			for a := range n.Descendants() {
				for _, x := range a.Attr {
					if a.Data == "a" && x.Key == "href" {
						c.href = x.Val
					}
				}
			}
			cells = append(cells, c)
		}
		switch tr.Parent.Data {
		case "thead":
			for _, c := range cells {
				g.heads = append(g.heads, c.text)
			}
		case "tbody":
			g.rows = append(g.rows, cells)
		case "tfoot":
			g.foot = cells
		}
	}
	return g
}

func readCSV(t *testing.T, body string) [][]string {
	t.Helper()
	lines, err := stdcsv.NewReader(strings.NewReader(strings.TrimPrefix(body, "\ufeff"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return lines
}

// readBook reads the one sheet of a workbook.
func readBook(t *testing.T, body string) (lines [][]string) {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader([]byte(body)), int64(len(body)))
	if err != nil {
		t.Fatal(err)
	}
	f, err := z.Open("xl/worksheets/sheet1.xml")
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	var x struct {
		Rows []struct {
			Cells []struct {
				At   string `xml:"r,attr"`
				V    string `xml:"v"`
				Text string `xml:"is>t"`
			} `xml:"c"`
		} `xml:"sheetData>row"`
	}
	if err := xml.Unmarshal(data, &x); err != nil {
		t.Fatal(err)
	}
	for _, r := range x.Rows {
		line := make([]string, len(headOf(lines)))
		for i, c := range r.Cells {
			at := int(c.At[0] - 'A')
			if len(lines) == 0 {
				line, at = append(line, ""), i
			}
			line[at] = c.V + c.Text
		}
		lines = append(lines, line)
	}
	return lines
}

// sameCell reports whether a workbook says what CSV says: moments are days there.
func sameCell(csv, book string) bool {
	at, err := time.Parse(time.RFC3339, csv)
	days, bad := decimal.NewFromString(book)
	if err != nil || bad != nil {
		return csv == book
	}
	first := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	return at.Sub(first.Add(time.Duration(days.InexactFloat64()*24*float64(time.Hour)))).Abs() < time.Second
}

// headOf is the head of a sheet.
func headOf(lines [][]string) []string {
	if len(lines) == 0 {
		return nil
	}
	return lines[0]
}
