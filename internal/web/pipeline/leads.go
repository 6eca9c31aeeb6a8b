package pipeline

import (
	"net/url"
	"strings"

	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/schema"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
	"wellmet/internal/web/parts"
)

// leadsHome are the stages of leads, which all pipelines share.
const leadsHome = home + "/leads"

// leadStages is their page.
type leadStages struct {
	v      *kit.View
	Stages []*record.Record
	Leads  map[value.ID]int64
	Edit   string // stage whose form is open; "add" = of a new one
	object *schema.Object
	names  *parts.Names
	form   url.Values // what was typed and refused
	Err    error
}

var leadStageFields = []string{"name", "kind", "usual_days", "active"}

func showLeads(c *door.Call) error {
	return (&leadStages{Edit: c.R.URL.Query().Get("edit")}).answer(c)
}

func (x *leadStages) answer(c *door.Call) error {
	if err := c.AdminRead(func(s *record.Session) error { return x.load(c, s) }); err != nil {
		return err
	}
	return c.ShowStatus(door.StatusOf(x.Err), kit.Page{Title: c.View.T("web.pipeline.lead_stages"), Nav: "/settings", Body: leadsPage(x)})
}

func (x *leadStages) load(c *door.Call, s *record.Session) (err error) {
	x.v, x.names, x.Leads = c.View, parts.NewNames(s), map[value.ID]int64{}
	x.object = s.Schema().MustObject(sales.LeadStages.Name)
	if x.Stages, err = stagesOfLeads(c, s); err != nil {
		return err
	}
	a, err := s.Aggregate(c.Ctx, record.Aggregate{Object: sales.Leads.Name, Group: []string{sales.LeadStage.Name()}, Measures: []string{"count"}})
	if err != nil {
		return err
	}
	for _, g := range a.Groups {
		if id, ok := g.Keys[0].(value.ID); ok {
			x.Leads[id], _ = g.Values[0].Value.(int64)
		}
	}
	return nil
}

func stagesOfLeads(c *door.Call, s *record.Session) ([]*record.Record, error) {
	page, err := s.Query(c.Ctx, record.Query{Object: sales.LeadStages.Name, Sort: "position,id", Limit: 500})
	if err != nil {
		return nil, err
	}
	return page.Records, nil
}

func (x *leadStages) controls(of *record.Record) []parts.Control {
	return parts.Controls(x.v, of, x.object, leadStageFields, x.form, x.Err)
}

// saveLeadStage changes a stage of leads, or makes one, behind the others.
func saveLeadStage(c *door.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	id, _ := value.ParseID(form.Get("stage"))
	what := c.View.T("web.pipeline.done.saved")
	act, err := c.AdminWrite("lead_stages.change", func(s *record.Session) error {
		v, err := parts.ReadAll(c.View, s, parts.Fields(s.Schema().MustObject(sales.LeadStages.Name), leadStageFields...), form, "")
		if err != nil {
			return err
		}
		if id != 0 {
			_, err = s.Update(c.Ctx, sales.LeadStages.Name, id, 0, v)
			return err
		}
		what = c.View.T("web.pipeline.done.added")
		stages, err := stagesOfLeads(c, s)
		if err != nil {
			return err
		}
		_, err = s.Create(c.Ctx, sales.LeadStages.Name, record.With(v, sales.LeadStagePosition, int64(len(stages)+1)))
		return err
	})
	if door.Showable(err) {
		x := &leadStages{Edit: "add", form: form, Err: err}
		if id != 0 {
			x.Edit = id.String()
		}
		return x.answer(c)
	}
	if err != nil {
		return err
	}
	return c.Leave(leadsHome, what, door.Undo(act))
}

// orderLeadStages moves a stage of leads.
func orderLeadStages(c *door.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	act, err := c.AdminWrite("lead_stages.order", func(s *record.Session) error {
		stages, err := stagesOfLeads(c, s)
		if err != nil {
			return err
		}
		order, err := parts.Moved(stages, form)
		if err != nil {
			return err
		}
		return s.Arrange(c.Ctx, sales.LeadStages.Name, sales.LeadStagePosition.Name(), order)
	})
	if err != nil {
		return err
	}
	return c.Leave(leadsHome, c.View.T("web.pipeline.done.moved"), door.Undo(act))
}

func (x *leadStages) color(r *record.Record) string {
	color, _ := record.Get(r, sales.LeadStageColor)
	return color
}

// facts are what is set for a stage of leads.
func (x *leadStages) facts(r *record.Record) string {
	kind, _ := record.Get(r, sales.LeadStageKind)
	f, _ := x.object.Field(sales.LeadStageKind.Name())
	list := []string{f.OptionLabel(kind, x.v.Lang)}
	if days, ok := record.Get(r, sales.LeadStageUsualDays); ok && days > 0 {
		list = append(list, x.v.T("web.pipeline.usual", "count", days, "n", x.v.Int(days)))
	}
	if active, said := record.Get(r, sales.LeadStageActive); said && !active {
		list = append(list, x.v.T("web.process.off"))
	}
	return strings.Join(list, " · ")
}

// list is the leads that stand in a stage.
func (x *leadStages) list(r *record.Record) string {
	return "/leads?" + url.Values{"filter": {sales.LeadStage.Name() + ` = "` + r.ID.String() + `"`}}.Encode()
}
