package sheet

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// sharedData finds a folder of sample files above the package.
func sharedData(t testing.TB, name string) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		for _, root := range []string{"shared/data", "../shared/data"} {
			path := filepath.Join(dir, root, name)
			if _, err := os.Stat(path); err == nil {
				return path
			}
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			t.Skipf("no shared/data/%s above this package: sample files are not here", name)
		}
		dir = parent
	}
}

func openText(t testing.TB, text string, o Options) *Table {
	t.Helper()
	table, err := Open(strings.NewReader(text), "test.csv", o)
	if err != nil {
		t.Fatalf("open %.60q: %v", text, err)
	}
	t.Cleanup(func() { table.Close() })
	return table
}

func readAll(t testing.TB, table *Table) []Row {
	t.Helper()
	var rows []Row
	for {
		row, err := table.Next()
		if errors.Is(err, io.EOF) {
			return rows
		}
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, row)
	}
}

func names(table *Table) []string {
	var names []string
	for _, c := range table.Columns {
		names = append(names, c.Name)
	}
	return names
}

func texts(row Row) []string {
	var texts []string
	for _, c := range row.Cells {
		texts = append(texts, c.Text)
	}
	return texts
}

// grid is what most tests compare: the texts of all rows.
func grid(t testing.TB, table *Table) [][]string {
	t.Helper()
	var grid [][]string
	for _, row := range readAll(t, table) {
		if row.Fault != nil {
			grid = append(grid, []string{"!" + row.Fault.Key})
			continue
		}
		grid = append(grid, texts(row))
	}
	return grid
}
