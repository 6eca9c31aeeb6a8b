package sales

import (
	"context"

	"wellmet/internal/activity"
	"wellmet/internal/fault"
	"wellmet/internal/record"
)

// Rules are what this room demands of its records, in their order.
func Rules() []record.Rule {
	return []record.Rule{
		{Name: "deal name", Objects: []string{Deals.Name}, Prepare: nameDeals},
		{Name: "deal stage", Objects: []string{Deals.Name}, Prepare: placeDeals},
		{Name: "deal party", Objects: []string{Deals.Name}, Prepare: markParty},
		{Name: "deal sound", Objects: []string{Deals.Name}, Check: checkDeals},
		{Name: "line amount", Objects: []string{DealLines.Name}, Prepare: priceLines, Applied: sumLines},
		{Name: "lead sound", Objects: []string{Leads.Name}, Prepare: nameLeads, Check: checkLeads, Applied: takeFilesBack},
		{Name: "follow-up on a converted lead", Objects: []string{activity.Activities.Name}, Prepare: landOnCustomers, Applied: landUnseen},
		{Name: "stage in use", Objects: []string{Stages.Name}, Prepare: placeStages, Check: checkStages},
	}
}

// nameDeals calls a deal that came without a name by its number in the other
// program: most programs number their deals, few name them.
func nameDeals(_ context.Context, s *record.Session, drafts []*record.Draft) error {
	for _, d := range drafts {
		if number, ok := record.Will(d, DealExternal); ok && imported(s) && d.Field(DealName.Name()) == nil {
			record.Put(d, DealName, number)
		}
	}
	return nil
}

// placeDeals gives new deals a pipeline and stage, and lets everything that
// follows from a stage follow it.
func placeDeals(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	book, err := bookOf(ctx, s)
	if err != nil {
		return err
	}
	for _, d := range drafts {
		if d.Doing == record.Deleting || d.Doing == record.Restoring {
			continue
		}
		place(s, book, d)
	}
	return nil
}

func place(s *record.Session, book *stageBook, d *record.Draft) {
	if d.Given(DealChance.Name()) {
		record.Put(d, DealOwnChance, d.Field(DealChance.Name()) != nil)
	}
	id, ok := record.Will(d, DealStage)
	if !ok {
		if st, found := defaultStage(book, d); found {
			id, ok = st.id, true
			record.Put(d, DealStage, id)
		}
	}
	st, known := book.byID[id]
	if !ok || !known { // no pipeline yet, or a dead link, which checkLinks tells
		if d.Doing == record.Creating {
			record.Put(d, DealStatus, Open)
		}
		return
	}
	if p, has := record.Will(d, DealPipeline); has && p != st.pipeline && d.Given(DealPipeline.Name()) && d.Given(DealStage.Name()) {
		d.Refuse(DealStage.Name(), "deal.stage_of_other_pipeline", nil)
		return
	}
	if d.Changed(DealPipeline.Name()) && !d.Changed(DealStage.Name()) && d.Doing == record.Updating {
		p, _ := record.Will(d, DealPipeline)
		if first, found := book.first(p, Open); found {
			st = first
			record.Put(d, DealStage, st.id)
		}
	}
	record.Put(d, DealPipeline, st.pipeline)
	if d.Changed(DealStage.Name()) {
		enter(s, d, st)
	}
}

func defaultStage(book *stageBook, d *record.Draft) (stage, bool) {
	p, ok := record.Will(d, DealPipeline)
	if !ok && len(book.pipelines) > 0 {
		p = book.pipelines[0]
	}
	return book.first(p, Open)
}

// enter does what comes with a new stage: status, chance, forecast category
// and the dates of closing. Since when an imported deal is in its stage nobody
// knows (R37).
func enter(s *record.Session, d *record.Draft, st stage) {
	record.Put(d, DealStatus, st.kind)
	if st.forecast != "" {
		record.Put(d, DealForecast, st.forecast)
	}
	own, _ := record.Will(d, DealOwnChance)
	if st.hasChance && (!own || st.kind != Open) {
		record.Put(d, DealChance, st.chance)
	}
	if imported(s) && d.Doing == record.Creating {
		d.Set(DealStageSince.Name(), nil)
	} else {
		record.Put(d, DealStageSince, d.At())
	}
	if st.kind == Open {
		d.Set(DealClosedAt.Name(), nil)
		return
	}
	day, ok := record.Will(d, DealCloseDate)
	if !ok || !d.Given(DealCloseDate.Name()) {
		if !imported(s) {
			day = s.Today()
			record.Put(d, DealCloseDate, day)
		}
	}
	if !imported(s) || day == s.Today() {
		record.Put(d, DealClosedAt, d.At())
	}
}

func imported(s *record.Session) bool { return s.Who().Door == "import" }

// checkDeals refuses what cannot be (R29, R30).
func checkDeals(_ context.Context, s *record.Session, drafts []*record.Draft) error {
	for _, d := range drafts {
		if d.Doing == record.Deleting || d.Doing == record.Restoring {
			continue
		}
		if m, ok := record.Will(d, DealAmount); ok && m.Minor < 0 && d.Changed(DealAmount.Name()) {
			d.Refuse(DealAmount.Name(), "deal.negative_amount", nil)
		}
		checkParty(d)
		checkClose(s, d)
	}
	return nil
}

// markParty marks deals that an import brings without a party, and takes the
// mark away when one is named.
func markParty(_ context.Context, _ *record.Session, drafts []*record.Draft) error {
	for _, d := range drafts {
		if d.Doing != record.Creating && d.Doing != record.Updating {
			continue
		}
		_, account := record.Will(d, DealAccount)
		_, contact := record.Will(d, DealContact)
		marked, _ := record.Will(d, DealIncomplete)
		switch {
		case account || contact:
			if marked {
				d.Set(DealIncomplete.Name(), nil)
			}
		case d.AcceptsIncomplete() && !marked:
			record.Put(d, DealIncomplete, true)
		}
	}
	return nil
}

// checkParty wants an account or a contact. Imports may bring deals without,
// which are marked; the next change by hand asks for the party.
func checkParty(d *record.Draft) {
	_, account := record.Will(d, DealAccount)
	_, contact := record.Will(d, DealContact)
	if account || contact {
		return
	}
	if d.AcceptsIncomplete() {
		return
	}
	if d.Doing == record.Creating || d.Changed(DealAccount.Name()) || d.Changed(DealContact.Name()) || byHand(d) {
		d.Refuse(DealAccount.Name(), "deal.needs_party", nil)
	}
}

// byHand reports whether the caller set a field himself; what rules derive
// does not ask for a party.
func byHand(d *record.Draft) bool {
	for _, f := range d.Object.Fields {
		if d.Given(f.Name) {
			return true
		}
	}
	return false
}

// checkClose refuses won deals closed in the future, and lost ones without a
// reason, unless an import brings them.
func checkClose(s *record.Session, d *record.Draft) {
	status, _ := record.Will(d, DealStatus)
	day, ok := record.Will(d, DealCloseDate)
	if status == Won && ok && day > s.Today() && (d.Changed(DealCloseDate.Name()) || d.Changed(DealStatus.Name())) {
		d.Refuse(DealCloseDate.Name(), "deal.won_in_future", nil)
	}
	if status == Lost && d.Changed(DealStatus.Name()) && d.Field(DealLostReason.Name()) == nil && !imported(s) && !s.Actor().System() {
		d.Refuse(DealLostReason.Name(), "deal.reason_required", nil)
	}
}

// nameLeads lets a lead be called by whatever is known of it, and forgets why
// one was disqualified that is taken up again.
func nameLeads(_ context.Context, _ *record.Session, drafts []*record.Draft) error {
	for _, d := range drafts {
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

// checkLeads refuses a lead with neither name, phone nor e-mail (R16), and
// disqualifying without a reason.
func checkLeads(_ context.Context, s *record.Session, drafts []*record.Draft) error {
	for _, d := range drafts {
		if d.Field(LeadName.Name()) == nil && d.Doing != record.Deleting {
			d.Refuse(LeadName.Name(), "lead.needs_name", nil)
		}
		status, _ := record.Will(d, LeadStatus)
		if status == Disqualified && d.Changed(LeadStatus.Name()) && d.Field(LeadLostReason.Name()) == nil && !imported(s) {
			d.Refuse(LeadLostReason.Name(), "lead.reason_required", nil)
		}
		checkConverted(s, d, status)
	}
	return nil
}

// checkConverted lets nobody call a lead converted that has become nothing, and
// keeps a converted one as it was but for notes and its owner. What happens to
// the customer from then on is the customer's.
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
	case was && changesFacts(d):
		d.Fail(fault.New(fault.Conflict, "lead.converted", nil))
	case status == Converted && !is && d.Changed(LeadStatus.Name()) && !imported(s):
		d.Refuse(LeadStatus.Name(), "lead.convert_instead", nil)
	}
}

func changesFacts(d *record.Draft) bool {
	for _, f := range d.Object.Fields {
		if d.Given(f.Name) && d.Changed(f.Name) && f.Name != LeadText.Name() && f.Name != "owner" {
			return true
		}
	}
	return false
}

// checkStages keeps a stage from changing what it means under its deals.
func checkStages(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	for _, d := range drafts {
		if d.Doing != record.Updating || !d.Changed(StageKind.Name()) && !d.Changed(StagePipeline.Name()) {
			continue
		}
		var n int64
		if _, err := s.Tx().Row(ctx, `SELECT count(*) FROM (SELECT 1 FROM {deal} WHERE stage_id = $1 AND deleted_at IS NULL LIMIT 1) x`,
			[]any{d.ID}, &n); err != nil {
			return err
		}
		if n > 0 {
			d.Fail(fault.New(fault.Conflict, "stage.in_use", fault.Args{"stage": d.Field(StageName.Name())}))
		}
	}
	return nil
}
