package sales

import (
	"context"
	"slices"
	"strings"
	"time"

	"wellmet/internal/access"
	"wellmet/internal/fault"
	"wellmet/internal/notify"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

const (
	// weakQuiet is how long nothing is told anew of a spot that was told of: one
	// that goes in and out of its band is told once. Every stage, person and measure
	// has its own.
	weakQuiet = 7 * 24 * time.Hour
	// weakAnyway is how long nobody looks while nothing happens: days pass, too.
	weakAnyway = 24 * time.Hour
)

// WatchStages is the work of looking for stages that have become weak.
type WatchStages struct{}

// Kind implements jobs.Job.
func (WatchStages) Kind() string { return "sales.watch_stages" }

// weakWatch keeps when was looked for weak spots, and what was told of them.
type weakWatch struct {
	Looked int64               `json:"looked"` // milliseconds
	Spots  map[string]weakTold `json:"spots"`
}

// weakTold is whether a spot is weak, and when that was told last.
type weakTold struct {
	Weak bool  `json:"weak,omitempty"`
	Told int64 `json:"told"`
}

var (
	weakWatched = store.Setting[*weakWatch]{Key: "weak_watch"}
	// weakBefore is what an older program kept: which spots were weak.
	weakBefore = store.Setting[map[string]bool]{Key: "weak_spots"}
)

func readWatch(ctx context.Context, s *record.Session) (*weakWatch, error) {
	x, err := weakWatched.Get(ctx, s.Tx())
	if err != nil || x != nil {
		return x, err
	}
	before, err := weakBefore.Get(ctx, s.Tx())
	x = &weakWatch{Spots: map[string]weakTold{}}
	for key, weak := range before {
		x.Spots[key] = weakTold{Weak: weak, Told: s.Now().UnixMilli()}
	}
	return x, err
}

// WeakDue reports whether it is worth looking for weak spots: something was done
// since the last look, or that is a day ago.
func WeakDue(ctx context.Context, s *record.Session) (bool, error) {
	x, err := readWatch(ctx, s)
	if err != nil {
		return false, err
	}
	last := time.UnixMilli(x.Looked)
	if x.Looked == 0 || s.Now().Sub(last) >= weakAnyway {
		return true, nil
	}
	var act value.ID
	return s.Tx().Row(ctx, `SELECT id FROM {act} WHERE id >= $1 AND at > $2 LIMIT 1`, []any{value.FirstID(last), last}, &act)
}

// TellWeak tells managers of spots, all that WeakSpots finds, that have become
// weak since it last was asked. Who leads nobody, or may not read the deals behind
// it, hears nothing.
func TellWeak(ctx context.Context, s *record.Session, spots []Spot) error {
	x, err := readWatch(ctx, s)
	if err != nil {
		return err
	}
	is, now := map[string]weakTold{}, s.Now()
	for key, was := range x.Spots {
		if now.Sub(time.UnixMilli(was.Told)) < weakQuiet { // remembered, weak or not
			is[key] = weakTold{Told: was.Told}
		}
	}
	for _, spot := range spots {
		if !spot.Worse {
			continue
		}
		key := strings.Join([]string{spot.Stage.String(), spot.Person.String(), spot.Measure}, ":")
		was := x.Spots[key]
		if _, quiet := is[key]; quiet && !was.Weak {
			continue // told when it still is weak once that time is over
		}
		if !was.Weak {
			was = weakTold{Weak: true, Told: now.UnixMilli()}
			if err := tellWeak(ctx, s, spot, key); err != nil {
				return err
			}
		}
		is[key] = was
	}
	return weakWatched.Set(ctx, s.Tx(), &weakWatch{Looked: now.UnixMilli(), Spots: is})
}

// told are the words for what became weak: of everybody, and of one person.
var told = map[string][2]string{
	"fewer":  {"sales.weak_told.fewer", "sales.weak_told.fewer_person"},
	"slower": {"sales.weak_told.slower", "sales.weak_told.slower_person"},
}

// toldFigures are the same with the figures and the band.
var toldFigures = map[string][2]string{
	"fewer":  {"sales.weak_figures.fewer", "sales.weak_figures.fewer_person"},
	"slower": {"sales.weak_figures.slower", "sales.weak_figures.slower_person"},
}

// tellWeak tells the figures to who may read all the deals that they are of, and
// who may read some of them that there is something to look at.
func tellWeak(ctx context.Context, s *record.Session, x Spot, key string) error {
	args := fault.Args{"stage": x.Name, "deals": x.Deals}
	for name, n := range map[string]float64{"now": x.Now, "low": x.Low, "high": x.High} {
		args[name] = x.figure(n).InexactFloat64()
	}
	of := 0
	if x.Person != 0 {
		args["name"], of = s.Roster().Name(x.Person), 1
	}
	all, some := watchers(s, x.Person)
	for text, to := range map[string][]value.ID{toldFigures[x.word()][of]: all, told[x.word()][of]: some} {
		err := notify.Send(ctx, s, notify.Notice{To: to, Kind: notify.Process, Key: text,
			Args: args, Link: "/reports/" + WeakSpotsReport, Once: "weak:" + key + ":" + s.Now().Format("2006-01-02")})
		if err != nil {
			return err
		}
	}
	return nil
}

// watchers are those who lead a person, or for everybody's deals all who lead and
// may read deals of others: such as may read the deals of all, and such as may not.
func watchers(s *record.Session, person value.ID) (all, some []value.ID) {
	r := s.Roster()
	o := s.Schema().MustObject(Deals.Name)
	for _, id := range r.MemberIDs() {
		actor, err := r.Actor(id)
		if err != nil || id == person {
			continue
		}
		theirs := s.As(actor)
		if !report.Leads(theirs) || seesFields(theirs, o, DealStage.Name(), DealStatus.Name()) != nil {
			continue
		}
		reads := func(owner value.ID) bool { return actor.Reaches(o, access.Read, owner) }
		hidden := func(owner value.ID) bool { return !reads(owner) }
		switch {
		case seesAll(theirs, o), !slices.ContainsFunc(r.MemberIDs(), hidden):
			all = append(all, id)
		case person != 0 && reads(person) || person == 0 && slices.ContainsFunc(r.MemberIDs(), func(owner value.ID) bool { return owner != id && reads(owner) }):
			some = append(some, id)
		}
	}
	return all, some
}
