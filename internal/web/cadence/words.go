package cadence

import (
	"strings"
	"time"

	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/schema"
	"wellmet/internal/value"
	"wellmet/internal/web/kit"
	"wellmet/internal/web/parts"
)

// when says on which day and hour a step comes.
func when(v *kit.View, r *record.Record) string {
	day, _ := record.Get(r, sales.StepDay)
	text := v.T("web.cadence.day", "n", v.Int(day))
	if at, ok := record.Get(r, sales.StepTime); ok {
		text = v.T("web.cadence.day_at", "n", v.Int(day), "time", at)
	}
	if any, _ := record.Get(r, sales.StepAnyHour); any {
		return text + " · " + v.T("web.cadence.any_hour")
	}
	return text
}

// kindIcons are the drawings of what is to be done.
var kindIcons = map[string]string{"call": "phone", "mail": "mail", "task": "square-check-big"}

func kindOf(r *record.Record) string {
	kind, _ := record.Get(r, sales.StepKind)
	return kind
}

// with names the template of a step, "" for none.
func (p *page) with(r *record.Record) string {
	id, ok := record.Get(r, sales.StepTemplate)
	if !ok {
		return ""
	}
	f, _ := p.step.Field(sales.StepTemplate.Name())
	return p.v.T("web.cadence.with", "template", parts.Text(p.v, p.names, f, id))
}

// stepName is what a step is called among the others.
func (p *page) stepName(r *record.Record) string {
	return strings.TrimSpace(r.Title() + " " + when(p.v, r))
}

// far says how far an enrollment is, of so many steps, and when it goes on.
func far(v *kit.View, r *record.Record, steps int) string {
	n, _ := record.Get(r, sales.EnrollStep)
	text := v.T("web.cadence.step_of", "n", v.Int(n), "all", v.Int(int64(steps)))
	if at, ok := r.Field(sales.EnrollNext.Name()).(time.Time); ok && status(r) == sales.Going {
		text += " · " + v.T("web.cadence.next", "when", v.MomentFull(at, v.Zone))
	}
	return text
}

func status(r *record.Record) string {
	state, _ := record.Get(r, sales.EnrollState)
	return state
}

func label(v *kit.View, o *schema.Object, field, key string) string {
	f, _ := o.Field(field)
	return f.OptionLabel(key, v.Lang)
}

func leadOf(r *record.Record) value.ID {
	id, _ := record.Get(r, sales.EnrollLead)
	return id
}

func cadenceOf(r *record.Record) value.ID {
	id, _ := record.Get(r, sales.EnrollCadence)
	return id
}

// summary says how many steps a cadence has and how many leads are in it.
func (k known) summary(v *kit.View) string {
	return v.T("web.cadence.steps", "count", k.Steps, "n", v.Int(int64(k.Steps))) + " · " + v.T("web.cadence.leads", "count", k.In, "n", v.Int(k.In))
}

// steps is how many the cadence of the lead has.
func (x *entering) steps() int {
	for _, k := range x.Offered {
		if k.Rec.ID == cadenceOf(x.In) {
			return k.Steps
		}
	}
	return 0
}
