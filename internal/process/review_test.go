package process_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"wellmet/internal/access"
	"wellmet/internal/fault"
	"wellmet/internal/process"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

const strictly = `{
 "states": [
  {"state": "<prospecting>", "limit": {"n": 2, "unit": "days"}},
  {"state": "<qualified>"},
  {"state": "<proposal>", "optional": true},
  {"state": "<negotiation>", "limit": {"n": 5, "unit": "days"}},
  {"state": "<won>", "end": true},
  {"state": "<lost>", "end": true}],
 "moves": [
  {"key": "qualify", "name": "Qualify", "from": ["<prospecting>"], "to": "<qualified>", "ask": [{"field": "next_step"}]},
  {"key": "offer", "name": "Offer", "from": ["<qualified>"], "to": "<proposal>"},
  {"key": "talk", "name": "Talk", "from": ["<proposal>"], "to": "<negotiation>"},
  {"key": "win", "name": "Win", "from": ["<negotiation>"], "to": "<won>"}],
 "skip": "free", "back": "free"}`

// look tells what is worth a look about a deal.
func (k *bench) look(who, deal value.ID) (lapses, marks []string, lines int) {
	k.t.Helper()
	k.Read(k.t, who, func(s *record.Session) error {
		x, err := process.Look(k.t.Context(), s, "deal", deal)
		if err != nil {
			return err
		}
		for _, l := range x.Lapses {
			lapses = append(lapses, l.Kind+" "+l.Label+l.Field)
		}
		for _, p := range x.Trace {
			marks = append(marks, p.Marks...)
		}
		lines = len(x.Trace)
		return nil
	})
	return lapses, marks, lines
}

func (k *bench) expect(what string, got []string, want ...string) {
	k.t.Helper()
	if !slices.Equal(got, want) {
		k.t.Errorf("%s: %q, want %q", what, got, want)
	}
}

// What was skipped, late or is missing is found; what is optional, was done
// afterwards or was taken back is not.
func TestALookFindsWhatWasNotDone(t *testing.T) {
	t.Parallel()
	each(t, func(k *bench) {
		k.blueprint(strictly, nil)
		deal := k.deal("prospecting", nil)
		k.Pass(72 * time.Hour)
		lapses, _, _ := k.look(k.Rita, deal)
		k.expect("while it stands still", lapses, "late Prospecting")
		k.must(k.move(k.Rita, deal, "negotiation", nil))
		lapses, marks, _ := k.look(k.Rita, deal)
		k.expect("after a jump", lapses, "late Prospecting", "skipped Qualified", "missing Qualifiednext_step")
		k.expect("marks", marks, process.LapseLate, process.LapseSkipped)

		k.must(k.set(k.Rita, "deal", deal, record.Values{"next_step": "Call"}))
		k.must(k.move(k.Rita, deal, "qualified", nil)) // back, to do it properly
		lapses, marks, _ = k.look(k.Rita, deal)
		k.expect("made up for", lapses, "late Prospecting")
		k.expect("marks", marks, process.LapseLate, process.LapseSkipped, process.MarkBack)

		lost := k.deal("prospecting", nil)
		k.must(k.move(k.Rita, lost, "lost", record.Values{"lost_reason": "timing"}))
		lapses, _, _ = k.look(k.Rita, lost)
		k.expect("given up", lapses)
	})
}

// Lines of the trace stay as they are, whoever tries and whatever happens to
// the record; there is nothing that writes to them but a further step.
func TestTraceLinesStay(t *testing.T) {
	t.Parallel()
	each(t, func(k *bench) {
		id := k.blueprint(strictly, nil)
		deal := k.deal("prospecting", nil)
		var act value.ID
		k.Write(k.t, k.Ada, func(s *record.Session) error {
			_, err := s.Update(k.t.Context(), "deal", deal, 0, record.Values{"stage": k.stages["negotiation"]})
			act = s.Act()
			return err
		})
		before := k.traceLines(deal)
		if len(before) != 2 {
			k.t.Fatalf("%d lines", len(before))
		}
		for _, object := range []string{"process_step", "trace"} {
			err := k.Try(k.t.Context(), k.Ada, func(s *record.Session) error {
				_, err := s.Update(k.t.Context(), object, deal, 0, record.Values{"kind": "move"})
				return err
			})
			if !fault.Is(err, fault.NotFound) {
				k.t.Errorf("an administrator writes to %s: %v", object, err)
			}
		}
		k.Write(k.t, k.Ada, func(s *record.Session) error {
			_, err := s.Undo(k.t.Context(), act)
			return err
		})
		k.must(k.set(k.Ada, "stage", k.stages["negotiation"], record.Values{"name": "Haggling"}))
		k.Write(k.t, k.Ada, func(s *record.Session) error { return process.Retire(k.t.Context(), s, id) })
		after := k.traceLines(deal)
		if len(after) != 3 || !slices.Equal(after[:2], before) {
			k.t.Errorf("the trace was %q and is %q", before, after)
		}
		lapses, _, _ := k.look(k.Rita, deal)
		k.expect("taken back", lapses)
	})
}

func (k *bench) traceLines(deal value.ID) (lines []string) {
	k.t.Helper()
	k.Read(k.t, k.Ada, func(s *record.Session) error {
		list, err := process.Trace(k.t.Context(), s, "deal", deal)
		for _, p := range list {
			lines = append(lines, fmt.Sprint(p.Act, p.At.UnixMilli(), p.Member, p.Kind, p.WasLabel, p.Label))
		}
		return err
	})
	return lines
}

// The report counts by owner and state over what the reader may read, and names
// the records behind.
func TestAdherence(t *testing.T) {
	t.Parallel()
	each(t, func(k *bench) {
		id := k.blueprint(strictly, nil)
		for range 2 {
			k.must(k.move(k.Rita, k.deal("prospecting", nil), "negotiation", nil))
		}
		k.must(k.move(k.Rita, k.deal("prospecting", nil), "qualified", record.Values{"next_step": "Call"}))
		stays := k.deal("prospecting", record.Values{"name": "Forgotten"})
		k.Pass(72 * time.Hour)
		span := process.Span{From: k.Now().AddDate(0, -1, 0), To: k.Now().Add(time.Hour), Zone: time.UTC}
		var a *process.Adherence
		k.Read(k.t, k.Bob, func(s *record.Session) (err error) {
			a, err = process.Adhere(k.t.Context(), s, id, span)
			return err
		})
		var got []string
		for _, r := range a.Rows {
			name := ""
			for _, st := range a.States {
				if st.Key == r.State {
					name = st.Name
				}
			}
			got = append(got, fmt.Sprintf("%v %s %d/%d/%d/%d", r.Owner == k.Rita, name, r.Entered, r.Skipped, r.Late, r.Missing))
		}
		k.expect("rows", got, "true Prospecting 4/0/1/0", "true Qualified 1/2/0/2", "true Negotiation 2/0/0/0")
		if a.Records != 4 || len(a.Owners) != 1 || a.Owners[0].Name != "Rita" || len(a.Months) != 1 || a.Months[0].Skipped != 2 {
			k.t.Errorf("%d records, owners %v, months %v", a.Records, a.Owners, a.Months)
		}
		if len(a.Trends) != 1 || a.Trends[0].Owner != k.Rita || len(a.Trends[0].Months) != 1 || a.Trends[0].Months[0] != a.Months[0] {
			k.t.Errorf("trends %v beside %v", a.Trends, a.Months)
		}
		if a.Lapses[0].Record != stays || a.Lapses[0].Title != "Forgotten" || a.Lapses[0].Kind != process.LapseLate {
			k.t.Errorf("the latest lapse is %+v", a.Lapses[0])
		}

		// Whose deals one may not read, those one learns nothing about.
		role := k.Create(k.t, k.Ada, "role", record.Values{"name": "Own", "permissions": `{"objects": {"*": {"read": "own"}, "stage": {"read": "all"}}}`})
		k.must(k.set(k.Ada, "member", k.Olga, record.Values{"role": role}))
		k.Read(k.t, k.Olga, func(s *record.Session) (err error) {
			a, err = process.Adhere(k.t.Context(), s, id, span)
			return err
		})
		if a.Records != 0 || len(a.Rows)+len(a.Lapses)+len(a.Months) != 0 {
			k.t.Errorf("a stranger sees %+v", a)
		}
		k.must(k.set(k.Ada, "role", role, record.Values{"permissions": `{"objects": {"*": {"read": "all"}}, "fields": {"deal.stage": "none"}}`}))
		err := k.Workspace.Read(k.t.Context(), record.Who{Member: k.Olga, Door: "api"}, func(s *record.Session) error {
			_, err := process.Adhere(k.t.Context(), s, id, span)
			return err
		})
		if !fault.Is(err, fault.NotFound) {
			k.t.Errorf("over a field out of sight: %v", err)
		}
	})
}

// The trend of each person counts what is his, of the records that the report was
// asked for.
func TestAdherenceTellsOfEachPerson(t *testing.T) {
	t.Parallel()
	each(t, func(k *bench) {
		id := k.blueprint(strictly, nil)
		start := k.Now()
		k.must(k.move(k.Rita, k.deal("prospecting", nil), "negotiation", nil))
		k.Pass(40 * 24 * time.Hour)
		given := k.deal("prospecting", record.Values{"name": "Given away"})
		k.must(k.set(k.Ada, "deal", given, record.Values{"owner": k.Olga}))
		k.must(k.move(k.Ada, given, "negotiation", nil))
		read := func(filter string) (a *process.Adherence, err error) {
			err = k.Try(k.t.Context(), k.Bob, func(s *record.Session) (err error) {
				a, err = process.Adhere(k.t.Context(), s, id, process.Span{From: start.AddDate(0, -1, 0), To: k.Now().Add(time.Hour), Zone: time.UTC, Filter: filter})
				return err
			})
			return a, err
		}
		skipped := func(a *process.Adherence) (all int, of map[value.ID]int) {
			of = map[value.ID]int{}
			for _, m := range a.Months {
				all += m.Skipped
			}
			for _, x := range a.Trends {
				for _, m := range x.Months {
					of[x.Owner] += m.Skipped
				}
			}
			return all, of
		}
		a, err := read("")
		k.must(err)
		if all, of := skipped(a); all != 2 || of[k.Rita] != 1 || of[k.Olga] != 1 || len(of) != 2 {
			t.Errorf("%d skipped, %v", all, of)
		}
		a, err = read(`owner = "` + k.Olga.String() + `"`)
		k.must(err)
		if all, of := skipped(a); all != 1 || of[k.Olga] != 1 || len(of) != 1 {
			t.Errorf("of one: %d skipped, %v", all, of)
		}
		if _, err := read("nowhere = 1"); !fault.Is(err, fault.Invalid) {
			t.Errorf("by a field that is not there: %v", err)
		}
	})
}

// A filter over a link tells nothing of records behind it that the reader may not
// read, as in a list.
func TestAdherenceAsksWithTheReadersEyes(t *testing.T) {
	t.Parallel()
	each(t, func(k *bench) {
		id := k.blueprint(strictly, nil)
		deal := k.deal("prospecting", record.Values{"next_step": "Call"})
		k.must(k.move(k.Rita, deal, "negotiation", nil))
		counts := func(filter string) (n int) {
			k.t.Helper()
			k.Read(t, k.Rita, func(s *record.Session) error {
				a, err := process.Adhere(t.Context(), s, id, process.Span{From: k.Now().AddDate(0, -1, 0), To: k.Now().Add(time.Hour), Zone: time.UTC, Filter: filter})
				if err == nil {
					n = a.Records
				}
				return err
			})
			return n
		}
		far, near := `account.name = "Acme"`, `next_step = "Call"`
		if counts(far) != 1 || counts(near) != 1 || counts(`account.name = "Other"`) != 0 {
			t.Errorf("%d and %d of one's own account", counts(far), counts(near))
		}
		k.must(k.set(k.Ada, "account", k.account, record.Values{"owner": k.Olga}))
		role := k.Create(t, k.Ada, "role", record.Values{"name": "Own accounts", "permissions": `{"objects": {"*": {"read": "all"}, "account": {"read": "own"}}}`})
		k.must(k.set(k.Ada, "member", k.Rita, record.Values{"role": role}))
		if counts(far) != 0 || counts(near) != 1 || counts("") != 1 {
			t.Errorf("%d by an account out of sight, %d by the deal", counts(far), counts(near))
		}
	})
}

// A day or an amount that was promised and changed is told with what it was, to
// whom may read the field.
func TestALookTellsOfChangedPromises(t *testing.T) {
	t.Parallel()
	each(t, func(k *bench) {
		deal := k.deal("prospecting", record.Values{"amount": "10 EUR", "close_date": "2026-12-01"})
		k.Pass(time.Hour)
		k.must(k.set(k.Rita, "deal", deal, record.Values{"amount": "20 EUR", "next_step": "Call"}))
		k.Pass(time.Hour)
		k.must(k.set(k.Rita, "deal", deal, record.Values{"close_date": "2026-12-24"}))
		told := func() (list []string) {
			k.Read(t, k.Rita, func(s *record.Session) error {
				x, err := process.Look(t.Context(), s, "deal", deal)
				for _, c := range x.Changes {
					list = append(list, fmt.Sprint(c.Field, " ", c.Member == k.Rita, " ", c.Marks, string(c.Old)))
				}
				return err
			})
			return list
		}
		list := told()
		if len(list) != 2 || !strings.HasPrefix(list[0], "amount true [changed]") || list[1] != `close_date true [changed]"2026-12-01"` {
			t.Errorf("%q", list)
		}

		// What was taken back was not changed; taken back once more it was.
		k.Pass(time.Hour)
		var act value.ID
		k.Write(t, k.Rita, func(s *record.Session) error {
			_, err := s.Update(t.Context(), "deal", deal, 0, record.Values{"amount": "30 EUR", "close_date": "2027-01-10"})
			act = s.Act()
			return err
		})
		if list := told(); len(list) != 4 {
			t.Errorf("changed: %q", list)
		}
		k.must(k.set(k.Rita, "deal", deal, record.Values{"close_date": "2027-02-10"}))
		back := func() {
			t.Helper()
			k.Write(t, k.Rita, func(s *record.Session) error {
				u, err := s.UndoAct(t.Context(), act)
				if err == nil {
					act = u.Act
				}
				return err
			})
		}
		back()
		if list := told(); len(list) != 4 || !strings.HasPrefix(list[2], "close_date") || !strings.HasPrefix(list[3], "close_date") {
			t.Errorf("taken back but for what was changed again: %q", list)
		}
		back()
		if list := told(); len(list) != 5 {
			t.Errorf("done after all: %q", list)
		}
		k.Mask(t, "deal.amount")
		if list := told(); len(list) != 3 || !strings.HasPrefix(list[0], "close_date") {
			t.Errorf("of a hidden field: %q", list)
		}
	})
}

// Whoever may not see the state learns nothing of it from the trace.
func TestATraceTellsOfStatesThatOneSees(t *testing.T) {
	t.Parallel()
	each(t, func(k *bench) {
		k.blueprint(selling, nil)
		deal := k.deal("prospecting", nil)
		if len(k.trace(deal)) != 1 {
			t.Errorf("%d steps", len(k.trace(deal)))
		}
		k.Write(k.t, k.Ada, func(s *record.Session) error {
			role, _ := s.Roster().Role(access.RepRole)
			_, err := s.Update(k.t.Context(), "role", role, 0, record.Values{"permissions": `{"objects": {"*": {"read": "all", "update": "all"}}, "fields": {"deal.stage": "none"}}`})
			return err
		})
		if list := k.trace(deal); len(list) != 0 {
			t.Errorf("told of %v", list)
		}
	})
}
