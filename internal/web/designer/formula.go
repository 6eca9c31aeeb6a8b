package designer

import (
	"encoding/json"
	"net/http"
	"unicode/utf8"

	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
	"wellmet/internal/web/parts"
)

// verdict is what is to be said of a formula while it is typed.
type verdict struct {
	Err     string
	Before  string // the formula up to the mistake
	At      string // what stands there
	Kind    schema.Kind
	Samples []sample
}

type sample struct{ Title, Text string }

// probeName is a field that nobody has.
const probeName = "formula_being_typed"

// checkFormula plans the formula as a field and shows what it makes of three
// records.
func checkFormula(c *door.Call) error {
	q := c.R.URL.Query()
	x := &verdict{}
	if q.Get("formula") == "" {
		return c.Parts(http.StatusOK, formulaPart(c.View, x))
	}
	object := c.R.PathValue("name")
	set, err := json.Marshal(map[string]any{"name": probeName, "kind": schema.KindFormula, "formula": q.Get("formula")})
	if err != nil {
		return err
	}
	change := schema.Change{Op: schema.AddField, Object: object, Set: set}
	name := probeName
	if field := q.Get("field"); field != "" {
		set, _ = json.Marshal(map[string]any{"formula": q.Get("formula")})
		change, name = schema.Change{Op: schema.ChangeField, Object: object, Field: field, Set: set}, field
	}
	plan, err := c.WS.Engine().PlanSchema(c.Ctx, c.Who, []schema.Change{change})
	if e, ok := fault.As(err); ok && e.Kind == fault.Invalid {
		x.fault(c.View, e, q.Get("formula"))
		return c.Parts(http.StatusOK, formulaPart(c.View, x))
	}
	if err != nil {
		return err
	}
	err = read(c, func(s *record.Session) error { return x.sample(c, s, plan, object, name) })
	if err != nil {
		return err
	}
	return c.Parts(http.StatusOK, formulaPart(c.View, x))
}

// fault says what is wrong, and where.
func (x *verdict) fault(v *kit.View, e *fault.Error, formula string) {
	x.Err = v.Fault(e)
	pos, ok := e.Args["pos"].(int)
	if !ok || pos < 1 || pos > utf8.RuneCountInString(formula)+1 {
		return
	}
	runes := []rune(formula)
	x.Before = string(runes[max(0, pos-31) : pos-1])
	x.At = string(runes[pos-1 : min(len(runes), pos+19)])
}

func (x *verdict) sample(c *door.Call, s *record.Session, plan *schema.Plan, object, name string) error {
	o, ok := plan.Next().Object(object)
	if !ok {
		return nil
	}
	f, ok := o.Field(name)
	if !ok {
		return nil
	}
	x.Kind = f.ValueKind()
	list, err := s.Sample(c.Ctx, f, 3)
	if err != nil {
		return err
	}
	n := parts.NewNames(s)
	for _, r := range list {
		n.Want(f, r.Value)
	}
	if err := n.Load(c.Ctx); err != nil {
		return err
	}
	for _, r := range list {
		text := c.View.T("web.designer.nothing")
		switch {
		case r.Err != nil:
			text = c.View.Fault(r.Err)
		case r.Value != nil:
			text = parts.Text(c.View, n, f, r.Value)
		}
		x.Samples = append(x.Samples, sample{r.Title, text})
	}
	return nil
}
