package cli

import (
	"context"

	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/value"
)

type reportCmd struct {
	Name   string `arg:"" help:"Name of the report, as “wellmet reports” shows it."`
	From   string `placeholder:"DATE" help:"First day."`
	To     string `placeholder:"DATE" help:"Last day."`
	Filter string `placeholder:"EXPR" help:"Only records for which this holds, too."`
	Limit  int    `placeholder:"N" help:"So many lines at most."`
	As     string `placeholder:"ADDRESS" help:"With the rights of this member."`
	JSON   bool   `help:"Answer as JSON."`
}

// Run answers a report.
func (c *reportCmd) Run(ctx context.Context, sh *shell) error {
	w, closing, err := sh.open(ctx, reading)
	if err != nil {
		return err
	}
	defer closing()
	who, err := sh.who(ctx, w, c.As, "report")
	if err != nil {
		return err
	}
	p := report.Params{Filter: c.Filter, Limit: c.Limit}
	for _, x := range []struct {
		to   *value.Date
		text string
	}{{&p.From, c.From}, {&p.To, c.To}} {
		if x.text == "" {
			continue
		}
		if *x.to, err = value.ParseDate(x.text); err != nil {
			return err
		}
	}
	var t *report.Table
	err = readAs(ctx, w, who, func(s *record.Session) error {
		t, err = w.App().Reports().Run(ctx, s, c.Name, p)
		return err
	})
	if err != nil {
		return err
	}
	if c.JSON {
		return sh.rawJSON(t.AppendJSON(nil))
	}
	sh.print(t.Title)
	if t.Help != "" {
		sh.print(t.Help)
	}
	sh.print("")
	reportTable(t).write(sh.Out)
	if t.More {
		sh.tell("cli.more_groups", nil)
	}
	return nil
}

func reportTable(t *report.Table) *table {
	out := &table{right: map[int]bool{}}
	out.heads = append(out.heads, t.Groups...)
	for i, col := range t.Columns {
		out.heads = append(out.heads, col.Title)
		out.right[len(t.Groups)+i] = true
	}
	add := func(labels []string, values []record.Measure) {
		row := make([]string, 0, len(out.heads))
		for i := range t.Groups {
			label := "-"
			if i < len(labels) && labels[i] != "" {
				label = labels[i]
			}
			row = append(row, line(label, 50))
		}
		out.add(append(row, shownValues(values)...)...)
	}
	for _, r := range t.Rows {
		add(r.Labels, r.Values)
	}
	if t.Total != nil && len(t.Groups) > 0 {
		add([]string{"="}, t.Total.Values)
	} else if t.Total != nil && len(t.Rows) == 0 {
		add(nil, t.Total.Values)
	}
	return out
}

type reportsCmd struct {
	JSON bool `help:"Answer as JSON."`
}

// Run lists the reports.
func (c *reportsCmd) Run(ctx context.Context, sh *shell) error {
	w, closing, err := sh.open(ctx, reading)
	if err != nil {
		return err
	}
	defer closing()
	who, err := sh.who(ctx, w, "", "reports")
	if err != nil {
		return err
	}
	type row struct {
		Name   string `json:"name"`
		Title  string `json:"title"`
		Help   string `json:"help"`
		Object string `json:"object"`
	}
	rows := []row{}
	err = readAs(ctx, w, who, func(s *record.Session) error {
		rows = rows[:0]
		for _, x := range w.App().Reports().Specs(s) {
			rows = append(rows, row{x.Name, x.Title, x.Help, x.Object})
		}
		return nil
	})
	if err != nil {
		return err
	}
	if c.JSON {
		return sh.json(rows)
	}
	t := table{heads: []string{"NAME", "TITLE", "WHAT IT SAYS"}}
	for _, r := range rows {
		t.add(r.Name, r.Title, line(r.Help, 100))
	}
	t.write(sh.Out)
	return nil
}
