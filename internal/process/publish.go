package process

import (
	"context"
	"slices"
	"strings"

	"wellmet/internal/fault"
	"wellmet/internal/i18n"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// words are a fault in the reader's language.
func words(s *record.Session, e *fault.Error) string { return i18n.Text(langOf(s), e.Key, e.Args) }

func join(list []string) string { return strings.Join(list, ", ") }

// Effect tells in numbers what publishing a draft would do.
type Effect struct {
	// Governed is how many records the blueprint would govern, States how many
	// stand in each state.
	Governed int64            `json:"governed"`
	States   map[string]int64 `json:"states"`
	// Outside stand in a state that the draft does not know.
	Outside int64 `json:"outside"`
	// Running go on under the version under which they began.
	Running int64 `json:"running"`
	// Stranded run in a state that the draft lacks, and stay under their version
	// even when the others are taken over.
	Stranded int64 `json:"stranded"`
}

// Examination is what is known of a draft before it is published.
type Examination struct {
	Problems []Problem `json:"problems"`
	Effect   Effect    `json:"effect"`
}

// Examine says what is wrong with a draft and what publishing it would do.
func Examine(ctx context.Context, s *record.Session, id value.ID) (*Examination, error) {
	if !s.Actor().Admin() {
		return nil, fault.New(fault.Forbidden, "record.admin_only", nil)
	}
	_, x, err := examine(ctx, s, id)
	return x, err
}

func examine(ctx context.Context, s *record.Session, id value.ID) (*blueprint, *Examination, error) {
	r, err := s.Get(ctx, Blueprints.Name, id)
	if err != nil {
		return nil, nil, err
	}
	src := storedBlueprint(r)
	b, problems := compile(s.Schema(), src, nil)
	x := &Examination{Problems: problems}
	if b == nil {
		return nil, x, nil
	}
	more, err := verify(ctx, s, b)
	if err != nil {
		return nil, nil, err
	}
	x.Problems = append(x.Problems, more...)
	slices.SortStableFunc(x.Problems, func(a, b Problem) int { return strings.Compare(string(a.Weight), string(b.Weight)) })
	x.Effect, err = effectOf(ctx, s, b)
	return b, x, err
}

func storedBlueprint(r *record.Record) source {
	src := source{id: r.ID}
	for _, x := range []struct {
		to   *string
		from schema.Field[string]
	}{{&src.name, BlueprintName}, {&src.object, BlueprintObject}, {&src.field, BlueprintField}, {&src.when, BlueprintWhen}, {&src.text, BlueprintText}} {
		*x.to, _ = record.Get(r, x.from)
	}
	src.number, _ = record.Get(r, BlueprintNumber)
	return src
}

// effectOf counts the records that a draft would govern. A condition that the
// database cannot judge is left out of the count.
func effectOf(ctx context.Context, s *record.Session, b *blueprint) (Effect, error) {
	e := Effect{States: map[string]int64{}}
	a := record.Aggregate{Object: b.object.Name, Group: []string{b.field.Name}, Measures: []string{"count"}, Limit: 500}
	if b.when != nil && b.when.Refusal() == nil {
		a.Filter = b.when.String()
	}
	found, err := s.AsSystem("effect of a blueprint").Aggregate(ctx, a)
	if err != nil {
		return e, err
	}
	for _, g := range found.Groups {
		n := countOf(g)
		key := stateKey(g.Keys[0])
		e.Governed += n
		if b.states[key] != nil {
			e.States[key] += n
		} else if key != "" {
			e.Outside += n
		}
	}
	rows, err := s.Tx().Query(ctx, `SELECT state, count(*) FROM {process_run} WHERE blueprint = $1 GROUP BY state`, b.id)
	if err != nil {
		return e, err
	}
	defer rows.Close()
	for rows.Next() {
		key, _ := rows.Text(0)
		n, _ := rows.Int(1)
		if e.Running += n; b.states[key] == nil {
			e.Stranded += n
		}
	}
	return e, rows.Close()
}

// Publication says how a draft is published.
type Publication struct {
	Note string
	// Accept takes the draft in spite of its warnings.
	Accept bool
	// Move takes records that run under older versions over, where the draft
	// knows their state.
	Move bool
}

// Published is what publishing did.
type PublishedAs struct {
	Version  value.ID  `json:"version"`
	Number   int64     `json:"number"`
	Problems []Problem `json:"problems,omitempty"`
	Effect   Effect    `json:"effect"`
}

// Publish makes a draft the version that governs from now on. Records that
// have begun stay under theirs, unless they are to be moved over.
func Publish(ctx context.Context, s *record.Session, id value.ID, how Publication) (*PublishedAs, error) {
	if !s.Actor().Admin() {
		return nil, fault.New(fault.Forbidden, "record.admin_only", nil)
	}
	b, x, err := examine(ctx, s, id)
	if err != nil {
		return nil, err
	}
	if err := refuseProblems(x.Problems, how.Accept); err != nil {
		return nil, err
	}
	r, err := s.Get(ctx, Blueprints.Name, id)
	if err != nil {
		return nil, err
	}
	var last *int64
	if _, err := s.Tx().Row(ctx, `SELECT max(number) FROM {blueprint_version} WHERE blueprint_id = $1`, []any{id}, &last); err != nil {
		return nil, err
	}
	number := int64(1)
	if last != nil {
		number = *last + 1
	}
	sys := s.AsSystem("publish a blueprint")
	src := storedBlueprint(r)
	v := record.With(record.Values{}, VersionName, src.name)
	record.With(v, VersionOf, id)
	record.With(v, VersionNumber, number)
	record.With(v, VersionWhen, src.when)
	record.With(v, VersionText, b.String())
	record.With(v, VersionNote, how.Note)
	made, err := sys.Create(ctx, Versions.Name, v)
	if err != nil {
		return nil, err
	}
	set := record.With(record.Values{}, BlueprintStatus, Published)
	if _, err := sys.Update(ctx, Blueprints.Name, id, 0, record.With(set, BlueprintNumber, number)); err != nil {
		return nil, err
	}
	if how.Move {
		if err := takeOver(ctx, s, b, made.ID); err != nil {
			return nil, err
		}
	}
	return &PublishedAs{made.ID, number, x.Problems, x.Effect}, s.Later(adopt{Blueprint: id, Version: made.ID})
}

// takeOver moves running records to a version that knows their state.
func takeOver(ctx context.Context, s *record.Session, b *blueprint, version value.ID) error {
	for key := range b.states {
		if _, err := s.Tx().Exec(ctx, `UPDATE {process_run} SET version = $1 WHERE blueprint = $2 AND state = $3`, version, b.id, key); err != nil {
			return err
		}
	}
	return nil
}

// refuseProblems turns problems into a fault that names their places.
func refuseProblems(list []Problem, accept bool) error {
	var fields []fault.Field
	for _, p := range list {
		if p.Weight == Wrong || !accept {
			fields = append(fields, fault.Field{Path: p.Path, Key: p.Key, Args: p.Args})
		}
	}
	if len(fields) == 0 {
		return nil
	}
	return fault.New(fault.Invalid, "process.cannot_publish", nil).With(fields...)
}

// Retire ends a blueprint: nothing is governed by it from now on. Its versions
// and the trace stay.
func Retire(ctx context.Context, s *record.Session, id value.ID) error {
	if !s.Actor().Admin() {
		return fault.New(fault.Forbidden, "record.admin_only", nil)
	}
	if _, err := s.AsSystem("retire a blueprint").Update(ctx, Blueprints.Name, id, 0, record.With(record.Values{}, BlueprintStatus, Retired)); err != nil {
		return err
	}
	b, err := s.Get(ctx, Blueprints.Name, id)
	if err != nil {
		return err
	}
	if _, err := s.Tx().Exec(ctx, `DELETE FROM {process_run} WHERE blueprint = $1`, id); err != nil {
		return err
	}
	object, _ := record.Get(b, BlueprintObject)
	return s.Later(undue{Object: object})
}

// Revert makes the draft of a blueprint what a version of it was, so that it
// can be looked at and published again.
func Revert(ctx context.Context, s *record.Session, id, version value.ID) error {
	v, err := s.Get(ctx, Versions.Name, version)
	if err != nil {
		return err
	}
	if of, _ := record.Get(v, VersionOf); of != id {
		return fault.New(fault.Invalid, "process.version_of_other", nil)
	}
	set := record.Values{BlueprintWhen.Name(): v.Field(VersionWhen.Name()), BlueprintText.Name(): v.Field(VersionText.Name())}
	_, err = s.Update(ctx, Blueprints.Name, id, 0, set)
	return err
}

// adopt is the job that puts records that were there before under a version
// that was published, so that their time begins to count.
type adopt struct {
	Blueprint value.ID `json:"blueprint"`
	Version   value.ID `json:"version"`
	After     value.ID `json:"after,omitempty"`
}

// Kind implements jobs.Job.
func (adopt) Kind() string { return "process.adopt" }
