package process_test

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"wellmet/internal/process"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

// files are those of a deal, as its owner sees them.
func (k *bench) files(deal value.ID) (list []record.File) {
	k.t.Helper()
	k.Read(k.t, k.Rita, func(s *record.Session) (err error) {
		list, err = s.Files(k.t.Context(), "deal", deal)
		return err
	})
	return list
}

// A rule fills a document after the commit and attaches it, once; a trial only
// tells of it.
func TestARuleCreatesADocument(t *testing.T) {
	t.Parallel()
	each(t, func(k *bench) {
		ctx := k.t.Context()
		doc := k.Create(k.t, k.Ada, "template", record.Values{"name": "Letter", "kind": "document", "object": "deal", "subject": "Offer {{name}} / {{amount}}",
			"body": "Dear {{account.name}},\n您好 Привет", "status": "published"})
		mail := k.Create(k.t, k.Ada, "template", record.Values{"name": "Mail", "object": "deal", "body": "x", "status": "published"})
		id := k.rule("changed", `amount > 1000`, []process.Action{{Do: "document", Template: doc}, {Do: "set", Field: "next_step", Value: "Sign"}}, record.Values{"fields": "amount"})
		deal := k.deal("prospecting", nil)
		k.must(k.set(k.Rita, "deal", deal, record.Values{"amount": "10 EUR"}))
		k.Drain(k.t)
		if list := k.files(deal); len(list) != 0 {
			k.t.Errorf("a small deal got %+v", list)
		}
		k.must(k.set(k.Rita, "deal", deal, record.Values{"amount": "5000 EUR"}))
		if list := k.files(deal); len(list) != 0 {
			k.t.Error("the file is there before the job")
		}
		k.Drain(k.t)
		list := k.files(deal)
		if len(list) != 1 || !strings.HasPrefix(list[0].Name, "Offer Pumps") || !strings.HasSuffix(list[0].Name, ".pdf") || list[0].Type != "application/pdf" {
			k.t.Fatalf("files %+v", list)
		}
		f, err := k.Workspace.Engine().OpenFile(ctx, list[0])
		k.must(err)
		text, err := io.ReadAll(f)
		k.must(err)
		_ = f.Close()
		if !bytes.HasPrefix(text, []byte("%PDF")) {
			k.t.Error("it is no PDF")
		}
		k.Write(k.t, k.Ada, func(s *record.Session) error {
			out, err := k.Workspace.Process().TryRule(ctx, s, id, deal)
			if err == nil && (len(out.Documents) != 1 || !strings.HasPrefix(out.Documents[0], "Offer Pumps")) {
				k.t.Errorf("the trial tells %+v", out)
			}
			return err
		})
		k.Drain(k.t)
		if n := len(k.files(deal)); n != 1 {
			k.t.Errorf("a trial made a document: %d", n)
		}
		// By hand it goes like any file; what is no document, and a record that is gone, are told.
		k.Write(k.t, k.Rita, func(s *record.Session) error { return s.Detach(ctx, "deal", deal, list[0].ID) })
		k.rule("changed", `amount > 7000`, []process.Action{{Do: "document", Template: mail}}, record.Values{"name": "Wrong", "fields": "amount"})
		k.must(k.set(k.Rita, "deal", deal, record.Values{"amount": "8000 EUR"}))
		k.Write(k.t, k.Ada, func(s *record.Session) error { return s.Delete(ctx, "deal", deal) })
		k.Drain(k.t)
		k.Write(k.t, k.Ada, func(s *record.Session) error { return s.Restore(ctx, "deal", deal) })
		if n := len(k.files(deal)); n != 0 {
			k.t.Errorf("a deal in the trash got %d", n)
		}
		lines := strings.Join(k.log("deal", deal), "\n")
		if !strings.Contains(lines, "failed The template “Mail” is none of a document.") || strings.Count(lines, "failed") != 2 {
			k.t.Errorf("the log says %s", lines)
		}
	})
}
