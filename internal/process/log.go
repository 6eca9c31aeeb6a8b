package process

import (
	"context"
	"fmt"
	"time"

	"wellmet/internal/fault"
	"wellmet/internal/i18n"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

// What became of an automation.
const (
	outcomeDone    = "done"
	outcomeFailed  = "failed"
	outcomeStopped = "stopped" // it would have gone round in a circle
)

// hoursDue is a moment that may be missing.
type hoursDue struct {
	At  time.Time
	Set bool
}

// problem is a fault as the log keeps it.
type problem struct {
	Key    string       `json:"key"`
	Args   fault.Args   `json:"args,omitempty"`
	Fields []fieldFault `json:"fields,omitempty"`
}

type fieldFault struct {
	Path string     `json:"path"`
	Key  string     `json:"key"`
	Args fault.Args `json:"args,omitempty"`
}

func problemOf(err error) string {
	if err == nil {
		return ""
	}
	e, ok := fault.As(err)
	if !ok {
		return marshal(problem{Key: "process.internal"})
	}
	p := problem{Key: e.Key, Args: plainArgs(e.Args)}
	for _, f := range e.Fields {
		p.Fields = append(p.Fields, fieldFault{f.Path, f.Key, plainArgs(f.Args)})
	}
	return marshal(p)
}

// plainArgs keeps what JSON can hold.
func plainArgs(args fault.Args) fault.Args {
	if len(args) == 0 {
		return nil
	}
	out := fault.Args{}
	for name, v := range args {
		switch x := v.(type) {
		case string, int, int64, bool:
			out[name] = x
		default:
			out[name] = fmt.Sprint(v)
		}
	}
	return out
}

// logRuns keeps what became of an automation, a line for each record.
func logRuns(ctx context.Context, s *record.Session, why cause, hits []hit, outcome string, err error) error {
	if len(hits) == 0 {
		return nil
	}
	rows := make([][]any, len(hits))
	text := problemOf(err)
	var act any
	if a := s.Act(); a != 0 {
		act = a
	}
	for i, h := range hits {
		rows[i] = []any{value.NewID(s.Now()), why.source, h.record.Object.ID, h.record.ID, act, s.Now(), why.name, outcome, text,
			h.record.Version, max(h.record.Version, why.made[h.record.ID])}
	}
	return s.Tx().PostRows(ctx, `INSERT INTO {rule_run} (id, source, object, record, act, at, cause, outcome, problem, version, made) VALUES`, 11, rows, ``)
}

// logLater tells that what was asked for in an act failed afterwards.
func logLater(ctx context.Context, s *record.Session, source value.ID, action, object string, id value.ID, err error) error {
	o, known := s.Schema().Object(object)
	if !known {
		return nil
	}
	return logRuns(ctx, s, cause{source: source, name: action}, []hit{{record: &record.Record{ID: id, Object: o}}}, outcomeFailed, err)
}

// Failure is a record that something else than a rule of this room could not
// judge, such as a rule of scoring or of assignment.
type Failure struct {
	Source value.ID // the rule
	Record *record.Record
	Why    error
}

// mostFailures of one source are kept in a day; the same one of a record is
// kept once.
const (
	mostFailures = 200
	failureAge   = 24 * time.Hour
)

// LogFailures keeps failures in the run log, within bounds: all records may be
// judged again and again.
func LogFailures(ctx context.Context, s *record.Session, name string, list []Failure) error {
	known := map[value.ID]map[string]bool{}
	for _, f := range list {
		lines := known[f.Source]
		if lines == nil {
			var err error
			if lines, err = failuresOf(ctx, s, f.Source); err != nil {
				return err
			}
			known[f.Source] = lines
		}
		line := f.Record.ID.String() + " " + problemOf(f.Why)
		if lines[line] || len(lines) >= mostFailures {
			continue
		}
		lines[line] = true
		if err := logRuns(ctx, s, cause{source: f.Source, name: name}, []hit{{record: f.Record}}, outcomeFailed, f.Why); err != nil {
			return err
		}
	}
	return nil
}

// failuresOf are the failures that the log has of a source since a day.
func failuresOf(ctx context.Context, s *record.Session, source value.ID) (map[string]bool, error) {
	rows, err := s.Tx().Query(ctx, `SELECT record, problem FROM {rule_run} WHERE source = $1 AND id >= $2`, source, value.FirstID(s.Now().Add(-failureAge)))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	lines := map[string]bool{}
	for rows.Next() {
		var id value.ID
		var text string
		if err := rows.Scan(&id, &text); err != nil {
			return nil, err
		}
		lines[id.String()+" "+text] = true
	}
	return lines, rows.Err()
}

// LogEntry is one line of the run log.
type LogEntry struct {
	ID      value.ID  `json:"id"`
	Source  value.ID  `json:"source"` // rule, blueprint, rule of scoring or of assignment
	Object  string    `json:"object"`
	Record  value.ID  `json:"record"`
	Act     value.ID  `json:"act,omitempty"`
	At      time.Time `json:"at"`
	Cause   string    `json:"cause"`
	Outcome string    `json:"outcome"`
	// Problem says what went wrong, in the reader's language.
	Problem string `json:"problem,omitempty"`
}

// Log lists what a rule or blueprint did, the latest first, before a line (0 =
// from the latest). It names records, so it is for administrators.
func Log(ctx context.Context, s *record.Session, source, before value.ID, limit int) ([]LogEntry, error) {
	if !s.Actor().Admin() {
		return nil, fault.New(fault.Forbidden, "record.admin_only", nil)
	}
	return logLines(ctx, s, `source = $1`, source, before, limit)
}

// LogOf lists what rules and blueprints did about a record that the actor may
// read.
func LogOf(ctx context.Context, s *record.Session, object string, id, before value.ID, limit int) ([]LogEntry, error) {
	o, err := s.Object(object)
	if err != nil {
		return nil, err
	}
	if _, err := s.Get(ctx, o.Name, id); err != nil {
		return nil, err
	}
	return logLines(ctx, s, `record = $1`, id, before, limit)
}

func logLines(ctx context.Context, s *record.Session, where string, id, before value.ID, limit int) ([]LogEntry, error) {
	if before == 0 {
		before = 1<<62 - 1
	}
	rows, err := s.Tx().Query(ctx, `SELECT id, source, object, record, act, at, cause, outcome, problem FROM {rule_run}
		WHERE `+where+` AND id < $2 ORDER BY id DESC LIMIT $3`, id, before, limit)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	list := []LogEntry{}
	for rows.Next() {
		var e LogEntry
		var act *value.ID
		var text string
		if err := rows.Scan(&e.ID, &e.Source, &e.Object, &e.Record, &act, &e.At, &e.Cause, &e.Outcome, &text); err != nil {
			return nil, err
		}
		if act != nil {
			e.Act = *act
		}
		e.Problem = told(langOf(s), text)
		list = append(list, e)
	}
	return list, rows.Close()
}

// told is a kept fault in a reader's words.
func told(lang, text string) string {
	if text == "" {
		return ""
	}
	var p problem
	if err := strict(text, &p); err != nil {
		return text
	}
	words := i18n.Text(lang, p.Key, p.Args)
	for _, f := range p.Fields {
		words += " " + f.Path + ": " + i18n.Text(lang, f.Key, f.Args)
	}
	return words
}
