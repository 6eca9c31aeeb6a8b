package web

import (
	"strings"
	"testing"

	"wellmet/internal/activity"
	"wellmet/internal/schema"
)

// TestNoObjectTakesTheAddressOfAPage: an object is reached under its plural, so
// no word that pages begin with may be one.
func TestNoObjectTakesTheAddressOfAPage(t *testing.T) {
	t.Parallel()
	for _, routes := range areas() {
		for _, route := range routes {
			_, path, _ := strings.Cut(route.Pattern, " ")
			word, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
			if word != "{plural}" && word != "{$}" && word != activity.Activities.Plural && !schema.ReservedPlural(word) {
				t.Errorf("an object could be called %q, which is a page", word)
			}
		}
	}
}
