package exchange

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"wellmet/internal/exchange"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
)

// fixRows is how many rows are mended on one page.
const fixRows = 25

// fixing is rows that failed, to be mended in place.
type fixing struct {
	*place
	headers []string
	rows    []exchange.FailedRow
	in      int64 // rows that the last try brought in; -1 before the first
	behind  int
	next    int // row behind which the next page begins, 0 for none
}

func fix(c *door.Call) error {
	p, err := find(c)
	if err != nil {
		return err
	}
	behind, _ := strconv.Atoi(c.R.URL.Query().Get("after"))
	return showFix(c, p, http.StatusOK, behind, -1)
}

func showFix(c *door.Call, p *place, status, behind int, in int64) error {
	f := &fixing{place: p, in: in, behind: behind}
	var err error
	if f.headers, f.rows, err = c.WS.Importer().Failed(c.Ctx, c.Who, p.run.ID, behind, fixRows+1); err != nil {
		return err
	}
	if len(f.rows) > fixRows {
		f.rows = f.rows[:fixRows]
		f.next = f.rows[fixRows-1].Row
	}
	return c.ShowStatus(status, kit.Page{Title: c.View.T("web.exchange.fix.title", "file", p.run.Name), Nav: "/imports", Body: fixPage(f)})
}

// saveFix imports the rows of the page once more, as they were changed.
func saveFix(c *door.Call) error {
	p, form, err := sent(c)
	if err != nil {
		return err
	}
	behind, _ := strconv.Atoi(form.Get("after"))
	run, err := c.WS.Importer().Mend(c.Ctx, c.Who, p.run.ID, readCells(form))
	if err != nil {
		return err
	}
	in := int64(p.run.Failed - run.Failed)
	p.run = run
	if run.Failed == 0 {
		return c.Go(p.url(""))
	}
	status := http.StatusOK
	if in == 0 {
		status = http.StatusUnprocessableEntity
	}
	return showFix(c, p, status, behind, in)
}

// readCells reads "c.<row>.<column>" fields.
func readCells(form url.Values) map[int]map[int]string {
	cells := map[int]map[int]string{}
	for name, texts := range form {
		parts := strings.Split(name, ".")
		if len(parts) != 3 || parts[0] != "c" {
			continue
		}
		row, err := strconv.Atoi(parts[1])
		column, err2 := strconv.Atoi(parts[2])
		if err != nil || err2 != nil || row < 1 || column < 0 {
			continue
		}
		if cells[row] == nil {
			cells[row] = map[int]string{}
		}
		cells[row][column] = texts[0]
	}
	return cells
}

// cellBox is one cell of a row, with what is wrong with it.
type cellBox struct {
	index       int
	label, text string
	problem     string
}

// boxes are a row's cells: those with a problem first, the others behind a
// fold. A row that is wrong as a whole shows all.
func (f *fixing) boxes(r exchange.FailedRow) (wrong, rest []cellBox, whole []string) {
	problems := map[int]string{}
	for _, p := range r.Problems {
		if i := slices.Index(f.headers, p.Column); i >= 0 {
			problems[i] = strings.TrimSpace(problems[i] + " " + p.Message)
		} else {
			whole = append(whole, p.Message)
		}
	}
	for i, h := range f.headers {
		box := cellBox{index: i, label: h, problem: problems[i]}
		if i < len(r.Cells) {
			box.text = r.Cells[i]
		}
		if box.problem != "" {
			wrong = append(wrong, box)
		} else {
			rest = append(rest, box)
		}
	}
	if len(wrong) == 0 {
		return rest, nil, whole
	}
	return wrong, rest, whole
}
