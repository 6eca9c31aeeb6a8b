package goal

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"wellmet/internal/access"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

// Rules are what this room demands of targets.
func (r *Room) Rules() []record.Rule {
	return []record.Rule{
		{Name: "target", Objects: []string{Targets.Name}, Prepare: r.prepare, Check: r.check},
		{Name: "raise of a target", Objects: []string{Targets.Name}, Check: r.checkRaise},
	}
}

// living are the drafts of targets that are, or are to be.
func living(drafts []*record.Draft) []*record.Draft {
	return slices.DeleteFunc(slices.Clone(drafts), func(d *record.Draft) bool { return d.Doing == record.Deleting })
}

// prepare works out the days of the period, whose the target is and what it is
// called.
func (r *Room) prepare(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	leads := map[value.ID]value.ID{}
	for _, d := range living(drafts) {
		if d.Changed(TargetPeriod.Name()) && d.Doing != record.Restoring {
			fillPeriod(s, d)
		}
		member, _ := record.Will(d, TargetMember)
		team, _ := record.Will(d, TargetTeam)
		period, _ := record.Will(d, TargetPeriod)
		name := s.Settings().Name
		switch {
		case member != 0:
			name = s.Roster().Name(member)
			if d.Changed(TargetMember.Name()) { // a hand-over stays
				d.Set("owner", member)
			}
		case team != 0:
			lead, title, err := leadOf(ctx, s, team, leads)
			if err != nil {
				return err
			}
			if name = title; lead != 0 && d.Changed(TargetTeam.Name()) {
				d.Set("owner", lead)
			}
		}
		narrowed, err := r.titles(ctx, s, d)
		if err != nil {
			return err
		}
		record.Put(d, TargetName, strings.Join(append([]string{name, period}, narrowed...), " · "))
		record.Put(d, targetKey, r.key(d))
	}
	return r.once(ctx, s, living(drafts))
}

// titles are what the target is narrowed to: a product's name, a pipeline's.
func (r *Room) titles(ctx context.Context, s *record.Session, d *record.Draft) (list []string, err error) {
	o, narrow := s.Schema().MustObject(Targets.Name), r.narrowed(d)
	for _, name := range slices.Sorted(maps.Keys(narrow)) {
		f, ok := o.Field(name)
		if !ok {
			continue
		}
		title, err := record.Memo(s, narrow[name], func() (string, error) {
			other, err := s.AsSystem("what a target is narrowed to").Get(ctx, f.Target, narrow[name])
			if err != nil {
				return "", err
			}
			return other.Title(), nil
		})
		switch {
		case fault.Is(err, fault.NotFound):
			continue // the engine says that there is none
		case err != nil:
			return nil, err
		}
		list = append(list, title)
	}
	return list, nil
}

func fillPeriod(s *record.Session, d *record.Draft) {
	text, ok := record.Will(d, TargetPeriod)
	if !ok {
		return // the engine says that it is required
	}
	p, err := value.ParsePeriod(text, periodStart(s))
	if err != nil {
		f, _ := fault.As(err)
		d.Refuse(TargetPeriod.Name(), f.Key, f.Args)
		return
	}
	record.Put(d, TargetPeriod, p.String())
	record.Put(d, TargetFirst, p.First())
	record.Put(d, TargetLast, p.Last())
}

// leadOf is who leads a team, or else the next one above that is led, and what
// the team is called.
func leadOf(ctx context.Context, s *record.Session, team value.ID, known map[value.ID]value.ID) (lead value.ID, name string, err error) {
	sys := s.AsSystem("who leads a team")
	for at := team; at != 0 && len(known) < 1000; {
		r, err := sys.Get(ctx, access.Teams.Name, at)
		if err != nil {
			return 0, "", err
		}
		if name == "" {
			name = r.Title()
		}
		if id, ok := record.Get(r, access.TeamLead); ok && s.Roster().Active(id) {
			return id, name, nil
		}
		known[at] = at
		if at, _ = record.Get(r, access.TeamParent); at == team {
			break
		}
	}
	return 0, name, nil
}

// key tells one target from another.
func (r *Room) key(d *record.Draft) string {
	member, _ := record.Will(d, TargetMember)
	team, _ := record.Will(d, TargetTeam)
	measure, _ := record.Will(d, TargetMeasure)
	first, _ := record.Will(d, TargetFirst)
	last, _ := record.Will(d, TargetLast)
	return keyOf(member, team, measure, Days{first, last}, r.narrowed(d))
}

func keyOf(member, team value.ID, measure string, d Days, narrow map[string]value.ID) string {
	parts := []string{member.String(), team.String(), measure, d.First.String(), d.Last.String()}
	for _, name := range slices.Sorted(maps.Keys(narrow)) {
		parts = append(parts, name+narrow[name].String())
	}
	return strings.Join(parts, " ")
}

func (r *Room) narrowed(d *record.Draft) map[string]value.ID {
	narrow := map[string]value.ID{}
	for _, name := range r.narrow {
		if id, ok := d.Field(name).(value.ID); ok {
			narrow[name] = id
		}
	}
	return narrow
}

// check refuses targets that nobody could reach or read, and those whom somebody
// may not set.
func (r *Room) check(_ context.Context, s *record.Session, drafts []*record.Draft) error {
	for _, d := range drafts {
		was, _ := record.Was(d, TargetMember)
		team, _ := record.Was(d, TargetTeam)
		if d.Doing != record.Creating && !MaySet(s, was, team) {
			d.Fail(fault.New(fault.Forbidden, "goal.may_not_set", nil))
		}
	}
	for _, d := range living(drafts) {
		member, _ := record.Will(d, TargetMember)
		team, _ := record.Will(d, TargetTeam)
		switch {
		case member != 0 && team != 0:
			d.Refuse(TargetTeam.Name(), "goal.one_of_both", nil)
		case !MaySet(s, member, team):
			d.Fail(fault.New(fault.Forbidden, "goal.may_not_set", nil))
		}
		r.checkValue(d)
	}
	return nil
}

// checkValue wants an amount of what is money and a number of what is counted.
func (r *Room) checkValue(d *record.Draft) {
	name, _ := record.Will(d, TargetMeasure)
	m, ok := r.Measure(name)
	if !ok {
		d.Refuse(TargetMeasure.Name(), "goal.unknown_measure", fault.Args{"measure": name})
		return
	}
	if _, err := m.source(r.narrowed(d)); err != nil {
		d.Fail(err)
	}
	amount, hasAmount := record.Will(d, TargetAmount)
	_, hasNumber := record.Will(d, TargetNumber)
	switch {
	case m.Money && !hasAmount:
		d.Refuse(TargetAmount.Name(), "goal.want_amount", nil)
	case m.Money && hasNumber:
		d.Refuse(TargetNumber.Name(), "goal.no_number", nil)
	case m.Money && amount.Minor < 0:
		d.Refuse(TargetAmount.Name(), "goal.negative", nil)
	case !m.Money && !hasNumber:
		d.Refuse(TargetNumber.Name(), "goal.want_number", nil)
	case !m.Money && hasAmount:
		d.Refuse(TargetAmount.Name(), "goal.no_amount", nil)
	}
}

// once says in words which target there is already, before the engine only says
// that there is one; the index keeps two who set one at the same moment apart.
func (r *Room) once(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	sys := s.AsSystem("which targets there are")
	for _, d := range drafts {
		key, _ := record.Will(d, targetKey)
		if d.Failed() || !d.Changed(targetKey.Name()) && d.Doing != record.Restoring {
			continue
		}
		page, err := sys.Query(ctx, record.Query{Object: Targets.Name, Filter: fmt.Sprintf("%s = %q", targetKey.Name(), key), Limit: 2})
		if err != nil {
			return err
		}
		for _, other := range page.Records {
			if other.ID != d.ID {
				d.Refuse(TargetPeriod.Name(), "goal.twice", fault.Args{"name": other.Title()})
			}
		}
	}
	return nil
}

// MaySet reports whether the actor may set targets of a person, of a team, or of
// the company: an administrator anybody's, who leads others theirs. Nobody who
// reaches no one but himself sets any.
func MaySet(s *record.Session, member, team value.ID) bool {
	a := s.Actor()
	if a.System() {
		return true
	}
	o, ok := s.Schema().Object(Targets.Name)
	if !ok {
		return false
	}
	scope := min(a.Scope(o, access.Update), a.Scope(o, access.Read))
	switch {
	case scope == access.All:
		return true
	case scope <= access.Own:
		return false
	case member != 0:
		return a.Reaches(o, access.Update, member)
	case team == 0:
		return false
	case scope == access.Team:
		return team == a.Team()
	}
	return a.Team() != 0 && s.Roster().Below(a.Team(), team)
}

// periodStart is the month in which the company's fiscal years begin.
func periodStart(s *record.Session) time.Month { return time.Month(s.Settings().FiscalStart) }
