package process

import (
	"context"
	"slices"

	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/schema"
)

// Rules are what this room demands: of its own records, and in the last of
// them of everybody's, what blueprints, rules and webhooks say. That one comes
// after the rules of all other rooms.
func (p *Process) Rules() []record.Rule {
	return []record.Rule{
		{Name: "process settings", Objects: []string{Blueprints.Name, Versions.Name, Rules.Name, Templates.Name, Webhooks.Name, Hooks.Name},
			Check: checkSettings, Applied: p.settingsChanged},
		{Name: "templates in use", Objects: []string{Templates.Name}, Prepare: keepTemplates},
		{Name: "templates", Objects: []string{Templates.Name}, Check: checkTemplates},
		{Name: "rules", Objects: []string{Rules.Name}, Check: checkRules},
		{Name: "blueprints", Objects: []string{Blueprints.Name}, Check: checkBlueprints},
		{Name: "blueprint versions", Objects: []string{Versions.Name}, Check: checkVersions},
		{Name: "webhooks", Objects: []string{Webhooks.Name}, Check: checkHooks},
		{Name: "incoming hooks", Objects: []string{Hooks.Name}, Check: checkIncoming},
		{Name: "process", Check: p.check, Derive: deriveDue, Applied: p.applied},
	}
}

func checkSettings(_ context.Context, s *record.Session, drafts []*record.Draft) error {
	adminOnly(s, drafts)
	return nil
}

// settingsChanged lets everybody work by the new settings from now on, and
// makes the member that automations run as when there is the first.
func (p *Process) settingsChanged(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	if o := drafts[0].Object; o.ID != Templates.ID {
		if err := ensureService(ctx, s); err != nil {
			return err
		}
	}
	if err := beginDates(ctx, s, drafts); err != nil {
		return err
	}
	if err := goOn(s, drafts); err != nil {
		return err
	}
	return s.Touch(ctx)
}

// beginDates lets a rule about dates begin to look now: what was reached while
// it was not active, or another rule, is past.
func beginDates(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	for _, d := range drafts {
		if d.Object.ID != Rules.ID || !d.Changed(RuleActive.Name()) && !d.Changed(RuleTrigger.Name()) && !d.Changed(RuleDate.Name()) && !d.Changed(RuleOffset.Name()) {
			continue
		}
		now := s.Now().UnixMilli()
		if _, err := s.Tx().Exec(ctx, `INSERT INTO {rule_mark} (rule, until, target, last) VALUES ($1, $2, $2, 0)
			ON CONFLICT (rule) DO UPDATE SET until = excluded.until, target = excluded.target, last = 0`, d.ID, now); err != nil {
			return err
		}
	}
	return nil
}

// check refuses what blueprints do not allow and rules that check refuse.
func (p *Process) check(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	o := drafts[0].Object
	if isOurs(o) {
		return nil
	}
	b, err := bookOf(ctx, s)
	if err != nil {
		return err
	}
	if set := b.rules[o.Name]; set != nil {
		if err := checkByRules(ctx, s, set.checks, drafts); err != nil {
			return err
		}
	}
	if list := b.blueprints[o.Name]; len(list) > 0 {
		return checkMoves(ctx, s, list, drafts)
	}
	return nil
}

// applied writes the trace of moves and does what follows from the change.
func (p *Process) applied(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	o := drafts[0].Object
	if isOurs(o) {
		return nil
	}
	if o.StateList {
		if err := s.Touch(ctx); err != nil { // names of states
			return err
		}
	}
	as, err := underWay(s)
	if err != nil {
		return err
	}
	as.saved(drafts)
	b, err := bookOf(ctx, s)
	if err != nil {
		return err
	}
	if len(b.blueprints[o.Name]) > 0 {
		if err := traceMoves(ctx, s, drafts); err != nil {
			return err
		}
	}
	quiet := s.Undoing() || silent(s)
	if !quiet {
		if err := p.afterMoves(ctx, s, drafts); err != nil {
			return err
		}
		if set := b.rules[o.Name]; set != nil {
			if err := p.fire(ctx, s, set.saves, drafts); err != nil {
				return err
			}
		}
	}
	return p.announce(ctx, s, b, drafts)
}

// silentDoors are those by which nothing follows from a change: imports start no
// automations (engine decision 19), nor does the program when it brings in a
// past.
var silentDoors = []string{"import", "system"}

func silent(s *record.Session) bool { return slices.Contains(silentDoors, s.Who().Door) }

// afterMoves does what the moves of the drafts ask for.
func (p *Process) afterMoves(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	memo, err := decided(s)
	if err != nil || len(memo.of) == 0 {
		return err
	}
	moves, by, of := movedBy(memo, drafts)
	for _, m := range moves {
		hits := make([]hit, len(by[m]))
		for i, d := range by[m] {
			hits[i] = hit{d.Record(), s.Actor().Member()}
		}
		if err := p.perform(ctx, s, m.then, hits, cause{source: of[m].id, name: "move"}); err != nil {
			return err
		}
	}
	return nil
}

// blueprintOf is a blueprint's draft as it will be.
func blueprintOf(d *record.Draft) source {
	src := source{id: d.ID}
	for _, x := range []struct {
		to   *string
		from schema.Field[string]
	}{{&src.name, BlueprintName}, {&src.object, BlueprintObject}, {&src.field, BlueprintField}, {&src.when, BlueprintWhen}, {&src.text, BlueprintText}} {
		*x.to, _ = record.Will(d, x.from)
	}
	return src
}

// checkBlueprints refuses drafts that could never be read; what is only not
// done yet is told when it is published.
func checkBlueprints(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	for _, d := range drafts {
		if !writes(d) {
			continue
		}
		src := blueprintOf(d)
		o, ok := objectNamed(s, d, BlueprintObject)
		if !ok {
			continue
		}
		if isOurs(o) {
			d.Refuse(BlueprintObject.Name(), "process.not_on_itself", fault.Args{"object": o.Name})
		}
		if _, ok := stateField(s.Schema(), o, src.field); !ok {
			d.Refuse(BlueprintField.Name(), "process.no_state_field", fault.Args{"field": src.field, "object": o.Name})
		}
		if _, err := ParseDefinition(src.text); err != nil {
			if e, ok := fault.As(err); ok {
				refuseAs(d, BlueprintText.Name(), e)
			}
		}
		number, _ := record.Will(d, BlueprintNumber)
		if number > 0 && (d.Changed(BlueprintObject.Name()) || d.Changed(BlueprintField.Name())) && d.Doing == record.Updating {
			d.Refuse(BlueprintObject.Name(), "process.fixed_once_published", nil)
		}
	}
	return nil
}

// checkVersions keeps published versions as they are. One that nothing runs
// under may go: when its publication is undone.
func checkVersions(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	for _, d := range drafts {
		switch d.Doing {
		case record.Creating:
			if !s.Actor().System() {
				d.Fail(fault.New(fault.Forbidden, "process.publish_instead", nil))
			}
		case record.Updating:
			d.Fail(fault.New(fault.Conflict, "process.version_fixed", nil))
		case record.Deleting:
			var n int64
			used, err := s.Tx().Row(ctx, `SELECT 1 FROM {process_run} WHERE version = $1 LIMIT 1`, []any{d.ID}, &n)
			if err != nil {
				return err
			}
			if used {
				d.Fail(fault.New(fault.Conflict, "process.version_used", nil))
			}
		}
	}
	return nil
}
