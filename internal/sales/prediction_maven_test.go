package sales_test

import (
	"testing"

	"wellmet/internal/app/apptest"
	"wellmet/internal/record"
	"wellmet/internal/sales"
)

// A real company's file: closed deals came in closed, their amounts are 0 where
// they were lost, and there is next to nothing to learn. That is what is said:
// the amounts tell nothing, and nobody is made sure of what is chance.
func TestPredictionOfMavenIsHonest(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		k.ImportMaven(t)
		relearn(t, k)
		p := predictions(t, k)
		for id, x := range p.Of {
			level, why := x.Confidence()
			t.Logf("pipeline %v: closed %d won %d, confidence %s (%s), left out %v", id, x.Closed, x.Won, level, why, p.Left)
			if b := x.Back; b != nil {
				t.Logf("learnt %d asked %d strength %.0f hurried %v: model AUC %.3f Brier %.4f log loss %.4f off %.3f; stage AUC %.3f Brier %.4f log loss %.4f; base Brier %.4f log loss %.4f", b.Learnt, b.Asked, b.Strength, b.Hurried,
					b.Model.AUC, b.Model.Brier, b.Model.LogLoss, b.Model.Off, b.Stage.AUC, b.Stage.Brier, b.Stage.LogLoss, b.Base.Brier, b.Base.LogLoss)
				if b.Model.AUC > 0.75 {
					t.Errorf("AUC %.3f: it looks at the answer", b.Model.AUC)
				}
			} else {
				t.Error("no back-test")
			}
			if level != sales.Unsure || why != "no_better" {
				t.Errorf("confidence is %s, because %s", level, why)
			}
		}
		k.Read(t, k.Ada, func(s *record.Session) error {
			page, err := s.Query(t.Context(), record.Query{Object: "deal", Filter: `win_prediction > 0`, Limit: 1, Count: record.CountExact})
			t.Logf("%d open deals are foretold", page.Count)
			return err
		})
	})
}
