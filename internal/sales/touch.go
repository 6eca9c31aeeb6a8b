package sales

import (
	"cmp"
	"context"
	"slices"
	"time"

	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// nameTouches calls a touch by its source.
func nameTouches(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	var ids []value.ID
	for _, d := range drafts {
		if id, ok := record.Will(d, TouchSource); ok && d.Changed(TouchSource.Name()) {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	slices.Sort(ids)
	found, err := s.AsSystem("the name of a source").GetMany(ctx, LeadSources.Name, slices.Compact(ids))
	if err != nil {
		return err
	}
	for _, d := range drafts {
		id, _ := record.Will(d, TouchSource)
		if source := found[id]; source != nil && d.Changed(TouchSource.Name()) {
			record.Put(d, TouchName, source.Title())
		}
	}
	return nil
}

// touchNewLeads writes down how a new lead came, where it says so: every lead
// with a source has its first touch.
func touchNewLeads(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	var wants []*record.Draft
	for _, d := range drafts {
		_, said := record.Will(d, LeadSource)
		if _, touched := record.Will(d, LeadFirstSource); said && !touched &&
			(d.Doing == record.Creating || d.Doing == record.Updating && d.Changed(LeadSource.Name())) {
			wants = append(wants, d)
		}
	}
	if len(wants) == 0 {
		return nil
	}
	byWay, err := sourcesByWay(ctx, s)
	if err != nil {
		return err
	}
	b := record.Batch{Object: Touches.Name}
	for _, d := range wants {
		way, _ := record.Will(d, LeadSource)
		source := cmp.Or(byWay[way], byWay[otherWay])
		if source == 0 {
			continue
		}
		v := record.With(record.With(record.Values{}, TouchLead, d.ID), TouchSource, source)
		if at, ok := record.Will(d, LeadCapturedAt); ok {
			record.With(v, TouchAt, at)
		}
		if channel, ok := record.Will(d, LeadChannel); ok {
			record.With(v, TouchChannel, channel)
		}
		b.Changes = append(b.Changes, record.Change{Values: v, At: d.At()})
	}
	if len(b.Changes) == 0 {
		return nil
	}
	_, err = s.AsSystem("how a lead came").Save(ctx, b)
	return err
}

// sourcesByWay finds the first source in use of each way in.
func sourcesByWay(ctx context.Context, s *record.Session) (map[string]value.ID, error) {
	rows, err := s.Tx().Query(ctx, `SELECT way, id FROM {lead_source} WHERE deleted_at IS NULL AND active IS NOT FALSE ORDER BY position, id`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	byWay := map[string]value.ID{}
	for rows.Next() {
		var way string
		var id value.ID
		if err := rows.Scan(&way, &id); err != nil {
			return nil, err
		}
		if byWay[way] == 0 {
			byWay[way] = id
		}
	}
	return byWay, rows.Err()
}

// followTouches keeps what leads know of their touches.
func followTouches(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	var leads []value.ID
	for _, d := range drafts {
		for _, x := range []any{d.Before(TouchLead.Name()), d.Field(TouchLead.Name())} {
			if id, ok := x.(value.ID); ok {
				leads = append(leads, id)
			}
		}
	}
	slices.Sort(leads)
	for chunk := range slices.Chunk(slices.Compact(leads), 500) {
		if err := attribute(ctx, s, chunk); err != nil {
			return err
		}
	}
	return Score(ctx, s, Leads.Name, leads)
}

// attribution is what the touches of a lead come to.
type attribution struct {
	firstAt, lastAt time.Time
	touches         []marked // in their order
}

// marked is a touch, and which of its lead it is said to be.
type marked struct {
	id, source        value.ID
	first, last, said bool
}

// attribute writes first and last source of some leads, and which touches those are
// of.
func attribute(ctx context.Context, s *record.Session, leads []value.ID) error {
	found, err := attributionsOf(ctx, s, leads)
	if err != nil {
		return err
	}
	derive, marks := make(map[value.ID][]any, len(leads)), map[value.ID][]any{}
	for _, id := range leads {
		derive[id] = []any{nil, nil, nil, nil, int64(0)}
		a, ok := found[id]
		if !ok {
			continue
		}
		n := len(a.touches)
		derive[id] = []any{a.touches[0].source, a.touches[n-1].source, a.firstAt, a.lastAt, int64(n)}
		for i, x := range a.touches {
			if first, last := i == 0, i == n-1; !x.said || x.first != first || x.last != last {
				marks[x.id] = []any{first, last}
			}
		}
	}
	if err := setDerived(ctx, s, Touches, marks, TouchFirst.Name(), TouchLast.Name()); err != nil {
		return err
	}
	return setDerived(ctx, s, Leads, derive, LeadFirstSource.Name(), LeadLastSource.Name(), LeadFirstTouchAt.Name(), LeadLastTouchAt.Name(), LeadTouchCount.Name())
}

// attributionsOf reads the touches of leads, in the order in which they count: by
// moment, then as they were written down.
func attributionsOf(ctx context.Context, s *record.Session, leads []value.ID) (map[value.ID]*attribution, error) {
	rows, err := s.Tx().Query(ctx, `SELECT lead_id, source_id, coalesce("at", 0), id, first_of_lead, last_of_lead FROM {touch} WHERE deleted_at IS NULL AND `+
		among(s, "lead_id", 1)+` ORDER BY lead_id, coalesce("at", 0), id`, idsParam(s.Tx().Dialect(), leads))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	found := map[value.ID]*attribution{}
	for rows.Next() {
		lead, _ := rows.ID(0)
		ms, _ := rows.Int(2)
		var x marked
		x.source, _ = rows.ID(1)
		x.id, _ = rows.ID(3)
		x.first, x.said = rows.Bool(4)
		x.last, _ = rows.Bool(5)
		a := found[lead]
		if a == nil {
			a = &attribution{firstAt: time.UnixMilli(ms).UTC()}
			found[lead] = a
		}
		a.lastAt, a.touches = time.UnixMilli(ms).UTC(), append(a.touches, x)
	}
	return found, rows.Err()
}

// MarkTouches is the work of marking the touches that an older program left.
type MarkTouches struct{}

// Kind implements jobs.Job.
func (MarkTouches) Kind() string { return "sales.mark_touches" }

// MarkedTouches marks the first and the last touch of leads of an older program.
var MarkedTouches = Filling{
	at:    store.Setting[*FilledTo]{Key: "marked_touches"},
	job:   MarkTouches{},
	leads: filler{`SELECT id FROM {lead} WHERE touch_count > 0 AND id > $1 ORDER BY id LIMIT $2`, markTouches},
}

// markTouches holds the leads: who adds a touch meanwhile marks it himself, before or
// after.
func markTouches(ctx context.Context, s *record.Session, leads []value.ID) error {
	if err := s.Hold(ctx, Leads.Name, leads); err != nil {
		return err
	}
	return attribute(ctx, s, leads)
}

// among is the condition that a column holds one of the ids in a parameter.
func among(s *record.Session, column string, param int) string {
	d := s.Tx().Dialect()
	return d.AnyOf(column, d.Param(param, store.IDList))
}

// idsParam is a list of ids as that parameter.
func idsParam(d store.Dialect, ids []value.ID) string { return store.IDs(d, ids) }

// setDerived writes derived fields by name.
func setDerived(ctx context.Context, s *record.Session, object *schema.Object, rows map[value.ID][]any, names ...string) error {
	o := s.Schema().MustObject(object.Name)
	fields := make([]*schema.FieldDef, len(names))
	for i, name := range names {
		fields[i], _ = o.Field(name)
	}
	return s.SetDerived(ctx, o, fields, rows)
}

// Touch is one time that somebody came to us, as it is captured.
type Touch struct {
	Source                 value.ID // 0 = the one of Way
	Way                    string
	Channel, Campaign, Via string
	At                     time.Time // zero = now
}

// find settles which source is meant.
func (t *Touch) find(ctx context.Context, s *record.Session) error {
	if t.Source != 0 && t.Way != "" {
		return nil
	}
	if t.Source != 0 {
		source, err := s.AsSystem("the way of a source").Get(ctx, LeadSources.Name, t.Source)
		if fault.Is(err, fault.NotFound) {
			err = fault.New(fault.Invalid, "record.invalid", fault.Args{"object": Touches.Name}).
				With(fault.Field{Path: LeadSources.Name, Key: "field.dead_link", Args: fault.Args{"object": LeadSources.Name, "id": t.Source.String()}})
		}
		if err == nil {
			t.Way, _ = record.Get(source, LeadSourceWay)
		}
		return err
	}
	byWay, err := sourcesByWay(ctx, s)
	t.Source = cmp.Or(byWay[t.Way], byWay[otherWay])
	return err
}

// values are the fields of the touch's record, but for its lead.
func (t *Touch) values(s *record.Session) record.Values {
	v := record.With(record.Values{}, TouchSource, t.Source)
	if t.At.IsZero() {
		t.At = s.Now()
	}
	record.With(v, TouchAt, value.Moment(t.At))
	for f, text := range map[schema.Field[string]]string{TouchChannel: t.Channel, TouchCampaign: t.Campaign, TouchVia: t.Via} {
		if text != "" {
			record.With(v, f, text)
		}
	}
	return v
}

// touch writes down a touch of a lead; without any source there is none.
func touch(ctx context.Context, s *record.Session, lead value.ID, t Touch) error {
	if err := t.find(ctx, s); err != nil || t.Source == 0 {
		return err
	}
	_, err := s.AsSystem("how a lead came").Create(ctx, Touches.Name, record.With(t.values(s), TouchLead, lead))
	return err
}
