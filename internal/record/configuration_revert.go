package record

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"

	"wellmet/internal/access"
	"wellmet/internal/fault"
	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// Reverting is what taking a change of configuration back would do, or did.
type Reverting struct {
	Change *ConfigurationChange
	// Plan is what becomes of the schema, nil when the change is of none.
	Plan *schema.Plan
	// Undone is what becomes of records; Kept in it stands in the way of nothing.
	Undone *Undone
	// Hindrances are why it is refused; none = it is not.
	Hindrances []Hindrance
	Act        value.ID // that took it back, once it did
}

// Hindrance is one reason why a change of configuration cannot be taken back.
type Hindrance struct {
	Key     string // of its words, with Args
	Args    fault.Args
	Subject string // the object's id, or the setting
	Record  value.ID
	Title   string
	Field   string   // API name, of a record or a setting
	Act     value.ID // that changed it since
}

// Refusal is why the change stays, nil when it need not.
func (r *Reverting) Refusal() *fault.Error {
	if len(r.Hindrances) == 0 && (r.Plan == nil || !r.Plan.Refused()) {
		return nil
	}
	refusal := fault.New(fault.Conflict, "record.cannot_revert", nil)
	for _, h := range r.Hindrances {
		refusal = refusal.With(fault.Field{Path: h.Field, Key: h.Key, Args: h.Args, Value: h.Title})
	}
	return refusal
}

// errPlanned ends the transaction in which a revert is only tried.
var errPlanned = errors.New("planned")

// PlanRevert tries to take a change of configuration back and keeps nothing.
func (e *Engine) PlanRevert(ctx context.Context, who Who, act value.ID) (*Reverting, error) {
	r, err := e.planSchemaRevert(ctx, who, act)
	if err != nil || r.Change.UndoneBy != 0 || r.Change.Version != 0 {
		return r, err
	}
	who.Cause = "configuration.plan"
	err = e.Write(ctx, who, func(s *Session) error {
		if err := s.putBack(ctx, r); err != nil {
			return err
		}
		return errPlanned
	})
	if !errors.Is(err, errPlanned) {
		return r, err
	}
	return r, nil
}

// RevertConfiguration takes a change of configuration back, all of it or, with
// the reasons, nothing. Records that are no configuration stay as they are where
// somebody changed them since.
func (e *Engine) RevertConfiguration(ctx context.Context, who Who, act value.ID) (*Reverting, error) {
	who.Cause = "configuration.revert"
	r, err := e.planSchemaRevert(ctx, who, act)
	switch {
	case err != nil:
		return nil, err
	case r.Change.UndoneBy != 0:
		return nil, fault.New(fault.Conflict, "record.already_undone", fault.Args{"act": act.String()})
	case r.Refusal() != nil:
		return r, nil
	case r.Change.Version != 0:
		r.Plan, err = e.RevertSchema(ctx, who, r.Change.Version)
		if err != nil {
			return nil, err
		}
	default:
		err = e.Write(ctx, who, func(s *Session) error {
			if err := s.putBack(ctx, r); err != nil {
				return err
			}
			if len(r.Hindrances) > 0 {
				return errPlanned
			}
			r.Act = s.Act()
			return nil
		})
		if err != nil && !errors.Is(err, errPlanned) {
			return nil, err
		}
		return r, nil
	}
	return r, e.Read(ctx, who, func(s *Session) error {
		now, err := s.ConfigurationChange(ctx, act)
		if err == nil {
			r.Act = now.UndoneBy
		}
		return err
	})
}

// planSchemaRevert reads the change and, where it is one of the schema, plans
// its way back.
func (e *Engine) planSchemaRevert(ctx context.Context, who Who, act value.ID) (*Reverting, error) {
	r := &Reverting{}
	err := e.Read(ctx, who, func(s *Session) (err error) {
		if r.Change, err = s.ConfigurationChange(ctx, act); err != nil || r.Change.Version == 0 || r.Change.UndoneBy != 0 {
			return err
		}
		r.Plan, r.Hindrances = nil, nil
		back, err := s.state.schema.Inverse(ctx, s.tx, r.Change.Version)
		if err == nil {
			r.Plan, err = s.plan(ctx, back)
		}
		if f, ok := fault.As(err); ok {
			since, err := s.schemaChangedSince(ctx, r.Change)
			h := hindrance(f, SchemaSubject)
			h.Act = since
			r.Hindrances = append(r.Hindrances, h)
			return err
		}
		return err
	}, store.Report)
	return r, err
}

// schemaChangedSince is the first later act that changed what a version of the schema
// did, 0 for none.
func (s *Session) schemaChangedSince(ctx context.Context, x *ConfigurationChange) (act value.ID, err error) {
	about := map[string]bool{}
	for _, c := range x.Schema {
		about[c.ID] = true
	}
	later, err := s.state.schema.Log(ctx, s.tx, x.Version, mostLater)
	if err != nil {
		return 0, err
	}
	for _, e := range slices.Backward(later) {
		if !slices.ContainsFunc(e.Changes, func(c schema.Logged) bool { return about[c.ID] || about[c.On] }) {
			continue
		}
		_, err := s.tx.Row(ctx, `SELECT act FROM {configuration_act} WHERE subject = $1 AND version = $2`, []any{SchemaSubject, e.Version}, &act)
		return act, err
	}
	return 0, nil
}

// mostLater is how many later versions are looked through for what stands in
// the way.
const mostLater = 1000

// putBack takes settings and records of a change back.
func (s *Session) putBack(ctx context.Context, r *Reverting) error {
	r.Hindrances, r.Undone = nil, nil
	for _, x := range r.Change.Settings {
		if err := s.putSettingBack(ctx, r, x); err != nil {
			return err
		}
	}
	if r.Change.Others == 0 && len(r.Change.Records) == 0 && r.Change.More == 0 {
		return s.markUndone(ctx, r.Change.Act)
	}
	u, err := s.UndoAct(ctx, r.Change.Act)
	if f, ok := fault.As(err); ok && f.Kind != fault.Forbidden && f.Kind != fault.NotFound {
		r.Hindrances = append(r.Hindrances, hindrance(f, ""))
		return nil
	}
	if err != nil {
		return err
	}
	r.Undone = u
	return s.hinder(ctx, r)
}

// putSettingBack puts the values of a setting back that are still as the act
// left them, or says which are not.
func (s *Session) putSettingBack(ctx context.Context, r *Reverting, x SettingChange) error {
	now, by, err := s.lastSet(ctx, x.Subject, r.Change.Act)
	if err != nil {
		return err
	}
	back := map[string]json.RawMessage{}
	for _, name := range slices.Sorted(maps.Keys(x.Was)) {
		text, again := now[name]
		switch {
		case !again || string(text) == string(x.Became[name]):
			back[name] = x.Was[name]
		case string(text) != string(x.Was[name]):
			r.Hindrances = append(r.Hindrances, Hindrance{Key: "record.changed_since", Subject: x.Subject, Field: name, Act: by[name]})
		}
	}
	if len(r.Hindrances) > 0 || len(back) == 0 {
		return nil
	}
	err = s.Try(ctx, func() error { return s.restoreSetting(ctx, x.Subject, back) })
	if f, ok := fault.As(err); ok {
		r.Hindrances = append(r.Hindrances, hindrance(f, x.Subject))
		return nil
	}
	return err
}

// lastSet is what acts after one made of a setting, and which did.
func (s *Session) lastSet(ctx context.Context, subject string, after value.ID) (now map[string]json.RawMessage, by map[string]value.ID, err error) {
	rows, err := s.tx.Query(ctx, `SELECT act, became FROM {configuration_act} WHERE subject = $1 AND act > $2 ORDER BY act`, subject, after)
	if err != nil {
		return nil, nil, err
	}
	defer rows.Close()
	now, by = map[string]json.RawMessage{}, map[string]value.ID{}
	for rows.Next() {
		id, _ := rows.ID(0)
		text, _ := rows.Text(1)
		var became map[string]json.RawMessage
		if err := json.Unmarshal([]byte(text), &became); err != nil {
			return nil, nil, err
		}
		for name, v := range became {
			now[name], by[name] = v, id
		}
	}
	return now, by, rows.Err()
}

func (s *Session) restoreSetting(ctx context.Context, subject string, back map[string]json.RawMessage) error {
	switch subject {
	case CompanySubject:
		text, err := json.Marshal(back)
		if err != nil {
			return err
		}
		var broken error
		if err := s.ChangeSettings(ctx, func(to *Settings) { broken = json.Unmarshal(text, to) }); err != nil {
			return err
		}
		return broken
	case OpennessSubject:
		return s.restoreOpenness(ctx, back)
	}
	restore := s.engine.needs.Settings[subject]
	if restore == nil {
		return fault.New(fault.Conflict, "record.setting_unknown", nil)
	}
	return restore(ctx, s, back)
}

func (s *Session) restoreOpenness(ctx context.Context, back map[string]json.RawMessage) error {
	for id, raw := range back {
		var to access.Openness
		if err := json.Unmarshal(raw, &to); err != nil {
			return err
		}
		o, ok := s.objectByID(id)
		if !ok {
			return fault.New(fault.Conflict, "record.no_object", fault.Args{"object": id})
		}
		if err := s.SetOpenness(ctx, o, to); err != nil {
			return err
		}
	}
	return nil
}

// hinder makes what an undo left alone of configuration a reason to refuse;
// other records that changed since stay as they are.
func (s *Session) hinder(ctx context.Context, r *Reverting) error {
	var entries []ActEntry
	var kept []Kept
	for _, k := range r.Undone.Kept {
		o, ok := s.state.schema.Object(k.Object)
		if !ok || !slices.Contains(r.Change.Subjects, o.ID) {
			kept = append(kept, k)
			continue
		}
		h := Hindrance{Key: k.Reason, Subject: o.ID, Record: k.ID, Field: k.Field, Act: k.Act}
		if k.why != nil {
			h.Key, h.Args = specific(k.why)
		}
		r.Hindrances = append(r.Hindrances, h)
		entries = append(entries, ActEntry{Object: o, Record: k.ID})
	}
	r.Undone.Kept = kept
	titles, err := s.titlesOf(ctx, entries)
	for i := range r.Hindrances {
		r.Hindrances[i].Title = titles[r.Hindrances[i].Record]
	}
	return err
}

func hindrance(f *fault.Error, subject string) Hindrance {
	h := Hindrance{Subject: subject}
	h.Key, h.Args = specific(f)
	return h
}

// specific is the most telling reason of a fault: what is wrong with a field
// says more than that some values are.
func specific(f *fault.Error) (string, fault.Args) {
	if len(f.Fields) > 0 && f.Fields[0].Key != "" {
		return f.Fields[0].Key, f.Fields[0].Args
	}
	return f.Key, f.Args
}
