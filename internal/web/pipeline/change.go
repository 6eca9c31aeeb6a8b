package pipeline

import (
	"net/url"
	"slices"
	"strings"

	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
	"wellmet/internal/web/parts"
)

// done leads back to the pipeline, which tells what was done.
func done(c *door.Call, pipeline value.ID, what string, act value.ID) error {
	q := url.Values{"done": {what}}
	if act != 0 {
		q.Set("act", act.String())
	}
	return c.Go(home + "/" + pipeline.String() + "?" + q.Encode())
}

// named is the pipeline of the address and what was sent to it.
func named(c *door.Call) (*page, value.ID, url.Values, error) {
	id, form, err := c.Sent()
	return &page{form: form}, id, form, err
}

// ended answers a change: what a form can show is shown in it.
func (p *page) ended(c *door.Call, err error, pipeline value.ID, what string, act value.ID) error {
	switch {
	case err == nil:
		return done(c, pipeline, what, act)
	case !door.Showable(err):
		return err
	}
	p.Err = err
	return p.answer(c)
}

// draft is a pipeline that is to be made.
type draft struct {
	Name, Process string
	Err           error
}

func showNew(c *door.Call) error {
	return newAnswer(c, &draft{Process: sales.ReadyProcesses()[0]})
}

func newAnswer(c *door.Call, d *draft) error {
	if err := c.AdminRead(func(*record.Session) error { return nil }); err != nil {
		return err
	}
	return c.ShowStatus(door.StatusOf(d.Err), kit.Page{Title: c.View.T("web.pipeline.add"), Nav: "/settings", Body: newPage(c.View, d)})
}

// add makes a pipeline with the stages of a ready process.
func add(c *door.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	d := &draft{Name: strings.TrimSpace(form.Get("name")), Process: form.Get("process")}
	var id value.ID
	act, err := c.AdminWrite("pipelines.add", func(s *record.Session) (err error) {
		id, err = sales.NewPipeline(c.Ctx, s, d.Name, d.Process)
		return err
	})
	if door.Showable(err) {
		d.Err = err
		return newAnswer(c, d)
	}
	if err != nil {
		return err
	}
	return done(c, id, "added", act)
}

// save renames a pipeline, or takes it out of use.
func save(c *door.Call) error {
	p, id, form, err := named(c)
	if err != nil {
		return err
	}
	p.Edit = "own"
	act, err := c.AdminWrite("pipelines.change", func(s *record.Session) error {
		v, err := parts.ReadAll(c.View, s, parts.Fields(s.Schema().MustObject(sales.Pipelines.Name), ownFields...), form, "")
		if err != nil {
			return err
		}
		_, err = s.Update(c.Ctx, sales.Pipelines.Name, id, 0, v)
		return err
	})
	return p.ended(c, err, id, "saved", act)
}

// saveStage changes a stage, or makes one, last of its kind.
func saveStage(c *door.Call) error {
	p, id, form, err := named(c)
	if err != nil {
		return err
	}
	stage := value.ID(0)
	if p.Edit = "add"; c.R.PathValue("stage") != "" {
		if stage, err = c.IDOf("stage"); err != nil {
			return err
		}
		p.Edit = stage.String()
	}
	act, err := c.AdminWrite("stages.change", func(s *record.Session) error {
		v, err := parts.ReadAll(c.View, s, parts.Fields(s.Schema().MustObject(sales.Stages.Name), stageFields...), form, "")
		if err != nil {
			return err
		}
		if color := form.Get("color"); slices.Contains(kit.Colors, color) {
			record.With(v, sales.StageColor, color)
		}
		if stage != 0 {
			_, err = s.Update(c.Ctx, sales.Stages.Name, stage, 0, v)
			return err
		}
		return sales.AddStage(c.Ctx, s, id, v)
	})
	return p.ended(c, err, id, map[bool]string{true: "saved", false: "added"}[stage != 0], act)
}

// order moves a stage by one place, or before another.
func order(c *door.Call) error {
	p, id, form, err := named(c)
	if err != nil {
		return err
	}
	what := "moved"
	act, err := c.AdminWrite("stages.order", func(s *record.Session) error {
		if err := p.load(c, s); err != nil {
			return err
		}
		stages := p.records()
		to, err := parts.Moved(stages, form)
		if err != nil {
			return fault.New(fault.Invalid, "stage.unknown", nil)
		}
		if what = "moved"; kit.Overtaken(form, parts.IDs(stages)) {
			what = "overtaken"
		}
		return sales.ArrangeStages(c.Ctx, s, id, to)
	})
	return p.ended(c, err, id, what, act)
}

// records are the stages, in their order.
func (p *page) records() []*record.Record {
	list := make([]*record.Record, len(p.Stages))
	for i, x := range p.Stages {
		list[i] = x.Rec
	}
	return list
}

// removal is a stage that is to go, and where its deals can.
type removal struct {
	Page  *page
	Stage stage
	To    []*record.Record
	Err   error
}

func showRemove(c *door.Call) error { return removeAnswer(c, nil) }

func removeAnswer(c *door.Call, refused error) error {
	x := &removal{Page: &page{}, Err: refused}
	err := c.AdminRead(func(s *record.Session) error {
		if err := x.Page.load(c, s); err != nil {
			return err
		}
		for _, st := range slices.Concat(x.Page.Stages, x.Page.Retired) {
			if st.ID() == c.R.PathValue("stage") {
				x.Stage = st
			}
		}
		if x.Stage.Rec == nil {
			return fault.New(fault.NotFound, "stage.unknown", nil)
		}
		for _, st := range x.Page.Stages {
			if st.Kind() == x.Stage.Kind() && st.ID() != x.Stage.ID() {
				x.To = append(x.To, st.Rec)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return c.ShowStatus(door.StatusOf(refused), kit.Page{Title: c.View.T("web.pipeline.remove_named", "name", x.Stage.Rec.Title()), Nav: "/settings", Body: removePage(c.View, x)})
}

// remove takes a stage out of use and its deals where the form says.
func remove(c *door.Call) error {
	id, form, err := c.Sent()
	if err != nil {
		return err
	}
	stage, err := c.IDOf("stage")
	if err != nil {
		return err
	}
	to, _ := value.ParseID(form.Get("to"))
	var run *record.BulkRun
	act, err := c.AdminWrite("stages.remove", func(s *record.Session) (err error) {
		run, err = sales.DealPlaces.Retire(c.Ctx, s, stage, to)
		return err
	})
	switch {
	case door.Showable(err):
		return removeAnswer(c, err)
	case err != nil:
		return err
	case run == nil:
		return done(c, id, "removed", act)
	case run.State == record.BulkRunning:
		return done(c, id, "moving", act)
	case run.Failed > 0:
		return done(c, id, "partly", act)
	}
	return done(c, id, "removed", act)
}

// back takes a retired stage into use again.
func back(c *door.Call) error {
	p, id, _, err := named(c)
	if err != nil {
		return err
	}
	stage, err := c.IDOf("stage")
	if err != nil {
		return err
	}
	act, err := c.AdminWrite("stages.back", func(s *record.Session) error {
		_, err := s.Update(c.Ctx, sales.Stages.Name, stage, 0, record.With(record.Values{}, sales.StageActive, true))
		return err
	})
	return p.ended(c, err, id, "back", act)
}
