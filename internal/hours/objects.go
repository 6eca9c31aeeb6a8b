package hours

import (
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// Holidays are the days on which the company, or its people of one region, do
// not work.
var Holidays = schema.NewObject("holiday", "holidays", schema.Unowned, "Holiday", "Holidays").Indexed("day")

// Fields of a holiday. Without a region it is one for everybody; one of DE is one
// for DE-BY as well.
var (
	HolidayName   = schema.Text(Holidays, "name").Required()
	HolidayDay    = schema.Date(Holidays, "day").Required()
	HolidayRegion = schema.Text(Holidays, "region")
)

// Objects lists what this room declares.
func Objects() []*schema.Object { return []*schema.Object{Holidays} }

// Rules keep calendars in step with the holidays.
func Rules() []record.Rule {
	return []record.Rule{{Name: "holidays", Objects: []string{Holidays.Name},
		Applied: func(ctx context.Context, s *record.Session, _ []*record.Draft) error { return s.Touch(ctx) }}}
}

// week is the setting that keeps the open hours.
var week = store.Setting[Week]{Key: "hours"}

// OpenHours are the company's open hours as they are set.
func OpenHours(ctx context.Context, s *record.Session) (Week, error) {
	w, err := week.Get(ctx, s.Tx())
	if err == nil && w == nil {
		w = DefaultWeek()
	}
	return w, err
}

// SetOpenHours changes them; it is for administrators.
func SetOpenHours(ctx context.Context, s *record.Session, w Week) error {
	if !s.Actor().Admin() {
		return fault.New(fault.Forbidden, "record.admin_only", nil)
	}
	if err := w.Check(); err != nil {
		return err
	}
	if w == nil {
		w = Week{}
	}
	was, err := OpenHours(ctx, s)
	if err != nil {
		return err
	}
	if err := week.Set(ctx, s.Tx(), w); err != nil {
		return err
	}
	if err := s.NoteSetting(ctx, Subject, was, w); err != nil {
		return err
	}
	return s.Touch(ctx)
}

// Subject is what the history of configuration calls the open hours.
const Subject = "@hours"

// Restore puts the open hours of some days back; see record.Restore.
func Restore(ctx context.Context, s *record.Session, back map[string]json.RawMessage) error {
	now, err := OpenHours(ctx, s)
	if err != nil {
		return err
	}
	w := maps.Clone(now)
	for day, raw := range back {
		var spans []string
		if err := json.Unmarshal(raw, &spans); err != nil {
			return err
		}
		if w[day] = spans; spans == nil {
			delete(w, day)
		}
	}
	return SetOpenHours(ctx, s, w)
}

// Of is the company's calendar: its week, its zone and the holidays of
// everybody and of its own region.
func Of(ctx context.Context, s *record.Session) (*Calendar, error) {
	return For(ctx, s, s.Settings().Region)
}

// Whose is the calendar of a member: that of his region, and the company's where
// he has none, or where it is about nobody (0).
func Whose(ctx context.Context, s *record.Session, member value.ID) (*Calendar, error) {
	return For(ctx, s, cmp.Or(s.Roster().Region(member), s.Settings().Region))
}

// Calendars are those of all who work here. They serve after the session, too.
type Calendars struct {
	company *Calendar
	of      map[value.ID]*Calendar
}

// Of is the calendar of a member, as Whose answers it.
func (c *Calendars) Of(member value.ID) *Calendar {
	if cal := c.of[member]; cal != nil {
		return cal
	}
	return c.company
}

// everybodysKey finds the calendars among what is kept of configuration.
type everybodysKey struct{}

// Everybodys are the calendars of all members: what somebody answers for counts in
// his own working time, wherever it is told.
func Everybodys(ctx context.Context, s *record.Session) (*Calendars, error) {
	return record.Keep(s, everybodysKey{}, func() (*Calendars, error) {
		company, err := Of(ctx, s)
		if err != nil {
			return nil, err
		}
		c := &Calendars{company, map[value.ID]*Calendar{}}
		for _, m := range s.Roster().MemberIDs() {
			if s.Roster().Region(m) == "" {
				continue
			}
			if c.of[m], err = Whose(ctx, s, m); err != nil {
				return nil, err
			}
		}
		return c, nil
	})
}

// calendarKey finds a region's calendar among what is kept of configuration.
type calendarKey struct{ region string }

// For is the calendar of people who work in a region.
func For(ctx context.Context, s *record.Session, region string) (*Calendar, error) {
	return record.Keep(s, calendarKey{region}, func() (*Calendar, error) { return load(ctx, s, region) })
}

func load(ctx context.Context, s *record.Session, region string) (*Calendar, error) {
	w, err := OpenHours(ctx, s)
	if err != nil {
		return nil, err
	}
	days := []value.Date{}
	err = s.AsSystem("calendar of the company").Each(ctx, record.Query{Object: Holidays.Name, Fields: []string{HolidayDay.Name(), HolidayRegion.Name()}},
		func(r *record.Record) error {
			of, _ := record.Get(r, HolidayRegion)
			if d, ok := record.Get(r, HolidayDay); ok && within(region, of) {
				days = append(days, d)
			}
			return nil
		})
	return New(s.Env().Zone, w, days), err
}

// Regions are those that holidays name, each once: what a member's may be.
func Regions(ctx context.Context, s *record.Session) ([]string, error) {
	return record.Keep(s, regionsKey{}, func() ([]string, error) {
		list := []string{}
		err := s.AsSystem("regions of holidays").Each(ctx, record.Query{Object: Holidays.Name, Fields: []string{HolidayRegion.Name()}}, func(r *record.Record) error {
			if of, ok := record.Get(r, HolidayRegion); ok {
				list = append(list, of)
			}
			return nil
		})
		slices.Sort(list)
		return slices.Compact(list), err
	})
}

type regionsKey struct{}

// within reports whether a region is another or a part of it, as DE-BY is of DE;
// all are parts of "".
func within(region, of string) bool {
	region, of = strings.ToLower(strings.TrimSpace(region)), strings.ToLower(strings.TrimSpace(of))
	return of == "" || region == of || strings.HasPrefix(region, of+"-")
}

// WorkingDays makes a counter of the days on which the company works, from one
// day to another, both included.
func WorkingDays(ctx context.Context, s *record.Session) (func(from, to value.Date) int, error) {
	c, err := Of(ctx, s)
	if err != nil {
		return nil, err
	}
	return func(from, to value.Date) (n int) {
		for d := from; d <= to; d = d.AddDays(1) {
			if c.Business(d) {
				n++
			}
			if d == value.MaxDate {
				break
			}
		}
		return n
	}, nil
}
