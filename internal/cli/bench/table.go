package bench

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Text writes the report as tables that fit a terminal and read as Markdown
// too: first the figures by size with their verdicts, then the details of
// every load.
func (r *Report) Text(w io.Writer) error {
	fmt.Fprintf(w, "%s\n\n", r.heading())
	if err := writeTable(w, r.judgedTable()); err != nil {
		return err
	}
	fmt.Fprintln(w)
	return writeTable(w, r.detailTable())
}

func (r *Report) heading() string {
	m := r.Machine
	return fmt.Sprintf("Database: %s. Machine: %s, %d cores, %s memory, %s, %s.",
		r.Database, m.CPU, m.Cores, mebibytes(m.Memory), m.System, m.Go)
}

func (r *Report) judgedTable() [][]string {
	sizes := r.sizes()
	head := []string{"what", "as", "clients", "unit"}
	for _, size := range sizes {
		head = append(head, sizeName(size))
	}
	table := [][]string{append(head, "target", "verdict", "growth", "≤ 2×")}
	for _, line := range r.rows() {
		cells := []string{line.name, line.as, count(line.clients), line.unit}
		for _, size := range sizes {
			if v, ok := line.value[size]; ok {
				cells = append(cells, number(v))
			} else {
				cells = append(cells, "")
			}
		}
		growth := ""
		if line.growth > 0 {
			growth = number(line.growth) + "×"
		}
		table = append(table, append(cells, line.target.text(), string(line.verdict), growth, string(line.grew)))
	}
	return table
}

func (r *Report) detailTable() [][]string {
	table := [][]string{{
		"deals", "what", "as", "clients", "requests", "errors", "req/s", "rows/s",
		"p50 ms", "p95 ms", "p99 ms", "max ms", "bytes", "server CPU ms", "others %", "memory",
	}}
	for _, e := range r.Entries {
		table = append(table, []string{
			sizeName(e.Size), e.Name, e.As, count(e.Clients), strconv.Itoa(e.Requests), strconv.Itoa(e.Errors),
			number(e.PerSecond), blankZero(e.RowsPerSecond), number(e.P50), number(e.P95), number(e.P99), number(e.Max),
			strconv.Itoa(e.Bytes), number(e.ServerCPU), number(e.OtherCPU), mebibytes(e.Memory),
		})
	}
	return table
}

func (t *Target) text() string {
	if t == nil {
		return ""
	}
	if t.AtLeast {
		return "≥ " + number(t.Limit)
	}
	return "≤ " + number(t.Limit)
}

// writeTable pads the cells to columns; the first row is the head. Columns
// whose cells are all numbers stand to the right.
func writeTable(w io.Writer, table [][]string) error {
	width := make([]int, len(table[0]))
	right := make([]bool, len(table[0]))
	for i := range width {
		right[i] = len(table) > 1
		for n, cells := range table {
			width[i] = max(width[i], utf8.RuneCountInString(cells[i]))
			right[i] = right[i] && (n == 0 || numeric(cells[i]))
		}
	}
	var text strings.Builder
	for n, cells := range table {
		for i, cell := range cells {
			pad := strings.Repeat(" ", width[i]-utf8.RuneCountInString(cell))
			if right[i] {
				text.WriteString("| " + pad + cell + " ")
			} else {
				text.WriteString("| " + cell + pad + " ")
			}
		}
		text.WriteString("|\n")
		if n == 0 {
			writeRule(&text, width, right)
		}
	}
	_, err := io.WriteString(w, text.String())
	return err
}

func writeRule(text *strings.Builder, width []int, right []bool) {
	for i, n := range width {
		if right[i] {
			text.WriteString("|" + strings.Repeat("-", n+1) + ":")
		} else {
			text.WriteString("|" + strings.Repeat("-", n+2))
		}
	}
	text.WriteString("|\n")
}

func numeric(cell string) bool {
	return cell == "" || cell[0] >= '0' && cell[0] <= '9' || strings.HasPrefix(cell, "≤") || strings.HasPrefix(cell, "≥")
}

// number shows three significant figures, and whole numbers from 100 on.
func number(v float64) string {
	switch {
	case v == 0:
		return "0"
	case v >= 100:
		return strconv.FormatFloat(v, 'f', 0, 64)
	case v >= 10:
		return strconv.FormatFloat(v, 'f', 1, 64)
	case v >= 1:
		return strconv.FormatFloat(v, 'f', 2, 64)
	}
	return strconv.FormatFloat(v, 'f', 3, 64)
}

func blankZero(v float64) string {
	if v == 0 {
		return ""
	}
	return number(v)
}

func count(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func mebibytes(n int64) string { return strconv.FormatInt(n>>20, 10) + " MiB" }

// sizeName is 10k for 10,000 and 1M for 1,000,000.
func sizeName(n int) string {
	switch {
	case n >= 1_000_000 && n%1_000_000 == 0:
		return strconv.Itoa(n/1_000_000) + "M"
	case n >= 1_000 && n%1_000 == 0:
		return strconv.Itoa(n/1_000) + "k"
	}
	return strconv.Itoa(n)
}
