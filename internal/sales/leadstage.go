package sales

import (
	"context"

	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// leadBook is every stage of leads, in their order; they are few, and kept like
// those of deals.
type leadBook struct {
	ordered []leadStage
	byID    map[value.ID]leadStage
}

type leadStage struct {
	id         value.ID
	name, kind string
	active     bool
}

type leadStagesKey struct{}

func leadBookOf(ctx context.Context, s *record.Session) (*leadBook, error) {
	return record.Keep(s, leadStagesKey{}, func() (*leadBook, error) { return readLeadStages(ctx, s.Tx()) })
}

func readLeadStages(ctx context.Context, tx *store.Tx) (*leadBook, error) {
	b := &leadBook{byID: map[value.ID]leadStage{}}
	rows, err := tx.Query(ctx, `SELECT id, name, kind, active FROM {lead_stage} WHERE deleted_at IS NULL ORDER BY position, id`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var st leadStage
		var active *bool
		if err := rows.Scan(&st.id, &st.name, &st.kind, &active); err != nil {
			return nil, err
		}
		st.active = active == nil || *active
		b.ordered = append(b.ordered, st)
		b.byID[st.id] = st
	}
	return b, rows.Err()
}

// first is the first active stage of a kind.
func (b *leadBook) first(kind string) (leadStage, bool) {
	for _, st := range b.ordered {
		if st.kind == kind && st.active {
			return st, true
		}
	}
	return leadStage{}, false
}

// placeLeads keeps stage and status in step: the stage decides where somebody
// set it, else the status finds the first stage of its kind.
func placeLeads(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	var book *leadBook
	for _, d := range drafts {
		moved := d.Changed(LeadStage.Name()) || d.Changed(LeadStatus.Name())
		if d.Doing != record.Creating && (d.Doing != record.Updating || !moved) {
			continue
		}
		if book == nil {
			var err error
			if book, err = leadBookOf(ctx, s); err != nil {
				return err
			}
		}
		placeLead(book, d)
		enterLead(s, book, d)
		loseLead(s, d)
	}
	return nil
}

// enterLead keeps since when a lead is in its stage, and through which it went.
// Since when an imported one is there nobody knows.
func enterLead(s *record.Session, book *leadBook, d *record.Draft) {
	id, _ := record.Will(d, LeadStage)
	st, known := book.byID[id]
	if !known || !d.Changed(LeadStage.Name()) {
		return
	}
	goOn(d, LeadWay, st.name)
	if s.Who().Imports() && d.Doing == record.Creating {
		d.Set(LeadStageSince.Name(), nil)
	} else {
		record.Put(d, LeadStageSince, d.At())
	}
}

// loseLead keeps when a lead was given up and where it was; one that is taken up
// again was not. When an imported one was nobody knows.
func loseLead(s *record.Session, d *record.Draft) {
	was, _ := record.Was(d, LeadStatus)
	is, _ := record.Will(d, LeadStatus)
	switch {
	case is != Disqualified && was == Disqualified:
		d.Set(LeadLostAt.Name(), nil)
		d.Set(LeadLostStage.Name(), nil)
	case is != Disqualified || was == Disqualified || d.Doing == record.Creating && s.Who().Imports():
	default:
		record.Put(d, LeadLostAt, d.At())
		if stage, ok := record.Was(d, LeadStage); ok && was != Converted {
			record.Put(d, LeadLostStage, stage)
		}
	}
}

func placeLead(book *leadBook, d *record.Draft) {
	id, has := record.Will(d, LeadStage)
	st, known := book.byID[id]
	status, _ := record.Will(d, LeadStatus)
	switch {
	case has && !known: // a dead link, which is told elsewhere
	case known && d.Given(LeadStage.Name()) && d.Changed(LeadStage.Name()):
		record.Put(d, LeadStatus, st.kind)
	case known && st.kind == status:
	default:
		if first, ok := book.first(status); ok {
			record.Put(d, LeadStage, first.id)
		}
	}
}

// checkLeadStages keeps a stage from changing what it means under its leads.
func checkLeadStages(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	if err := checkHelp(ctx, s, Leads.Name, drafts); err != nil {
		return err
	}
	for _, d := range drafts {
		if d.Doing != record.Updating || !d.Changed(LeadStageKind.Name()) {
			continue
		}
		used, err := stageUsed(ctx, s, LeadPlaces, d.ID)
		if err != nil {
			return err
		}
		if used {
			d.Fail(fault.New(fault.Conflict, "lead.stage_in_use", fault.Args{"stage": d.Field(LeadStageName.Name())}))
		}
	}
	return nil
}
