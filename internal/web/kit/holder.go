package kit

import "wellmet/internal/fault"

// atSettings are the objects whose records have a page of their own in the
// settings.
var atSettings = map[string]string{"blueprint": "blueprints", "rule": "rules", "template": "templates", "webhook": "webhooks", "form": "forms",
	"pipeline": "pipelines", "cadence": "cadences", "assignment_rule": "assignment", "score_rule": "scoring", "role": "roles"}

// holderURL is the page of the record that has a value already, "" where the
// refusal names none.
func holderURL(err error) string {
	e, ok := fault.As(err)
	if !ok {
		return ""
	}
	for _, f := range e.Fields {
		id, named := f.Args["record"].(string)
		if !named || f.Key != "field.in_use" {
			continue
		}
		object, _ := f.Args["object"].(string)
		if page, ok := atSettings[object]; ok {
			return "/settings/" + page + "/" + id
		}
		plural, _ := f.Args["plural"].(string)
		return "/" + plural + "/" + id
	}
	return ""
}
