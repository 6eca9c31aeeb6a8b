package apptest

import (
	"testing"
	"time"

	"wellmet/internal/record"
	"wellmet/internal/value"
)

// Step is what a record got, so many days after its beginning.
type Step struct {
	Day    int
	Values record.Values
}

// Walk makes a record of somebody's and takes it along, each step on its day: a
// history that can be worked out by hand.
func (k *Kit) Walk(t testing.TB, object string, owner value.ID, began time.Time, steps ...Step) (id value.ID) {
	t.Helper()
	for i, x := range steps {
		c := record.Change{ID: id, Values: x.Values, At: began.AddDate(0, 0, x.Day), By: owner}
		if i == 0 {
			x.Values["owner"] = owner
		}
		id = k.bring(t, object, []record.Change{c})[0]
	}
	return id
}
