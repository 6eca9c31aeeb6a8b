package pipeline

import (
	"net/url"
	"slices"

	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
	"wellmet/internal/web/parts"
)

const home = "/settings/pipelines"

// Routes are the addresses of this area.
func Routes() []door.Route {
	return []door.Route{
		{Pattern: "GET /settings/pipelines", Do: show},
		{Pattern: "POST /settings/pipelines", Do: add},
		{Pattern: "GET /settings/pipelines/new", Do: showNew},
		{Pattern: "GET /settings/pipelines/begin", Do: showBegin},
		{Pattern: "POST /settings/pipelines/begin", Do: begin},
		{Pattern: "GET /settings/pipelines/{id}", Do: show},
		{Pattern: "POST /settings/pipelines/{id}", Do: save},
		{Pattern: "POST /settings/pipelines/{id}/order", Do: order},
		{Pattern: "POST /settings/pipelines/{id}/stages", Do: saveStage},
		{Pattern: "POST /settings/pipelines/{id}/stages/{stage}", Do: saveStage},
		{Pattern: "GET /settings/pipelines/{id}/stages/{stage}/remove", Do: showRemove},
		{Pattern: "POST /settings/pipelines/{id}/stages/{stage}/remove", Do: remove},
		{Pattern: "POST /settings/pipelines/{id}/stages/{stage}/back", Do: back},
	}
}

// stage is one in its place.
type stage struct {
	Rec    *record.Record
	Deals  int64
	Rate   sales.Rate
	Active bool
}

func (x stage) ID() string    { return x.Rec.ID.String() }
func (x stage) Kind() string  { k, _ := record.Get(x.Rec, sales.StageKind); return k }
func (x stage) Color() string { c, _ := record.Get(x.Rec, sales.StageColor); return c }

// URL is the address of what is done with it.
func (x stage) URL(p *page) string { return p.URL() + "/stages/" + x.ID() }

// Usual is how many days a deal normally stays.
func (x stage) Usual() int64 { n, _ := record.Get(x.Rec, sales.StageUsualDays); return n }

// page is a pipeline with its stages, beside the others.
type page struct {
	v         *kit.View
	names     *parts.Names
	Pipelines []*record.Record
	Shown     *record.Record // nil = there is none
	Stages    []stage
	seen      string // their order, as the page shows it
	Retired   []stage
	object    *schema.Object // of stages
	pipe      *schema.Object
	Edit      string               // stage whose form is open; "add" = of a new one
	Reach     sales.StageFollowers // what a change of that stage's chance or category reaches
	Done      string               // what was done, with a way back
	Undo      string
	Begun     bool       // with a ready process
	form      url.Values // what was typed and refused
	Err       error
}

func (p *page) URL() string { return home + "/" + p.Shown.ID.String() }

func show(c *door.Call) error {
	p := &page{Edit: c.R.URL.Query().Get("edit"), Begun: c.R.URL.Query().Get("done") == "begun"}
	if done := c.R.URL.Query().Get("done"); slices.Contains(doings, done) {
		p.Done, p.Undo = c.View.T("web.pipeline.done."+done), door.Undo(undoable(c.R.URL.Query().Get("act")))
	}
	return p.answer(c)
}

// doings are what the page tells of after a change.
var doings = []string{"saved", "added", "moved", "overtaken", "removed", "moving", "partly", "back", "begun"}

func undoable(text string) value.ID {
	id, _ := value.ParseID(text)
	return id
}

// answer reads the page and shows it, with what was refused if something was.
func (p *page) answer(c *door.Call) error {
	if err := c.AdminRead(func(s *record.Session) error { return p.load(c, s) }, store.Report); err != nil {
		return err
	}
	return c.ShowStatus(door.StatusOf(p.Err), kit.Page{Title: c.View.T("web.pipeline.title"), Nav: "/settings", Body: pipelinesPage(c.View, p)})
}

func (p *page) load(c *door.Call, s *record.Session) error {
	p.v, p.names = c.View, parts.NewNames(s)
	p.object, p.pipe = s.Schema().MustObject(sales.Stages.Name), s.Schema().MustObject(sales.Pipelines.Name)
	all, err := s.Query(c.Ctx, record.Query{Object: sales.Pipelines.Name, Sort: "position", Limit: 100})
	if err != nil {
		return err
	}
	p.Pipelines, p.Shown = all.Records, nil
	for _, r := range all.Records {
		if text := c.R.PathValue("id"); p.Shown == nil && text == "" || r.ID.String() == text {
			p.Shown = r
		}
	}
	if p.Shown == nil {
		if c.R.PathValue("id") != "" {
			return fault.New(fault.NotFound, "web.no_page", nil)
		}
		return nil
	}
	return p.loadStages(c, s)
}

func (p *page) loadStages(c *door.Call, s *record.Session) error {
	rows, err := s.Query(c.Ctx, record.Query{Object: sales.Stages.Name, Filter: `pipeline = "` + p.Shown.ID.String() + `"`, Sort: "position", Limit: 500})
	if err != nil {
		return err
	}
	rates, err := sales.StageRates(c.Ctx, s)
	if err != nil {
		return err
	}
	counts, err := s.Aggregate(c.Ctx, record.Aggregate{Object: sales.Deals.Name, Group: []string{sales.DealStage.Name()}, Measures: []string{"count"}})
	if err != nil {
		return err
	}
	deals := map[value.ID]int64{}
	for _, g := range counts.Groups {
		if id, ok := g.Keys[0].(value.ID); ok {
			deals[id], _ = g.Values[0].Value.(int64)
		}
	}
	p.Stages, p.Retired = nil, nil
	for _, r := range rows.Records {
		p.names.WantRecord(r, p.object.Fields)
		active, said := record.Get(r, sales.StageActive)
		x := stage{Rec: r, Deals: deals[r.ID], Rate: rates[r.ID], Active: active || !said}
		if x.Active {
			p.Stages = append(p.Stages, x)
		} else {
			p.Retired = append(p.Retired, x)
		}
		if p.Edit == x.ID() {
			if p.Reach, err = sales.FollowersOf(c.Ctx, s, r.ID); err != nil {
				return err
			}
		}
	}
	p.seen = kit.Seen(parts.IDs(p.records()))
	return p.names.Load(c.Ctx)
}

// controls are the inputs of a stage, or of the pipeline itself.
func (p *page) controls(of *record.Record, o *schema.Object, fields ...string) []parts.Control {
	return parts.Controls(p.v, of, o, fields, p.form, p.Err)
}

var (
	stageFields = []string{"name", "kind", "probability", "usual_days", "forecast", "entry", "entry_message", "guidance", "templates"}
	ownFields   = []string{"name", "uses_leads", "active", "currency", "win_without_amount", "close_date_past", "other_currency", "amount_beside_lines", "negative_amount", "jumps", "contract_void"}
)
