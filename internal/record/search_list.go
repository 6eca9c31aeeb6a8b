package record

import (
	"strings"

	"wellmet/internal/access"
	"wellmet/internal/expr"
	"wellmet/internal/schema"
)

// textCondition is what the text box of a list asks of the record of an alias.
// The list's own condition brings the actor's rights; nothing is cut off, so
// that counts and sums are exact.
func (s *Session) textCondition(o *schema.Object, text, alias string, args *expr.Args) (string, error) {
	w := parseWanted(text)
	if w.empty() {
		return "1 = 1", nil
	}
	if !s.state.searchable(o) {
		return "1 = 0", nil
	}
	if err := s.notBehind(o); err != nil {
		return "", err
	}
	d := s.tx.Dialect()
	scope := []searchScope{{objects: []*schema.Object{o}, reach: access.Reach{All: true}}}
	var selects []string
	for _, step := range w.listSteps() {
		if d.Name() == "sqlite" {
			table, query := step.fts5(d, scope)
			selects = append(selects, "SELECT w.rowid FROM {"+table+"} w WHERE w."+table+" MATCH "+args.Add(query, "text"))
			continue
		}
		where := step.postgres(d, scope, args)
		selects = append(selects, "SELECT d.id FROM {search_doc} d WHERE d.object = "+args.Add(o.ID, "text")+" AND "+where)
	}
	return alias + ".id IN (" + strings.Join(selects, " UNION ") + ")", nil
}

// listSteps are the questions that together find all that has the text.
func (w wanted) listSteps() []searchStep {
	var steps []searchStep
	if len(w.terms) > 0 {
		if w.open {
			steps = append(steps, searchStep{prefix: w.terms})
		} else {
			steps = append(steps, searchStep{words: w.terms})
		}
	}
	steps = append(steps, w.inside()...)
	if len(steps) == 0 { // signs alone, of which no index knows
		return []searchStep{{words: []string{titleMark}}}
	}
	return steps
}
