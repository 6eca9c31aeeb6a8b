package process

import (
	"context"
	"strings"

	"wellmet/internal/record"
	"wellmet/internal/schema"
)

// renamed are the texts of this room that hold names of fields.
var renamed = []record.NamingTexts{
	{Object: Blueprints, Of: `x.object`, Texts: texts{"object": (*record.Renaming).Self, "field": (*record.Renaming).Field, "condition": (*record.Renaming).Expression, "definition": renamedDefinition}},
	{Object: Versions, Of: `(SELECT b.object FROM {blueprint} b WHERE b.id = x.blueprint_id)`, Texts: texts{"condition": (*record.Renaming).Expression, "definition": renamedDefinition}},
	{Object: Rules, Of: `x.object`, Texts: texts{"object": (*record.Renaming).Self, "fields": (*record.Renaming).List, "date_field": (*record.Renaming).Field, "condition": (*record.Renaming).Expression, "actions": renamedActions}},
	{Object: Hooks, Of: `x.object`, Texts: texts{"object": (*record.Renaming).Self, "key_field": (*record.Renaming).Field, "mapping": renamedMapping}},
	{Object: Templates, Of: `x.object`, Texts: texts{"object": (*record.Renaming).Self, "subject": renamedText, "body": renamedText}},
}

type texts = map[string]func(*record.Renaming, string) string

// Rename lets blueprints, versions, rules, templates and incoming hooks follow fields and
// objects that are called otherwise from now on.
func Rename(ctx context.Context, s *record.Session, p *schema.Plan) error {
	return record.RenameTexts(ctx, s, p, renamed)
}

// renamedWorth is an expression behind "=", or a plain text.
func renamedWorth(r *record.Renaming, text string) string {
	if e, ok := strings.CutPrefix(text, "="); ok {
		return "=" + r.Expression(e)
	}
	return text
}

// renamedText is one with places between braces.
func renamedText(r *record.Renaming, text string) string {
	parts, err := holes(text)
	if err != nil {
		return text
	}
	for i := 1; i < len(parts); i += 2 {
		if now := r.Expression(parts[i]); now != parts[i] {
			parts[i] = now
		}
		parts[i] = "{{" + parts[i] + "}}"
	}
	return strings.Join(parts, "")
}

func renameActs(r *record.Renaming, list []Action) {
	for i := range list {
		a := &list[i]
		a.Field, a.Value, a.To, a.Text = r.Field(a.Field), renamedWorth(r, a.Value), renamedWorth(r, a.To), renamedText(r, a.Text)
	}
}

func renamedActions(r *record.Renaming, text string) string {
	list, err := ParseActions(text)
	if err != nil {
		return text
	}
	renameActs(r, list)
	return ActionsText(list)
}

func renamedMapping(r *record.Renaming, text string) string {
	list, err := ParseMapping(text)
	if err != nil {
		return text
	}
	for i := range list {
		list[i].Field = r.Field(list[i].Field)
	}
	return MappingText(list)
}

func renamedDefinition(r *record.Renaming, text string) string {
	d, err := ParseDefinition(text)
	if err != nil {
		return text
	}
	for i := range d.States {
		if l := d.States[i].Limit; l != nil {
			renameActs(r, l.Then)
		}
	}
	for i := range d.Moves {
		m := &d.Moves[i]
		if m.When != "" {
			m.When = r.Expression(m.When)
		}
		for k := range m.Ask {
			m.Ask[k].Field = r.Field(m.Ask[k].Field)
		}
		renameActs(r, m.Then)
	}
	return d.String()
}
