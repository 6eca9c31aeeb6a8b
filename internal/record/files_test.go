package record_test

import (
	"io"
	"strings"
	"testing"

	"wellmet/internal/app/apptest"
	"wellmet/internal/fault"
	"wellmet/internal/record"
)

func TestFilesFollowTheirRecord(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		e := k.Workspace.Engine()
		account := k.Create(t, k.Rita, "account", record.Values{"name": "Acme"})
		blob, err := e.Upload(t.Context(), strings.NewReader("%PDF-1.4 an offer"))
		if err != nil {
			t.Fatal(err)
		}
		var f record.File
		k.Write(t, k.Rita, func(s *record.Session) error {
			f, err = s.Attach(t.Context(), "account", account, `..\..\etc/offer`+"\u202e.pdf", blob)
			return err
		})
		if f.Name != "offer.pdf" || f.Type != "application/pdf" || f.Size != 17 {
			t.Errorf("attached %+v", f)
		}
		k.Read(t, k.Olga, func(s *record.Session) error { // who reads the record reads its files
			got, err := s.FileOf(t.Context(), "account", account, f.ID)
			if err != nil {
				return err
			}
			r, err := e.OpenFile(t.Context(), got)
			if err != nil {
				return err
			}
			defer r.Close()
			text, err := io.ReadAll(r)
			if string(text) != "%PDF-1.4 an offer" {
				t.Errorf("read %q", text)
			}
			return err
		})
		err = k.Try(t.Context(), k.Olga, func(s *record.Session) error { return s.Detach(t.Context(), "account", account, f.ID) })
		if !fault.Is(err, fault.Forbidden) {
			t.Errorf("a rep of another team took the file off: %v", err)
		}
		other := k.Create(t, k.Rita, "account", record.Values{"name": "Other"})
		k.Read(t, k.Rita, func(s *record.Session) error {
			if _, err := s.FileOf(t.Context(), "account", other, f.ID); !fault.Is(err, fault.NotFound) {
				t.Errorf("file of another record: %v", err)
			}
			return nil
		})
		k.Write(t, k.Max, func(s *record.Session) error { return s.Detach(t.Context(), "account", account, f.ID) })
	})
}
