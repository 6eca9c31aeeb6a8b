package exchange_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"wellmet/internal/access"
	"wellmet/internal/app/apptest"
	"wellmet/internal/exchange"
	"wellmet/internal/exchange/sheet"
	"wellmet/internal/fault"
	"wellmet/internal/record"
)

// permissions gives the reps' role other rights.
func permissions(t *testing.T, k *apptest.Kit, role, text string) {
	t.Helper()
	if err := k.Workspace.Write(t.Context(), record.AsSystem("test"), func(s *record.Session) error {
		page, err := s.Query(t.Context(), record.Query{Object: "role", Filter: fmt.Sprintf("key = %q", role), Fields: []string{"id"}})
		if err != nil {
			return err
		}
		_, err = s.Update(t.Context(), "role", page.Records[0].ID, 0, record.Values{"permissions": text})
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

func TestExportFollowsPermission(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		account := k.Create(t, k.Rita, "account", record.Values{"name": "Acme"})
		k.Create(t, k.Rita, "contact", record.Values{"name": "Ann", "email": "ann@x.example", "phone": "+34600111222", "job_title": "Head", "account": account})
		k.Create(t, k.Olga, "contact", record.Values{"name": "Bo"})
		permissions(t, k, access.RepRole, `{"objects":{"*":{"read":"all","create":"all","update":"own","export":"own"},"account":{"read":"all","export":"none"}},
			"fields":{"contact.email":"none","contact.phone":"masked"}}`)
		text, n := export(t, k, k.Rita, exchange.ExportRequest{Object: "contact"})
		if n != 1 || !strings.Contains(text, "Ann") || !strings.Contains(text, "Acme") || strings.Contains(text, "Bo") || strings.Contains(text, "ann@x") || strings.Contains(text, "600111222") ||
			!strings.Contains(text, access.Mask("+34600111222").(string)) {
			t.Errorf("%d rows:\n%s", n, text)
		}
		for field, want := range map[string]fault.Kind{"email": fault.Invalid, "account.nothing": fault.Invalid, "name": 0} {
			_, err := importer(k).Export(t.Context(), apptest.As(k.Rita), exchange.ExportRequest{Object: "contact", Fields: []string{field}, Format: sheet.Delimited}, &bytes.Buffer{})
			if want != 0 && !fault.Is(err, want) || want == 0 && err != nil {
				t.Errorf("field %s: %v", field, err)
			}
		}
		for _, filter := range []string{`email = "ann@x.example"`, `phone = "+34600111222"`} {
			if _, err := importer(k).Export(t.Context(), apptest.As(k.Rita), exchange.ExportRequest{Object: "contact", Filter: filter, Format: sheet.Delimited}, &bytes.Buffer{}); !fault.Is(err, fault.Invalid) {
				t.Errorf("filter %s: %v", filter, err)
			}
		}
		if _, err := importer(k).Export(t.Context(), apptest.As(k.Rita), exchange.ExportRequest{Object: "account", Format: sheet.Delimited}, &bytes.Buffer{}); !fault.Is(err, fault.Forbidden) {
			t.Errorf("export without the right: %v", err)
		}
	})
}

// brokenPipe fails after some bytes, as a client that hangs up.
type brokenPipe struct{ left int }

func (b *brokenPipe) Write(p []byte) (int, error) {
	if b.left -= len(p); b.left < 0 {
		return 0, fmt.Errorf("hung up")
	}
	return len(p), nil
}

func TestExportIsLogged(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		for i := range 3 {
			k.Create(t, k.Ada, "account", record.Values{"name": fmt.Sprint("A", i)})
		}
		export(t, k, k.Ada, exchange.ExportRequest{Object: "account", Filter: `name != "A1"`})
		if _, err := importer(k).Export(t.Context(), apptest.As(k.Ada), exchange.ExportRequest{Object: "account", Format: sheet.JSONLines}, &brokenPipe{}); err == nil {
			t.Error("a broken pipe is no error")
		}
		k.Read(t, k.Ada, func(s *record.Session) error {
			var got []string
			r, err := s.Tx().Query(t.Context(), `SELECT e.object, e.filter, e.rows, e.format, a.actor FROM {export_log} e JOIN {act} a ON a.id = e.act ORDER BY e.act`)
			if err != nil {
				return err
			}
			defer r.Close()
			for r.Next() {
				var object, filter, format string
				var n, actor int64
				if err := r.Scan(&object, &filter, &n, &format, &actor); err != nil {
					return err
				}
				got = append(got, fmt.Sprint(object, filter, n, format, actor == int64(k.Ada)))
			}
			same(t, got, `accountname != "A1"2csvtrue`, "account3jsonltrue")
			return r.Err()
		})
	})
}

// naughty are strings that have hurt other programs.
func naughty(t *testing.T) []string {
	t.Helper()
	var all []string
	if err := json.Unmarshal(shared(t, "blns/blns.json"), &all); err != nil {
		t.Fatal(err)
	}
	return append(all, "  spaces around  ", "'=1", "''=1", "a\r\nb", "a\nb", "\tTab", "-", "+1", "\"", "a,b;c|d", "'", "−1", "=HYPERLINK(\"x\")", "trailing ")
}

// Every text comes out of the export and in again as it was, in every text
// field and every format.
func TestNaughtyStringsComeBackUnchanged(t *testing.T) {
	t.Parallel()
	fields := []string{"job_title", "first_name", "language", "description", "preferences"}
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		var sent []string
		for _, x := range naughty(t) {
			if strings.TrimSpace(x) != "" {
				sent = append(sent, x)
			}
		}
		k.Write(t, k.Ada, func(s *record.Session) error {
			b := record.Batch{Object: "contact"}
			for i, x := range sent {
				v := record.Values{"name": fmt.Sprintf("n%04d", i)}
				for _, f := range fields {
					v[f] = x
				}
				b.Changes = append(b.Changes, record.Change{Values: v})
			}
			_, err := s.Save(t.Context(), b)
			return err
		})
		want := rows(t, k, "contact", append([]string{"name"}, fields...)...)
		r := exchange.ExportRequest{Object: "contact", Sort: "name", Fields: append([]string{"name"}, fields...), Format: sheet.JSONLines}
		text, _ := export(t, k, k.Ada, r)
		for i, line := range strings.Split(strings.TrimSpace(text), "\n") {
			var got map[string]string
			if err := json.Unmarshal([]byte(line), &got); err != nil {
				t.Fatal(err)
			}
			for _, f := range fields {
				if got[f] != sent[i] && got[f] != strings.ReplaceAll(sent[i], "\x00", "") {
					t.Errorf("jsonl %s of %q is %q", f, sent[i], got[f])
				}
			}
		}
		for _, format := range []sheet.Format{sheet.Delimited, sheet.Workbook} {
			r.Format = format
			file, n := export(t, k, k.Ada, r)
			if n != len(sent) {
				t.Fatalf("%d rows of %d", n, len(sent))
			}
			k.Write(t, k.Ada, func(s *record.Session) error { return clear(t, s, "contact") })
			run := bringAs(t, k, k.Ada, exchange.Request{Object: "contact", Name: "x." + format.String(), File: strings.NewReader(file)})
			counts(t, run, len(sent), 0, 0, 0)
			got := rows(t, k, "contact", append([]string{"name"}, fields...)...)
			for i := range want {
				if got[i] != want[i] {
					t.Errorf("%s: %q is %q", format, want[i], got[i])
				}
			}
		}
	})
}

func clear(t *testing.T, s *record.Session, object string) error {
	t.Helper()
	for {
		page, err := s.Query(t.Context(), record.Query{Object: object, Limit: 500, Fields: []string{"id"}})
		if err != nil || len(page.Records) == 0 {
			return err
		}
		for _, r := range page.Records {
			if err := s.Delete(t.Context(), object, r.ID); err != nil {
				return err
			}
		}
	}
}

// A whole export is an import: of every kind of field.
func TestExportIsImportedAgain(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		parent := k.Create(t, k.Rita, "account", record.Values{"name": "Parent"})
		k.Create(t, k.Rita, "account", record.Values{"name": "Full", "parent": parent, "kinds": []any{"customer", "partner"}, "employees": 5, "turnover": map[string]any{"amount": "12.34", "currency": "USD"},
			"founded": 1999, "phone": "+34600111222", "email": "a@x.example", "website": "https://x.example", "billing_address": map[string]any{"street": "Main 1", "city": "Wien", "country": "AT"},
			"place": map[string]any{"lat": 1.5, "lon": -2.25}, "description": "two\nlines"})
		fields := []string{"name", "parent", "owner", "kinds", "employees", "turnover", "founded", "phone", "email", "website", "billing_address", "place", "description"}
		want := rows(t, k, "account", fields...)
		for _, format := range []sheet.Format{sheet.Delimited, sheet.Workbook} {
			file, _ := export(t, k, k.Ada, exchange.ExportRequest{Object: "account", Format: format})
			run := bringAs(t, k, k.Ada, exchange.Request{Object: "account", Name: "x", File: strings.NewReader(file), Mapping: exchange.Mapping{Match: "id"}})
			counts(t, run, 0, 0, 2, 0) // the same: nothing changes
			k.Write(t, k.Ada, func(s *record.Session) error { return clear(t, s, "account") })
			run = bringAs(t, k, k.Ada, exchange.Request{Object: "account", Name: "x", File: strings.NewReader(file)})
			counts(t, run, 2, 0, 0, 0)
			same(t, rows(t, k, "account", fields...), want...)
		}
	})
}
