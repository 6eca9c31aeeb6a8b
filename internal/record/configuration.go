package record

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"wellmet/internal/access"
	"wellmet/internal/fault"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// The subjects of configuration that are no object's records. What is an
// object's has its id as subject.
const (
	SchemaSubject   = "@schema"
	CompanySubject  = "@company"
	OpennessSubject = "@openness"
)

// Restore puts values of a setting back, checked as when somebody sets them.
// Each is as NoteSetting was told; null is a value that was not there.
type Restore func(ctx context.Context, s *Session, back map[string]json.RawMessage) error

// ConfigurationChange is an act that changed how the company works.
type ConfigurationChange struct {
	Act      value.ID
	At       time.Time
	Actor    value.ID // 0 = the system
	Cause    string
	Door     string
	UndoneBy value.ID // the act that took it back
	Undo     *UndoRun // how far that is, where it is a long one
	Undid    value.ID // the act that this one took back
	Subjects []string // what it is about
	Version  int64    // of the schema that came of it, 0 = no change of the schema
	Schema   []schema.Logged
	Settings []SettingChange
	Records  []ConfigurationLine
	// More counts lines of configuration beyond Records, Others what the act did
	// to records that are no configuration.
	More, Others int
}

// SettingChange is what became of values of a setting that is no record.
type SettingChange struct {
	Subject     string
	Was, Became map[string]json.RawMessage
}

// ConfigurationLine is what an act did to one record of configuration.
type ConfigurationLine struct {
	ActEntry
	Title string // as it is called now
}

// ConfigurationQuery narrows the history of configuration.
type ConfigurationQuery struct {
	Subjects []string // any of these; none = all
	Actor    value.ID // 0 = everybody
	Before   value.ID // only acts before this one
	Limit    int
}

// places are the fields of a member that say what he may do.
var places = []string{access.MemberRole.Name(), access.MemberTeam.Name(), access.MemberManager.Name()}

// mostLines is how many records of an act the history shows.
const mostLines = 20

// configures reports whether what was done to a record changes how the company
// works: it is of an object that says so, or a view or report that everybody has.
func (s *Session) configures(o *schema.Object, d *Draft) bool {
	switch {
	case o.ID == Views.ID || o.Personal != "" && s.engine.configuration[o.ID]:
	case o.ID == access.Members.ID: // whom to follow; people come and go
		return s.engine.configuration[o.ID] && d.Doing == Updating && slices.ContainsFunc(places, d.Changed)
	default:
		return s.engine.configuration[o.ID]
	}
	f, _ := o.Field(o.Personal)
	return d.after.Value(f) == ViewAll || d.before != nil && d.before.Value(f) == ViewAll
}

// noteConfiguration keeps which acts changed configuration.
func (s *Session) noteConfiguration(ctx context.Context, o *schema.Object, drafts []*Draft) error {
	if o.ID != Views.ID && !s.engine.configuration[o.ID] {
		return nil
	}
	var acts []value.ID
	var rows [][]any
	for _, d := range drafts {
		if s.configures(o, d) && !slices.Contains(acts, d.act) {
			acts, rows = append(acts, d.act), append(rows, []any{d.act, o.ID})
		}
	}
	return s.tx.PostRows(ctx, `INSERT INTO {configuration_act} (act, subject) VALUES`, 2, rows, "ON CONFLICT (act, subject) DO NOTHING")
}

// noteSchema keeps that the act made a version of the schema, and which one it
// took back with that.
func (s *Session) noteSchema(ctx context.Context, version, undoes int64) error {
	act, err := s.actID(ctx)
	if err != nil {
		return err
	}
	if _, err = s.tx.Exec(ctx, `INSERT INTO {configuration_act} (act, subject, version) VALUES ($1, $2, $3)`, act, SchemaSubject, version); err != nil || undoes == 0 {
		return err
	}
	var undone value.ID
	found, err := s.tx.Row(ctx, `SELECT c.act FROM {configuration_act} c JOIN {act} a ON a.id = c.act WHERE c.subject = $1 AND c.version = $2 AND a.undone_by IS NULL`,
		[]any{SchemaSubject, undoes}, &undone)
	if err != nil || !found { // of an older program, or taken back before
		return err
	}
	return s.markUndone(ctx, undone)
}

// NoteSetting keeps what the act made of a setting that is no record, so that
// the history of configuration tells it and Needs.Settings can put it back. was
// and became are what marshals to an object each; secrets do not belong there.
func (s *Session) NoteSetting(ctx context.Context, subject string, was, became any) error {
	before, after, err := apart(was, became)
	if err != nil || len(after) == 0 {
		return err
	}
	act, err := s.actID(ctx)
	if err != nil {
		return err
	}
	earlier, meanwhile, err := s.noted(ctx, act, subject)
	if err != nil {
		return err
	}
	maps.Copy(before, earlier) // of several changes in an act, from the first to the last
	maps.Copy(meanwhile, after)
	after = meanwhile
	a, _ := json.Marshal(before) // of what JSON was made of
	b, _ := json.Marshal(after)
	_, err = s.tx.Exec(ctx, `INSERT INTO {configuration_act} (act, subject, was, became) VALUES ($1, $2, $3, $4)
		ON CONFLICT (act, subject) DO UPDATE SET was = excluded.was, became = excluded.became`, act, subject, string(a), string(b))
	return err
}

// noted is what the act has said of a setting so far.
func (s *Session) noted(ctx context.Context, act value.ID, subject string) (was, became map[string]json.RawMessage, err error) {
	was, became = map[string]json.RawMessage{}, map[string]json.RawMessage{}
	var a, b string
	found, err := s.tx.Row(ctx, `SELECT was, became FROM {configuration_act} WHERE act = $1 AND subject = $2`, []any{act, subject}, &a, &b)
	if err != nil || !found {
		return was, became, err
	}
	if err := json.Unmarshal([]byte(a), &was); err != nil {
		return nil, nil, err
	}
	return was, became, json.Unmarshal([]byte(b), &became)
}

// apart keeps of two objects what differs; what one lacks is null there.
func apart(was, became any) (before, after map[string]json.RawMessage, err error) {
	var sides [2]map[string]json.RawMessage
	for i, x := range []any{was, became} {
		text, err := json.Marshal(x)
		if err == nil {
			err = json.Unmarshal(text, &sides[i])
		}
		if err != nil {
			return nil, nil, err
		}
	}
	before, after = map[string]json.RawMessage{}, map[string]json.RawMessage{}
	for _, side := range sides {
		for name := range side {
			a, b := orNothing(sides[0][name]), orNothing(sides[1][name])
			if string(a) != string(b) {
				before[name], after[name] = a, b
			}
		}
	}
	return before, after, nil
}

func orNothing(raw json.RawMessage) json.RawMessage {
	if raw == nil {
		return json.RawMessage("null")
	}
	return raw
}

// SetOpenness changes how open an object is; it is for administrators.
func (s *Session) SetOpenness(ctx context.Context, o *schema.Object, to access.Openness) error {
	if err := s.administers(); err != nil {
		return err
	}
	var was access.Openness
	if was = s.state.roster.Openness(o); was == to {
		return nil
	}
	if err := access.SetOpenness(ctx, s.tx, o, to); err != nil {
		return err
	}
	return s.NoteSetting(ctx, OpennessSubject, map[string]access.Openness{o.ID: was}, map[string]access.Openness{o.ID: to})
}

// Configuration is the history of configuration, latest first, with whether
// there is more; it is for administrators.
func (s *Session) Configuration(ctx context.Context, q ConfigurationQuery) (list []ConfigurationChange, more bool, err error) {
	if err := s.administers(); err != nil {
		return nil, false, err
	}
	var args []any
	arg := func(v any) string { args = append(args, v); return "$" + strconv.Itoa(len(args)) }
	where := "1 = 1"
	if q.Before != 0 {
		where += " AND c.act < " + arg(q.Before)
	}
	if q.Actor != 0 {
		where += " AND a.actor = " + arg(q.Actor)
	}
	if len(q.Subjects) > 0 {
		var in []string
		for _, subject := range q.Subjects {
			in = append(in, arg(subject))
		}
		where += " AND c.subject IN (" + strings.Join(in, ", ") + ")"
	}
	ids, err := s.tx.IDs(ctx, `SELECT DISTINCT c.act FROM {configuration_act} c JOIN {act} a ON a.id = c.act WHERE `+
		where+` ORDER BY c.act DESC LIMIT `+arg(int64(q.Limit+1)), args...)
	if err != nil {
		return nil, false, err
	}
	if more = len(ids) > q.Limit; more {
		ids = ids[:q.Limit]
	}
	for _, id := range ids {
		x, err := s.ConfigurationChange(ctx, id)
		if err != nil {
			return nil, false, err
		}
		list = append(list, *x)
	}
	return list, more, nil
}

// ConfigurationChange is one act that changed configuration; it is for
// administrators.
func (s *Session) ConfigurationChange(ctx context.Context, act value.ID) (*ConfigurationChange, error) {
	if err := s.administers(); err != nil {
		return nil, err
	}
	x := &ConfigurationChange{Act: act}
	if err := s.readSubjects(ctx, x); err != nil {
		return nil, err
	}
	if len(x.Subjects) == 0 {
		return nil, noAct(act)
	}
	a, err := s.actHead(ctx, act)
	if err != nil {
		return nil, err
	}
	x.At, x.Actor, x.Cause, x.Door, x.UndoneBy, x.Undo = a.At, a.Actor, a.Cause, a.Door, a.UndoneBy, a.Undo
	if _, err := s.tx.Row(ctx, `SELECT id FROM {act} WHERE undone_by = $1 LIMIT 1`, []any{act}, &x.Undid); err != nil {
		return nil, err
	}
	return x, s.readLines(ctx, x)
}

func (s *Session) readSubjects(ctx context.Context, x *ConfigurationChange) error {
	rows, err := s.tx.Query(ctx, `SELECT subject, version, was, became FROM {configuration_act} WHERE act = $1 ORDER BY subject`, x.Act)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var subject string
		var version *int64
		var was, became *string
		if err := rows.Scan(&subject, &version, &was, &became); err != nil {
			return err
		}
		x.Subjects = append(x.Subjects, subject)
		if version != nil {
			x.Version = *version
		}
		if was == nil || became == nil {
			continue
		}
		c := SettingChange{Subject: subject}
		if err := json.Unmarshal([]byte(*was), &c.Was); err != nil {
			return err
		}
		if err := json.Unmarshal([]byte(*became), &c.Became); err != nil {
			return err
		}
		x.Settings = append(x.Settings, c)
	}
	if err := rows.Err(); err != nil || x.Version == 0 {
		return err
	}
	rows.Close()
	x.Schema, err = s.state.schema.LogOf(ctx, s.tx, x.Version)
	return err
}

// readLines reads what the act did to records of configuration that the actor
// may see, as many as are shown, and counts the others.
func (s *Session) readLines(ctx context.Context, x *ConfigurationChange) error {
	var in []string
	args := []any{x.Act}
	for _, subject := range x.Subjects {
		if !strings.HasPrefix(subject, "@") {
			args = append(args, subject)
			in = append(in, "$"+strconv.Itoa(len(args)))
		}
	}
	var all int64
	if _, err := s.tx.Row(ctx, `SELECT count(*) FROM {history} WHERE act = $1`, args[:1], &all); err != nil || all == 0 {
		return err
	}
	x.Others = int(all)
	if len(in) == 0 {
		return nil
	}
	of := " AND object IN (" + strings.Join(in, ", ") + ")"
	var own int64
	if _, err := s.tx.Row(ctx, `SELECT count(*) FROM {history} WHERE act = $1`+of, args, &own); err != nil {
		return err
	}
	x.Others = int(all - own)
	lines, err := s.linesOf(ctx, `WHERE act = $1`+of+` ORDER BY object, record, version LIMIT `+strconv.Itoa(mostLines), args...)
	if err != nil {
		return err
	}
	seen, err := s.seenLines(ctx, lines)
	if err != nil {
		return err
	}
	x.More = int(own) - len(lines)
	titles, err := s.titlesOf(ctx, seen)
	for _, e := range seen {
		x.Records = append(x.Records, ConfigurationLine{ActEntry: e, Title: titles[e.Record]})
	}
	return err
}

// titlesOf are what records are called, those in the trash too.
func (s *Session) titlesOf(ctx context.Context, entries []ActEntry) (map[value.ID]string, error) {
	by := map[*schema.Object][]value.ID{}
	for _, e := range entries {
		by[e.Object] = append(by[e.Object], e.Record)
	}
	titles := map[value.ID]string{}
	for o, ids := range by {
		for _, trash := range []bool{false, true} {
			found := map[value.ID]locked{}
			if err := s.lockChunk(ctx, o, ids, lockHow{action: access.Read, trash: trash}, found); err != nil {
				return nil, err
			}
			for id, l := range found {
				titles[id] = l.record.Title()
			}
		}
	}
	return titles, nil
}

// ConfigurationActors are the people who changed configuration, by id; it is
// for administrators.
func (s *Session) ConfigurationActors(ctx context.Context) ([]value.ID, error) {
	if !s.actor.Admin() {
		return nil, fault.New(fault.Forbidden, "record.admin_only", nil)
	}
	return s.tx.IDs(ctx, `SELECT DISTINCT a.actor FROM {configuration_act} c JOIN {act} a ON a.id = c.act WHERE a.actor IS NOT NULL ORDER BY a.actor LIMIT 500`)
}

// ConfigurationSubjects are the subjects of which there is a history.
func (s *Session) ConfigurationSubjects(ctx context.Context) (list []string, err error) {
	rows, err := s.tx.Query(ctx, `SELECT DISTINCT subject FROM {configuration_act} ORDER BY subject`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		subject, _ := rows.Text(0)
		list = append(list, strings.Clone(subject))
	}
	return list, rows.Err()
}
