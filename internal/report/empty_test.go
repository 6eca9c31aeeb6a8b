package report_test

import (
	"strings"
	"testing"

	"wellmet/internal/app/apptest"
	"wellmet/internal/i18n"
	"wellmet/internal/record"
	"wellmet/internal/report"
)

// Over an empty base every ready report says why it is empty and what to do about it,
// in every language; over a record it does not.
func TestReadyReportsOverNothing(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		nothing := func(name, language string) (said string) {
			k.Read(t, k.Ada, func(s *record.Session) error {
				spec, err := k.App.Reports().Find(t.Context(), s, name)
				if err != nil {
					return err
				}
				table, err := k.App.Reports().RunSpec(t.Context(), s, spec, report.Params{})
				if err != nil {
					return err
				}
				w, err := report.Worded(s, i18n.FormatFor(language), spec, table)
				if err == nil {
					said = w.Nothing()
				}
				return err
			})
			return said
		}
		var specs []report.Spec
		k.Read(t, k.Ada, func(s *record.Session) error { specs = k.App.Reports().Specs(s); return nil })
		if len(specs) < 12 {
			t.Fatalf("%d ready reports", len(specs))
		}
		for _, spec := range specs {
			if said := nothing(spec.Name, "en"); len(strings.Fields(said)) < 6 {
				t.Errorf("%s explains its emptiness by %q", spec.Name, said)
			}
		}
		seen := map[string]bool{}
		for _, language := range []string{"en", "ru", "zh", "fi", "ca"} {
			seen[nothing("funnel", language)] = true
		}
		if len(seen) != 5 {
			t.Errorf("in five languages: %v", seen)
		}
		firm := k.Create(t, k.Rita, "account", record.Values{"name": "Aurora"})
		k.Create(t, k.Rita, "deal", record.Values{"name": "North", "account": firm})
		for _, name := range []string{"pipeline", "deals-by-owner", "funnel", "changes", "deal-actions", "accounts-by-kind"} {
			if said := nothing(name, "en"); said != "" {
				t.Errorf("%s of a deal without an amount: %q", name, said)
			}
		}
		id := k.Create(t, k.Ada, "report", record.Values{"name": "None of them", "object": "deal", "filter": `name = "x"`, "measures": "count"})
		if said := nothing(id.String(), "en"); said != "" {
			t.Errorf("a number that is nought is a figure: %q", said)
		}
		id = k.Create(t, k.Ada, "report", record.Values{"name": "Amounts", "object": "deal", "group": "owner", "measures": "sum:amount"})
		if said := nothing(id.String(), "en"); said != "" {
			t.Errorf("deals without amounts are deals: %q", said)
		}
	})
}
