package record_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"wellmet/internal/app/apptest"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

// History tells which files came and went, when and by whom, among the changes of
// fields, and page by page.
func TestHistoryTellsOfFiles(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		e := k.Workspace.Engine()
		account := k.Create(t, k.Rita, "account", record.Values{"name": "Acme"})
		files := map[string]value.ID{}
		attach := func(who value.ID, name string) {
			blob, err := e.Upload(t.Context(), strings.NewReader(name))
			if err != nil {
				t.Fatal(err)
			}
			k.Write(t, who, func(s *record.Session) error {
				f, err := s.Attach(t.Context(), "account", account, name, blob)
				files[name] = f.ID
				return err
			})
		}
		rename := func(name string) {
			k.Write(t, k.Rita, func(s *record.Session) error {
				_, err := s.Update(t.Context(), "account", account, 0, record.Values{"name": name})
				return err
			})
		}
		lines := func(who value.ID, limit int) (got []string) {
			k.Read(t, who, func(s *record.Session) error {
				got = nil
				for before := int64(0); ; {
					page, err := s.History(t.Context(), "account", account, before, limit)
					if err != nil {
						return err
					}
					more := len(page) == limit
					told, err := s.WithFiles(t.Context(), "account", account, before, page, more)
					if err != nil {
						return err
					}
					for _, x := range told {
						line := x.Kind
						if x.File != nil {
							line += " " + x.File.Name + " " + fmt.Sprint(x.File.Size)
						}
						got = append(got, line+" "+s.Roster().Name(x.Actor))
					}
					if !more {
						return nil
					}
					before = page[limit-1].Version
				}
			})
			return got
		}
		attach(k.Rita, "报价.pdf")
		rename("Acme Ltd")
		attach(k.Rita, "plan.txt")
		k.Write(t, k.Rita, func(s *record.Session) error { return s.Discard(t.Context(), "account", account, files["plan.txt"]) })
		k.Write(t, k.Rita, func(s *record.Session) error { return s.Reattach(t.Context(), "account", account, files["plan.txt"]) })
		k.Write(t, k.Max, func(s *record.Session) error { return s.Detach(t.Context(), "account", account, files["报价.pdf"]) })
		rename("Acme")
		rita, boss := name(t, k, k.Rita), name(t, k, k.Max)
		want := []string{"update " + rita, "detach 报价.pdf 10 " + boss, "attach plan.txt 8 " + rita, "detach plan.txt 8 " + rita, "attach plan.txt 8 " + rita,
			"update " + rita, "attach 报价.pdf 10 " + rita, "create " + rita}
		for _, limit := range []int{1, 2, 3, 50} {
			if got := lines(k.Olga, limit); !slices.Equal(got, want) {
				t.Errorf("%d at once:\n%q, want\n%q", limit, got, want)
			}
		}
		k.Write(t, k.Ada, func(s *record.Session) error { return s.ForgetValues(t.Context(), "account", account) })
		if got := lines(k.Ada, 50); !strings.HasPrefix(got[1], "detach  10") {
			t.Errorf("the name of an erased record's file: %q", got)
		}
		lead := k.Create(t, k.Rita, "lead", record.Values{"name": "Ann"})
		k.Read(t, k.Olga, func(s *record.Session) error { // a record out of sight has no files either
			_, err := s.FileDeeds(t.Context(), "lead", lead)
			if err != nil && !fault.Is(err, fault.NotFound) {
				return err
			}
			_, err = s.FileDeeds(t.Context(), "account", account+1)
			if !fault.Is(err, fault.NotFound) {
				t.Errorf("files of nothing: %v", err)
			}
			return nil
		})
	})
}

func name(t *testing.T, k *apptest.Kit, member value.ID) (text string) {
	t.Helper()
	k.Read(t, k.Ada, func(s *record.Session) error {
		text = s.Roster().Name(member)
		return nil
	})
	return text
}
