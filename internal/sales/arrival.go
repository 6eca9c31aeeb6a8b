package sales

import (
	"cmp"
	"context"
	"slices"

	"wellmet/internal/fault"
	"wellmet/internal/i18n"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

// waysOfDoors are the ways in that the doors are.
var waysOfDoors = map[string]string{"page": "manual", "api": "api", "import": "import", "form": "form", "mail": "mail", "hook": "api"}

// cameBy settles how somebody came: source and channel as they were said, else
// by the door that he comes in at.
func cameBy(s *record.Session, source, channel string) (string, string) {
	by := waysOfDoors[s.Who().Door]
	source = cmp.Or(source, by, otherWay)
	return source, cmp.Or(channel, WayName(s, cmp.Or(by, source)))
}

// WayName is what the company calls a way in.
func WayName(s *record.Session, way string) string {
	language := i18n.FormatFor(s.Settings().Locale).Language()
	if slices.Contains(sources, way) {
		return i18n.Text(language, "sales.seed.source."+way, nil)
	}
	f, _ := s.Schema().MustObject(Leads.Name).Field(LeadSource.Name())
	return f.OptionLabel(way, language)
}

// sayHowLeadsCame fills in source, channel and moment of new leads where nobody
// gave them (R17). What the system brings in from the past came by ways that it
// knows best.
func sayHowLeadsCame(_ context.Context, s *record.Session, drafts []*record.Draft) error {
	for _, d := range drafts {
		if at, _ := d.Deed(); d.Doing != record.Creating || s.Undoing() || !at.IsZero() {
			continue
		}
		source, _ := record.Will(d, LeadSource)
		channel, _ := record.Will(d, LeadChannel)
		source, channel = cameBy(s, source, channel)
		record.Put(d, LeadSource, source)
		record.Put(d, LeadChannel, channel)
		if _, said := record.Will(d, LeadCapturedAt); !said {
			record.Put(d, LeadCapturedAt, d.At())
		}
	}
	return nil
}

// CameAgain writes down that people who are leads came by the session's door
// once more; converted and disqualified leads are left out.
func CameAgain(ctx context.Context, s *record.Session, leads []value.ID) error {
	return cameAgain(ctx, s, leads, Touch{})
}

func cameAgain(ctx context.Context, s *record.Session, leads []value.ID, t Touch) error {
	sys := s.AsSystem("who came again")
	found, err := sys.GetMany(ctx, Leads.Name, leads)
	if err != nil || len(found) == 0 {
		return err
	}
	t.Way, t.Channel = cameBy(s, t.Way, t.Channel)
	if err := t.find(ctx, s); err != nil || t.Source == 0 {
		return err
	}
	b := record.Batch{Object: Touches.Name}
	for _, id := range leads {
		if l := found[id]; l != nil && Joinable(l) {
			b.Changes = append(b.Changes, record.Change{Values: record.With(t.values(s), TouchLead, id)})
		}
	}
	if len(b.Changes) == 0 {
		return nil
	}
	_, err = sys.Save(ctx, b)
	return err
}

// ComeByHook captures somebody whom another program told us of; the channel is
// the hook, where it names none.
func ComeByHook(ctx context.Context, s *record.Session, hook string, v record.Values) (value.ID, bool, error) {
	a := Arrival{Values: v}
	if v[LeadChannel.Name()] == nil {
		a.Touch.Channel = hook
	}
	done, err := Capture(ctx, s, a)
	return done.Lead, done.New, err
}

// ComeAgainByHook touches a lead that another program tells us of once more. How
// he came first stays: what it says of that is the touch's.
func ComeAgainByHook(ctx context.Context, s *record.Session, hook string, lead value.ID, v record.Values) error {
	way, _ := v[LeadSource.Name()].(string)
	channel, _ := v[LeadChannel.Name()].(string)
	for _, f := range []string{LeadSource.Name(), LeadChannel.Name(), LeadCapturedAt.Name()} {
		delete(v, f)
	}
	return cameAgain(ctx, s, []value.ID{lead}, Touch{Way: way, Channel: cmp.Or(channel, hook)})
}

// Join adds an arrival to a lead that somebody chose: a touch, and what the
// lead lacks. It is for whoever may change the lead.
func Join(ctx context.Context, s *record.Session, lead value.ID, a Arrival) error {
	l, err := s.Get(ctx, Leads.Name, lead)
	if err != nil {
		return err
	}
	if err := s.MayChange(ctx, Leads.Name, lead); err != nil {
		return err
	}
	if !Joinable(l) {
		return fault.New(fault.Conflict, "lead.not_open", nil)
	}
	return join(ctx, s, lead, a)
}

// join completes the lead and touches it.
func join(ctx context.Context, s *record.Session, lead value.ID, a Arrival) error {
	if err := complete(ctx, s, lead, a.Values); err != nil {
		return err
	}
	if err := a.Touch.settle(ctx, s, a.Values); err != nil {
		return err
	}
	return touch(ctx, s, lead, a.Touch)
}

// Joinable reports whether a lead is still worked on, so that who comes again
// is added to it.
func Joinable(l *record.Record) bool {
	status, _ := record.Get(l, LeadStatus)
	return status != Converted && status != Disqualified
}

// settle says how a touch came where the arrival does not: as it says of a
// lead, else by the session's door.
func (t *Touch) settle(ctx context.Context, s *record.Session, v record.Values) error {
	said, _ := v[LeadSource.Name()].(string)
	channel, _ := v[LeadChannel.Name()].(string)
	if t.Way = cmp.Or(t.Way, said); t.Source != 0 {
		if err := t.find(ctx, s); err != nil {
			return err
		}
	}
	t.Way, t.Channel = cameBy(s, t.Way, cmp.Or(t.Channel, channel))
	return t.find(ctx, s)
}
