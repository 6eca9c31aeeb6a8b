package process_test

import (
	"slices"
	"strings"
	"testing"

	"wellmet/internal/process"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

// other makes another pipeline with an open and a won stage, and answers their
// ids and the first pipeline's.
func (k *bench) other() (first, open, won value.ID) {
	k.t.Helper()
	deal := k.deal("prospecting", nil)
	first, _ = k.get("deal", deal, "pipeline").(value.ID)
	second := k.Create(k.t, k.Ada, "pipeline", record.Values{"name": "Service"})
	open = k.Create(k.t, k.Ada, "stage", record.Values{"name": "Service asked", "pipeline": second, "kind": "open", "position": int64(1)})
	won = k.Create(k.t, k.Ada, "stage", record.Values{"name": "Service won", "pipeline": second, "kind": "won", "position": int64(2)})
	return first, open, won
}

func (k *bench) toStage(who, deal, stage value.ID, reason string) error {
	v := record.Values{"stage": stage}
	if reason != "" {
		v[record.SaidKey] = record.Said{Reason: reason}
	}
	return k.set(who, "deal", deal, v)
}

// Out of a process leads what leads over its states: nobody wins by the stage of
// another pipeline what he may not win here.
func TestLeavingAProcessIsAJump(t *testing.T) {
	t.Parallel()
	each(t, func(k *bench) {
		first, open, won := k.other()
		condition := record.Values{"condition": `pipeline = "` + first.String() + `"`}
		policy := func(skip string) string {
			return strings.Replace(strictly, `"skip": "free", "back": "free"`, skip+`"override": {"members": ["`+k.Max.String()+`"]}`, 1)
		}
		id := k.blueprint(policy(`"skip": "reason", `), condition)
		deal := k.deal("prospecting", nil)
		k.refused(k.toStage(k.Rita, deal, won, ""), record.SaidKey+".reason", "process.wants_reason")
		k.must(k.toStage(k.Rita, deal, won, "They want service alone"))
		var left process.Passage
		k.Read(k.t, k.Rita, func(s *record.Session) error {
			x, err := process.Look(k.t.Context(), s, "deal", deal)
			if err == nil {
				left = x.Trace[len(x.Trace)-1]
			}
			return err
		})
		if left.Kind != "leave" || left.WasLabel != "Prospecting" || left.Label != "Service won" || left.Said.Reason == "" || !slices.Equal(left.Skipped, []string{"Qualified", "Negotiation"}) {
			k.t.Errorf("the step out: %+v", left)
		}
		lapses, marks, _ := k.look(k.Rita, deal)
		k.expect("left out", lapses, "skipped Qualified", "skipped Negotiation")
		k.expect("marks", marks, process.LapseSkipped)

		back := k.deal("prospecting", nil)
		k.must(k.toStage(k.Rita, back, open, "By mistake"))
		k.must(k.set(k.Rita, "deal", back, record.Values{"stage": k.stages["prospecting"]}))
		lapses, _, _ = k.look(k.Rita, back)
		k.expect("back where it left", lapses)

		k.must(k.set(k.Ada, "blueprint", id, record.Values{"definition": k.write(policy(""))}))
		k.publish(id)
		shut := k.deal("prospecting", nil)
		k.refused(k.toStage(k.Rita, shut, won, "Please"), "stage", "process.no_move")
		k.refused(k.toStage(k.Max, shut, won, ""), record.SaidKey+".reason", "process.wants_reason")
		k.must(k.toStage(k.Max, shut, won, "Agreed with the boss"))

		k.must(k.toStage(k.Ada, k.deal("prospecting", nil), open, "")) // who writes the process
		byRule := k.deal("prospecting", nil)
		k.Write(k.t, k.Rita, func(s *record.Session) error {
			_, err := s.AsSystem("a rule").Update(k.t.Context(), "deal", byRule, 0, record.Values{"stage": open})
			return err
		})
	})
}
