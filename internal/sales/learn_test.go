package sales_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"wellmet/internal/access"
	"wellmet/internal/app/apptest"
	"wellmet/internal/fault"
	"wellmet/internal/process"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/value"
)

// school is an installation whose deals are won in known ways.
type school struct {
	*apptest.Kit
	account value.ID
	stages  map[string]value.ID
	won     []value.ID
}

func newSchool(t *testing.T, k *apptest.Kit) *school {
	t.Helper()
	x := &school{Kit: k, stages: map[string]value.ID{}}
	k.Read(t, k.Ada, func(s *record.Session) error {
		return s.Each(t.Context(), record.Query{Object: "stage"}, func(r *record.Record) error {
			x.stages[r.Title()] = r.ID
			return nil
		})
	})
	x.account = k.Create(t, k.Rita, "account", record.Values{"name": "Acme"})
	return x
}

// win takes a deal through stages, so many days in each, and wins it; each deed
// is "day kind subject", counted from the beginning.
func (x *school) win(t *testing.T, days int, way string, deeds ...string) {
	t.Helper()
	stages := strings.Split(way, " ")
	began := x.Now()
	deal := x.Create(t, x.Rita, "deal", record.Values{"name": way, "account": x.account, "stage": x.stages[stages[0]]})
	for _, name := range append(stages[1:], "Won") {
		x.Pass(time.Duration(days) * 24 * time.Hour)
		x.Write(t, x.Rita, func(s *record.Session) error {
			_, err := s.Update(t.Context(), "deal", deal, 0, record.Values{"stage": x.stages[name]})
			return err
		})
	}
	for _, text := range deeds {
		var day int
		var kind string
		_, _ = fmt.Sscan(text, &day, &kind)
		_, subject, _ := strings.Cut(text, kind+" ")
		at := began.Add(time.Duration(day)*24*time.Hour + time.Hour)
		x.Create(t, x.Rita, "activity", record.Values{"kind": kind, "subject": subject, "done": true, "starts_at": at, "done_at": at, "about": []any{map[string]any{"object": "deal", "id": deal.String()}}})
	}
	x.won = append(x.won, deal)
}

func (x *school) learn(t *testing.T, who value.ID, sel sales.Selection) (l *sales.Lesson) {
	t.Helper()
	x.Read(t, who, func(s *record.Session) (err error) {
		l, err = sales.Learn(t.Context(), s, sel)
		return err
	})
	return l
}

// steps are a lesson in one line a stage.
func steps(l *sales.Lesson) string {
	var b strings.Builder
	for _, x := range l.Steps {
		fmt.Fprintf(&b, "%s %d%% %d-%dd", x.Name, x.Share, x.Days, x.Slow)
		for _, d := range x.Deeds {
			fmt.Fprintf(&b, ", day %d %s %q %d%% ×%d", d.Day, d.Kind, d.Subject, d.Share, d.Times)
		}
		b.WriteString("\n")
	}
	return b.String()
}

func TestWonDealsTeachTheirWay(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		x := newSchool(t, k)
		for range 3 {
			x.win(t, 4, "Prospecting Qualified Proposal", "1 call Hello", "2 meeting Show it", "5 mail Offer", "5 mail Offer", "9 call Price", "1 note Nothing")
		}
		x.win(t, 8, "Prospecting Qualified", "3 call Other words")
		k.Create(t, k.Rita, "deal", record.Values{"name": "open", "account": x.account})
		want := `Prospecting 100% 4-4d, day 1 call "Hello" 100% ×1, day 2 meeting "Show it" 75% ×1
Qualified 100% 4-4d, day 1 mail "Offer" 75% ×2
Proposal 75% 4-4d, day 1 call "Price" 100% ×1
`
		l := x.learn(t, k.Rita, sales.Selection{})
		if got := steps(l); got != want {
			t.Errorf("learned\n%s want\n%s", got, want)
		}
		if l.Deals != 4 || l.Exact != 3 || !l.Few || l.Days != 12 || l.Left != 0 {
			t.Errorf("of %d deals, %d exactly, few %v, %d days, %d left out", l.Deals, l.Exact, l.Few, l.Days, l.Left)
		}
		l = x.learn(t, k.Rita, sales.Selection{IDs: append(x.won[3:4:4], value.ID(1))})
		if l.Deals != 1 || l.Left != 1 || len(l.Steps) != 2 || l.Steps[0].Days != 8 {
			t.Errorf("of one chosen deal: %+v", l)
		}
		if l := x.learn(t, k.Rita, sales.Selection{Filter: `name = "open"`}); l.Deals != 0 || !l.Few || len(l.Steps) != 0 {
			t.Errorf("of deals that are not won: %+v", l)
		}
		for range sales.FewDeals - 4 {
			x.win(t, 1, "Prospecting Proposal")
		}
		if l := x.learn(t, k.Rita, sales.Selection{}); l.Few || l.Deals != sales.FewDeals || l.Steps[1].Common || l.Exact != 6 {
			t.Errorf("of ten: %+v", l)
		}
	})
}

// What was learned becomes a draft that can be published as it is, and a new
// deal is led by it.
func TestALessonBecomesABlueprint(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		x := newSchool(t, k)
		for range 3 {
			x.win(t, 4, "Prospecting Proposal", "1 call Hello", "5 meeting Show it")
		}
		x.win(t, 4, "Prospecting Qualified Proposal")
		var id value.ID
		teach := func(who value.ID, sel sales.Selection) error {
			return k.Try(t.Context(), who, func(s *record.Session) (err error) {
				id, err = sales.Teach(t.Context(), s, "As we win", sel)
				return err
			})
		}
		if err := teach(k.Rita, sales.Selection{}); !fault.Is(err, fault.Forbidden) {
			t.Errorf("a rep makes blueprints: %v", err)
		}
		if f, ok := fault.As(teach(k.Ada, sales.Selection{Filter: `status = "lost"`})); !ok || f.Key != "sales.learn.nothing" {
			t.Errorf("of no deals: %v", f)
		}
		if err := teach(k.Ada, sales.Selection{}); err != nil {
			t.Fatal(err)
		}
		k.Write(t, k.Ada, func(s *record.Session) error {
			x, err := process.Examine(t.Context(), s, id)
			if err != nil {
				return err
			}
			for _, p := range x.Problems {
				t.Errorf("the draft has a problem: %+v", p)
			}
			_, err = process.Publish(t.Context(), s, id, process.Publication{})
			return err
		})
		deal := k.Create(t, k.Rita, "deal", record.Values{"name": "Pumps", "account": x.account, "stage": x.stages["Prospecting"]})
		standing := func() (at process.Standing) {
			k.Read(t, k.Rita, func(s *record.Session) error {
				r, err := s.Get(t.Context(), "deal", deal)
				if err != nil {
					return err
				}
				list, err := process.Standings(t.Context(), s, r)
				if len(list) == 1 {
					at = list[0]
				}
				return err
			})
			return at
		}
		at := standing()
		if at.Name != "As we win" || at.Due == nil || at.Due.Sub(k.Now()) != 4*24*time.Hour || strings.Join(at.Tips, "|") != "Call: Hello: day 1, in 75% of the won deals" {
			t.Errorf("the deal stands so: %+v", at)
		}
		var ways []string
		for _, m := range at.Moves {
			ways = append(ways, m.Name)
		}
		if got := strings.Join(ways, ", "); !strings.HasPrefix(got, "Move to Qualified, Move to Proposal, Move to Lost") {
			t.Errorf("from there lead %s", got)
		}
		k.Write(t, k.Rita, func(s *record.Session) error {
			_, err := process.Go(t.Context(), s, process.Step{Object: "deal", ID: deal, To: x.stages["Proposal"].String()})
			return err
		})
		k.Read(t, k.Rita, func(s *record.Session) error {
			page, err := s.Query(t.Context(), record.Query{Object: "activity", Filter: `kind = "task" and subject = "Meeting: Show it"`, Limit: 5})
			if err == nil && len(page.Records) != 1 {
				t.Errorf("%d tasks follow", len(page.Records))
			}
			return err
		})
	})
}

// Nobody learns of deals, or of activities, that he may not see.
func TestLearningAsksTheRole(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		x := newSchool(t, k)
		x.win(t, 2, "Prospecting", "1 call Hello")
		k.Write(t, k.Ada, func(s *record.Session) error {
			return access.SetOpenness(t.Context(), s.Tx(), s.Schema().MustObject("deal"), access.Private)
		})
		if l := x.learn(t, k.Olga, sales.Selection{}); l.Deals != 0 {
			t.Errorf("of a colleague's private deals: %+v", l)
		}
		role := func(fields string) {
			k.Write(t, k.Ada, func(s *record.Session) error {
				rep, _ := s.Roster().Role(access.RepRole)
				_, err := s.Update(t.Context(), "role", rep, 0, record.Values{"permissions": `{"objects": {"*": {"read": "all"}}, "fields": {` + fields + `}}`})
				return err
			})
		}
		role(`"activity.subject": "none"`)
		if got := steps(x.learn(t, k.Rita, sales.Selection{})); got != "Prospecting 100% 2-2d, day 1 call \"\" 100% ×1\n" {
			t.Errorf("without subjects: %s", got)
		}
		role(`"activity.kind": "none"`)
		if got := steps(x.learn(t, k.Rita, sales.Selection{})); got != "Prospecting 100% 2-2d\n" {
			t.Errorf("without kinds: %s", got)
		}
		role(`"deal.stage": "none"`)
		if err := k.Workspace.Read(t.Context(), apptest.As(k.Rita), func(s *record.Session) error {
			_, err := sales.Learn(t.Context(), s, sales.Selection{})
			return err
		}); !fault.Is(err, fault.Invalid) {
			t.Errorf("without stages: %v", err)
		}
	})
}
