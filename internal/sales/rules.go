package sales

import (
	"context"
	"slices"

	"wellmet/internal/activity"
	"wellmet/internal/fault"
	"wellmet/internal/record"
)

// Rules are what this room demands of its records, in their order.
func Rules() []record.Rule {
	return append([]record.Rule{
		// First, so that no rule keeps what this transaction alone sees.
		{Name: "stages kept", Objects: []string{Stages.Name, Pipelines.Name, LeadStages.Name}, Applied: stagesChanged},
		{Name: "deal name", Objects: []string{Deals.Name}, Prepare: nameDeals},
		{Name: "deal stage", Objects: []string{Deals.Name}, Prepare: placeDeals},
		{Name: "deal party", Objects: []string{Deals.Name}, Prepare: markParty},
		{Name: "deal amount", Objects: []string{Deals.Name}, Prepare: markAmounts},
		{Name: "deal sound", Objects: []string{Deals.Name}, Check: checkDeals},
		{Name: "deal merged", Objects: []string{Deals.Name}, Check: checkMerged},
		{Name: "deal outlook", Objects: []string{Deals.Name}, Applied: foretellChanged},
		{Name: "line amount", Objects: []string{DealLines.Name}, Prepare: lineTerms.Compute, Check: checkCurrencies, Applied: sumLines},
		{Name: "line cost", Objects: []string{DealLines.Name}, Prepare: costLines},
		{Name: "follow-up on a converted lead", Objects: []string{activity.Activities.Name}, Prepare: landOnCustomers, Applied: landUnseen},
		{Name: "stage left", Objects: []string{Stages.Name}, Prepare: DealPlaces.CheckLeft},
		{Name: "stage in use", Objects: []string{Stages.Name}, Prepare: placeStages, Check: checkStages, Applied: refocusStages},
		{Name: "stage followed", Objects: []string{Stages.Name}, Applied: followChanged},
		{Name: "cost of a source", Objects: []string{SourceCosts.Name}, Prepare: dateCosts, Check: checkCosts},
		{Name: "campaign", Objects: []string{Campaigns.Name}, Prepare: nameCampaigns, Check: checkCampaigns},
		{Name: "pipeline in use", Objects: []string{Pipelines.Name}, Check: checkOff},
		{Name: "pipeline currency", Objects: []string{Pipelines.Name}, Prepare: readCurrencies},
	}, slices.Concat(teamRules(), typeRules(), leadRules())...)
}

// nameDeals calls a deal that came without a name by its number in the other
// program: most programs number their deals, few name them.
func nameDeals(_ context.Context, s *record.Session, drafts []*record.Draft) error {
	for _, d := range drafts {
		if number, ok := record.Will(d, DealExternal); ok && s.Who().Imports() && d.Field(DealName.Name()) == nil {
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
		if err := typed(ctx, s, d); err != nil {
			return err
		}
		place(s, book, d)
		slip(s, d)
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
		keepReason(d)
		enter(s, d, st)
	} else if following(s) {
		follow(d, st)
	}
	categorise(s, d, st)
}

func defaultStage(book *stageBook, d *record.Draft) (stage, bool) {
	if p, ok := record.Will(d, DealPipeline); ok {
		return book.first(p, Open)
	}
	for _, p := range book.pipelines {
		if st, ok := book.first(p, Open); ok {
			return st, true
		}
	}
	return stage{}, false
}

// enter does what comes with a new stage: status, chance and the dates of
// closing. Since when an imported deal is in its stage nobody
// knows (R37).
func enter(s *record.Session, d *record.Draft, st stage) {
	record.Put(d, DealStatus, st.kind)
	own, _ := record.Will(d, DealOwnChance)
	if st.hasChance && (!own || st.kind != Open) {
		record.Put(d, DealChance, st.chance)
	}
	if s.Who().Imports() && d.Doing == record.Creating {
		d.Set(DealStageSince.Name(), nil)
	} else {
		record.Put(d, DealStageSince, d.At())
	}
	goOn(d, DealWay, st.name)
	unsay(d, st.kind)
	lose(d, st.kind)
	if st.kind == Open {
		d.Set(DealClosedAt.Name(), nil)
		return
	}
	if was, ok := record.Was(d, DealStatus); ok && was == st.kind { // closed already, and as it was
		return
	}
	day, ok := record.Will(d, DealCloseDate)
	if !ok || !d.Given(DealCloseDate.Name()) {
		if !s.Who().Imports() {
			day = s.Today()
			record.Put(d, DealCloseDate, day)
		}
	}
	if !s.Who().Imports() || day == s.Today() {
		record.Put(d, DealClosedAt, d.At())
	}
}

// lose keeps where a deal was when it was lost; one that is open again was not.
func lose(d *record.Draft, kind string) {
	was, _ := record.Was(d, DealStatus)
	switch {
	case kind != Lost:
		d.Set(DealLostStage.Name(), nil)
	case was == Open:
		if stage, ok := record.Was(d, DealStage); ok {
			record.Put(d, DealLostStage, stage)
		}
	}
}

// unsay takes away what was said of the end that a deal leaves for another
// kind of stage.
func unsay(d *record.Draft, kind string) {
	was, _ := record.Was(d, DealStatus)
	if was == kind || was != Won && was != Lost {
		return
	}
	for _, field := range []string{DealWonReason.Name(), DealLostReason.Name(), DealCompetitor.Name()} {
		if !d.Given(field) {
			d.Set(field, nil)
		}
	}
}

// checkDeals refuses what cannot be (R29, R30), and what the pipeline does not
// want.
func checkDeals(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	var book *stageBook
	for _, d := range drafts {
		if d.Doing == record.Deleting || d.Doing == record.Restoring {
			continue
		}
		checkParty(d)
		checkClose(s, d)
		if s.Undoing() || !slices.ContainsFunc(minded, d.Changed) {
			continue
		}
		if book == nil {
			var err error
			if book, err = bookOf(ctx, s); err != nil {
				return err
			}
		}
		if err := book.mind(s, d); err != nil {
			return err
		}
	}
	return DealPlaces.CheckEntered(ctx, s, drafts, "deal.stage_retired")
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
	if status == Lost && d.Changed(DealStatus.Name()) && d.Field(DealLostReason.Name()) == nil && !s.Who().Imports() && !s.Actor().System() {
		d.Refuse(DealLostReason.Name(), "deal.reason_required", nil)
	}
}

// checkMerged lets no won deal go into one that is not: what was won would be
// gone. The other way round it works.
func checkMerged(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	for _, d := range drafts {
		status, _ := record.Will(d, DealStatus)
		if d.Took() == 0 || status == Won {
			continue
		}
		var was string
		if _, err := s.Tx().Row(ctx, `SELECT status FROM {deal} WHERE id = $1`, []any{d.Took()}, &was); err != nil {
			return err
		}
		if was == Won {
			d.Fail(fault.New(fault.Conflict, "deal.won_into_open", fault.Args{"deal": d.Field(DealName.Name())}))
		}
	}
	return nil
}

// checkStages keeps a stage from changing what it means under its deals.
func checkStages(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	if err := checkHelp(ctx, s, Deals.Name, drafts); err != nil {
		return err
	}
	for _, d := range drafts {
		checkEntry(s, d)
		if d.Doing != record.Updating || !d.Changed(StageKind.Name()) && !d.Changed(StagePipeline.Name()) {
			continue
		}
		used, err := stageUsed(ctx, s, DealPlaces, d.ID)
		if err != nil {
			return err
		}
		if used {
			d.Fail(fault.New(fault.Conflict, "stage.in_use", fault.Args{"stage": d.Field(StageName.Name())}))
		}
	}
	return nil
}
