package sales_test

import (
	"context"
	"slices"
	"testing"

	"wellmet/internal/app/apptest"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/value"
)

// rule sets something of the deal's pipeline, or of one of its stages.
func (x *shelf) rule(object string, id value.ID, v record.Values) {
	x.t.Helper()
	x.Write(x.t, x.Ada, func(s *record.Session) error {
		_, err := s.Update(x.t.Context(), object, id, 0, v)
		return err
	})
}

// odd does something as Rita and answers the keys of what was warned of, or of
// what was refused.
func (x *shelf) odd(do func(ctx context.Context, s *record.Session) error) (warned, refused []string) {
	x.t.Helper()
	err := x.Try(x.t.Context(), x.Rita, func(s *record.Session) error {
		warned = nil
		err := do(x.t.Context(), s)
		for _, w := range s.Warnings() {
			warned = append(warned, w.Path+" "+w.Key)
		}
		return err
	})
	if err != nil {
		f, ok := fault.As(err)
		if !ok {
			x.t.Fatal(err)
		}
		for _, e := range f.Fields {
			refused = append(refused, e.Path+" "+e.Key)
		}
		return nil, refused
	}
	return warned, nil
}

func (x *shelf) want(what string, got []string, want ...string) {
	x.t.Helper()
	if !slices.Equal(got, want) {
		x.t.Errorf("%s: %v, want %v", what, got, want)
	}
}

func TestAPipelineWarnsOrRefuses(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		x := newShelf(t, k)
		change := func(v record.Values) (warned, refused []string) {
			return x.odd(func(ctx context.Context, s *record.Session) error {
				_, err := s.Update(ctx, "deal", x.deal, 0, v)
				return err
			})
		}
		win := func() (warned, refused []string) {
			return x.odd(func(ctx context.Context, s *record.Session) error {
				_, err := sales.Win(ctx, s, x.deal, 0, sales.Close{})
				return err
			})
		}
		for _, c := range []struct {
			rule, path, key string
			do              func() ([]string, []string)
		}{
			{"close_date_past", "close_date", "deal.close_date_past", func() ([]string, []string) { return change(record.Values{"close_date": "2026-03-01"}) }},
			{"other_currency", "amount", "deal.other_currency", func() ([]string, []string) {
				return change(record.Values{"amount": map[string]any{"amount": "5", "currency": "USD"}})
			}},
			{"negative_amount", "amount", "deal.negative_amount", func() ([]string, []string) { return change(record.Values{"amount": "-5"}) }},
			{"win_without_amount", "amount", "deal.won_without_amount", win},
		} {
			said := c.path + " " + c.key
			x.rule("pipeline", x.pipeline(), record.Values{c.rule: "refuse"})
			_, refused := c.do()
			x.want(c.rule+" refused", refused, said)
			x.rule("pipeline", x.pipeline(), record.Values{c.rule: "warn"})
			warned, refused := c.do()
			x.want(c.rule+" warned of", warned, said)
			x.want(c.rule+" warned of", refused)
			if c.rule != "win_without_amount" {
				change(record.Values{"amount": nil, "close_date": "2026-06-30"})
				continue
			}
			if _, refused := x.odd(func(ctx context.Context, s *record.Session) error {
				_, err := sales.Reopen(ctx, s, x.deal, 0)
				return err
			}); refused != nil {
				t.Fatal(refused)
			}
			x.rule("pipeline", x.pipeline(), record.Values{c.rule: "allow"})
			warned, refused = c.do()
			x.want("allowed", append(warned, refused...))
		}
	})
}

func TestPipelineOfAnotherCurrency(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		x := newShelf(t, k)
		x.rule("pipeline", x.pipeline(), record.Values{"currency": "usd"})
		dollars := func(code string) []string {
			warned, _ := x.odd(func(ctx context.Context, s *record.Session) error {
				_, err := s.Update(ctx, "deal", x.deal, 0, record.Values{"amount": map[string]any{"amount": "5", "currency": code}})
				return err
			})
			return warned
		}
		x.want("its own", dollars("USD"))
		x.want("the company's", dollars("EUR"), "amount deal.other_currency")
		err := k.Try(t.Context(), k.Ada, func(s *record.Session) error {
			_, err := s.Update(t.Context(), "pipeline", x.pipeline(), 0, record.Values{"currency": "Taler"})
			return err
		})
		if f, ok := fault.As(err); !ok || len(f.Fields) != 1 || f.Fields[0].Key != "value.currency" {
			t.Errorf("a currency that is none: %v", err)
		}
	})
}

func TestNoDoorLeadsIntoARetiredStage(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		x := newShelf(t, k)
		gone := x.stages["Proposal"]
		x.rule("stage", gone, record.Values{"active": false})
		account := k.Create(t, k.Rita, "account", record.Values{"name": "Other"})
		const key = "stage deal.stage_retired"
		_, refused := x.odd(func(ctx context.Context, s *record.Session) error {
			_, err := sales.Move(ctx, s, sales.Step{Deal: x.deal, Stage: gone})
			return err
		})
		x.want("moved", refused, key)
		_, refused = x.odd(func(ctx context.Context, s *record.Session) error {
			_, err := s.Create(ctx, "deal", record.Values{"name": "New", "account": account, "stage": gone})
			return err
		})
		x.want("made", refused, key)
		_, refused = x.odd(func(ctx context.Context, s *record.Session) error {
			run, err := s.ChangeMany(ctx, record.Bulk{Object: "deal", Do: record.Updating, IDs: []value.ID{x.deal}, Values: record.Values{"stage": gone}})
			if err == nil && (run.Failed != 1 || run.Reasons[0].Key != "deal.stage_retired") {
				t.Errorf("many at once: %+v", run)
			}
			return err
		})
		x.want("many at once", refused)

		var act value.ID // undo leads back where a deal was
		k.Write(t, k.Rita, func(s *record.Session) error {
			_, err := sales.Move(t.Context(), s, sales.Step{Deal: x.deal, Stage: x.stages["Qualified"]})
			act = s.Act()
			return err
		})
		x.rule("stage", x.stages["Prospecting"], record.Values{"active": false})
		k.Write(t, k.Rita, func(s *record.Session) error {
			_, err := s.UndoAct(t.Context(), act)
			return err
		})
		x.is("undone", record.Values{"stage": x.stages["Prospecting"]})
	})
}

func TestEntryRuleOfAStage(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		x := newShelf(t, k)
		for _, c := range []struct {
			v    record.Values
			path string
		}{
			{record.Values{"entry": "amount >", "entry_message": "x"}, "entry"},
			{record.Values{"entry": "nonsense = 1", "entry_message": "x"}, "entry"},
			{record.Values{"entry": "amount > 0"}, "entry_message"},
		} {
			err := k.Try(t.Context(), k.Ada, func(s *record.Session) error {
				_, err := s.Update(t.Context(), "stage", x.stages["Proposal"], 0, c.v)
				return err
			})
			if f, ok := fault.As(err); !ok || len(f.Fields) != 1 || f.Fields[0].Path != c.path {
				t.Errorf("%v: %v, want a fault at %s", c.v, err, c.path)
			}
		}
		x.rule("stage", x.stages["Proposal"], record.Values{"entry": `amount > 0 and next_step is not empty`, "entry_message": "Say what it is worth and what comes next."})
		enter := func(v record.Values) []string {
			_, refused := x.odd(func(ctx context.Context, s *record.Session) error {
				_, err := sales.Move(ctx, s, sales.Step{Deal: x.deal, Stage: x.stages["Proposal"], Values: v})
				return err
			})
			return refused
		}
		x.want("nothing there", enter(nil), "amount deal.entry")
		x.want("one of two", enter(record.Values{"amount": "5"}), "next_step deal.entry")
		x.want("nothing empty", enter(record.Values{"amount": "0", "next_step": "Call"}), "stage deal.entry")
		x.want("fulfilled", enter(record.Values{"amount": "5", "next_step": "Call"}))
		x.is("in it", record.Values{"stage": x.stages["Proposal"]})
	})
}

func TestMovesByRule(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		x := newShelf(t, k)
		step := func(stage string, said record.Said) []string {
			_, refused := x.odd(func(ctx context.Context, s *record.Session) error {
				v := record.Values{"stage": x.stages[stage]}
				if !said.Zero() {
					v[record.SaidKey] = said
				}
				_, err := s.Update(ctx, "deal", x.deal, 0, v)
				return err
			})
			return refused
		}
		why := record.Said{Reason: "They signed a letter of intent"}
		x.want("free", step("Negotiation", record.Said{}))
		x.rule("pipeline", x.pipeline(), record.Values{"jumps": "reason"})
		x.want("back", step("Prospecting", record.Said{}), "_said.reason deal.jump_wants_reason")
		x.want("back with a reason", step("Prospecting", why))
		x.is("reason kept", record.Values{"stage_reason": why.Reason})
		x.want("the next one", step("Qualified", record.Said{}))
		x.is("no reason left", record.Values{"stage_reason": nil})
		x.want("over one", step("Negotiation", record.Said{}), "_said.reason deal.jump_wants_reason")
		x.rule("stage", x.stages["Proposal"], record.Values{"active": false})
		x.want("over one that is retired", step("Negotiation", record.Said{}))
		x.rule("pipeline", x.pipeline(), record.Values{"jumps": "refuse"})
		x.want("back", step("Qualified", why), "stage deal.no_jumps")
		x.want("lost from anywhere", func() []string {
			_, refused := x.odd(func(ctx context.Context, s *record.Session) error {
				_, err := sales.Lose(ctx, s, x.deal, 0, sales.Close{Reason: "price"})
				return err
			})
			return refused
		}())
		x.Read(t, k.Rita, func(s *record.Session) error {
			entries, err := s.History(t.Context(), "deal", x.deal, 0, 50)
			kept := false
			for _, e := range entries {
				for _, c := range e.Changes {
					kept = kept || c.Field == "stage_reason" && string(c.New) == `"`+why.Reason+`"`
				}
			}
			if err == nil && !kept {
				t.Error("history does not keep the reason")
			}
			return err
		})
	})
}
