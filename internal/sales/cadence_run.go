package sales

import (
	"context"
	"slices"
	"time"

	"wellmet/internal/activity"
	"wellmet/internal/expr"
	"wellmet/internal/fault"
	"wellmet/internal/hours"
	"wellmet/internal/record"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// chunk is how many enrollments one transaction advances: few where nobody else
// can write meanwhile, more where others wait for the same leads alone.
func chunk(d store.Dialect) int {
	if d.ForUpdate() == "" {
		return 100
	}
	return 250
}

// CadenceLanes is how many transactions may go on with cadences at once: a
// database where writers wait for each other has one.
func CadenceLanes(d store.Dialect) int {
	if d.ForUpdate() == "" {
		return 1
	}
	return 2
}

// RunCadences places the attempts that are due for a chunk of enrollments, and
// tells whether there may be more: of an enrollment that is days behind, the
// next attempt is due as soon as one is placed. Enrollments on which somebody
// else works at the moment are left to him.
func RunCadences(ctx context.Context, s *record.Session) (more bool, err error) {
	ids, err := s.Tx().IDs(ctx, `SELECT id FROM {enrollment} WHERE next_at <= $1 AND state = 'active' AND deleted_at IS NULL ORDER BY next_at, id DESC LIMIT $2`+
		s.Tx().Dialect().ForUpdateFree(), s.Now(), chunk(s.Tx().Dialect()))
	if err != nil || len(ids) == 0 {
		return false, err
	}
	return true, advance(ctx, s.AsSystem("cadences go on"), ids)
}

// enrollment reads one that the actor may change and that is in the state.
func enrollment(ctx context.Context, s *record.Session, id value.ID, states ...string) (*record.Record, error) {
	if err := s.MayChange(ctx, Enrollments.Name, id); err != nil {
		return nil, err
	}
	e, err := s.AsSystem("an enrollment").Get(ctx, Enrollments.Name, id)
	if err != nil {
		return nil, err
	}
	if state, _ := record.Get(e, EnrollState); !slices.Contains(states, state) {
		return nil, fault.New(fault.Conflict, "cadence.over", nil)
	}
	return e, nil
}

// Pause holds an enrollment; no further attempt is placed until Resume.
func Pause(ctx context.Context, s *record.Session, id value.ID) error {
	if _, err := enrollment(ctx, s, id, Going); err != nil {
		return err
	}
	v := record.With(record.With(record.Values{}, EnrollState, Paused), EnrollPaused, s.Now())
	_, err := s.AsSystem("a cadence is paused").Update(ctx, Enrollments.Name, id, 0, v)
	return err
}

// Resume goes on with what is left, as much later as the pause was long.
func Resume(ctx context.Context, s *record.Session, id value.ID) error {
	e, err := enrollment(ctx, s, id, Paused)
	if err != nil {
		return err
	}
	paused, _ := record.Get(e, EnrollPaused)
	started, _ := record.Get(e, EnrollStarted)
	next, _ := record.Get(e, EnrollNext)
	slept := s.Now().Sub(paused)
	v := record.With(record.With(record.Values{}, EnrollState, Going), EnrollStarted, started.Add(slept))
	v[EnrollPaused.Name()] = nil
	if !next.IsZero() {
		record.With(v, EnrollNext, next.Add(slept))
	}
	_, err = s.AsSystem("a cadence goes on").Update(ctx, Enrollments.Name, id, 0, v)
	return err
}

// Stop ends an enrollment by hand; its open attempt goes.
func Stop(ctx context.Context, s *record.Session, id value.ID) error {
	e, err := enrollment(ctx, s, id, Going, Paused)
	if err != nil {
		return err
	}
	return end(ctx, s, []value.ID{id}, map[value.ID]*record.Record{id: e}, Stopped, byHandStop)
}

// stopFor ends the cadences of leads, each for its reason.
func stopFor(ctx context.Context, s *record.Session, why map[value.ID]string) error {
	if len(why) == 0 {
		return nil
	}
	leads := make([]value.ID, 0, len(why))
	for id := range why {
		leads = append(leads, id)
	}
	slices.Sort(leads)
	ids, err := s.Tx().IDs(ctx, `SELECT id FROM {enrollment} WHERE state IN ('active', 'paused') AND deleted_at IS NULL AND `+among(s, "lead_id", 1)+` ORDER BY id`,
		idsParam(s.Tx().Dialect(), leads))
	if err != nil || len(ids) == 0 {
		return err
	}
	found, err := s.AsSystem("cadences that end").GetMany(ctx, Enrollments.Name, ids)
	if err != nil {
		return err
	}
	byReason := map[string][]value.ID{}
	for _, id := range ids {
		lead, _ := record.Get(found[id], EnrollLead)
		byReason[why[lead]] = append(byReason[why[lead]], id)
	}
	for reason, some := range byReason {
		if err := end(ctx, s, some, found, Stopped, reason); err != nil {
			return err
		}
	}
	return nil
}

// cadenceOfLeads lets new leads into the cadences that are for them, and ends
// those of leads that are leads no more or want to be left alone.
func cadenceOfLeads(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	if s.Undoing() {
		return nil
	}
	why := map[value.ID]string{}
	var fresh []*record.Draft
	for _, d := range drafts {
		status, _ := record.Will(d, LeadStatus)
		out, _ := record.Will(d, LeadOptedOut)
		switch {
		case d.Doing == record.Creating:
			if status == Fresh && !out && !s.Who().Imports() {
				fresh = append(fresh, d)
			}
		case d.Doing != record.Updating:
		case out && d.Changed(LeadOptedOut.Name()):
			why[d.ID] = byOptOut
		case d.Changed(LeadStatus.Name()) && status == Converted:
			why[d.ID] = byConvert
		case d.Changed(LeadStatus.Name()) && status == Disqualified:
			why[d.ID] = byDisqual
		}
	}
	if err := stopFor(ctx, s, why); err != nil || len(fresh) == 0 {
		return err
	}
	return autoEnroll(ctx, s, fresh)
}

func autoEnroll(ctx context.Context, s *record.Session, fresh []*record.Draft) error {
	list, err := cadencesOf(ctx, s)
	if err != nil {
		return err
	}
	enter := map[value.ID][]value.ID{}
	for _, d := range fresh {
		for _, c := range list {
			if !c.auto || c.wrong != nil || len(c.steps) == 0 {
				continue
			}
			if c.when != nil {
				if holds, err := s.Judge(d.Record(), c.when); err != nil || !holds {
					continue
				}
			}
			enter[c.id] = append(enter[c.id], d.ID)
			break
		}
	}
	for id, leads := range enter {
		if err := Enroll(ctx, s.AsSystem("a new lead enters its cadence"), id, leads...); err != nil {
			return err
		}
	}
	return nil
}

// followWork keeps what follows from work on leads: the first response, the
// end of cadences, and scores of leads and deals.
func followWork(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	leads, deals, answered, why := workOn(drafts)
	if err := respond(ctx, s, answered); err != nil {
		return err
	}
	if !s.Undoing() {
		if err := stopFor(ctx, s, why); err != nil {
			return err
		}
	}
	if err := Score(ctx, s, Leads.Name, leads); err != nil {
		return err
	}
	return Score(ctx, s, Deals.Name, deals)
}

// workOn tells which leads and deals activities are or were about, which leads
// somebody has done something for, and whose cadences that ends.
func workOn(drafts []*record.Draft) (leads, deals, answered []value.ID, why map[value.ID]string) {
	why = map[value.ID]string{}
	for _, d := range drafts {
		before, _ := record.Was(d, activity.Targets)
		about, _ := record.Will(d, activity.Targets)
		wasDone, _ := record.Was(d, activity.Done)
		done, _ := record.Will(d, activity.Done)
		for _, ref := range slices.Concat(before, about) {
			switch ref.Object {
			case Leads.Name:
				leads = append(leads, ref.ID)
				if wasDone || done {
					answered = append(answered, ref.ID)
				}
				if reason := reached(d); reason != "" {
					why[ref.ID] = reason
				}
			case Deals.Name:
				deals = append(deals, ref.ID)
			}
		}
	}
	slices.Sort(leads)
	slices.Sort(answered)
	return slices.Compact(leads), deals, slices.Compact(answered), why
}

// reached tells why an activity ends a cadence: somebody was spoken to, or has
// written back.
func reached(d *record.Draft) string {
	if done, _ := record.Will(d, activity.Done); !done || d.Doing == record.Deleting {
		return ""
	}
	kind, _ := record.Will(d, activity.Kind)
	result, _ := record.Will(d, activity.Result)
	inbound, _ := record.Will(d, activity.Inbound)
	switch {
	case kind == activity.Mail && inbound:
		return byReply
	case result == "reached" || result == "held" || kind == activity.Call && inbound:
		return byContact
	}
	return ""
}

// respond writes when we first answered leads, and after how much working time,
// where that is something new.
func respond(ctx context.Context, s *record.Session, leads []value.ID) error {
	if len(leads) == 0 {
		return nil
	}
	if err := s.Hold(ctx, Leads.Name, leads); err != nil { // an answer of a colleague at the same time may be earlier
		return err
	}
	for chunk := range slices.Chunk(leads, 500) {
		derive, err := responses(ctx, s, chunk)
		if err != nil {
			return err
		}
		if err := setDerived(ctx, s, Leads, derive, LeadFirstResponse.Name(), LeadResponseMinutes.Name()); err != nil {
			return err
		}
	}
	return nil
}

// responses are first answers that differ from those the leads keep, in the
// working time of whoever answers for the lead.
func responses(ctx context.Context, s *record.Session, leads []value.ID) (map[value.ID][]any, error) {
	// The answers are asked for lead by lead, inside: joined to all leads at once,
	// a planner that knows a new table badly reads all activities.
	rows, err := s.Tx().Query(ctx, `SELECT r.id, r.captured_at, (SELECT min(a."at") FROM {link_about} l JOIN {activity} a ON a.id = l.activity AND a.deleted_at IS NULL
		WHERE l.record = r.id AND l.object = $1 AND l.kind <> 'file' AND a.done IS TRUE AND a.inbound IS NOT TRUE AND a.kind IN ('call', 'meeting', 'mail')
		AND a."at" >= r.captured_at), r.first_response_at, r.response_minutes, r.owner_id
		FROM {lead} r WHERE r.deleted_at IS NULL AND `+among(s, "r.id", 2),
		s.Schema().MustObject(Leads.Name).ID, idsParam(s.Tx().Dialect(), leads))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	changed, answered := map[value.ID][]any{}, []response{}
	for rows.Next() {
		var x response
		x.lead, _ = rows.ID(0)
		from, known := rows.Int(1)
		first, done := rows.Int(2)
		kept, had := rows.Int(3)
		x.took, _ = rows.Int(4)
		x.owner, _ = rows.ID(5)
		switch {
		case known && done:
			x.from, x.at, x.same = time.UnixMilli(from).UTC(), time.UnixMilli(first).UTC(), had && kept == first
			answered = append(answered, x)
		case had:
			changed[x.lead] = []any{nil, nil}
		}
	}
	if err := rows.Close(); err != nil {
		return nil, err
	}
	for _, x := range answered {
		cal, err := hours.Whose(ctx, s, x.owner)
		if err != nil {
			return nil, err
		}
		if minutes := int64(cal.Between(x.from, x.at) / time.Minute); !x.same || x.took != minutes {
			changed[x.lead] = []any{x.at, minutes}
		}
	}
	return changed, nil
}

// response is the first answer to a lead, and what the lead keeps of it.
type response struct {
	lead, owner value.ID
	from, at    time.Time
	same        bool  // the lead keeps that moment
	took        int64 // minutes that it keeps
}

// checkCadences refuses times that no clock shows, and conditions that say
// nothing of leads.
func checkCadences(_ context.Context, s *record.Session, drafts []*record.Draft) error {
	for _, d := range drafts {
		if text, ok := d.Field(StepTime.Name()).(string); ok && d.Object.Name == CadenceSteps.Name {
			if _, err := time.Parse("15:04", text); err != nil {
				d.Refuse(StepTime.Name(), "cadence.bad_time", fault.Args{"time": value.Printable(text)})
			}
		}
		if text, ok := d.Field(CadenceCondition.Name()).(string); ok && d.Object.Name == Cadences.Name {
			if _, err := s.AsSystem("a condition of the company").Check(s.Schema().MustObject(Leads.Name), text, expr.Bool); err != nil {
				if f, known := fault.As(err); known {
					d.Refuse(CadenceCondition.Name(), f.Key, f.Args)
				}
			}
		}
	}
	return nil
}

func touchConfig(ctx context.Context, s *record.Session, _ []*record.Draft) error {
	return s.Touch(ctx)
}

// checkEnrollments lets leads enter by Enroll alone, and keeps out who wants to
// be left alone or is a lead no more.
func checkEnrollments(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	var ids []value.ID
	for _, d := range drafts {
		if lead, ok := record.Will(d, EnrollLead); ok && d.Doing == record.Creating {
			ids = append(ids, lead)
		}
		if d.Doing == record.Creating && !s.Actor().System() {
			d.Fail(fault.New(fault.Conflict, "cadence.enroll_instead", nil))
		}
	}
	slices.Sort(ids)
	leads, err := s.AsSystem("who may enter a cadence").GetMany(ctx, Leads.Name, slices.Compact(ids))
	if err != nil {
		return err
	}
	for _, d := range drafts {
		id, _ := record.Will(d, EnrollLead)
		l := leads[id]
		if l == nil || d.Doing != record.Creating {
			continue
		}
		status, _ := record.Get(l, LeadStatus)
		out, _ := record.Get(l, LeadOptedOut)
		switch {
		case out:
			d.Refuse(EnrollLead.Name(), "cadence.opted_out", nil)
		case status == Converted || status == Disqualified:
			d.Refuse(EnrollLead.Name(), "cadence.no_lead", nil)
		}
	}
	return nil
}
