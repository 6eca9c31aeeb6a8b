package sales

import (
	"context"
	"slices"
	"strings"
	"time"

	"wellmet/internal/access"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// Arrival is somebody who comes to us by some way: what is known of him, and
// the touch.
type Arrival struct {
	Values record.Values // of a lead, if he is none yet
	Touch  Touch
	// Mark is what else two arrivals of one person have in common, such as what
	// he wrote; "" = nothing.
	Mark string
}

// Captured tells what became of an arrival.
type Captured struct {
	Lead value.ID `json:"lead"`
	New  bool     `json:"new"`
}

// sameArrival is how long the same person by another way is one lead (R17).
const sameArrival = 30 * time.Minute

// Capture makes a lead of somebody who came to us, or adds a touch to the open
// lead that he became within the last half hour by this way or another. He is
// known by e-mail address or phone number. Of two captures of one person at
// once the second waits for the first.
//
// It is for whoever may make leads. Where the lead is another's it gets the
// touch alone, and the actor learns that it is there as he does of a value that
// is taken: so often and no more.
func Capture(ctx context.Context, s *record.Session, a Arrival) (Captured, error) {
	if err := mayCapture(ctx, s); err != nil {
		return Captured{}, err
	}
	marks, err := marksOf(s, a.Values)
	if err != nil {
		return Captured{}, err
	}
	if a.Mark != "" {
		marks = append(marks, mark{text: a.Mark})
	}
	known, err := takeTurn(ctx, s, marks)
	if err != nil {
		return Captured{}, err
	}
	lead, err := openArrival(ctx, s, marks, known)
	if err != nil {
		return Captured{}, err
	}
	done := Captured{Lead: lead, New: lead == 0}
	if done.New {
		done.Lead, err = arrive(ctx, s, a)
	} else if err = meet(ctx, s, lead); err == nil {
		err = join(ctx, s, lead, a)
	}
	if err != nil {
		return Captured{}, err
	}
	for _, m := range marks {
		if _, err := s.Tx().Exec(ctx, `UPDATE {lead_capture} SET lead = $1 WHERE key = $2`, done.Lead, m.key()); err != nil {
			return Captured{}, err
		}
	}
	return done, nil
}

// mayCapture refuses who may make no leads, and who tried out too many people.
func mayCapture(ctx context.Context, s *record.Session) error {
	if err := leadsInUse(ctx, s); err != nil {
		return err
	}
	if s.Actor().System() {
		return nil
	}
	if !s.Actor().Can(s.Schema().MustObject(Leads.Name), access.Create) {
		return fault.New(fault.Forbidden, "record.may_not_create", fault.Args{"object": Leads.Name})
	}
	return s.MayProbe()
}

// meet counts a lead that the actor meets and may not see.
func meet(ctx context.Context, s *record.Session, lead value.ID) error {
	if s.Actor().System() {
		return nil
	}
	_, err := s.Get(ctx, Leads.Name, lead)
	if !fault.Is(err, fault.NotFound) {
		return err
	}
	f, _ := s.Schema().MustObject(Leads.Name).Field(LeadEmail.Name())
	return s.Probed(f, 1)
}

// mark is something that a person is known by.
type mark struct{ field, text string }

// key is the mark however its letters are written.
func (m mark) key() string { return m.field + " " + strings.ToLower(m.text) }

// marksOf are what the person is known by, in an order that lets two wait for
// each other only one way.
func marksOf(s *record.Session, v record.Values) ([]mark, error) {
	var marks []mark
	o := s.Schema().MustObject(Leads.Name)
	for _, name := range []string{LeadEmail.Name(), LeadPhone.Name()} {
		f, _ := o.Field(name)
		if v[name] == nil {
			continue
		}
		known, err := f.Check(v[name], s.StoreEnv())
		if err != nil {
			return nil, err
		}
		if text := schema.Neutral(known); text != "" {
			marks = append(marks, mark{name, text})
		}
	}
	return marks, nil
}

// takeTurn waits for whoever captures the same person and answers the leads
// that were made of him lately.
func takeTurn(ctx context.Context, s *record.Session, marks []mark) ([]value.ID, error) {
	var known []value.ID
	for _, m := range marks {
		var lead, at int64
		if _, err := s.Tx().Row(ctx, `INSERT INTO {lead_capture} AS c (key, lead, at_ms) VALUES ($1, 0, $2)
			ON CONFLICT (key) DO UPDATE SET at_ms = excluded.at_ms, lead = CASE WHEN c.at_ms >= $3 THEN c.lead ELSE 0 END
			RETURNING lead, at_ms`, []any{m.key(), s.Now(), s.Now().Add(-sameArrival)}, &lead, &at); err != nil {
			return nil, err
		}
		if lead != 0 {
			known = append(known, value.ID(lead))
		}
	}
	_, err := s.Tx().Exec(ctx, `DELETE FROM {lead_capture} WHERE at_ms < $1`, s.Now().Add(-48*sameArrival))
	return known, err
}

// openArrival finds the open lead that the person is already, however it was
// made. One that we were told of a moment ago is meant also where he came earlier.
func openArrival(ctx context.Context, s *record.Session, marks []mark, known []value.ID) (value.ID, error) {
	ids := slices.Clone(known)
	for _, m := range marks {
		if m.field == "" {
			continue
		}
		found, err := s.Tx().IDs(ctx, `SELECT id FROM {lead} WHERE deleted_at IS NULL AND created_at >= $1 AND `+m.field+` IN ($2, $3)`,
			s.Now().Add(-sameArrival), m.text, strings.ToLower(m.text))
		if err != nil {
			return 0, err
		}
		ids = append(ids, found...)
	}
	if len(ids) == 0 {
		return 0, nil
	}
	slices.Sort(ids)
	leads, err := s.AsSystem("whether somebody is a lead already").GetMany(ctx, Leads.Name, slices.Compact(ids))
	if err != nil {
		return 0, err
	}
	for _, id := range slices.Backward(slices.Compact(ids)) { // the latest first
		if l := leads[id]; l != nil && (recent(l, s.Now()) || slices.Contains(known, id) && Joinable(l)) {
			return id, nil
		}
	}
	return 0, nil
}

// recent reports whether a lead is open and came, or was touched, a moment ago.
func recent(l *record.Record, now time.Time) bool {
	last, _ := record.Get(l, LeadCapturedAt)
	if at, ok := record.Get(l, LeadLastTouchAt); ok && at.After(last) {
		last = at
	}
	return Joinable(l) && now.Sub(last) <= sameArrival
}

// arrive makes the lead with its touch.
func arrive(ctx context.Context, s *record.Session, a Arrival) (value.ID, error) {
	if err := a.Touch.settle(ctx, s, a.Values); err != nil {
		return 0, err
	}
	v := record.Values{}
	for name, x := range a.Values {
		v[name] = x
	}
	if v[LeadSource.Name()] == nil {
		v[LeadSource.Name()] = a.Touch.Way
	}
	if v[LeadChannel.Name()] == nil {
		v[LeadChannel.Name()] = a.Touch.Channel
	}
	_, said := v["owner"] // also nobody, whom the rules may follow
	made, err := s.Save(ctx, record.Batch{Object: Leads.Name, Changes: []record.Change{{Values: v}}, OwnersByRule: !said})
	if err != nil {
		return 0, err
	}
	lead := made[0].ID
	var id value.ID
	touched, err := s.Tx().Row(ctx, `SELECT id FROM {touch} WHERE lead_id = $1 AND deleted_at IS NULL`, []any{lead}, &id)
	if err != nil {
		return 0, err
	}
	if !touched {
		return lead, touch(ctx, s, lead, a.Touch)
	}
	_, err = s.AsSystem("how a lead came").Update(ctx, Touches.Name, id, 0, a.Touch.values(s))
	return lead, err
}

// complete fills in what the lead lacks, where the actor may change it.
func complete(ctx context.Context, s *record.Session, lead value.ID, v record.Values) error {
	sys := s.AsSystem("what a second touch tells")
	l, err := sys.Get(ctx, Leads.Name, lead)
	if err != nil {
		return err
	}
	if s.Actor().System() {
		s = sys
	} else if err := s.MayChange(ctx, Leads.Name, lead); fault.Is(err, fault.Forbidden) || fault.Is(err, fault.NotFound) {
		return nil
	} else if err != nil {
		return err
	}
	more := lacking(l, v)
	if len(more) == 0 {
		return nil
	}
	_, err = s.Update(ctx, Leads.Name, lead, 0, more)
	return err
}

// lacking are the values of which the lead knows nothing.
func lacking(l *record.Record, v record.Values) record.Values {
	mode, _ := record.Get(l, LeadMode)
	more := record.Values{}
	for name, x := range v {
		f, ok := l.Object.Field(name)
		if !ok {
			f, _, ok = l.Object.AddressPart(name)
		}
		if x == nil || x == "" || ok && l.Value(f) != nil || name == LeadCompany.Name() && mode == PersonLead {
			continue
		}
		more[name] = x
	}
	return more
}

// leadsInUse refuses a lead where every pipeline begins with deals.
func leadsInUse(ctx context.Context, s *record.Session) error {
	in, err := LeadsInUse(ctx, s.Tx())
	if err != nil || in {
		return err
	}
	return fault.New(fault.Conflict, "lead.switched_off", nil)
}

type leadsKey struct{}

// LeadsOn is LeadsInUse as it is kept between sessions.
func LeadsOn(ctx context.Context, s *record.Session) (bool, error) {
	return record.Keep(s, leadsKey{}, func() (bool, error) { return LeadsInUse(ctx, s.Tx()) })
}

// LeadsInUse reports whether some pipeline in use begins with leads; without
// pipelines leads are.
func LeadsInUse(ctx context.Context, tx *store.Tx) (bool, error) {
	var all, with int64
	_, err := tx.Row(ctx, `SELECT count(*), count(CASE WHEN uses_leads IS NOT FALSE THEN 1 END) FROM {pipeline}
		WHERE deleted_at IS NULL AND active IS NOT FALSE`, nil, &all, &with)
	return with > 0 || all == 0, err
}
