package report_test

import (
	"testing"

	"wellmet/internal/app/apptest"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/report"
)

// A ready report that stands on a field which its reader may not read says so, and no
// report answers with the words of an expression; the others live on. Whoever writes
// a filter himself is told of that.
func TestReadyReportsOnHiddenFields(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		run := func(name string, p report.Params) (err error) {
			k.Read(t, k.Rita, func(s *record.Session) error {
				_, err = k.App.Reports().Run(t.Context(), s, name, p)
				return nil
			})
			return err
		}
		own := report.Params{Filter: "amount > 5"}
		if err := run("ranking", own); err != nil {
			t.Errorf("what she may read: %v", err)
		}
		for _, field := range []string{"deal.amount", "deal.stage", "deal.close_date", "deal.owner", "deal.status", "deal.account", "deal.lost_stage", "lead.status", "lead.source", "lead.stage",
			"activity.owner", "activity.done", "account.is_customer", "account.owner", "contract.signed_on", "deal_line.amount", "target.measure"} {
			k.Mask(t, field)
			refused, answered := 0, 0
			k.Read(t, k.Rita, func(s *record.Session) error {
				for _, spec := range k.App.Reports().Specs(s) {
					switch _, err := k.App.Reports().RunSpec(t.Context(), s, spec, report.Params{}); {
					case err == nil:
						answered++
					case fault.Is(err, fault.Forbidden):
						refused++
					default:
						t.Errorf("%s hidden, %s: %v", field, spec.Name, err)
					}
				}
				return nil
			})
			if refused == 0 || answered < 20 {
				t.Errorf("%s hidden: %d reports refuse, %d answer", field, refused, answered)
			}
		}
		k.Mask(t, "deal.amount")
		for name, p := range map[string]report.Params{"ranking": {}, "pipeline": {}, "changes": {}} {
			if f, ok := fault.As(run(name, p)); !ok || f.Kind != fault.Forbidden || f.Key != "report.hidden" || f.Args["report"] == "" {
				t.Errorf("%s: %v", name, f)
			}
		}
		for _, p := range []report.Params{own, {Filter: "nosuch > 5"}} { // one as the other
			if f, ok := fault.As(run("ranking", p)); !ok || f.Kind != fault.Invalid || f.Key == "report.hidden" {
				t.Errorf("her own filter %q: %v", p.Filter, f)
			}
		}
	})
}
