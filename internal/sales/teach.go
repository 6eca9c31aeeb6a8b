package sales

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"wellmet/internal/activity"
	"wellmet/internal/fault"
	"wellmet/internal/hours"
	"wellmet/internal/i18n"
	"wellmet/internal/process"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

// Teach makes a draft of a blueprint of what won deals have in common: their
// steps with the time that they took, and the activities as tasks and tips. It
// has to be looked at and published like any other.
func Teach(ctx context.Context, s *record.Session, name string, sel Selection) (value.ID, error) {
	l, err := Learn(ctx, s, sel)
	if err != nil {
		return 0, err
	}
	if l.Deals == 0 {
		return 0, fault.New(fault.Invalid, "sales.learn.nothing", nil)
	}
	page, err := s.Query(ctx, record.Query{Object: Stages.Name, Filter: `pipeline = "` + l.Pipeline.String() + `" and active = true`, Sort: "position,id", Limit: 500})
	if err != nil {
		return 0, err
	}
	t := &teacher{s: s, lesson: l, lang: cmp.Or(s.Who().Locale, s.Settings().Locale), steps: map[value.ID]*LessonStep{}}
	for i := range l.Steps {
		t.steps[l.Steps[i].Stage] = &l.Steps[i]
	}
	t.draw(page.Records)
	v := record.With(record.Values{}, process.BlueprintName, name)
	record.With(v, process.BlueprintObject, Deals.Name)
	record.With(v, process.BlueprintField, DealStage.Name())
	record.With(v, process.BlueprintWhen, DealPipeline.Name()+` = "`+l.Pipeline.String()+`"`)
	record.With(v, process.BlueprintText, t.def.String())
	record.With(v, process.BlueprintHelp, t.say("sales.learn.from", fault.Args{"count": l.Deals, "day": s.Today().String()}))
	out, err := s.Create(ctx, process.Blueprints.Name, v)
	return out.ID, err
}

// teacher writes a lesson down as a process.
type teacher struct {
	s      *record.Session
	lesson *Lesson
	lang   string
	steps  map[value.ID]*LessonStep
	def    process.Definition
}

func (t *teacher) say(key string, args fault.Args) string { return i18n.Text(t.lang, key, args) }

// draw makes states of the stages, in their order, and a way from each common
// one to the next. Stages that are not common are optional, on a way of their
// own between their neighbours.
func (t *teacher) draw(stages []*record.Record) {
	t.def.Skip, t.def.Back = process.Reason, process.Reason
	var open, waiting []string
	var lost []*record.Record
	last := ""
	for _, r := range stages {
		key := r.ID.String()
		switch kind, _ := record.Get(r, StageKind); {
		case kind == Lost:
			t.def.States = append(t.def.States, process.State{State: key, End: true})
			lost = append(lost, r)
			continue
		case kind == Won:
			t.def.States = append(t.def.States, process.State{State: key, End: true})
		default:
			open = append(open, key)
			t.def.States = append(t.def.States, t.state(r))
		}
		from := slices.Clone(waiting)
		if last != "" {
			from = append(from, last)
		}
		if len(from) > 0 {
			t.way(r, "to"+key, from)
		}
		if x := t.steps[r.ID]; x != nil && x.Common {
			last, waiting = key, nil
		} else {
			waiting = append(waiting, key)
		}
	}
	for _, r := range lost {
		t.way(r, "lost"+r.ID.String(), open)
	}
}

// way leads from some states to a stage; what is usually done there follows it.
func (t *teacher) way(to *record.Record, key string, from []string) {
	m := process.Move{Key: key, Name: t.say("sales.learn.move", fault.Args{"stage": to.Title()}), From: from, To: to.ID.String()}
	if x := t.steps[to.ID]; x != nil {
		for _, d := range x.Deeds {
			if d.Share >= commonShare && (d.Kind != activity.Task || d.Subject != "") { // “Task” alone says nothing
				m.Then = append(m.Then, process.Action{Do: process.DoTask, To: "owner", Text: t.called(d), Due: &hours.Duration{N: max(1, d.Day), Unit: hours.Days}})
			}
		}
	}
	t.def.Moves = append(t.def.Moves, m)
}

// state is a stage with the time that three of four won deals needed at most.
func (t *teacher) state(r *record.Record) process.State {
	st := process.State{State: r.ID.String(), Optional: true}
	x := t.steps[r.ID]
	if x == nil {
		return st
	}
	st.Optional = !x.Common
	if x.Slow > 0 && x.Common {
		st.Limit = &process.Limit{Duration: hours.Duration{N: x.Slow, Unit: hours.Days}}
	}
	for _, d := range x.Deeds {
		st.Tips = append(st.Tips, t.say("sales.learn.tip", fault.Args{"share": fmt.Sprint(d.Share), "what": t.called(d), "day": fmt.Sprint(d.Day)}))
	}
	return st
}

// called is what is done, in words.
func (t *teacher) called(d LessonDeed) string {
	kind, _ := t.s.Schema().MustObject(activity.Activities.Name).Field(activity.Kind.Name())
	label := kind.OptionLabel(d.Kind, t.lang)
	if d.Subject == "" {
		return label
	}
	return label + ": " + d.Subject
}
