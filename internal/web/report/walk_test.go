package report_test

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"time"

	"wellmet/internal/app"
	"wellmet/internal/app/apptest"
	"wellmet/internal/process"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// Every figure of every ready report agrees with the list that stands behind
// it: its number of records, or what they add up to.
func TestFiguresAgreeWithTheirLists(t *testing.T) {
	t.Parallel()
	apptest.EachSample(t, walk)
}

func walk(t *testing.T, s *apptest.Kit, _ *app.Demo) {
	book, checked := s.App.Reports(), 0
	read := func(fn func(w *record.Session) error) {
		if err := s.Workspace.Engine().Read(t.Context(), record.AsSystem("test"), fn, store.Report); err != nil {
			t.Error(err)
		}
	}
	var specs []report.Spec
	read(func(w *record.Session) error { specs = book.Specs(w); return nil })
	for _, spec := range specs {
		var table *report.Table
		read(func(w *record.Session) (err error) {
			if table, err = book.Run(t.Context(), w, spec.Name, report.Params{}); err != nil {
				t.Errorf("%s: %v", spec.Name, err)
			}
			return nil
		})
		if table == nil {
			continue
		}
		answered(t, spec, table)
		rows := table.Rows[:min(len(table.Rows), 6)]
		if table.Total != nil && spec.Run == nil {
			rows = append(rows[:len(rows):len(rows)], *table.Total)
		}
		for _, r := range rows {
			for col := range table.Columns {
				read(func(w *record.Session) error { // each by itself, as pages ask
					if agrees(t, w, book, spec, table, r, col) {
						checked++
					}
					return nil
				})
			}
		}
	}
	if checked < 500 {
		t.Errorf("only %d figures were compared", checked)
	}
}

// answered compares the lists that the API names with those that pages lead to.
func answered(t *testing.T, spec report.Spec, table *report.Table) {
	t.Helper()
	var answer struct {
		Rows []struct {
			Filter string
			Behind map[string]struct{ Object, Filter string }
		}
	}
	if err := json.Unmarshal(table.AppendJSON(nil), &answer); err != nil {
		t.Errorf("%s: %v", spec.Name, err)
		return
	}
	for i, r := range table.Rows {
		for col, c := range table.Columns {
			b, ok := table.BehindOf(r, col)
			if !ok || r.Filter == "" && len(r.Behind) == 0 {
				continue
			}
			told := answer.Rows[i].Behind[c.Name]
			if by := answer.Rows[i].Filter; c.Measure != "" && told.Filter == "" && by != "" {
				continue // the line and the measure tell it
			}
			if told.Object != b.Object || told.Filter != b.Filter {
				t.Errorf("%s, %v, %s: the API names %+v, the page leads to %+v", spec.Name, r.Labels, c.Name, told, b)
			}
		}
	}
}

func agrees(t *testing.T, w *record.Session, book *report.Book, spec report.Spec, table *report.Table, r report.Row, col int) bool {
	t.Helper()
	b, ok := table.BehindOf(r, col)
	if !ok || spec.Run != nil && r.Filter == "" && len(r.Behind) == 0 {
		return false
	}
	c := table.Columns[col]
	if c.Plain {
		return false
	}
	if strings.HasPrefix(b.Path, "/reports/"+spec.Name+"/behind?") {
		return trailed(t, w, book, spec, b.Path, r, col)
	}
	if strings.HasPrefix(b.Path, process.AdherencePath) {
		return lapsed(t, w, b.Path, r, col)
	}
	if b.Path != "" {
		t.Errorf("%s, %v, %s: nobody understands %s", spec.Name, r.Labels, c.Name, b.Path)
		return false
	}
	m, _ := record.ReadMeasure(c.Measure)
	measure := "count"
	switch {
	case m.Function == "sum":
		measure = "sum:" + m.Of
	case m.Function == "count" && m.Of == "" || c.Measure == "" && !c.Rate:
	default:
		return false
	}
	if n, is := r.Values[col].Value.(int64); measure == "count" && !is {
		return false
	} else if measure == "count" {
		got, _, err := w.Count(t.Context(), record.Query{Object: b.Object, Filter: b.Filter})
		if err != nil || got != n {
			t.Errorf("%s, %v, %s: %d, but the list %q has %d (%v)", spec.Name, r.Labels, c.Name, n, b.Filter, got, err)
		}
		return true
	}
	got, err := w.Aggregate(t.Context(), record.Aggregate{Object: b.Object, Filter: b.Filter, Measures: []string{measure}})
	if err != nil || schema.Neutral(got.Total.Values[0].Value) != schema.Neutral(r.Values[col].Value) {
		t.Errorf("%s, %v, %s: %v, but what the list %q adds up to differs (%v)", spec.Name, r.Labels, c.Name, r.Values[col].Value, b.Filter, err)
	}
	return true
}

// trailed counts the records to which a figure leads, page by page.
func trailed(t *testing.T, w *record.Session, book *report.Book, spec report.Spec, path string, r report.Row, col int) bool {
	t.Helper()
	u, err := url.Parse(path)
	if err != nil {
		t.Error(err)
		return false
	}
	trail, err := report.ReadTrail(w, u.Query())
	if err != nil {
		t.Error(err)
		return false
	}
	n := int64(0)
	for {
		found, _, err := book.Behind(t.Context(), w, spec.Name, trail)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			return false
		}
		n += int64(len(found.IDs))
		if len(found.IDs) < report.MostBehind {
			if figure, whole := r.Values[col].Value.(int64); n == 0 || n != found.Count || whole && n != figure {
				t.Errorf("%s, %v: %v, the list %s has %d and says %d", spec.Name, r.Labels, r.Values[col].Value, path, n, found.Count)
			}
			return true
		}
		trail.Before = found.IDs[len(found.IDs)-1]
	}
}

// lapsed holds a figure against the page of what was skipped, late or is missing.
func lapsed(t *testing.T, w *record.Session, path string, r report.Row, col int) bool {
	t.Helper()
	u, err := url.Parse(path)
	if err != nil {
		t.Error(err)
		return false
	}
	q := u.Query()
	id, _ := value.ParseID(q.Get("process"))
	to, err := value.ParseDate(q.Get("to"))
	if err != nil || q.Has("from") {
		t.Errorf("%s: %v", path, err)
		return false
	}
	zone := w.Env().Zone
	a, err := process.Adhere(t.Context(), w, id, process.Span{From: time.UnixMilli(0), To: to.AddDays(1).Time(zone), Zone: zone})
	if err != nil {
		t.Error(err)
		return false
	}
	n := int64(0)
	for _, x := range a.Lapses {
		if x.Owner.String() == q.Get("owner") && x.State == q.Get("state") && x.Kind == q.Get("kind") {
			n++
		}
	}
	if n != r.Values[col].Value {
		t.Errorf("%v lapses, the page %s has %d", r.Values[col].Value, path, n)
	}
	return true
}
