package kit

import "wellmet/internal/fault"

// atSettings are the objects whose records have a page of their own in the
// settings.
var atSettings = map[string]string{"blueprint": "blueprints", "rule": "rules", "template": "templates", "webhook": "webhooks", "incoming_hook": "hooks", "form": "forms",
	"pipeline": "pipelines", "cadence": "cadences", "assignment_rule": "assignment", "score_rule": "scoring", "role": "roles"}

// Named is a record that a refusal names, with its page.
type Named struct{ Text, URL string }

// uses are the records on which something stands that is to go, where the refusal
// names them.
func uses(v *View, err error) (list []Named) {
	e, _ := fault.As(err)
	if e == nil {
		return nil
	}
	for _, f := range e.Fields {
		if f.Key == "process.template_use" {
			list = append(list, Named{v.FieldFault(f), pageOf(f)})
		}
	}
	return list
}

// pageOf is the page of the record that a fault of a field names.
func pageOf(f fault.Field) string {
	id, _ := f.Args["record"].(string)
	object, _ := f.Args["object"].(string)
	if page, ok := atSettings[object]; ok {
		return "/settings/" + page + "/" + id
	}
	plural, _ := f.Args["plural"].(string)
	return "/" + plural + "/" + id
}

// holderURL is the page of the record that has a value already, "" where the
// refusal names none.
func holderURL(err error) string {
	e, ok := fault.As(err)
	if !ok {
		return ""
	}
	for _, f := range e.Fields {
		if _, named := f.Args["record"].(string); named && f.Key == "field.in_use" {
			return pageOf(f)
		}
	}
	return ""
}
