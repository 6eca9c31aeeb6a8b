package record

import (
	"testing"

	"wellmet/internal/store"
	"wellmet/internal/store/storetest"
)

// An index that is made while a query looks for indexes makes the next one look
// again, and takes nothing away from this one.
func TestIndexesForgottenWhileTheyAreRead(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, server *store.Server) {
		k := newKit(t, server)
		k.as(k.rep, func(s *Session) {
			b := &k.engine.indexes
			b.has(k.ctx(), s, "deal", "deal_owner")
			b.forget()
			if known := b.load(k.ctx(), s, "deal"); !known["deal_owner"] {
				t.Errorf("read %v", known)
			}
			if !b.has(k.ctx(), s, "deal", "deal_owner") {
				t.Error("the index is not found again")
			}
		})
	})
}
