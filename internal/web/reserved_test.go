package web

import (
	"slices"
	"strings"
	"testing"

	"wellmet/internal/activity"
	"wellmet/internal/goal"
	"wellmet/internal/report"
	"wellmet/internal/schema"
)

// TestNoObjectTakesTheAddressOfAPage: an object is reached under its plural, so
// no word that pages begin with may be one, but for built-in objects whose lists
// are pages of their own.
func TestNoObjectTakesTheAddressOfAPage(t *testing.T) {
	t.Parallel()
	own := []string{activity.Activities.Plural, goal.Targets.Plural, report.Dashboards.Plural, report.Schedules.Plural}
	for _, routes := range areas() {
		for _, route := range routes {
			_, path, _ := strings.Cut(route.Pattern, " ")
			word, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
			if word != "{plural}" && word != "{$}" && !slices.Contains(own, word) && !schema.ReservedPlural(word) {
				t.Errorf("an object could be called %q, which is a page", word)
			}
		}
	}
}
