package customer_test

import (
	"bytes"
	"strings"
	"testing"

	"wellmet/internal/app/apptest"
	"wellmet/internal/customer"
	"wellmet/internal/exchange"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// imported brings a file of contacts in.
func imported(t *testing.T, k *apptest.Kit, text string) value.ID {
	t.Helper()
	im := k.Workspace.Importer()
	id, err := im.Start(t.Context(), apptest.As(k.Ada), exchange.Request{Object: "contact", Name: "a.csv", File: strings.NewReader(text)}, false)
	if err != nil {
		t.Fatal(err)
	}
	if err := im.Go(t.Context(), id, nil); err != nil {
		t.Fatal(err)
	}
	return id
}

// stored is everything that tables keep of imports and exports, as text.
func stored(t *testing.T, k *apptest.Kit) string {
	t.Helper()
	var b strings.Builder
	k.Read(t, k.Ada, func(s *record.Session) error {
		b.Reset()
		for _, sql := range []string{`SELECT coalesce(raw, '') || coalesce(errors, '') FROM {import_row}`, `SELECT filter FROM {export_log}`,
			`SELECT coalesce(note, '') FROM {act}`, `SELECT options FROM {import_run}`, `SELECT coalesce(body, '') FROM {idempotency}`} {
			rows, err := s.Tx().Query(t.Context(), sql)
			if err != nil {
				return err
			}
			for rows.Next() {
				text, _ := rows.Text(0)
				b.WriteString(text + "\n")
			}
			if err := rows.Close(); err != nil {
				return err
			}
		}
		return nil
	})
	return b.String()
}

func TestErasingLeavesNothingInImportsAndExports(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		const header = "first_name,last_name,email,phone,birthday\n"
		first := imported(t, k, header+"Anna,Ek,anna@ek.example,+49 30 1234567,\nAnna,Ek,anna@ek.example,,no day\nPaul,Ost,paul@ost.example,,no day\n")
		byPhone := imported(t, k, header+"A.,E.,,030 123 45 67,no day\nZoe,Li,,,\n")
		byName := imported(t, k, header+"Anna,EK,,,no day\n")
		other := imported(t, k, header+"Anna,Ost,anna@ost.example,,no day\nPaul,Ek,,,no day\n")
		var contact value.ID
		k.Read(t, k.Ada, func(s *record.Session) error {
			page, err := s.Query(t.Context(), record.Query{Object: "contact", Filter: `email = "anna@ek.example"`})
			if err == nil {
				contact = page.Records[0].ID
			}
			return err
		})
		k.Write(t, k.Ada, func(s *record.Session) error { // what she was called before counts too
			_, err := s.Update(t.Context(), "contact", contact, 0, record.Values{"email": "anna@new.example"})
			return err
		})
		im := k.Workspace.Importer()
		for _, filter := range []string{`email = "Anna@EK.example"`, `name contains "Ost"`} {
			if _, err := im.Export(t.Context(), apptest.As(k.Ada), exchange.ExportRequest{Object: "contact", Filter: filter, Format: exchange.Formats["csv"]}, &bytes.Buffer{}); err != nil {
				t.Fatal(err)
			}
		}
		k.Write(t, k.Ada, func(s *record.Session) error {
			_, err := customer.Erase(t.Context(), s, contact)
			return err
		})
		k.Drain(t)
		text := strings.ToLower(stored(t, k))
		for _, gone := range []string{"anna@ek", "1234567", "123 45 67", `"anna","ek"`} {
			if strings.Contains(text, gone) {
				t.Errorf("%s still stands in:\n%s", gone, text)
			}
		}
		for _, stays := range []string{"paul@ost.example", "anna@ost.example", `contains "ost"`, `"paul","ek"`} {
			if !strings.Contains(text, stays) {
				t.Errorf("%s went too:\n%s", stays, text)
			}
		}
		for id, want := range map[value.ID]string{first: "Paul", byPhone: "first_name", byName: "first_name", other: "Ost"} {
			var b bytes.Buffer
			if err := im.WriteErrors(t.Context(), apptest.As(k.Ada), id, &b); err != nil || !strings.Contains(b.String(), want) {
				t.Errorf("failed rows of %d: %v\n%s", id, err, b.String())
			}
		}
		if n := strings.Count(text, `"hash":""`); n != 3 {
			t.Errorf("%d files are gone, want 3", n)
		}
	})
}

func TestErasingCleansWhatWasWritten(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		contact := k.Create(t, k.Rita, "contact", record.Values{"first_name": "Anna", "last_name": "Ek", "email": "anna@ek.example", "phone": "+49 30 1234567"})
		account := k.Create(t, k.Rita, "account", record.Values{"name": "Acme"})
		lead := k.Create(t, k.Rita, "lead", record.Values{"name": "Anna Ek", "company": "Acme", "email": "anna@ek.example", "description": "Anna Ek asked"})
		k.Write(t, k.Rita, func(s *record.Session) error {
			_, err := s.AsSystem("test").Update(t.Context(), "lead", lead, 0, record.Values{"converted_contact": contact})
			return err
		})
		note := func(text string, of string, id value.ID) value.ID {
			return k.Create(t, k.Rita, "activity", record.Values{"kind": "note", "body": text, "about": []schema.Ref{{Object: of, ID: id}}})
		}
		first := note("EK, Anna (anna@ek.example) can be had at 030 / 123 45 67; annas@ek.example cannot.", "contact", contact)
		second := note("anna ek wrote", "lead", lead)
		third := note("Anna Ek recommends us", "account", account)
		none := note("Banna Ekström", "contact", contact)
		var e customer.Erased
		k.Write(t, k.Ada, func(s *record.Session) (err error) {
			e, err = sales.Erase(t.Context(), s, contact)
			return err
		})
		if e.Activities != 2 || e.Leads != 1 || e.Elsewhere != 1 {
			t.Errorf("%d activities, %d leads, %d elsewhere", e.Activities, e.Leads, e.Elsewhere)
		}
		p := e.Pseudonym
		for id, want := range map[value.ID]string{first: p + " (" + p + ") can be had at " + p + "; annas@ek.example cannot.", second: p + " wrote",
			third: "Anna Ek recommends us", none: "Banna Ekström"} {
			k.Read(t, k.Ada, func(s *record.Session) error {
				r, err := s.Get(t.Context(), "activity", id)
				if err == nil && r.Field("body") != want {
					t.Errorf("%q, wanted %q", r.Field("body"), want)
				}
				return err
			})
		}
		k.Read(t, k.Ada, func(s *record.Session) error {
			r, err := s.Get(t.Context(), "lead", lead)
			if err == nil && (r.Field("name") != p || r.Field("email") != nil || r.Field("company") != "Acme" || r.Field("description") != p+" asked") {
				t.Errorf("the lead is %v %v %v %v", r.Field("name"), r.Field("email"), r.Field("company"), r.Field("description"))
			}
			history, err := s.History(t.Context(), "lead", lead, 0, 50)
			for _, h := range history {
				if len(h.Changes) > 0 {
					t.Errorf("the lead's history knows %v", h.Changes)
				}
			}
			return err
		})
	})
}
