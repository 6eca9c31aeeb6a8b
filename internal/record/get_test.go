package record

import (
	"testing"

	"wellmet/internal/fault"
	"wellmet/internal/store"
)

// A reader asks the database for a record once, whoever of a page's parts wants
// it; each actor sees it with his own eyes, and a writer sees what he wrote.
func TestAReaderRemembersRecords(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, k *shop) {
		firm := k.make(k.other, "firm", Values{"name": "A"})
		read := func(s *Session) string {
			r, err := s.Get(k.ctx(), "firm", firm)
			if err != nil {
				t.Fatal(err)
			}
			f, _ := r.Object.Field("name")
			title := r.Title()
			r.set(f, "scribbled")
			return title
		}
		if err := k.engine.Read(k.ctx(), Who{Member: k.other}, func(s *Session) error {
			if first, again := read(s), read(s); first != "A" || again != "A" || len(s.seen) != 1 {
				t.Errorf("remembers %v", s.seen)
			}
			if sys := s.AsSystem("test"); read(sys) != "A" || len(s.seen) != 2 {
				t.Errorf("with the system %v", s.seen)
			}
			return nil
		}, store.Report); err != nil {
			t.Fatal(err)
		}
		if err := k.engine.Read(k.ctx(), Who{Member: k.other}, func(s *Session) error {
			read(s.AsSystem("test"))
			rep, err := s.Roster().Actor(k.rep)
			if err != nil {
				return err
			}
			_, err = s.As(rep).Get(k.ctx(), "firm", firm)
			wantFault(t, err, fault.NotFound, "record.absent")
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if err := k.write(k.other, func(s *Session) error {
			read(s)
			if _, err := s.Update(k.ctx(), "firm", firm, 0, Values{"name": "B"}); err != nil {
				return err
			}
			if now := read(s); now != "B" {
				t.Errorf("the writer sees %s", now)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	})
}
