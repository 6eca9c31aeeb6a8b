package sales

import (
	"context"
	"encoding/json"
	"math"
	"slices"
	"time"

	"wellmet/internal/expr"
	"wellmet/internal/fault"
	"wellmet/internal/i18n"
	"wellmet/internal/process"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

// Factor is what one rule adds to a score.
type Factor struct {
	Rule   value.ID `json:"rule"`
	Name   string   `json:"name"`
	Points int64    `json:"points"`
	// Events is how many of them, Last when the latest was; none for fit.
	Events int        `json:"events,omitempty"`
	Last   *time.Time `json:"last,omitempty"`
}

// Factors are those that a record's score was made of.
func Factors(r *record.Record) []Factor {
	text, _ := r.Field(LeadFactors.Name()).(string)
	var list []Factor
	if json.Unmarshal([]byte(text), &list) != nil {
		return nil
	}
	return list
}

// scoreRule is a rule made ready.
type scoreRule struct {
	id           value.ID
	name, event  string
	when         *expr.Expr
	broken       error
	points, most int64
	halfLife     time.Duration
	problem      string // as it stands on the rule
	behaviour    bool
}

type scoreKey struct{ object string }

func scoreRulesOf(ctx context.Context, s *record.Session, object string) ([]scoreRule, error) {
	return record.Keep(s, scoreKey{object}, func() ([]scoreRule, error) {
		sys := s.AsSystem("scoring rules")
		page, err := sys.Query(ctx, record.Query{Object: ScoreRules.Name, Filter: `active = true and object = "` + object + `"`, Sort: "position,id", Limit: 500})
		if err != nil {
			return nil, err
		}
		list := make([]scoreRule, 0, len(page.Records))
		for _, r := range page.Records {
			x := scoreRule{id: r.ID, name: r.Title()}
			kind, _ := record.Get(r, ScoreKind)
			x.behaviour = kind == Behaviour
			x.event, _ = record.Get(r, ScoreEvent)
			x.points, _ = record.Get(r, ScorePoints)
			x.most, _ = record.Get(r, ScoreMost)
			x.problem, _ = record.Get(r, ScoreProblem)
			days, _ := record.Get(r, ScoreHalfLife)
			x.halfLife = time.Duration(days) * 24 * time.Hour
			if text, ok := record.Get(r, ScoreCondition); ok {
				x.when, x.broken = sys.Check(s.Schema().MustObject(object), text, expr.Bool)
			}
			list = append(list, x)
		}
		return list, nil
	})
}

// Score works out the scores of some leads or deals. Where a rule cannot be
// judged the record keeps the score that it has, and the rule says why.
func Score(ctx context.Context, s *record.Session, object string, ids []value.ID) error {
	rules, err := scoreRulesOf(ctx, s, object)
	if err != nil || len(rules) == 0 || len(ids) == 0 {
		return err
	}
	slices.Sort(ids)
	for chunk := range slices.Chunk(slices.Compact(ids), 500) {
		if err := scoreChunk(ctx, s, object, rules, chunk); err != nil {
			return err
		}
	}
	return nil
}

func scoreChunk(ctx context.Context, s *record.Session, object string, rules []scoreRule, ids []value.ID) error {
	// Two who work on one record at a time each count what the other did.
	if err := s.Hold(ctx, object, ids); err != nil {
		return err
	}
	scored, problems, err := scoresOf(ctx, s, object, rules, ids)
	if err != nil {
		return err
	}
	derive := map[value.ID][]any{}
	for id, x := range scored {
		text, err := json.Marshal(x.Factors)
		if err != nil {
			return err
		}
		derive[id] = []any{x.Sum, string(text)}
	}
	if len(derive) > 0 {
		if err := setDerived(ctx, s, s.Schema().MustObject(object), derive, LeadScore.Name(), LeadFactors.Name()); err != nil {
			return err
		}
	}
	return noteProblems(ctx, s, rules, problems)
}

// unjudged is a record that a rule could not judge, and why.
type unjudged struct {
	rule   value.ID
	record *record.Record
	why    error
}

// Scored is a record's score with what makes it.
type Scored struct {
	Title   string
	Sum     int64
	Factors []Factor
}

// scoresOf weighs some records by rules; those that a rule cannot judge are
// left out, with the rule and its problem.
func scoresOf(ctx context.Context, s *record.Session, object string, rules []scoreRule, ids []value.ID) (map[value.ID]Scored, []unjudged, error) {
	sys := s.AsSystem("scoring")
	found, err := sys.GetMany(ctx, object, ids)
	if err != nil {
		return nil, nil, err
	}
	var events map[value.ID][]event
	if slices.ContainsFunc(rules, func(x scoreRule) bool { return x.behaviour }) {
		if events, err = eventsOf(ctx, s, object, ids); err != nil {
			return nil, nil, err
		}
	}
	scored, problems := map[value.ID]Scored{}, []unjudged{}
	for _, id := range ids {
		r := found[id]
		if r == nil {
			continue
		}
		sum, factors, problem := weigh(sys, rules, r, events[id])
		if problem != nil {
			problems = append(problems, *problem)
			continue
		}
		scored[id] = Scored{r.Title(), sum, factors}
	}
	return scored, problems, nil
}

// weigh adds up the factors of one record, or answers why it cannot.
func weigh(s *record.Session, rules []scoreRule, r *record.Record, events []event) (int64, []Factor, *unjudged) {
	factors, sum := []Factor{}, int64(0)
	for _, x := range rules {
		if x.broken != nil {
			return 0, nil, &unjudged{x.id, r, x.broken}
		}
		if x.when != nil {
			holds, err := s.Judge(r, x.when)
			if err != nil {
				return 0, nil, &unjudged{x.id, r, err}
			}
			if !holds {
				continue
			}
		}
		f := Factor{Rule: x.id, Name: x.name, Points: x.points}
		if x.behaviour {
			f = x.count(f, events, s.Now())
		}
		if f.Points != 0 {
			factors = append(factors, f)
			sum += f.Points
		}
	}
	return min(max(sum, 0), 100), factors, nil
}

// count adds up a rule's events, the older the less.
func (x scoreRule) count(f Factor, events []event, now time.Time) Factor {
	sum := 0.0
	for _, e := range events {
		if e.kind != x.event && (x.event != eventTouch || e.kind != eventForm) {
			continue
		}
		weight := 1.0
		if age := now.Sub(e.at); x.halfLife > 0 && age > 0 {
			weight = math.Exp2(-float64(age) / float64(x.halfLife))
		}
		sum += float64(x.points) * weight
		f.Events++
		if f.Last == nil || e.at.After(*f.Last) {
			f.Last = &e.at
		}
	}
	f.Points = int64(math.Round(sum))
	if x.most > 0 {
		f.Points = min(max(f.Points, -x.most), x.most)
	}
	return f
}

// event is something that happened with a record.
type event struct {
	kind string
	at   time.Time
}

// eventsOf reads what happened with some records: calls, meetings and mails
// that are done, and the touches of leads.
func eventsOf(ctx context.Context, s *record.Session, object string, ids []value.ID) (map[value.ID][]event, error) {
	d := s.Tx().Dialect()
	out := map[value.ID][]event{}
	read := func(sql string, args ...any) error {
		rows, err := s.Tx().Query(ctx, sql, args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var id value.ID
			var kind string
			var at int64
			if err := rows.Scan(&id, &kind, &at); err != nil {
				return err
			}
			out[id] = append(out[id], event{kind, time.UnixMilli(at).UTC()})
		}
		return rows.Err()
	}
	list := idsParam(d, ids)
	err := read(`SELECT l.record, CASE WHEN a.kind <> 'mail' THEN a.kind WHEN a.inbound IS TRUE THEN 'mail_in' ELSE 'mail_out' END, a."at"
		FROM {link_about} l JOIN {activity} a ON a.id = l.activity AND a.deleted_at IS NULL AND a.done IS TRUE AND a.kind IN ('call', 'meeting', 'mail')
		WHERE l.object = $1 AND l.kind <> 'file' AND `+among(s, "l.record", 2), s.Schema().MustObject(object).ID, list)
	if err != nil || object != Leads.Name {
		return out, err
	}
	return out, read(`SELECT t.lead_id, CASE WHEN o.way = 'form' THEN 'form' ELSE 'touch' END, t."at" FROM {touch} t JOIN {lead_source} o ON o.id = t.source_id
		WHERE t.deleted_at IS NULL AND `+among(s, "t.lead_id", 1), list)
}

// noteProblems writes on rules why they could not judge the last record, in
// words, and keeps in the rule log which records they could not judge.
func noteProblems(ctx context.Context, s *record.Session, rules []scoreRule, problems []unjudged) error {
	if len(problems) == 0 {
		return nil
	}
	language := i18n.FormatFor(s.Settings().Locale).Language()
	derive, failures := map[value.ID][]any{}, make([]process.Failure, len(problems))
	for i, p := range problems {
		failures[i] = process.Failure{Source: p.rule, Record: p.record, Why: p.why}
		text := p.why.Error()
		if f, ok := fault.As(p.why); ok {
			text = i18n.Text(language, f.Key, f.Args)
		}
		derive[p.rule] = []any{text, s.Now()}
	}
	for _, x := range rules {
		if row := derive[x.id]; row != nil && row[0] == x.problem {
			delete(derive, x.id)
		}
	}
	if len(derive) > 0 {
		if err := setDerived(ctx, s, ScoreRules, derive, ScoreProblem.Name(), ScoreFailedAt.Name()); err != nil {
			return err
		}
	}
	return process.LogFailures(ctx, s, "score", failures)
}

// checkScoreRules refuses rules that say nothing.
func checkScoreRules(_ context.Context, s *record.Session, drafts []*record.Draft) error {
	for _, d := range drafts {
		object, _ := record.Will(d, ScoreObject)
		kind, _ := record.Will(d, ScoreKind)
		text, conditional := record.Will(d, ScoreCondition)
		if o, ok := s.Schema().Object(object); ok && conditional && d.Doing != record.Deleting {
			if _, err := s.AsSystem("a condition of the company").Check(o, text, expr.Bool); err != nil {
				if f, known := fault.As(err); known {
					d.Refuse(ScoreCondition.Name(), f.Key, f.Args)
				}
			}
		}
		if kind == Fit && !conditional {
			d.Refuse(ScoreCondition.Name(), "field.required", fault.Args{"field": ScoreCondition.Name()})
		}
		if kind == Behaviour && d.Field(ScoreEvent.Name()) == nil {
			d.Refuse(ScoreEvent.Name(), "field.required", fault.Args{"field": ScoreEvent.Name()})
		}
	}
	return nil
}

// forgiveScoreRules takes the problem off a rule that was changed.
func forgiveScoreRules(_ context.Context, _ *record.Session, drafts []*record.Draft) error {
	for _, d := range drafts {
		d.Set(ScoreProblem.Name(), nil)
		d.Set(ScoreFailedAt.Name(), nil)
	}
	return nil
}

// scoreAnew has everything scored again by changed rules.
func scoreAnew(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	if err := s.Touch(ctx); err != nil {
		return err
	}
	asked := map[string]bool{}
	for _, d := range drafts {
		if object, _ := record.Will(d, ScoreObject); !asked[object] {
			asked[object] = true
			if err := s.Later(Rescore{Object: object}); err != nil {
				return err
			}
		}
	}
	return nil
}

// scoreChanged scores leads and deals that changed.
func scoreChanged(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	var ids []value.ID
	for _, d := range drafts {
		if d.Doing != record.Deleting {
			ids = append(ids, d.ID)
		}
	}
	return Score(ctx, s, drafts[0].Object.Name, ids)
}

// Rescore is the job that scores all open records of an object again, a chunk
// at a time: points fade without anybody doing anything.
type Rescore struct {
	Object string `json:"object"`
	Cursor string `json:"cursor"` // of the next page, "" = from the first record
}

// Kind implements jobs.Job.
func (Rescore) Kind() string { return "sales.rescore" }

// rescoreChunk is how many records one transaction scores.
const rescoreChunk = 200

// Run scores a chunk and answers what is left to do, false for nothing.
func (j Rescore) Run(ctx context.Context, s *record.Session) (next Rescore, more bool, err error) {
	o, ok := s.Schema().Object(j.Object)
	if !ok {
		return j, false, nil
	}
	open, err := openOf(o.Name)
	if err != nil {
		return j, false, err
	}
	page, err := s.Query(ctx, record.Query{Object: o.Name, Filter: open, Sort: "id", Fields: []string{"id"}, Limit: rescoreChunk, Cursor: j.Cursor})
	if err != nil {
		return j, false, err
	}
	var ids []value.ID
	for _, r := range page.Records {
		ids = append(ids, r.ID)
	}
	j.Cursor = page.Next
	return j, page.Next != "", Score(ctx, s, o.Name, ids)
}
