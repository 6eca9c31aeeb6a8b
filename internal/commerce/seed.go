package commerce

import (
	"context"

	"wellmet/internal/activity"
	"wellmet/internal/i18n"
	"wellmet/internal/record"
)

// shippedSteps are those that a new company begins with after a signature, in
// their order; key finds their words. A month has 22 business days.
var shippedSteps = []struct {
	key, kind string
	days      int64
}{{"welcome", activity.Call, 1}, {"handover", activity.Task, 2}, {"invoice", activity.Task, 10}, {"satisfied", activity.Call, 22}}

// Seed gives a new workspace the steps after signing that most companies take,
// called in the workspace's language, to be changed or taken out of use.
func Seed(ctx context.Context, s *record.Session) error {
	language := i18n.FormatFor(s.Settings().Locale).Language()
	b := record.Batch{Object: Onboarding.Name}
	for i, x := range shippedSteps {
		v := record.With(record.With(record.Values{}, StepName, i18n.Text(language, "commerce.seed."+x.key, nil)), StepKind, x.kind)
		record.With(record.With(v, StepDays, x.days), StepPosition, int64(i+1))
		b.Changes = append(b.Changes, record.Change{Values: record.With(v, StepText, i18n.Text(language, "commerce.seed."+x.key+"_text", nil))})
	}
	_, err := s.Save(ctx, b)
	return err
}
