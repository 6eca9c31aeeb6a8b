package sales

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"wellmet/internal/fault"
	"wellmet/internal/i18n"
	"wellmet/internal/record"
	"wellmet/internal/schema"
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
	a := Arrival{Values: maps.Clone(v)}
	kept, err := leaveToClosed(ctx, s, a.Values)
	if err != nil {
		return 0, false, err
	}
	if kept != "" { // who is told of twice is still known by it
		a.Mark = "hook " + kept
	}
	if v[LeadChannel.Name()] == nil {
		a.Touch.Channel = hook
	}
	done, err := Capture(ctx, s, a)
	return done.Lead, done.New, err
}

// leaveToClosed takes out of the values of somebody who comes those that only one
// lead may have and one that is not open has, such as the number that another
// program knows him by, and answers them. An address by which a person is known
// stays, and is refused where the company wants it once.
func leaveToClosed(ctx context.Context, s *record.Session, v record.Values) (string, error) {
	var kept []string
	sys := s.AsSystem("what a closed lead keeps")
	o := s.Schema().MustObject(Leads.Name)
	for _, f := range o.Fields {
		if !f.Unique || v[f.Name] == nil || f.Name == LeadEmail.Name() || f.Name == LeadPhone.Name() {
			continue
		}
		x, err := f.Check(v[f.Name], s.StoreEnv())
		if err != nil {
			return "", err
		}
		text := schema.Neutral(x)
		found, err := sys.FindBy(ctx, o, f, []string{text})
		if err != nil {
			return "", err
		}
		for _, id := range found[text] {
			l, err := sys.Get(ctx, Leads.Name, id)
			if err != nil {
				return "", err
			}
			if !Joinable(l) {
				delete(v, f.Name)
				kept = append(kept, f.Name+" "+text)
			}
		}
	}
	return strings.Join(kept, " "), nil
}

// ComeAgainByHook touches a lead that another program tells us of once more. How
// he came first stays: what it says of that is the touch's. A lead that is not open
// is left as it is and not joined, unless the program tells that it stands where it
// does.
func ComeAgainByHook(ctx context.Context, s *record.Session, hook string, lead value.ID, v record.Values) (joined bool, err error) {
	l, err := s.AsSystem("whether a lead is open").Get(ctx, Leads.Name, lead)
	if err != nil {
		return false, err
	}
	if !Joinable(l) {
		stands, err := standsSo(s, l, v)
		if !stands || err != nil {
			return false, err
		}
	}
	way, _ := v[LeadSource.Name()].(string)
	channel, _ := v[LeadChannel.Name()].(string)
	t := Touch{Way: way, Channel: cmp.Or(channel, hook)}
	if err := t.date(s, v); err != nil {
		return false, err
	}
	for _, f := range []string{LeadSource.Name(), LeadChannel.Name(), LeadCapturedAt.Name()} {
		delete(v, f)
	}
	return true, cameAgain(ctx, s, []value.ID{lead}, t)
}

// standsSo reports whether values name the state or the stage that a lead is in.
func standsSo(s *record.Session, l *record.Record, v record.Values) (bool, error) {
	for _, name := range []string{LeadStatus.Name(), LeadStage.Name()} {
		f, _ := l.Object.Field(name)
		x, err := f.Check(v[name], s.StoreEnv())
		if err != nil {
			return false, err
		}
		if x != nil && schema.Equal(x, l.Value(f)) {
			return true, nil
		}
	}
	return false, nil
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
		return NotOpen()
	}
	return join(ctx, s, lead, a)
}

// NotOpen refuses to join a lead on which the work has ended.
func NotOpen() error { return fault.New(fault.Conflict, "lead.not_open", nil) }

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

// settle says how and when a touch came where the arrival does not: as it says of
// a lead, else by the session's door, now.
func (t *Touch) settle(ctx context.Context, s *record.Session, v record.Values) error {
	if err := t.date(s, v); err != nil {
		return err
	}
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

// date lets a touch be of the moment at which a lead says that it was captured.
func (t *Touch) date(s *record.Session, v record.Values) error {
	f, _ := s.Schema().MustObject(Leads.Name).Field(LeadCapturedAt.Name())
	x, err := f.Check(v[f.Name], s.StoreEnv())
	if at, said := x.(time.Time); said && t.At.IsZero() {
		t.At = at
	}
	return err
}
