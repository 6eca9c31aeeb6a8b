package report

import (
	"strconv"
	"strings"

	"wellmet/internal/i18n"
	"wellmet/internal/record"
)

// ParseColumns reads measures, a line each, "title = measure" or the measure
// alone. No text at all is the number of records.
func ParseColumns(text string) []Column {
	var list []Column
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		title, measure, ok := strings.Cut(line, " = ")
		if _, is := record.ReadMeasure(line); is || !ok || strings.ContainsAny(title, "{}") {
			title, measure = "", line
		}
		list = append(list, Column{Title: strings.TrimSpace(title), Measure: strings.TrimSpace(measure)})
	}
	if len(list) == 0 {
		list = []Column{{Measure: "count"}}
	}
	Name(list)
	return list
}

// ColumnsText writes what ParseColumns reads.
func ColumnsText(list []Column) string {
	var lines []string
	for _, c := range list {
		line := c.Measure
		if title := strings.Join(strings.Fields(c.Title), " "); title != "" && !strings.ContainsAny(title, "{}=") {
			line = title + " = " + c.Measure
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

// Name gives columns the names that answers have them under: their titles in
// plain letters, or their place.
func Name(list []Column) {
	taken := map[string]bool{"keys": true, "labels": true, "filter": true, "before": true, "behind": true, "projected": true}
	for i := range list {
		name := plain(list[i].Title)
		if name == "" || taken[name] {
			name = "figure_" + strconv.Itoa(i+1)
		}
		taken[name] = true
		list[i].Name = name
	}
}

// plain is a title in lower letters with low lines between words; "" for what
// is written in other letters.
func plain(title string) string {
	var b strings.Builder
	for _, r := range i18n.Fold(title) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			b.WriteRune(r)
		case r == ' ' || r == '-' || r == '_':
			b.WriteByte('_')
		case r > 127:
			return ""
		}
	}
	return strings.Trim(b.String(), "_")
}
