package support

import (
	"context"
	"strings"

	"wellmet/internal/customer"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// Rules are what this room demands of its records.
func Rules() []record.Rule {
	return []record.Rule{
		{Name: "case customer", Objects: []string{Cases.Name}, Prepare: knowCustomers},
		{Name: "case state", Objects: []string{Cases.Name}, Prepare: placeCases},
		{Name: "case sound", Objects: []string{Cases.Name}, Check: checkCases},
		{Name: "case state left", Objects: []string{States.Name}, Prepare: CasePlaces.CheckLeft},
		{Name: "case state in use", Objects: []string{States.Name}, Check: checkStates},
		{Name: "tips", Objects: []string{Tips.Name}, Prepare: nameTips, Check: checkTips},
		{Name: "votes for tips", Objects: []string{Votes.Name}, Prepare: pairVotes, Check: checkVotes},
	}
}

// knowCustomers gives a case the customer of its deal or contact, where nobody
// said another.
func knowCustomers(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	if err := follow(ctx, s, drafts, CaseDeal, sales.Deals.Name, map[schema.Field[value.ID]]schema.Field[value.ID]{CaseAccount: sales.DealAccount, CaseContact: sales.DealContact}); err != nil {
		return err
	}
	return follow(ctx, s, drafts, CaseContact, customer.Contacts.Name, map[schema.Field[value.ID]]schema.Field[value.ID]{CaseAccount: customer.ContactAccount})
}

// follow copies links of the record that a link leads to, as far as the actor
// may read it, into links that are empty.
func follow(ctx context.Context, s *record.Session, drafts []*record.Draft, link schema.Field[value.ID], object string, copies map[schema.Field[value.ID]]schema.Field[value.ID]) error {
	var ids []value.ID
	for _, d := range drafts {
		if id, ok := record.Will(d, link); ok && writes(d) && d.Changed(link.Name()) {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	found, err := s.GetMany(ctx, object, ids)
	if err != nil {
		if _, known := fault.As(err); known { // the object is out of the actor's sight
			return nil
		}
		return err
	}
	for _, d := range drafts {
		id, _ := record.Will(d, link)
		r := found[id]
		if r == nil || !writes(d) || !d.Changed(link.Name()) {
			continue
		}
		for to, from := range copies {
			if to == CaseAccount && has(d, CaseAccount) || to == CaseContact && has(d, CaseContact) {
				continue
			}
			if known, ok := record.Get(r, from); ok {
				record.Put(d, to, known)
			}
		}
	}
	return nil
}

func writes(d *record.Draft) bool { return d.Doing == record.Creating || d.Doing == record.Updating }

// stateKinds are the kinds of all states, and the first of them that new cases
// come into.
func stateKinds(ctx context.Context, tx *store.Tx) (byID map[value.ID]string, first value.ID, err error) {
	byID = map[value.ID]string{}
	rows, err := tx.Query(ctx, `SELECT id, kind, active FROM {case_state} WHERE deleted_at IS NULL ORDER BY position, id`)
	if err != nil {
		return nil, 0, err
	}
	defer rows.Close()
	for rows.Next() {
		var id value.ID
		var kind string
		var active *bool
		if err := rows.Scan(&id, &kind, &active); err != nil {
			return nil, 0, err
		}
		byID[id] = kind
		if first == 0 && kind == Fresh && (active == nil || *active) {
			first = id
		}
	}
	return byID, first, rows.Err()
}

// placeCases gives new cases a state, and lets status and day of solution
// follow the state.
func placeCases(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	kinds, first, err := stateKinds(ctx, s.Tx())
	if err != nil {
		return err
	}
	for _, d := range drafts {
		if d.Doing != record.Creating && (d.Doing != record.Updating || !d.Changed(CaseState.Name())) {
			continue
		}
		id, ok := record.Will(d, CaseState)
		if !ok && first != 0 {
			record.Put(d, CaseState, first)
			id = first
		}
		kind := kinds[id]
		if kind == "" {
			kind = Fresh
		}
		record.Put(d, CaseStatus, kind)
		switch was, _ := d.Before(CaseStatus.Name()).(string); {
		case kind != Solved:
			d.Set(CaseSolvedAt.Name(), nil)
		case was != Solved:
			record.Put(d, CaseSolvedAt, d.At())
		}
	}
	return nil
}

// checkCases wants to know whose case it is, and of a solved one how it was
// solved: that is what the next one is helped by.
func checkCases(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	if err := CasePlaces.CheckEntered(ctx, s, drafts, "case.state_retired"); err != nil {
		return err
	}
	for _, d := range drafts {
		if !writes(d) || d.AcceptsIncomplete() || s.Actor().System() {
			continue
		}
		if !has(d, CaseAccount) && !has(d, CaseContact) && !has(d, CaseDeal) {
			d.Refuse(CaseAccount.Name(), "case.needs_customer", nil)
		}
		status, _ := record.Will(d, CaseStatus)
		if text, _ := record.Will(d, CaseSolution); status == Solved && strings.TrimSpace(text) == "" {
			d.Refuse(CaseSolution.Name(), "case.needs_solution", nil)
		}
	}
	return nil
}

// checkStates keeps a state from changing what it means under its cases.
func checkStates(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	for _, d := range drafts {
		if d.Doing != record.Updating || !d.Changed(StateKind.Name()) {
			continue
		}
		var id value.ID
		used, err := s.Tx().Row(ctx, `SELECT id FROM {support_case} WHERE state_id = $1 LIMIT 1`, []any{d.ID}, &id)
		if err != nil {
			return err
		}
		if used {
			d.Fail(fault.New(fault.Conflict, "case.state_in_use", fault.Args{"state": d.Field(StateName.Name())}))
		}
	}
	return nil
}

func has(d *record.Draft, f schema.Field[value.ID]) bool {
	_, ok := record.Will(d, f)
	return ok
}
