package api

import (
	"bytes"
	"encoding/json"
	"errors"

	"wellmet/internal/access"
	"wellmet/internal/fault"
	"wellmet/internal/i18n"
	"wellmet/internal/record"
	"wellmet/internal/schema"
)

// exportSchema answers every object and field, the unseen ones too: it is for
// administrators.
func (c *call) exportSchema() error {
	return c.read(func(s *record.Session) error {
		if err := admin(s); err != nil {
			return err
		}
		var b bytes.Buffer
		err := s.Schema().Export(&b)
		c.out = append(c.out, b.Bytes()...)
		return err
	})
}

// planSchema tells what changes would do.
func (c *call) planSchema() error {
	changes, err := c.changes()
	if err != nil {
		return err
	}
	plan, err := c.ws.Engine().PlanSchema(c.ctx, c.who, changes)
	if err != nil {
		return err
	}
	return c.sendValue(c.showPlan(plan))
}

// applySchema carries changes out. base is the version that the plan was made
// against; another one is a conflict.
func (c *call) applySchema() error {
	changes, err := c.changes()
	if err != nil {
		return err
	}
	plan, err := c.ws.Engine().ApplySchema(c.ctx, c.who, changes, c.whole("base"))
	if err != nil {
		return withEffects(err, plan)
	}
	return c.sendValue(c.showPlan(plan))
}

// changes reads a schema file from the body: changes, or objects as they should
// be. Only administrators get as far as having it compared.
func (c *call) changes() (changes []schema.Change, err error) {
	err = c.look(func(s *record.Session) error {
		if err := admin(s); err != nil {
			return err
		}
		changes, err = s.Schema().ReadFile(bytes.NewReader(c.text))
		return err
	})
	return changes, err
}

// planJSON is a plan with its effects in words.
type planJSON struct {
	Base    int64           `json:"base"`
	Changes []schema.Change `json:"changes"`
	Effects []effectJSON    `json:"effects"`
	Refused bool            `json:"refused"`
}

type effectJSON struct {
	Change  int           `json:"change"`
	Weight  schema.Weight `json:"weight"`
	Key     string        `json:"key"`
	Count   int64         `json:"count"`
	Message string        `json:"message"`
	Uses    []schema.Use  `json:"uses,omitempty"`
}

func (c *call) showPlan(p *schema.Plan) planJSON {
	out := planJSON{Base: p.Base, Changes: p.Changes, Effects: []effectJSON{}, Refused: p.Refused()}
	for _, e := range p.Effects {
		out.Effects = append(out.Effects, effectJSON{e.Change, e.Weight, e.Key, e.Count, effectText(c.lang(), e), e.Uses})
	}
	return out
}

// effectText says an effect; its number is one of the arguments.
func effectText(lang string, e schema.Effect) string { return i18n.Text(lang, e.Key, effectArgs(e)) }

func effectArgs(e schema.Effect) fault.Args {
	args := fault.Args{"count": e.Count}
	for name, arg := range e.Args {
		args[name] = arg
	}
	return args
}

// withEffects adds what forbids a plan to its refusal.
func withEffects(err error, p *schema.Plan) error {
	var e *fault.Error
	if p == nil || !errors.As(err, &e) || !p.Refused() {
		return err
	}
	for _, x := range p.Effects {
		if x.Weight == schema.Refuse {
			e = e.With(fault.Field{Path: "changes", Key: x.Key, Args: effectArgs(x)})
		}
	}
	return e
}

// objectJSON is an object as its caller may know it.
type objectJSON struct {
	Name   string                  `json:"name"`
	Plural string                  `json:"plural"`
	Labels map[string]schema.Label `json:"labels,omitempty"`
	Icon   string                  `json:"icon,omitempty"`
	Help   string                  `json:"help,omitempty"`
	Access schema.Access           `json:"access"`
	Parent string                  `json:"parent,omitempty"`
	Title  string                  `json:"title"`
	Custom bool                    `json:"custom,omitempty"`
	States bool                    `json:"state_list,omitempty"`
	Rights map[string]access.Scope `json:"rights"`
	Fields []fieldJSON             `json:"fields"`
	// Backs are the names under which other records link to these.
	Backs []string `json:"backs,omitempty"`
	// Layout is how its records are shown, Layouts those of record types with one of
	// their own, by id; told of one object alone.
	Layout  []groupJSON            `json:"layout,omitempty"`
	Layouts map[string][]groupJSON `json:"layouts,omitempty"`
}

// groupJSON is a headed part of a layout, with the fields that its caller may know.
type groupJSON struct {
	Key    string            `json:"key"`
	Labels map[string]string `json:"labels"`
	Fields []string          `json:"fields"`
	Folded bool              `json:"folded,omitempty"`
}

// fieldJSON is a field as its caller may know it.
type fieldJSON struct {
	Name     string            `json:"name"`
	Kind     schema.Kind       `json:"kind"`
	Result   schema.Kind       `json:"result,omitempty"`
	Labels   map[string]string `json:"labels,omitempty"`
	Help     string            `json:"help,omitempty"`
	Right    access.FieldRight `json:"right"`
	Required bool              `json:"required,omitempty"`
	Unique   bool              `json:"unique,omitempty"`
	Hidden   bool              `json:"hidden,omitempty"`
	Engine   bool              `json:"engine,omitempty"`
	Many     bool              `json:"many,omitempty"`
	Options  []schema.Option   `json:"options,omitempty"`
	Scale    int               `json:"scale,omitempty"`
	Max      int               `json:"max,omitempty"`
	Target   string            `json:"target,omitempty"`
	Default  string            `json:"default,omitempty"`
	Formula  string            `json:"formula,omitempty"`
}

// objects answers every object that the caller can do anything with.
func (c *call) objects() error {
	return c.read(func(s *record.Session) error {
		items := []objectJSON{}
		for _, o := range visible(s) {
			items = append(items, showObject(s, o))
		}
		return c.marshal(map[string]any{"items": items})
	})
}

// oneObject answers one of them, by its plural.
func (c *call) oneObject() error {
	return c.read(func(s *record.Session) error {
		o, err := s.Object(c.r.PathValue("name"))
		if err != nil {
			return err
		}
		out := showObject(s, o)
		out.Layout = showGroups(s, o, o.Layout())
		for kind := range o.Layouts {
			if out.Layouts == nil {
				out.Layouts = map[string][]groupJSON{}
			}
			out.Layouts[kind] = showGroups(s, o, o.LayoutOf(kind))
		}
		return c.marshal(out)
	})
}

func showGroups(s *record.Session, o *schema.Object, l schema.Layout) (list []groupJSON) {
	for _, g := range l.Groups {
		x := groupJSON{Key: g.Key, Labels: map[string]string{}, Fields: []string{}, Folded: g.Folded}
		for _, language := range i18n.Languages() {
			x.Labels[language] = g.Label(language)
		}
		for _, name := range g.Fields {
			if f, ok := o.Field(name); ok && s.Actor().Sees(f) {
				x.Fields = append(x.Fields, name)
			}
		}
		if len(x.Fields) > 0 {
			list = append(list, x)
		}
	}
	return list
}

func (c *call) marshal(v any) error {
	text, err := json.Marshal(v)
	c.out = append(c.out, text...)
	return err
}

// visible are the objects that the caller may know of.
func visible(s *record.Session) []*schema.Object {
	var out []*schema.Object
	for _, o := range s.Schema().Objects() {
		if _, err := s.Object(o.Name); err == nil {
			out = append(out, o)
		}
	}
	return out
}

func showObject(s *record.Session, o *schema.Object) objectJSON {
	a := s.Actor()
	out := objectJSON{Name: o.Name, Plural: o.Plural, Labels: o.Labels, Icon: o.Icon, Help: o.Help, Access: o.Access, Parent: o.Parent,
		Title: o.Title, Custom: !o.Builtin, States: o.StateList, Rights: map[string]access.Scope{}, Fields: []fieldJSON{}}
	for _, act := range []access.Action{access.Read, access.Create, access.Update, access.Delete, access.Export, access.Import} {
		out.Rights[act.String()] = a.Scope(o, act)
	}
	for _, f := range o.Fields {
		if a.Sees(f) {
			out.Fields = append(out.Fields, showField(a, f))
		}
	}
	for _, name := range o.Backs() {
		if f, ok := o.Back(name); ok && a.CanFilter(f) {
			out.Backs = append(out.Backs, name)
		}
	}
	return out
}

func showField(a *access.Actor, f *schema.FieldDef) fieldJSON {
	out := fieldJSON{Name: f.Name, Kind: f.Kind, Result: f.Result, Labels: f.Labels, Help: f.Help, Right: a.Field(f), Required: f.Required,
		Unique: f.Unique, Hidden: f.Hidden, Engine: f.Engine, Many: f.Many, Options: f.Options, Scale: f.Scale, Max: f.Max,
		Target: f.Target, Default: f.Default}
	if a.Admin() { // a formula names fields that others may not know of
		out.Formula = f.Formula
	}
	return out
}
