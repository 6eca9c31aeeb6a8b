package sales_test

import (
	"strings"
	"testing"

	"wellmet/internal/app/apptest"
	"wellmet/internal/process"
	"wellmet/internal/record"
)

// What a rule of scoring cannot judge keeps its score, and the log says why.
func TestWhatARuleOfScoringCannotJudge(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		rule := k.Create(t, k.Ada, "score_rule", record.Values{"name": "Has a company", "condition": "company is not empty", "points": int64(30)})
		lead := k.Create(t, k.Rita, "lead", record.Values{"company": "Acme"})
		k.Write(t, k.Ada, func(s *record.Session) error { // as if what it names were gone
			if _, err := s.Tx().Exec(t.Context(), `UPDATE {score_rule} SET condition = $1 WHERE id = $2`, `colour = "red"`, rule); err != nil {
				return err
			}
			return s.Touch(t.Context())
		})
		touchUp := func(text string) {
			k.Write(t, k.Rita, func(s *record.Session) error {
				_, err := s.Update(t.Context(), "lead", lead, 0, record.Values{"description": text})
				return err
			})
		}
		touchUp("one")
		touchUp("two") // the same once more is no second line
		expect(t, "score", texts(t, k, "lead", lead, "score"), "30")
		k.Read(t, k.Ada, func(s *record.Session) error {
			lines, err := process.Log(t.Context(), s, rule, 0, 10)
			if err == nil && (len(lines) != 1 || lines[0].Record != lead || lines[0].Outcome != "failed" || !strings.Contains(lines[0].Problem, "colour")) {
				t.Errorf("log %+v", lines)
			}
			return err
		})
		k.Read(t, k.Rita, func(s *record.Session) error {
			lines, err := process.LogOf(t.Context(), s, "lead", lead, 0, 10)
			if err == nil && len(lines) != 1 {
				t.Errorf("of the lead: %+v", lines)
			}
			return err
		})
	})
}
