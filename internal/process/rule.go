package process

import (
	"context"
	"slices"
	"strings"

	"wellmet/internal/expr"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// rule is a rule made ready to run.
type rule struct {
	id      value.ID
	name    string
	object  *schema.Object
	trigger string
	watched []string // names of fields; nil = any
	date    *schema.FieldDef
	offset  int64 // minutes
	hook    value.ID
	when    *expr.Expr
	deeds   []deed
}

// ruleset are the rules of one object, by when they are looked at.
type ruleset struct{ checks, saves []*rule }

// ruleSource is a rule as it is stored.
type ruleSource struct {
	id                                                           value.ID
	name, object, trigger, fields, dateField, condition, actions string
	offset                                                       int64
	hook                                                         value.ID
}

func (b *book) loadRules(ctx context.Context, s *record.Session) error {
	list, err := ruleSources(ctx, s, `deleted_at IS NULL AND active IS TRUE`)
	if err != nil {
		return err
	}
	for _, src := range list {
		r, problems := compileRule(s.Schema(), src, nil)
		if r == nil || len(problems) > 0 { // something it needs is gone: it says so where it is edited
			continue
		}
		set := b.rules[r.object.Name]
		if set == nil {
			set = &ruleset{}
			b.rules[r.object.Name] = set
		}
		switch r.trigger {
		case WhenDate:
			b.dated = append(b.dated, r)
		case WhenCalled:
			b.called[r.hook] = append(b.called[r.hook], r)
		case WhenChecked:
			set.checks = append(set.checks, r)
		default:
			set.saves = append(set.saves, r)
		}
	}
	return nil
}

func ruleSources(ctx context.Context, s *record.Session, where string, args ...any) ([]ruleSource, error) {
	rows, err := s.Tx().Query(ctx, `SELECT id, name, object, "trigger", fields, date_field, condition, actions, "offset", hook_id FROM {rule}
		WHERE `+where+` ORDER BY position, id`, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []ruleSource
	for rows.Next() {
		var x ruleSource
		x.id, _ = rows.ID(0)
		for i, to := range []*string{&x.name, &x.object, &x.trigger, &x.fields, &x.dateField, &x.condition, &x.actions} {
			text, _ := rows.Text(1 + i)
			*to = strings.Clone(text)
		}
		x.offset, _ = rows.Int(8)
		x.hook, _ = rows.ID(9)
		list = append(list, x)
	}
	return list, rows.Close()
}

// compileRule makes a rule ready and says what is wrong with it.
func compileRule(s *schema.Schema, src ruleSource, visible schema.Visible) (*rule, []Problem) {
	c := &compiler{schema: s}
	o, ok := s.Object(src.object)
	if !ok {
		c.wrong("object", "record.no_object", fault.Args{"object": value.Printable(src.object)})
		return nil, c.problems
	}
	if isOurs(o) {
		c.wrong("object", "process.not_on_itself", fault.Args{"object": o.Name})
		return nil, c.problems
	}
	c = newCompiler(s, o, visible)
	r := &rule{id: src.id, name: src.name, object: o, trigger: src.trigger, offset: src.offset, hook: src.hook, when: c.condition("condition", src.condition)}
	for name := range strings.SplitSeq(src.fields, ",") {
		if name = strings.TrimSpace(name); name == "" {
			continue
		}
		if f, ok := o.Field(name); !ok || visible != nil && !visible(f) {
			c.wrong("fields", "process.unknown_field", fault.Args{"field": value.Printable(name)})
			continue
		}
		r.watched = append(r.watched, name)
	}
	if src.trigger == WhenDate {
		f, ok := o.Field(src.dateField)
		if !ok || len(f.Columns()) == 0 || f.ValueKind() != schema.KindDate && f.ValueKind() != schema.KindMoment {
			c.wrong("date_field", "process.wants_date", fault.Args{"field": value.Printable(src.dateField)})
		}
		r.date = f
	}
	if src.trigger == WhenCalled && src.hook == 0 {
		c.wrong("hook", "process.wants_hook", nil)
	}
	list, err := ParseActions(src.actions)
	if err != nil {
		c.fail("actions", err)
	}
	if r.deeds = c.deeds("actions", list, nil); len(list) == 0 && err == nil {
		c.wrong("actions", "process.no_actions", nil)
	}
	for _, a := range list {
		if (a.Do == DoRefuse) != (src.trigger == WhenChecked) {
			c.wrong("actions", "process.refuse_in_check", nil)
			break
		}
	}
	return r, c.problems
}

// concerns reports whether the rule is to look at what the draft did.
func (r *rule) concerns(d *record.Draft) bool {
	switch {
	case d.Doing == record.Creating:
		return r.trigger != WhenChanged
	case d.Doing != record.Updating || r.trigger == WhenCreated:
		return false
	}
	return len(r.watched) == 0 || slices.ContainsFunc(r.watched, d.Changed)
}

// holds reports whether the rule's condition does, for a record as it is.
func (r *rule) holds(s *record.Session, x *record.Record) (bool, error) {
	if r.when == nil {
		return true, nil
	}
	yes, err := s.Judge(x, r.when)
	if isFault(err) { // as a division by nothing
		return false, nil
	}
	return yes, err
}

// fire does what the rules ask for after some records of an object were saved.
func (p *Process) fire(ctx context.Context, s *record.Session, list []*rule, drafts []*record.Draft) error {
	for _, r := range list {
		var hits []hit
		for _, d := range drafts {
			if !r.concerns(d) {
				continue
			}
			yes, err := r.holds(s, d.Record())
			if err != nil {
				return err
			}
			if yes {
				hits = append(hits, hit{d.Record(), s.Actor().Member()})
			}
		}
		if err := p.perform(ctx, s, r.deeds, hits, cause{source: r.id, name: r.trigger}); err != nil {
			return err
		}
	}
	return nil
}

// checkByRules lets rules refuse drafts.
func checkByRules(ctx context.Context, s *record.Session, list []*rule, drafts []*record.Draft) error {
	for _, r := range list {
		for _, d := range drafts {
			if !writes(d) || !r.concerns(d) || s.Actor().System() || s.Undoing() {
				continue
			}
			yes, err := r.holds(s, d.Record())
			if err != nil {
				return err
			}
			if !yes {
				continue
			}
			for i := range r.deeds {
				text, _, err := r.deeds[i].text.Fill(ctx, s, d.Record())
				if err != nil {
					return err
				}
				d.Refuse(r.deeds[i].Field, "process.refused", fault.Args{"text": text, "rule": r.name})
			}
		}
	}
	return nil
}

// checkRules refuses rules that could not run. One that is not active may be
// half done.
func checkRules(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	for _, d := range drafts {
		if !writes(d) {
			continue
		}
		if _, ok := objectNamed(s, d, RuleObject); !ok {
			continue
		}
		src := ruleOf(d)
		active, _ := record.Will(d, RuleActive)
		if !active {
			continue
		}
		problems, err := problemsOf(ctx, s, src, s.Sees)
		if err != nil {
			return err
		}
		for _, x := range problems {
			path, _, _ := strings.Cut(x.Path, ".")
			d.Refuse(path, x.Key, x.Args)
		}
	}
	return nil
}

// problemsOf is what is wrong with a rule: in itself, and in what it names.
func problemsOf(ctx context.Context, s *record.Session, src ruleSource, visible schema.Visible) ([]Problem, error) {
	r, problems := compileRule(s.Schema(), src, visible)
	if r == nil {
		return problems, nil
	}
	hook, err := checkHookOf(ctx, s, src)
	if err != nil {
		return nil, err
	}
	list := make([]Action, len(r.deeds))
	for i, d := range r.deeds {
		list[i] = d.Action
	}
	c := newCompiler(s.Schema(), r.object, nil)
	err = c.actions(ctx, s, "actions", list)
	return append(append(problems, hook...), c.problems...), err
}

func ruleOf(d *record.Draft) ruleSource {
	src := ruleSource{id: d.ID}
	for _, x := range []struct {
		to   *string
		from schema.Field[string]
	}{{&src.name, RuleName}, {&src.object, RuleObject}, {&src.trigger, RuleTrigger}, {&src.fields, RuleFields}, {&src.dateField, RuleDate},
		{&src.condition, RuleWhen}, {&src.actions, RuleActions}} {
		*x.to, _ = record.Will(d, x.from)
	}
	src.offset, _ = record.Will(d, RuleOffset)
	src.hook, _ = record.Will(d, RuleHook)
	return src
}
