package process

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"

	"wellmet/internal/fault"
	"wellmet/internal/i18n"
	"wellmet/internal/process"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
	"wellmet/internal/web/moving"
)

// row is one of a list of settings.
type row struct{ Name, Help, Tag, Color, URL string }

func showBlueprints(c *door.Call) error {
	var list []row
	err := read(c, func(s *record.Session) error {
		return s.Each(c.Ctx, record.Query{Object: process.Blueprints.Name, Sort: "name"}, func(r *record.Record) error {
			x := row{Name: r.Title(), URL: blueprintsURL + "/" + r.ID.String()}
			object, _ := record.Get(r, process.BlueprintObject)
			field, _ := record.Get(r, process.BlueprintField)
			if o, ok := s.Schema().Object(object); ok {
				x.Help = o.Label(c.View.Lang).Many
				if f, ok := o.Field(field); ok {
					x.Help += " · " + f.Label(c.View.Lang)
				}
			}
			number, _ := record.Get(r, process.BlueprintNumber)
			switch status, _ := record.Get(r, process.BlueprintStatus); status {
			case process.Published:
				x.Tag, x.Color = c.View.T("web.process.version", "number", number), "green"
			case process.Retired:
				x.Tag, x.Color = c.View.T("web.process.retired"), "gray"
			default:
				x.Tag, x.Color = c.View.T("web.process.draft"), "amber"
			}
			list = append(list, x)
			return nil
		})
	})
	if err != nil {
		return err
	}
	return page(c, http.StatusOK, c.View.T("web.process.blueprints"), blueprintsPage(c.View, list))
}

// naming begins something: its name and what it is of.
type naming struct {
	name, chosen, err string
	of                []choice
	refused           error // why, where err says it
}

// overStates are the fields that a process can go over, deals' stages by
// pipeline.
func overStates(c *door.Call, s *record.Session) ([]choice, error) {
	var list []choice
	for _, of := range business(c.View, s) {
		o, _ := s.Schema().Object(of.Key)
		for _, f := range moving.States(s, o) {
			if !f.IsLink() && f.Builtin && f.Name != "status" && f.Name != "state" {
				continue
			}
			label := of.Label + " · " + f.Label(c.View.Lang)
			target := s.Schema().Target(f)
			if target == nil {
				list = append(list, choice{o.Name + "." + f.Name, label})
				continue
			}
			if by, ok := target.Field("pipeline"); ok && by.IsLink() {
				pipelines, err := choices(c.Ctx, s, by.Target, nil)
				if err != nil {
					return nil, err
				}
				for _, p := range pipelines {
					list = append(list, choice{o.Name + "." + f.Name + "." + p.Key, label + " · " + p.Label})
				}
				continue
			}
			list = append(list, choice{o.Name + "." + f.Name, label})
		}
	}
	slices.SortStableFunc(list, func(a, b choice) int { return rank(a) - rank(b) })
	return list, nil
}

// rank puts deals and leads first.
func rank(c choice) int {
	switch object, _, _ := strings.Cut(c.Key, "."); object {
	case "deal":
		return 0
	case "lead":
		return 1
	}
	return 2
}

func showNewBlueprint(c *door.Call) error { return newBlueprint(c, http.StatusOK, naming{}) }

func newBlueprint(c *door.Call, status int, n naming) error {
	err := read(c, func(s *record.Session) (err error) {
		n.of, err = overStates(c, s)
		return err
	})
	if err != nil {
		return err
	}
	return page(c, status, c.View.T("web.process.new_blueprint"), newBlueprintPage(c.View, n))
}

// addBlueprint begins a draft with the states of the field in their order, a
// way from each to the next, and one into every end.
func addBlueprint(c *door.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	n := naming{name: strings.TrimSpace(form.Get("name")), chosen: form.Get("of")}
	var made value.ID
	err = write(c, "process.new", func(s *record.Session) error {
		names := strings.Split(n.chosen, ".")
		o, ok := s.Schema().Object(names[0])
		if !ok || len(names) < 2 {
			return fault.New(fault.Invalid, "web.process.choose", nil)
		}
		f, ok := o.Field(names[1])
		if !ok {
			return fault.New(fault.Invalid, "web.process.choose", nil)
		}
		v := record.With(record.Values{}, process.BlueprintName, n.name)
		record.With(v, process.BlueprintObject, o.Name)
		record.With(v, process.BlueprintField, f.Name)
		of := ""
		if len(names) > 2 {
			of = names[2]
			if _, err := value.ParseID(of); err != nil {
				return fault.New(fault.Invalid, "web.process.choose", nil)
			}
			record.With(v, process.BlueprintWhen, f.Name+`.pipeline = "`+of+`"`)
		}
		d, err := first(c.Ctx, s, c.View.Lang, f, of)
		if err != nil {
			return err
		}
		record.With(v, process.BlueprintText, d.String())
		out, err := s.Create(c.Ctx, process.Blueprints.Name, v)
		made = out.ID
		return err
	})
	if e, ok := fault.As(err); ok && e.Kind == fault.Invalid {
		n.err, n.refused = c.View.Said(e), e
		return newBlueprint(c, http.StatusUnprocessableEntity, n)
	}
	if err != nil {
		return err
	}
	return c.Go(blueprintsURL + "/" + made.String())
}

// first is what a process begins as.
func first(ctx context.Context, s *record.Session, lang string, f *schema.FieldDef, pipeline string) (*process.Definition, error) {
	states, err := statesOf(ctx, s, f)
	if err != nil {
		return nil, err
	}
	d := &process.Definition{Back: process.Reason}
	var row, ends []choice
	for _, st := range states {
		ending, in, err := stateKind(ctx, s, f, st.Key, pipeline)
		switch {
		case err != nil:
			return nil, err
		case !in:
		case ending:
			ends = append(ends, st)
		default:
			row = append(row, st)
		}
	}
	for i, st := range row {
		d.States = append(d.States, process.State{State: st.Key, Start: i == 0})
	}
	for _, st := range ends {
		d.States = append(d.States, process.State{State: st.Key, End: true})
	}
	x := &sheet{def: d}
	way := func(to choice, from ...string) {
		d.Moves = append(d.Moves, process.Move{Key: x.freeKey(), Name: i18n.Text(lang, "web.moving.move", fault.Args{"state": to.Label}), From: from, To: to.Key})
	}
	for i := 1; i < len(row); i++ {
		way(row[i], row[i-1].Key)
	}
	for i, st := range ends {
		if i == 0 && len(row) > 0 {
			way(st, row[len(row)-1].Key)
		} else {
			way(st)
		}
	}
	return d, nil
}

// stateKind tells whether a state is an end, and whether it belongs to the
// pipeline and is in use.
func stateKind(ctx context.Context, s *record.Session, f *schema.FieldDef, key, pipeline string) (ending, in bool, err error) {
	if !f.IsLink() {
		return slices.Contains([]string{"won", "lost", "converted", "disqualified", "solved", "closed", "done"}, key), true, nil
	}
	id, err := value.ParseID(key)
	if err != nil {
		return false, false, err
	}
	r, err := s.Get(ctx, f.Target, id)
	if err != nil {
		return false, false, err
	}
	if of, _ := r.Field("pipeline").(value.ID); pipeline != "" && of.String() != pipeline {
		return false, false, nil
	}
	if active, told := r.Field("active").(bool); told && !active {
		return false, false, nil
	}
	kind, _ := r.Field("kind").(string)
	return slices.Contains([]string{"won", "lost", "converted", "disqualified", "closed", "solved"}, kind), true, nil
}

func showBlueprint(c *door.Call) error { return showSheet(c) }

// showSheet shows what is being edited.
func showSheet(c *door.Call) error {
	var x *sheet
	err := read(c, func(s *record.Session) (err error) {
		x, err = load(c, s, c.R.URL.Query().Get("at"))
		return err
	})
	if err != nil {
		return err
	}
	return page(c, http.StatusOK, x.name, sheetPage(x))
}

// stateSummary says what a state is, and how long one may stay.
func (x *sheet) stateSummary(st *process.State) string {
	list := x.flags(st)
	if st.Limit != nil {
		list = append(list, x.limit(st.Limit)[0])
	}
	if n := len(st.Tips) + len(st.Templates); n > 0 {
		list = append(list, x.v.T("web.process.helps_count", "count", n))
	}
	return cmp.Or(strings.Join(list, " · "), x.v.T("web.process.plain_state"))
}

func (x *sheet) problem(p process.Problem) string { return i18n.Text(x.v.Lang, p.Key, p.Args) }

func problemKind(p process.Problem) string {
	if p.Weight == process.Wrong {
		return "bad"
	}
	return "warn"
}

// warned reports whether publishing has to accept something.
func (x *sheet) warned() bool {
	list := x.trouble("")
	return len(list) > 0 && !slices.ContainsFunc(list, func(p process.Problem) bool { return p.Weight == process.Wrong })
}
