package process_test

import (
	"strings"
	"testing"

	"wellmet/internal/process"
	"wellmet/internal/record"
)

// Two rules that send a deal to and fro are stopped; the deal stands in one of
// the two stages, and the log says why.
func TestMovesInACircleAreStopped(t *testing.T) {
	t.Parallel()
	each(t, func(k *bench) {
		for from, to := range map[string]string{"qualified": "proposal", "proposal": "qualified"} {
			k.rule("changed", `stage = "`+k.stages[from].String()+`"`, []process.Action{{Do: "move", Field: "stage", To: k.stages[to].String()}}, record.Values{"name": "From " + from, "fields": "stage"})
		}
		deal := k.deal("prospecting", nil)
		k.must(k.move(k.Rita, deal, "qualified", nil))
		if at := k.get("deal", deal, "stage"); at != k.stages["qualified"] && at != k.stages["proposal"] {
			t.Errorf("the deal is in %v", at)
		}
		if got := strings.Join(k.log("deal", deal), "|"); !strings.Contains(got, "stopped Stopped: rules set off one another") {
			t.Errorf("the log says %q", got)
		}
	})
}

// A template with a place that leads nowhere may be kept as a draft, and not be
// published.
func TestATemplateWithAnUnknownPlaceIsNotPublished(t *testing.T) {
	t.Parallel()
	each(t, func(k *bench) {
		write := func(v record.Values) error {
			return k.Try(t.Context(), k.Ada, func(s *record.Session) error {
				_, err := s.Create(t.Context(), "template", v)
				return err
			})
		}
		text := record.Values{"name": "Offer", "object": "deal", "body": "Dear {{nowhere}}", "status": process.Published}
		k.refused(write(text), "body", "process.unknown_place")
		id := k.Create(t, k.Ada, "template", record.Values{"name": "Offer", "object": "deal", "body": "Dear {{nowhere}}"})
		k.refused(k.set(k.Ada, "template", id, record.Values{"status": process.Published}), "body", "process.unknown_place")
		k.must(k.set(k.Ada, "template", id, record.Values{"status": process.Published, "body": "Dear {{account.name}}"}))
	})
}
