package report_test

import (
	"testing"

	"wellmet/internal/app/apptest"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/value"
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

// Whose a deal or contract is goes with its parts: who may not see that of the one can
// neither filter, order nor group the other by it, nor read it there.
func TestPartsHideWhoseTheyAre(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		account := k.Create(t, k.Rita, "account", record.Values{"name": "Acme"})
		deal := k.Create(t, k.Rita, "deal", record.Values{"name": "Pumps", "account": account})
		line := k.Create(t, k.Rita, "deal_line", record.Values{"deal": deal, "description": "Pump", "quantity": "1", "unit_price": "10"})
		asks := func(who value.ID, object string) map[string]error {
			got := map[string]error{}
			k.Read(t, who, func(s *record.Session) error {
				_, got["filter"] = s.Query(t.Context(), record.Query{Object: object, Filter: "owner = me()"})
				_, got["sort"] = s.Query(t.Context(), record.Query{Object: object, Sort: "owner"})
				_, got["field"] = s.Query(t.Context(), record.Query{Object: object, Fields: []string{"owner"}})
				_, got["team"] = s.Query(t.Context(), record.Query{Object: object, Filter: "owner.team is empty"})
				_, got["group"] = s.Aggregate(t.Context(), record.Aggregate{Object: object, Group: []string{"owner"}, Measures: []string{"count"}})
				_, got["report"] = k.App.Reports().RunSpec(t.Context(), s, report.Spec{Object: object, Group: []string{"owner"}, Columns: []report.Column{{Name: "n", Measure: "count"}}}, report.Params{})
				return nil
			})
			return got
		}
		parts := map[string][]string{"deal.owner": {"deal_line", "deal_contact", "deal_member"}, "contract.owner": {"contract_line", "payment_plan_line", "receipt", "allocation"}}
		for hidden, objects := range parts {
			for _, kept := range []bool{false, true} {
				if k.Mask(t); kept {
					k.Mask(t, hidden)
				}
				for _, object := range objects {
					for what, err := range asks(k.Rita, object) {
						if (err != nil) != kept || kept && !fault.Is(err, fault.Invalid) && !fault.Is(err, fault.Forbidden) {
							t.Errorf("%s hidden %v: %s by %s: %v", hidden, kept, object, what, err)
						}
					}
					for what, err := range asks(k.Ada, object) {
						if err != nil {
							t.Errorf("the administrator: %s by %s: %v", object, what, err)
						}
					}
				}
			}
		}
		k.Mask(t, "deal.owner")
		for who, sees := range map[value.ID]bool{k.Rita: false, k.Ada: true} {
			k.Read(t, who, func(s *record.Session) error {
				r, err := s.Get(t.Context(), "deal_line", line)
				if err == nil && (r.Field("owner") != nil) != sees {
					t.Errorf("%v reads %v", who, r.Field("owner"))
				}
				return err
			})
		}
	})
}
