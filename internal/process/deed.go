package process

import (
	"strconv"
	"strings"

	"wellmet/internal/expr"
	"wellmet/internal/fault"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// deed is an action made ready.
type deed struct {
	Action
	field  *schema.FieldDef
	value  any        // of "set" and "move", when it is no expression
	worth  *expr.Expr // of "set" with an expression
	text   *Text
	target *expr.Expr // address of "send"
}

// deeds makes a list of actions ready. b is the blueprint they belong to; nil
// for those of a rule.
func (c *compiler) deeds(path string, list []Action, b *blueprint) []deed {
	if len(list) > maxActions {
		c.wrong(path, "process.many_actions", fault.Args{"max": maxActions})
		return nil
	}
	var out []deed
	for i, a := range list {
		before := len(c.problems)
		d := c.deed(path+"."+strconv.Itoa(i+1), a, b)
		if len(c.problems) == before {
			out = append(out, d)
		}
	}
	return out
}

func (c *compiler) deed(path string, a Action, b *blueprint) deed {
	d := deed{Action: a}
	switch a.Do {
	case DoSet:
		c.setting(path, &d)
	case DoMove:
		c.moving(path, &d, b)
	case DoTask:
		d.text = c.words(path, a.Text)
		c.receiver(path, a.To, false)
		if a.Due != nil {
			if err := a.Due.Check(); err != nil {
				c.fail(path+".due", err)
			}
		}
	case DoAssign:
		if c.receiver(path, a.To, true); c.object.Access != schema.Owned {
			c.wrong(path, "process.no_owner", fault.Args{"object": c.object.Name})
		}
	case DoNotify:
		d.text = c.words(path, a.Text)
		if c.tell(path, a.Tell); len(a.Tell) == 0 {
			c.wrong(path, "process.nobody", nil)
		}
	case DoSend:
		c.sending(path, &d)
	case DoDocument:
		if a.Template == 0 {
			c.wrong(path, "process.no_template", fault.Args{"id": "0"})
		}
	case DoWebhook:
		if a.Webhook == 0 {
			c.wrong(path, "process.no_webhook", fault.Args{"id": "0"})
		}
	case DoRefuse:
		d.text = c.words(path, a.Text)
		if _, ok := c.object.Field(a.Field); a.Field != "" && !ok {
			c.wrong(path, "process.unknown_field", fault.Args{"field": value.Printable(a.Field)})
		}
	default:
		c.wrong(path, "process.unknown_action", fault.Args{"action": value.Printable(a.Do)})
	}
	return d
}

func (c *compiler) setting(path string, d *deed) {
	f, ok := c.object.Field(d.Field)
	if !ok || c.scope.Visible != nil && !c.scope.Visible(f) {
		c.wrong(path, "process.unknown_field", fault.Args{"field": value.Printable(d.Field)})
		return
	}
	if !f.Writable() {
		c.wrong(path, "process.not_writable", fault.Args{"field": f.Name})
		return
	}
	d.field = f
	if text, ok := strings.CutPrefix(d.Value, "="); ok {
		e, err := expr.Check(text, c.scope, expr.Type{})
		if err != nil {
			c.fail(path, err)
			return
		}
		d.worth = e
		return
	}
	v, err := f.Parse(d.Value, &schema.Env{})
	if err != nil && f.ValueKind() != schema.KindMoney { // an amount needs the workspace's currency
		c.fail(path, err)
	}
	d.value = v
}

// moving readies a move by itself: to a state of the blueprint's own field, or
// of the field that a rule names.
func (c *compiler) moving(path string, d *deed, b *blueprint) {
	if b != nil {
		if d.field = b.field; b.states[d.To] == nil && !inDefinition(b, d.To) {
			c.wrong(path, "process.unknown_state", fault.Args{"state": value.Printable(d.To)})
		}
	} else {
		f, ok := stateField(c.schema, c.object, d.Field)
		if !ok {
			c.wrong(path, "process.no_state_field", fault.Args{"field": value.Printable(d.Field), "object": c.object.Name})
			return
		}
		d.field = f
	}
	if d.value = stateValue(d.field, d.To); d.value == nil {
		c.wrong(path, "process.unknown_state", fault.Args{"state": value.Printable(d.To)})
		return
	}
	if d.field.Kind == schema.KindChoice {
		if _, ok := d.field.Option(d.To); !ok {
			c.wrong(path, "process.unknown_state", fault.Args{"state": value.Printable(d.To)})
		}
	}
}

// inDefinition looks a state up while the states are still being read.
func inDefinition(b *blueprint, key string) bool {
	for _, st := range b.States {
		if st.State == key {
			return true
		}
	}
	return false
}

func (c *compiler) sending(path string, d *deed) {
	if d.Template == 0 {
		c.wrong(path, "process.no_template", fault.Args{"id": "0"})
	}
	text, ok := strings.CutPrefix(d.To, "=")
	if !ok {
		if _, err := value.ParseEmail(d.To); err != nil {
			c.fail(path+".to", err)
		}
		return
	}
	e, err := expr.Check(text, c.scope, expr.Type{})
	if err != nil {
		c.fail(path+".to", err)
		return
	}
	if e.Type().Kind != expr.Text {
		c.wrong(path+".to", "process.wants_address", nil)
	}
	d.target = e
}

// words readies a text that must say something.
func (c *compiler) words(path, text string) *Text {
	if strings.TrimSpace(text) == "" {
		c.wrong(path, "process.no_text", nil)
		return nil
	}
	t, err := ReadText(c.scope, text)
	if err != nil {
		c.fail(path, err)
	}
	return t
}

// receiver is one member by name: owner, manager, an id, or where rules may
// say it, an assignment rule.
func (c *compiler) receiver(path, to string, rule bool) {
	if to == "" && !rule || to == toOwner || to == toManager || rule && strings.HasPrefix(to, toRule) && len(to) > len(toRule) {
		return
	}
	if _, err := value.ParseID(to); err != nil {
		c.wrong(path+".to", "process.unknown_receiver", fault.Args{"to": value.Printable(to)})
	}
}

// Words for people in actions.
const (
	toOwner   = "owner"
	toManager = "manager"
	toRule    = "rule:"
	toRole    = "role:"
	toTeam    = "team:"
)

func (c *compiler) tell(path string, list []string) {
	for _, to := range list {
		id, _ := strings.CutPrefix(to, toTeam)
		if to == toOwner || to == toManager || strings.HasPrefix(to, toRole) && len(to) > len(toRole) {
			continue
		}
		if _, err := value.ParseID(id); err != nil {
			c.wrong(path, "process.unknown_receiver", fault.Args{"to": value.Printable(to)})
		}
	}
}
