package process_test

import (
	"strings"
	"testing"

	"wellmet/internal/fault"
	"wellmet/internal/process"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

// A template on which something stands is not deleted, and the refusal names what
// and where; once nothing does, it is.
func TestATemplateInUseStays(t *testing.T) {
	t.Parallel()
	each(t, func(k *bench) {
		template := func(name string) value.ID {
			return k.Create(k.t, k.Ada, "template", record.Values{"name": name, "kind": "mail", "object": "deal", "body": "Hello", "subject": "Hello", "status": "published"})
		}
		drop := func(id value.ID) (string, []fault.Field) {
			err := k.Try(k.t.Context(), k.Ada, func(s *record.Session) error { return s.Delete(k.t.Context(), "template", id) })
			if err == nil {
				return "", nil
			}
			f, ok := fault.As(err)
			if !ok || f.Key != "process.template_used" {
				k.t.Fatal(err)
			}
			return f.Args["uses"].(string), f.Fields
		}
		in := template("Offer")
		text := strings.Replace(limited, `{"state": "<qualified>", "pause": true}`, `{"state": "<qualified>", "pause": true, "templates": ["`+in.String()+`"]}`, 1)
		blueprint := k.Create(k.t, k.Ada, "blueprint", record.Values{"name": "Selling", "object": "deal", "field": "stage", "definition": k.write(text)})
		k.publish(blueprint)
		said, fields := drop(in)
		if said != "Blueprint “Selling”" || len(fields) != 1 || fields[0].Args["record"] != blueprint.String() {
			k.t.Errorf("in use by %q %v", said, fields)
		}
		// The draft forgets it, the version that governs does not.
		k.Write(k.t, k.Ada, func(s *record.Session) error {
			_, err := s.Update(k.t.Context(), "blueprint", blueprint, 0, record.Values{"definition": k.write(limited)})
			return err
		})
		if said, _ := drop(in); said != "Blueprint “Selling”" {
			k.t.Errorf("a version in force: %q", said)
		}
		k.publish(blueprint)
		if said, _ := drop(in); said != "" {
			k.t.Errorf("nothing stands on it: %q", said)
		}

		many := template("Welcome")
		k.rule("created", "", []process.Action{{Do: process.DoSend, To: "ann@acme.example", Template: many}}, nil)
		cadence := k.Create(k.t, k.Ada, "cadence", record.Values{"name": "Eight calls"})
		k.Create(k.t, k.Ada, "cadence_step", record.Values{"name": "Write", "cadence": cadence, "template": many})
		k.Write(k.t, k.Ada, func(s *record.Session) error {
			_, err := s.Update(k.t.Context(), "stage", k.stages["qualified"], 0, record.Values{"templates": []value.ID{many}})
			return err
		})
		said, fields = drop(many)
		for _, use := range []string{"Rule “", "Cadence “Eight calls”", "Stage “Qualified”"} {
			if !strings.Contains(said, use) {
				k.t.Errorf("%q is not in %q", use, said)
			}
		}
		if len(fields) != 3 {
			k.t.Errorf("%d uses", len(fields))
		}
		k.Write(k.t, k.Ada, func(s *record.Session) error { // out of use it may go at any time
			_, err := s.Update(k.t.Context(), "template", many, 0, record.Values{"status": "retired"})
			return err
		})
	})
}
