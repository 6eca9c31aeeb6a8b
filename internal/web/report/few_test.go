package report_test

import (
	"archive/zip"
	"bytes"
	"io"
	"strings"
	"testing"

	"wellmet/internal/record"
	"wellmet/internal/value"
	"wellmet/internal/web/webtest"
)

// Lines from which little follows are marked in words where no colour tells it: in
// files and on paper, of reports that have such lines.
func TestSmallSamplesAreToldInWords(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		act := func(n int, who value.ID) {
			for range n {
				s.Create(t, s.Ada, "activity", record.Values{"subject": "x", "kind": "call", "done": true, "owner": who})
			}
		}
		act(10, s.Olga)
		ada := s.User(t, s.Ada)
		file := func() string {
			return strings.ReplaceAll(ada.Get("/reports/activity-by-person/csv").Body, "\r", "")
		}
		if text := file(); strings.Contains(text, "Sample") || strings.Contains(text, "small") {
			t.Errorf("ten activities are many: %s", text)
		}
		act(9, s.Rita)
		lines := strings.Split(strings.TrimSpace(file()), "\n")
		if len(lines) != 3 || !strings.HasSuffix(lines[0], ",Sample") {
			t.Fatalf("a file: %q", lines)
		}
		for _, line := range lines[1:] {
			if strings.HasPrefix(line, "Rita,") != strings.HasSuffix(line, ",small") {
				t.Errorf("a line: %s", line)
			}
		}
		if book := unpacked(t, ada.Get("/reports/activity-by-person/xlsx").Body); !strings.Contains(book, "Sample") || strings.Count(book, ">small<") != 1 {
			t.Errorf("a workbook: %s", book)
		}
		if paper := ada.Get("/reports/activity-by-person/print").Body; !strings.Contains(paper, "<th>Sample</th>") || strings.Count(paper, "<td>small</td>") != 1 {
			t.Errorf("on paper: %s", paper)
		}
		if text := ada.Get("/reports/activity-by-month/csv").Body; strings.Contains(text, "Sample") {
			t.Errorf("a report that greys nothing: %s", text)
		}
	})
}

// unpacked is all text of a workbook.
func unpacked(t *testing.T, book string) string {
	t.Helper()
	z, err := zip.NewReader(strings.NewReader(book), int64(len(book)))
	if err != nil {
		t.Fatal(err)
	}
	var all bytes.Buffer
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(&all, r); err != nil {
			t.Fatal(err)
		}
		r.Close()
	}
	return all.String()
}
