package api

import (
	"os"
	"strings"
	"testing"
)

// shown is an example of the documentation: the indented lines from the one that
// begins so.
func shown(t *testing.T, begin string) string {
	t.Helper()
	text, err := os.ReadFile("../../docs/api.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(text), "\n    "+begin)
	if !ok {
		t.Fatalf("docs/api.md does not show %s", begin)
	}
	rest, _, _ = strings.Cut(rest, "\n\n")
	return begin + rest
}

// TestProcessAsDocumented publishes the process that the documentation shows, and
// makes its rule.
func TestProcessAsDocumented(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		process := shown(t, `{"states": [`)
		for _, stage := range d.call(t, d.Ada, GET, base+"/stages?fields=name&limit=100", nil).is(200).items() {
			process = strings.ReplaceAll(process, stage["name"].(string)+"'s id", stage["id"].(string))
		}
		made := d.call(t, d.Ada, POST, base+"/blueprints", map[string]any{"name": "Selling", "object": "deal", "field": "stage", "definition": process}).is(201)
		one := base + "/blueprints/" + made.text("id")
		if problems := d.call(t, d.Ada, GET, one+"/check", nil).is(200).json()["problems"]; problems != nil {
			t.Errorf("the documented process has problems: %v", problems)
		}
		d.call(t, d.Ada, POST, one+"/publish", nil).is(201)

		rule := strings.TrimPrefix(shown(t, "POST /api/v1/rules "), "POST /api/v1/rules ")
		d.call(t, d.Ada, POST, base+"/rules", rule).is(201)
	})
}
