package process_test

import (
	"encoding/json"
	"strings"
	"testing"

	"wellmet/internal/process"
	"wellmet/internal/record"
)

// What is exported makes the same process elsewhere, with the stages of there.
func TestAProcessGoesToAnotherWorkspace(t *testing.T) {
	t.Parallel()
	each(t, func(k *bench) {
		ctx := k.t.Context()
		id := k.blueprint(selling, nil)
		k.rule("created", "", `[{"do":"move","field":"stage","to":"<qualified>"},{"do":"task","text":"x","to":"owner"}]`, record.Values{"active": false})
		var text string
		k.Read(k.t, k.Ada, func(s *record.Session) error {
			f, err := process.Export(ctx, s)
			b, _ := json.Marshal(f)
			text = string(b)
			return err
		})
		if !strings.Contains(text, `"Sales / Qualified"`) || strings.Contains(text, k.stages["qualified"].String()) {
			k.t.Fatalf("exported %s", text)
		}
		before := k.get("blueprint", id, "definition")
		apply := func() (done process.Applied) {
			f, err := process.ReadFile([]byte(text))
			k.must(err)
			k.Write(k.t, k.Ada, func(s *record.Session) (err error) {
				done, err = process.Apply(ctx, s, f)
				return err
			})
			return done
		}
		k.must(k.set(k.Ada, "blueprint", id, record.Values{"definition": "{}"}))
		if got := apply(); got.Created != 0 || got.Changed < 1 {
			k.t.Errorf("applied %+v", got)
		}
		var a, b any
		k.must(json.Unmarshal([]byte(before.(string)), &a))
		k.must(json.Unmarshal([]byte(k.get("blueprint", id, "definition").(string)), &b))
		if x, y := mustJSON(a), mustJSON(b); x != y {
			k.t.Errorf("came back as %s, was %s", y, x)
		}
		k.Write(k.t, k.Ada, func(s *record.Session) error {
			p, err := s.Query(ctx, record.Query{Object: "rule"})
			if err != nil {
				return err
			}
			return s.Delete(ctx, "rule", p.Records[0].ID)
		})
		if got := apply(); got.Created != 1 {
			k.t.Errorf("applied again %+v", got)
		}
	})
}

func mustJSON(v any) string {
	b, _ := json.Marshal(v)
	return string(b)
}
