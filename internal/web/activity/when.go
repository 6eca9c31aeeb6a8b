package activity

import (
	"net/url"
	"strings"
	"time"

	room "wellmet/internal/activity"
	"wellmet/internal/fault"
	"wellmet/internal/value"
	"wellmet/internal/web/kit"
)

// Quick choices of a time.
const (
	noTime   = ""
	tomorrow = "tomorrow"
	inThree  = "in3"
	nextWeek = "week"
	pick     = "pick"
)

// quickDays is how many days ahead a choice is.
var quickDays = map[string]int{tomorrow: 1, inThree: 3, nextWeek: 7}

// choices are those offered, in their order.
var choices = []string{tomorrow, inThree, nextWeek, pick}

func choiceLabel(v *kit.View, choice string) string {
	switch choice {
	case tomorrow:
		return v.T("web.activity.tomorrow")
	case inThree:
		return v.T("web.activity.in_three")
	case nextWeek:
		return v.T("web.activity.next_week")
	case pick:
		return v.T("web.activity.pick")
	}
	return v.T("web.activity.no_next")
}

// choiceDay is the day of a choice, for those who want to know it.
func choiceDay(v *kit.View, choice string) string {
	if n := quickDays[choice]; n > 0 {
		return v.DateWeekday(v.Today().AddDays(n), v.Today())
	}
	return ""
}

// morning is when something begins of which only the day is said.
const morning = room.Morning

// chosen reads a choice of a time from a form: the choice itself under name,
// the day and time of "pick" under name_day and name_time. clock is the time of
// day of quick choices. false when none is chosen.
func chosen(v *kit.View, form url.Values, name string, clock time.Duration) (time.Time, bool, error) {
	choice := form.Get(name)
	if n := quickDays[choice]; n > 0 {
		return at(v, v.Today().AddDays(n), clock), true, nil
	}
	if choice != pick {
		return time.Time{}, false, nil
	}
	day := v.Today()
	text := strings.TrimSpace(form.Get(name + "_day"))
	hours := strings.TrimSpace(form.Get(name + "_time"))
	if text == "" && hours == "" {
		return time.Time{}, false, refusal(name, "web.activity.when_missing", nil)
	}
	if text != "" {
		var err error
		if day, err = v.ParseDateInput(text, day); err != nil {
			if f, ok := fault.As(err); ok {
				return time.Time{}, false, refusal(name, f.Key, f.Args)
			}
			return time.Time{}, false, err
		}
	}
	if hours != "" {
		t, err := time.Parse("15:04", strings.ReplaceAll(hours[:min(5, len(hours))], ".", ":"))
		if err != nil {
			return time.Time{}, false, refusal(name, "web.parts.bad_time", fault.Args{"value": value.Printable(hours)})
		}
		clock = time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute
	}
	return at(v, day, clock), true, nil
}

// at is a time of day by the user's clocks.
func at(v *kit.View, day value.Date, clock time.Duration) time.Time {
	y, m, d := day.Civil()
	return time.Date(y, m, d, int(clock.Hours()), int(clock.Minutes())%60, 0, 0, v.Zone).UTC()
}

// clockOf is the time of day of a moment by the user's clocks.
func clockOf(v *kit.View, t time.Time) time.Duration {
	if t.IsZero() {
		return morning
	}
	local := t.In(v.Zone)
	return time.Duration(local.Hour())*time.Hour + time.Duration(local.Minute())*time.Minute
}

// refusal is a fault at one input of a form.
func refusal(input, key string, args fault.Args) error {
	return fault.New(fault.Invalid, "record.invalid", nil).With(fault.Field{Path: input, Key: key, Args: args})
}
