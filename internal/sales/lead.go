package sales

import (
	"context"
	"maps"
	"slices"

	"wellmet/internal/activity"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// Disqualify ends the work on a lead that will not become a customer. Why not is
// among the values; note is kept as a note about it, "" for none.
func Disqualify(ctx context.Context, s *record.Session, lead value.ID, version int64, v record.Values, note string) (record.Outcome, error) {
	out, err := s.Update(ctx, Leads.Name, lead, version, record.With(maps.Clone(v), LeadStatus, Disqualified))
	if err != nil {
		return out, err
	}
	return out, noteAbout(ctx, s, schema.Ref{Object: Leads.Name, ID: lead}, note)
}

// noteAbout keeps what was said when the work on something ended.
func noteAbout(ctx context.Context, s *record.Session, about schema.Ref, text string) error {
	if text == "" {
		return nil
	}
	_, err := s.Create(ctx, activity.Activities.Name, record.Values{activity.Kind.Name(): activity.Note, activity.Body.Name(): text,
		activity.Targets.Name(): []schema.Ref{about}})
	return err
}

// leadRules are what this room demands of leads and their parts.
func leadRules() []record.Rule {
	return []record.Rule{
		{Name: "lead stage", Objects: []string{Leads.Name}, Prepare: placeLeads},
		{Name: "how a lead came", Objects: []string{Leads.Name}, Prepare: sayHowLeadsCame},
		{Name: "leads of one deal", Objects: []string{Leads.Name}, Applied: countOnce},
		{Name: "lead sound", Objects: []string{Leads.Name}, Prepare: nameLeads, Check: checkLeads, Applied: takeFilesBack},
		{Name: "lead person sound", Objects: []string{LeadPeople.Name}, Prepare: namePeople, Check: checkPeople},
		{Name: "lead stage left", Objects: []string{LeadStages.Name}, Prepare: LeadPlaces.CheckLeft},
		{Name: "lead stage in use", Objects: []string{LeadStages.Name}, Check: checkLeadStages},
		{Name: "answer due", Objects: []string{Leads.Name}, Applied: promiseLeads},
		{Name: "checklist answer", Objects: []string{LeadAnswers.Name}, Prepare: pairAnswers},
		{Name: "touches of a lead", Objects: []string{Leads.Name}, Applied: touchNewLeads},
		{Name: "touch", Objects: []string{Touches.Name}, Prepare: nameTouches, Applied: followTouches},
		{Name: "scoring rule", Objects: []string{ScoreRules.Name}, Prepare: forgiveScoreRules, Check: checkScoreRules, Applied: scoreAnew},
		{Name: "cadence", Objects: []string{Cadences.Name, CadenceSteps.Name}, Check: checkCadences, Applied: touchConfig},
		{Name: "pipelines", Objects: []string{Pipelines.Name, Stages.Name}, Applied: touchConfig},
		{Name: "enrollment", Objects: []string{Enrollments.Name}, Prepare: freeEnrollments, Check: checkEnrollments, Applied: settleEnrollments},
		{Name: "attempts of an enrollment", Objects: []string{Enrollments.Name}, Applied: reopenAttempts},
		{Name: "cadence of a lead", Objects: []string{Leads.Name}, Applied: cadenceOfLeads},
		{Name: "attempts of a lead", Objects: []string{Leads.Name}, Applied: closeAttempts},
		{Name: "work on leads", Objects: []string{activity.Activities.Name}, Applied: followWork},
		{Name: "score", Objects: []string{Leads.Name}, Applied: scoreChanged},
		{Name: "score of a deal", Objects: []string{Deals.Name}, Applied: scoreChanged},
	}
}

// nameLeads lets a lead be called by whatever is known of it, and forgets why
// one was disqualified that is taken up again.
func nameLeads(_ context.Context, _ *record.Session, drafts []*record.Draft) error {
	for _, d := range drafts {
		setMode(d)
		was, _ := record.Was(d, LeadStatus)
		if is, _ := record.Will(d, LeadStatus); was == Disqualified && is != Disqualified && !d.Given(LeadLostReason.Name()) {
			d.Set(LeadLostReason.Name(), nil)
		}
		if d.Field(LeadName.Name()) != nil {
			continue
		}
		for _, f := range []string{LeadCompany.Name(), LeadEmail.Name(), LeadPhone.Name()} {
			if text, ok := d.Field(f).(string); ok {
				record.Put(d, LeadName, text)
				break
			}
		}
	}
	return nil
}

// setMode tells companies from private persons where nobody said: who has a
// company is one.
func setMode(d *record.Draft) {
	_, company := record.Will(d, LeadCompany)
	switch {
	case d.Given(LeadMode.Name()) || d.Doing != record.Creating && d.Doing != record.Updating:
	case company:
		record.Put(d, LeadMode, CompanyLead)
	case d.Doing == record.Creating && knowsPerson(d):
		record.Put(d, LeadMode, PersonLead)
	}
}

// knowsPerson reports whether there is somebody to call or write to.
func knowsPerson(d *record.Draft) bool {
	return slices.ContainsFunc([]string{LeadName.Name(), LeadEmail.Name(), LeadPhone.Name()}, func(f string) bool { return d.Field(f) != nil })
}

// checkLeads refuses a lead with neither name, phone nor e-mail, a private
// person with a company (R16), and disqualifying without a reason.
func checkLeads(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	if err := checkAnswered(ctx, s, drafts); err != nil {
		return err
	}
	if err := checkSwitchedOn(ctx, s, drafts); err != nil {
		return err
	}
	if err := LeadPlaces.CheckEntered(ctx, s, drafts, "lead.stage_retired"); err != nil {
		return err
	}
	if err := checkAlone(ctx, s, drafts); err != nil {
		return err
	}
	for _, d := range drafts {
		if d.Field(LeadName.Name()) == nil && d.Doing != record.Deleting {
			d.Refuse(LeadName.Name(), "lead.needs_name", nil)
		}
		if mode, _ := record.Will(d, LeadMode); mode == PersonLead && d.Field(LeadCompany.Name()) != nil &&
			(d.Changed(LeadMode.Name()) || d.Changed(LeadCompany.Name())) {
			d.Refuse(LeadCompany.Name(), "lead.person_has_no_company", nil)
		}
		status, _ := record.Will(d, LeadStatus)
		if status == Disqualified && d.Changed(LeadStatus.Name()) && d.Field(LeadLostReason.Name()) == nil && !s.Who().Imports() {
			d.Refuse(LeadLostReason.Name(), "lead.reason_required", nil)
		}
		checkConverted(s, d, status)
	}
	return nil
}

// checkAlone refuses to call a company a private person while it has people:
// each of them would become a contact.
func checkAlone(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	var ids []value.ID
	for _, d := range drafts {
		if mode, _ := record.Will(d, LeadMode); d.Doing == record.Updating && mode == PersonLead && d.Changed(LeadMode.Name()) {
			ids = append(ids, d.ID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	dialect := s.Tx().Dialect()
	with, err := s.Tx().IDs(ctx, `SELECT DISTINCT p.lead_id FROM {lead_person} p WHERE `+dialect.AnyOf("p.lead_id", dialect.Param(1, store.IDList))+` AND p.deleted_at IS NULL`, store.IDs(dialect, ids))
	if err != nil {
		return err
	}
	for _, d := range drafts {
		if slices.Contains(with, d.ID) {
			d.Refuse(LeadMode.Name(), "lead.has_people", nil)
		}
	}
	return nil
}

// checkSwitchedOn lets nobody make leads where every pipeline begins without
// them. What the system brings in happened before.
func checkSwitchedOn(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	if s.Actor().System() || !slices.ContainsFunc(drafts, func(d *record.Draft) bool { return d.Doing == record.Creating }) {
		return nil
	}
	off := leadsInUse(ctx, s)
	if off != nil && !fault.Is(off, fault.Conflict) {
		return off
	}
	for _, d := range drafts {
		if d.Doing == record.Creating && off != nil {
			d.Fail(off)
		}
	}
	return nil
}

// checkConverted lets nobody call a lead converted that has become nothing, and
// keeps a converted one as it was but for notes, its owner and which of the
// stages of converted leads it stands in. What happens to the customer from then
// on is the customer's.
func checkConverted(s *record.Session, d *record.Draft, status string) {
	if d.Doing != record.Creating && d.Doing != record.Updating {
		return
	}
	_, was := record.Was(d, LeadConvertedAt)
	_, is := record.Will(d, LeadConvertedAt)
	switch {
	case was && is && d.Given(LeadConvertedAt.Name()): // the second of two who convert it at once
		d.Fail(fault.New(fault.Conflict, "lead.already_converted", nil))
	case s.Actor().System():
	case was && (changesFacts(d) || d.Given(LeadStage.Name()) && d.Changed(LeadStatus.Name())):
		d.Fail(fault.New(fault.Conflict, "lead.converted", nil))
	case status == Converted && !is && d.Changed(LeadStatus.Name()) && !s.Who().Imports():
		d.Refuse(LeadStatus.Name(), "lead.convert_instead", nil)
	}
}

func changesFacts(d *record.Draft) bool {
	for _, f := range d.Object.Fields {
		if d.Given(f.Name) && d.Changed(f.Name) && f.Name != LeadText.Name() && f.Name != LeadStage.Name() && f.Name != "owner" {
			return true
		}
	}
	return false
}

// namePeople lets a further person be called by whatever is known of him.
func namePeople(_ context.Context, _ *record.Session, drafts []*record.Draft) error {
	for _, d := range drafts {
		for _, f := range []string{LeadPersonEmail.Name(), LeadPersonPhone.Name()} {
			if text, ok := d.Field(f).(string); ok && d.Field(LeadPersonName.Name()) == nil {
				record.Put(d, LeadPersonName, text)
			}
		}
	}
	return nil
}

// checkPeople wants a way to tell the person from others, and a company to
// which he belongs.
func checkPeople(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	var ids []value.ID
	for _, d := range drafts {
		if id, ok := record.Will(d, LeadPersonLead); ok && (d.Doing == record.Creating || d.Doing == record.Restoring || d.Changed(LeadPersonLead.Name())) {
			ids = append(ids, id)
		}
		if d.Field(LeadPersonName.Name()) == nil && d.Doing != record.Deleting {
			d.Refuse(LeadPersonName.Name(), "lead.needs_name", nil)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	if err := s.Hold(ctx, Leads.Name, ids); err != nil { // nobody makes a private person of it meanwhile
		return err
	}
	leads, err := s.AsSystem("whether a lead is a company").GetMany(ctx, Leads.Name, ids)
	if err != nil {
		return err
	}
	for _, d := range drafts {
		id, _ := record.Will(d, LeadPersonLead)
		l := leads[id]
		if l == nil || !slices.Contains(ids, id) {
			continue
		}
		if mode, _ := record.Get(l, LeadMode); mode == PersonLead {
			d.Refuse(LeadPersonLead.Name(), "lead.person_has_no_people", nil)
		}
		if _, done := record.Get(l, LeadConvertedAt); done && !s.Actor().System() && d.Doing != record.Restoring {
			d.Fail(fault.New(fault.Conflict, "lead.converted", nil))
		}
	}
	return nil
}
