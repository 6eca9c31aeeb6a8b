package sales

import (
	"context"
	"time"

	"wellmet/internal/activity"
	"wellmet/internal/fault"
	"wellmet/internal/goal"
	"wellmet/internal/hours"
	"wellmet/internal/i18n"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// Todo is a task that a gap is turned into.
type Todo struct {
	Step    string // StepWin, StepOpen …
	Need    int64
	Subject string
	Due     value.Date
}

// Todos are the tasks of the steps that are known; none where they would not close
// the gap.
func (g *Gap) Todos(f *i18n.Format, language string) (list []Todo) {
	for _, x := range g.Steps {
		if x.Unknown || x.Need <= 0 || g.Hurdle != "" {
			continue
		}
		args := fault.Args{"what": x.Said(language), "name": g.Line.Name, "period": f.Period(g.Board.Period)}
		list = append(list, Todo{Step: x.Kind, Need: x.Need, Subject: i18n.Text(language, "gap.todo", args), Due: x.Due})
	}
	return list
}

// GapPlan is what a gap was turned into. A target has one plan at a time: asked for
// again, tasks of it that are open stay, with the numbers of now.
type GapPlan struct {
	Tasks         []value.ID // in the order of the steps
	Made, Changed int
}

// gapTask is the task that a step was turned into.
type gapTask struct {
	Task value.ID `json:"task"`
	Need int64    `json:"need"`
	// Said tells by a subject of the task which need it said: who takes a change of
	// the plan back has an old one again.
	Said map[string]int64 `json:"said,omitempty"`

	subject string // as it is now
}

// says reads off the task which need it tells of.
func (x gapTask) says(r *record.Record) gapTask {
	x.subject, _ = record.Get(r, activity.Subject)
	if need, told := x.Said[x.subject]; told {
		x.Need = need
	}
	return x
}

// told is the task once it says another need.
func (x gapTask) told(task value.ID, need int64, subject string) gapTask {
	said := map[string]int64{subject: need}
	if _, again := said[x.subject]; x.Task != 0 && !again {
		said[x.subject] = x.Need
	}
	for text, n := range x.Said {
		if _, has := said[text]; !has && len(said) < mostSubjects {
			said[text] = n
		}
	}
	return gapTask{Task: task, Need: need, Said: said}
}

// mostSubjects is how many subjects of a task are remembered.
const mostSubjects = 20

// gapTasks keeps the last plan of a target, by step.
func gapTasks(target value.ID) store.Setting[map[string]gapTask] {
	return store.Setting[map[string]gapTask]{Key: "gap_plan:" + target.String()}
}

// PlanGap makes tasks of what closes a gap, for the person whose target it is,
// or for whoever asks where it is of a team. All are one act.
func PlanGap(ctx context.Context, s *record.Session, t *goal.Target, todos []Todo) (*GapPlan, error) {
	if len(todos) == 0 {
		return nil, fault.New(fault.Invalid, "gap.nothing", nil)
	}
	owner := t.Member
	if owner == 0 {
		owner = s.Actor().Member()
	}
	cal, err := hours.Whose(ctx, s, owner)
	if err != nil {
		return nil, err
	}
	if err := s.Hold(ctx, goal.Targets.Name, []value.ID{t.ID}); err != nil { // two click at once
		return nil, err
	}
	tasks, err := standingPlan(ctx, s, t.ID)
	if err != nil {
		return nil, err
	}
	plan := &GapPlan{}
	for _, x := range todos {
		was, stands := tasks[x.Step]
		if !stands || was.Need != x.Need {
			v := record.Values{}
			record.With(v, activity.Subject, x.Subject)
			record.With(v, activity.DueAt, cal.NextOpen(x.Due.Time(cal.Zone())).Truncate(time.Millisecond))
			task, err := plan.put(ctx, s, was.Task, t.ID, owner, v)
			if err != nil {
				return nil, err
			}
			tasks[x.Step] = was.told(task, x.Need, x.Subject)
		}
		plan.Tasks = append(plan.Tasks, tasks[x.Step].Task)
	}
	if plan.Made+plan.Changed == 0 {
		return plan, nil
	}
	return plan, gapTasks(t.ID).Set(ctx, s.Tx(), tasks)
}

// put makes a task of the plan, or changes the one that stands.
func (p *GapPlan) put(ctx context.Context, s *record.Session, task, target, owner value.ID, v record.Values) (value.ID, error) {
	if task != 0 {
		p.Changed++
		_, err := s.Update(ctx, activity.Activities.Name, task, 0, v)
		return task, err
	}
	p.Made++
	record.With(v, activity.Kind, activity.Task)
	record.With(v, activity.Targets, []schema.Ref{{Object: goal.Targets.Name, ID: target}})
	v["owner"] = owner
	out, err := s.Create(ctx, activity.Activities.Name, v)
	return out.ID, err
}

// standingPlan are the tasks of the last plan that are still to be done, whoever may
// see them.
func standingPlan(ctx context.Context, s *record.Session, target value.ID) (map[string]gapTask, error) {
	last, err := gapTasks(target).Get(ctx, s.Tx())
	if err != nil {
		return nil, err
	}
	var ids []value.ID
	for _, x := range last {
		ids = append(ids, x.Task)
	}
	found, err := s.AsSystem("which tasks of a plan are open").GetMany(ctx, activity.Activities.Name, ids)
	if err != nil {
		return nil, err
	}
	stand := map[string]gapTask{}
	for step, x := range last {
		if r := found[x.Task]; r != nil {
			if done, _ := record.Get(r, activity.Done); !done {
				stand[step] = x.says(r)
			}
		}
	}
	return stand, nil
}
