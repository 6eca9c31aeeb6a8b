package support_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"

	"wellmet/internal/access"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/support"
	"wellmet/internal/value"
)

// tipsOn are the tips that help somebody with a record: text, votes, "*" of
// those that he found useful himself.
func (k *desk) tipsOn(t *testing.T, who value.ID, object string, id value.ID) (list []string) {
	t.Helper()
	k.Read(t, who, func(s *record.Session) error {
		r, err := s.Get(t.Context(), object, id)
		if err != nil {
			return err
		}
		found, err := support.TipsOn(t.Context(), s, r)
		for _, x := range found {
			mark := ""
			if x.Rated {
				mark = "*"
			}
			list = append(list, fmt.Sprint(x.Text, " ", x.Useful, mark))
		}
		return err
	})
	return list
}

func (k *desk) rate(t *testing.T, who, tip value.ID, useful bool) error {
	t.Helper()
	return k.Try(t.Context(), who, func(s *record.Session) error { return support.Rate(t.Context(), s, tip, useful) })
}

// stageOf is the stage of the deal, and the one after it.
func (k *desk) stages(t *testing.T) (list []value.ID) {
	t.Helper()
	k.Read(t, k.Ada, func(s *record.Session) error {
		page, err := s.Query(t.Context(), record.Query{Object: "stage", Filter: `pipeline.name = "Sales"`, Sort: "position", Limit: 50})
		for _, r := range page.Records {
			list = append(list, r.ID)
		}
		return err
	})
	return list
}

func TestUsefulTipsRise(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k *desk) {
		stages := k.stages(t)
		pump := k.Create(t, k.Ada, "product", record.Values{"name": "Pump"})
		tip := func(who value.ID, text string, v record.Values) value.ID {
			v["text"] = text
			return k.Create(t, who, "tip", v)
		}
		first := tip(k.Rita, "Ask who decides.", record.Values{"stage": stages[0]})
		second := tip(k.Olga, "Bring a sample.", record.Values{"product": pump})
		tip(k.Rita, "Speak of the year, not the month.", record.Values{"objection": "too_expensive"})
		tip(k.Rita, "Later.", record.Values{"stage": stages[1]})
		tip(k.Rita, "Sealing first.", record.Values{"stage": stages[1], "product": pump})
		tip(k.Rita, "Stay calm.", record.Values{"case_state": k.states["new"]})
		want := func(who value.ID, want ...string) {
			t.Helper()
			if got := k.tipsOn(t, who, "deal", k.deal); !slices.Equal(got, want) {
				t.Errorf("helping are %q, want %q", got, want)
			}
		}
		want(k.Rita, "Speak of the year, not the month. 0", "Ask who decides. 0")
		k.Create(t, k.Rita, "deal_line", record.Values{"deal": k.deal, "product": pump, "quantity": 1})
		want(k.Rita, "Speak of the year, not the month. 0", "Bring a sample. 0", "Ask who decides. 0")
		for _, who := range []value.ID{k.Max, k.Olga, k.Max} { // twice is once
			if err := k.rate(t, who, first, true); err != nil {
				t.Fatal(err)
			}
		}
		want(k.Max, "Ask who decides. 2*", "Speak of the year, not the month. 0", "Bring a sample. 0")
		refused(t, k.rate(t, k.Rita, first, true), "tip.own")
		refused(t, k.Try(t.Context(), k.Bob, func(s *record.Session) error {
			_, err := s.Create(t.Context(), "tip_vote", record.Values{"tip": second, "owner": k.Max})
			return err
		}), "tip.vote_of_other")
		for range 2 { // to take back what is not there changes nothing
			if err := k.rate(t, k.Max, first, false); err != nil {
				t.Fatal(err)
			}
		}
		want(k.Max, "Ask who decides. 1", "Speak of the year, not the month. 0", "Bring a sample. 0")
		if err := k.rate(t, k.Max, first, true); err != nil {
			t.Fatal(err)
		}
		want(k.Max, "Ask who decides. 2*", "Speak of the year, not the month. 0", "Bring a sample. 0")
		id := k.Create(t, k.Rita, "case", record.Values{"subject": "Leak", "account": k.account})
		if got := k.tipsOn(t, k.Rita, "case", id); !slices.Equal(got, []string{"Stay calm. 0", "Speak of the year, not the month. 0"}) {
			t.Errorf("with a case help %q", got)
		}
		refused(t, k.Try(t.Context(), k.Rita, func(s *record.Session) error {
			_, err := s.Create(t.Context(), "tip", record.Values{"text": "Where?"})
			return err
		}), "tip.needs_place")
		if err := k.update(t, k.Olga, "tip", first, record.Values{"text": "Mine now."}); !fault.Is(err, fault.Forbidden) {
			t.Errorf("a rep of another team changed a tip: %v", err)
		}
	})
}

// Everybody has one vote, however many click at once and however often.
func TestVotesAtOnceAreAllCounted(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k *desk) {
		tip := k.Create(t, k.Rita, "tip", record.Values{"text": "Ask who decides.", "stage": k.stages(t)[0]})
		var wg sync.WaitGroup
		for _, who := range []value.ID{k.Ada, k.Bob, k.Max, k.Olga} {
			for range 3 {
				wg.Go(func() {
					if err := k.rate(t, who, tip, true); err != nil {
						t.Error(err)
					}
				})
			}
		}
		wg.Wait()
		if got := k.tipsOn(t, k.Max, "deal", k.deal); !slices.Equal(got, []string{"Ask who decides. 4*"}) {
			t.Errorf("after four colleagues: %q", got)
		}
	})
}

// What is retired or deleted takes its tips into the archive, with the name
// that it had; what comes back brings them along.
func TestTipsOfARetiredStageAreKept(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k *desk) {
		stages := k.stages(t)
		tip := k.Create(t, k.Rita, "tip", record.Values{"text": "Ask who decides.", "stage": stages[0]})
		at := func(archived bool, place string) {
			t.Helper()
			k.Read(t, k.Olga, func(s *record.Session) error {
				page, err := s.Query(t.Context(), record.Query{Object: "tip", Filter: fmt.Sprint("archived = ", archived), Limit: 5})
				if err != nil {
					return err
				}
				if len(page.Records) != 1 || page.Records[0].ID != tip || page.Records[0].Field("place") != place {
					t.Errorf("archived %v: %v, want the tip of %s", archived, page.Records, place)
				}
				return nil
			})
		}
		at(false, "Prospecting")
		k.Write(t, k.Ada, func(s *record.Session) error {
			_, err := sales.DealPlaces.Retire(t.Context(), s, stages[0], stages[1])
			return err
		})
		at(true, "Prospecting")
		if got := k.tipsOn(t, k.Rita, "deal", k.deal); len(got) != 0 {
			t.Errorf("archived tips still help: %q", got)
		}
		if err := k.update(t, k.Ada, "stage", stages[0], record.Values{"active": true}); err != nil {
			t.Fatal(err)
		}
		at(false, "Prospecting")
		product := k.Create(t, k.Ada, "product", record.Values{"name": "Pump"})
		if err := k.update(t, k.Rita, "tip", tip, record.Values{"stage": nil, "product": product}); err != nil {
			t.Fatal(err)
		}
		at(false, "Pump")
		k.Write(t, k.Ada, func(s *record.Session) error { return s.Delete(t.Context(), "product", product) })
		at(true, "Pump")
		k.Write(t, k.Ada, func(s *record.Session) error { return s.Restore(t.Context(), "product", product) })
		at(false, "Pump")
	})
}

// Who may not read tips is helped by none; whose role reads only his own counts
// no more votes than he may see.
func TestTipsAskTheRole(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k *desk) {
		tip := k.Create(t, k.Bob, "tip", record.Values{"text": "Ask who decides.", "stage": k.stages(t)[0]})
		role := func(rights string) {
			k.Write(t, k.Ada, func(s *record.Session) error {
				rep, _ := s.Roster().Role(access.RepRole)
				_, err := s.Update(t.Context(), "role", rep, 0, record.Values{"permissions": `{"objects": {"*": {"read": "all", "create": "all", "update": "all"}, ` + rights + `}}`})
				return err
			})
		}
		role(`"tip": {"read": "none"}`)
		if got := k.tipsOn(t, k.Rita, "deal", k.deal); len(got) != 0 {
			t.Errorf("without the right to tips: %q", got)
		}
		if err := k.rate(t, k.Rita, tip, true); !fault.Is(err, fault.NotFound) && !fault.Is(err, fault.Forbidden) {
			t.Errorf("voted for what he may not read: %v", err)
		}
		role(`"tip_vote": {"create": "none"}`)
		if err := k.rate(t, k.Rita, tip, true); !fault.Is(err, fault.Forbidden) {
			t.Errorf("voted without the right: %v", err)
		}
		if got := k.tipsOn(t, k.Rita, "deal", k.deal); len(got) != 1 {
			t.Errorf("reading alone: %q", got)
		}
	})
}
