package cli

import (
	"context"
	"strings"

	"wellmet/internal/record"
)

type aggregateCmd struct {
	Object  string   `arg:"" help:"What to group: deals, accounts, deal_lines …"`
	Group   []string `sep:"none" placeholder:"F,F" help:"Up to three of: a field, a path (account.industry), a date with a period (close_date:quarter), coalesce(…)."`
	Measure []string `sep:"none" default:"count" placeholder:"M,M" help:"count, sum:amount, avg:, min:, max:, median:, each narrowed by {condition}, and rate{a / b} (${default})."`
	Filter  string   `placeholder:"EXPR" help:"Only records for which this holds."`
	Sort    string   `placeholder:"KEYS" help:"Groups and measures, - before one for the largest first: -sum:amount."`
	Limit   int      `placeholder:"N" help:"So many groups at most (1000)."`
	As      string   `placeholder:"ADDRESS" help:"With the rights of this member."`
	JSON    bool     `help:"Answer as JSON."`
}

// Run answers figures.
func (c *aggregateCmd) Run(ctx context.Context, sh *shell) error {
	w, closing, err := sh.open(ctx, reading)
	if err != nil {
		return err
	}
	defer closing()
	who, err := sh.who(ctx, w, c.As, "aggregate")
	if err != nil {
		return err
	}
	a := record.Aggregate{Object: c.Object, Filter: c.Filter, Group: splitOutside(c.Group), Measures: splitOutside(c.Measure), Sort: c.Sort, Limit: c.Limit}
	var r *record.AggregateResult
	err = readAs(ctx, w, who, func(s *record.Session) error {
		r, err = s.Aggregate(ctx, a)
		return err
	})
	if err != nil {
		return err
	}
	if c.JSON {
		return sh.json(figuresOf(r))
	}
	figuresTable(r).write(sh.Out)
	if r.More {
		sh.tell("cli.more_groups", nil)
	}
	return nil
}

// splitOutside splits at commas, but for those inside brackets, braces and
// quotes: "coalesce(a, b),stage" is two.
func splitOutside(texts []string) []string {
	var out []string
	for _, text := range texts {
		depth, begin, quote := 0, 0, rune(0)
		for i, r := range text {
			switch {
			case quote != 0:
				if r == quote {
					quote = 0
				}
			case r == '"' || r == '\'':
				quote = r
			case r == '(' || r == '{' || r == '[':
				depth++
			case r == ')' || r == '}' || r == ']':
				depth--
			case r == ',' && depth == 0:
				out, begin = append(out, text[begin:i]), i+1
			}
		}
		out = append(out, text[begin:])
	}
	var kept []string
	for _, x := range out {
		if x = strings.TrimSpace(x); x != "" {
			kept = append(kept, x)
		}
	}
	return kept
}
