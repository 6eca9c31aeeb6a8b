package sales

import (
	"context"
	"slices"
	"strings"

	"wellmet/internal/access"
	"wellmet/internal/fault"
	"wellmet/internal/notify"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// weakNow keeps which spots are weak, so that each is told when it becomes so and
// not every day that it stays.
var weakNow = store.Setting[map[string]bool]{Key: "weak_spots"}

// TellWeak tells managers of spots, all that WeakSpots finds, that have become
// weak since it last was asked. Who leads nobody, or may not read the deals behind
// it, hears nothing.
func TellWeak(ctx context.Context, s *record.Session, spots []Spot) error {
	was, err := weakNow.Get(ctx, s.Tx())
	if err != nil {
		return err
	}
	is := map[string]bool{}
	for _, x := range spots {
		if !x.Worse {
			continue
		}
		key := strings.Join([]string{x.Stage.String(), x.Person.String(), x.Measure}, ":")
		if is[key] = true; was[key] {
			continue
		}
		if err := tellWeak(ctx, s, x, key); err != nil {
			return err
		}
	}
	if len(is) == 0 && len(was) == 0 {
		return nil
	}
	return weakNow.Set(ctx, s.Tx(), is)
}

// told are the words for what became weak: of everybody, and of one person.
var told = map[string][2]string{
	"fewer":  {"sales.weak_told.fewer", "sales.weak_told.fewer_person"},
	"slower": {"sales.weak_told.slower", "sales.weak_told.slower_person"},
}

func tellWeak(ctx context.Context, s *record.Session, x Spot, key string) error {
	args := fault.Args{"stage": x.Name, "deals": x.Deals}
	text := told[x.word()][0]
	if x.Person != 0 {
		args["name"] = s.Roster().Name(x.Person)
		text = told[x.word()][1]
	}
	return notify.Send(ctx, s, notify.Notice{To: watchers(s, x.Person), Kind: notify.Process, Key: text,
		Args: args, Link: "/reports/" + WeakSpotsReport, Once: "weak:" + key + ":" + s.Now().Format("2006-01-02")})
}

// watchers are those who lead a person, or for everybody's deals all who lead and
// may read deals of others.
func watchers(s *record.Session, person value.ID) (list []value.ID) {
	r := s.Roster()
	o := s.Schema().MustObject(Deals.Name)
	for _, id := range r.MemberIDs() {
		actor, err := r.Actor(id)
		if err != nil || id == person || !report.Leads(s.As(actor)) {
			continue
		}
		reads := func(owner value.ID) bool { return actor.Reaches(o, access.Read, owner) }
		if person != 0 && reads(person) || person == 0 && slices.ContainsFunc(r.MemberIDs(), func(owner value.ID) bool { return owner != id && reads(owner) }) {
			list = append(list, id)
		}
	}
	return list
}
