package sample

import (
	"testing"
	"time"
)

// within says that a share in percent is believable.
func within(t *testing.T, what string, part, whole, low, high int) {
	t.Helper()
	if whole == 0 || part*100 < low*whole || part*100 > high*whole {
		t.Errorf("%s: %d of %d, want %d to %d %%", what, part, whole, low, high)
	}
}

func TestPipelineLooksAlive(t *testing.T) {
	each(t, func(t *testing.T, c *Company, now time.Time) {
		kinds, stages, ofKind := map[StageKind]int{}, map[int]int{}, map[string]int{}
		open, overdue := 0, 0
		for _, d := range c.Deals {
			ofKind[d.Kind]++
			kind := c.Pipelines[d.Pipeline-1].Stages[d.Stage()].Kind
			if d.Pipeline == 1 {
				kinds[kind]++
				stages[d.Stage()]++
			}
			if kind == Open {
				open++
				if d.Close.Time(time.UTC).Before(now.Add(-day)) {
					overdue++
				}
			}
		}
		within(t, "won of the closed", kinds[Won], kinds[Won]+kinds[Lost], 22, 48)
		within(t, "open deals", open, len(c.Deals), 8, 25)
		within(t, "open deals past their date", overdue, open, 3, 25)
		within(t, "renewals", ofKind["renewal"], len(c.Deals), 11, 11)
		within(t, "new customers' deals", ofKind["new"], len(c.Deals), 15, 60)
		for stage := range 4 {
			if stages[stage] < 12 {
				t.Errorf("only %d deals stand in stage %d", stages[stage], stage)
			}
		}
	})
}

func TestSeasons(t *testing.T) {
	each(t, func(t *testing.T, c *Company, _ time.Time) {
		months, weekend := map[time.Month]int{}, 0
		for _, d := range c.Deals {
			months[d.Created.Month()]++
			if d.Created.Weekday() == time.Sunday {
				weekend++
			}
		}
		if months[time.August] >= months[time.September] {
			t.Errorf("August has %d new deals, September %d", months[time.August], months[time.September])
		}
		within(t, "deals opened on a Sunday", weekend, len(c.Deals), 0, 3)
	})
}

func TestWorkIsShared(t *testing.T) {
	each(t, func(t *testing.T, c *Company, now time.Time) {
		deals, open, overdue := map[Ref]int{}, 0, 0
		for _, d := range c.Deals {
			deals[d.Owner]++
		}
		for i, m := range c.Members {
			n := deals[Ref(i+1)]
			if m.Role == Rep && n < 20 || m.Role == Admin && n > 0 || n > len(c.Deals)/5 {
				t.Errorf("%s (%s) has %d deals", m.Name, m.Role, n)
			}
		}
		for _, a := range c.Activities {
			if a.Kind == task && !a.Done {
				open++
				if a.At.Before(now) {
					overdue++
				}
			}
		}
		within(t, "tasks overdue", overdue, open, 8, 50)
	})
}

func TestFunnelOfLeads(t *testing.T) {
	each(t, func(t *testing.T, c *Company, _ time.Time) {
		count := map[string]int{}
		for _, l := range c.Leads {
			count[l.Status]++
			if l.Status == leadConverted {
				d := c.Deals[l.Deal-1]
				if d.Account != l.Account || d.Contact != l.Contact || d.Created != l.Closed {
					t.Errorf("%s became something else than its deal says", l.Company)
				}
			}
		}
		within(t, "converted", count[leadConverted], len(c.Leads), 15, 32)
		for _, status := range []string{leadNew, leadContacted, leadQualified, leadDisqualified} {
			if count[status] < 4 {
				t.Errorf("%d leads are %s", count[status], status)
			}
		}
	})
}

func TestAccountsVary(t *testing.T) {
	each(t, func(t *testing.T, c *Company, _ time.Time) {
		names, kinds, trades, daughters := map[string]bool{}, map[string]int{}, map[string]int{}, 0
		for _, a := range c.Accounts {
			names[a.Name] = true
			kinds[a.Kind]++
			trades[a.Industry]++
			if a.Parent > 0 {
				daughters++
			}
		}
		if len(names) < len(c.Accounts)-3 || len(trades) != len(industries) {
			t.Errorf("%d names, %d industries for %d accounts", len(names), len(trades), len(c.Accounts))
		}
		within(t, "customers", kinds["Customer"], len(c.Accounts), 45, 85)
		within(t, "daughters", daughters, len(c.Accounts), 4, 14)
	})
}

func TestPercentRoundsHalfToEven(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ minor, percent, want int64 }{{50, 95, 48}, {150, 95, 142}, {70, 95, 66}, {1000, 90, 900}, {1, 1, 0}, {99, 99, 98}} {
		if got := percent(c.minor, int(c.percent)); got != c.want {
			t.Errorf("percent(%d, %d) = %d, want %d", c.minor, c.percent, got, c.want)
		}
	}
}
