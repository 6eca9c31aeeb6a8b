package exchange_test

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"wellmet/internal/access"
	"wellmet/internal/app/apptest"
	"wellmet/internal/exchange"
	"wellmet/internal/exchange/sheet"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// bring imports a text and answers how it went.
func bring(t testing.TB, k *apptest.Kit, object, text string, m exchange.Mapping) *exchange.Run {
	t.Helper()
	return bringAs(t, k, k.Ada, exchange.Request{Object: object, Name: "file.csv", File: strings.NewReader(text), Mapping: m})
}

func bringAs(t testing.TB, k *apptest.Kit, member value.ID, r exchange.Request) *exchange.Run {
	t.Helper()
	im := importer(k)
	id, err := im.Start(t.Context(), apptest.As(member), r, false)
	if err != nil {
		t.Fatalf("start: %v", err)
	}
	return goOn(t, k, member, id)
}

// importer works in small chunks.
func importer(k *apptest.Kit) *exchange.Importer {
	im := k.Workspace.Importer()
	exchange.SetChunk(im, 50)
	return im
}

func goOn(t testing.TB, k *apptest.Kit, member, id value.ID) *exchange.Run {
	t.Helper()
	im := importer(k)
	if err := im.Go(t.Context(), id, nil); err != nil {
		t.Fatalf("go: %v", err)
	}
	run, err := im.Get(t.Context(), apptest.As(member), id)
	if err != nil {
		t.Fatalf("get: %v", err)
	}
	return run
}

// counts fails the test unless the run ended with these figures.
func counts(t testing.TB, run *exchange.Run, created, updated, skipped, failed int) {
	t.Helper()
	if run.State != exchange.Done || run.Created != created || run.Updated != updated || run.Skipped != skipped || run.Failed != failed {
		t.Fatalf("%s %s: created %d, updated %d, skipped %d, failed %d; want %d %d %d %d\n%v", run.State, run.Error,
			run.Created, run.Updated, run.Skipped, run.Failed, created, updated, skipped, failed, run.Errors)
	}
}

// rows reads fields of all records of an object as neutral texts, joined by |,
// sorted by the first field.
func rows(t testing.TB, k *apptest.Kit, object string, fields ...string) []string {
	t.Helper()
	var out []string
	k.Read(t, k.Ada, func(s *record.Session) error {
		return s.Each(t.Context(), record.Query{Object: object, Sort: fields[0], Fields: fields}, func(r *record.Record) error {
			texts := make([]string, len(fields))
			for i, f := range fields {
				texts[i] = text(t, s, r, f)
			}
			out = append(out, strings.Join(texts, "|"))
			return nil
		})
	})
	return out
}

// text is the value of a field, a link's by the title of its target.
func text(t testing.TB, s *record.Session, r *record.Record, name string) string {
	t.Helper()
	if f, part, ok := r.Object.AddressPart(name); ok {
		a, _ := r.Value(f).(value.Address)
		return schema.AddressText(a, part)
	}
	f, ok := r.Object.Field(name)
	if !ok {
		t.Fatalf("no field %s", name)
	}
	id, ok := r.Value(f).(value.ID)
	if !ok || f.Target == "" {
		return schema.Neutral(r.Value(f))
	}
	to, err := s.Get(t.Context(), f.Target, id)
	if err != nil {
		t.Fatal(err)
	}
	return to.Title()
}

func same(t testing.TB, got []string, want ...string) {
	t.Helper()
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func errorFile(t testing.TB, k *apptest.Kit, id value.ID) string {
	t.Helper()
	var b bytes.Buffer
	if err := importer(k).WriteErrors(t.Context(), apptest.As(k.Ada), id, &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func export(t testing.TB, k *apptest.Kit, member value.ID, r exchange.ExportRequest) (string, int) {
	t.Helper()
	var b bytes.Buffer
	if r.Format == 0 {
		r.Format = sheet.Delimited
	}
	n, err := importer(k).Export(t.Context(), apptest.As(member), r, &b)
	if err != nil {
		t.Fatalf("export: %v", err)
	}
	return b.String(), n
}

// shared finds a file of the shared test data.
func shared(t testing.TB, name string) []byte {
	t.Helper()
	return apptest.Shared(t, name)
}

func reader(b []byte) io.Reader { return bytes.NewReader(b) }

// closed makes every object readable by its owners only, and lets managers
// import.
func closed(t *testing.T, k *apptest.Kit) {
	t.Helper()
	permissions(t, k, access.ManagerRole, `{"objects":{"*":{"read":"own","create":"all","update":"own","delete":"own","export":"own","import":"all"}}}`)
}
