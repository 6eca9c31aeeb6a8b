package schema

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"wellmet/internal/fault"
)

// attributes are what a kind cannot do without.
func attributes(kind Kind) string {
	switch kind {
	case KindChoice, KindChoices:
		return `,"options":[{"key":"one"},{"key":"true"},{"key":"false"}]`
	case KindLink, KindLinks:
		return `,"target":"firm"`
	case KindNumber:
		return `,"number":{"prefix":"N","digits":3}`
	case KindFormula:
		return `,"formula":"name"`
	case KindRollup:
		return `,"rollup":{"child":"visit","link":"firm","function":"count"}`
	}
	return ""
}

// Each kind becomes exactly the kinds that the table of safe ones says.
func TestOnlySafeRetypesArePlanned(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k *kit) {
		for _, from := range Kinds() {
			add := step(AddField, "firm", "", fmt.Sprintf(`{"name":"x","kind":%q%s}`, from, attributes(from)))
			for _, to := range Kinds() {
				if to == from {
					continue
				}
				_, err := k.plan(nil, add, step(RetypeField, "firm", "x", fmt.Sprintf(`{"kind":%q%s}`, to, attributes(to))))
				if safe := slices.Contains(safeRetype[from], to); safe != (err == nil) {
					t.Errorf("from %s to %s: safe %t, but %v", from, to, safe, err)
				} else if e, ok := fault.As(err); !safe && (!ok || e.Key != "schema.unsafe_retype") {
					t.Errorf("from %s to %s: %v", from, to, err)
				}
			}
		}
		k.refused("schema.fixed", step(RetypeField, "firm", "code", `{"kind":"long_text"}`))
		k.refused("schema.needs_retype", step(AddField, "firm", "", `{"name":"x","kind":"text"}`), step(ChangeField, "firm", "x", `{"kind":"whole"}`))
	})
}

// Values that the new kind can hold are converted; one that it cannot forbids
// the plan, and is shown.
func TestARetypeConvertsEveryValueOrNone(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k *kit) {
		for i, x := range []struct {
			from, to, more string
			values         []string
			want           string
		}{
			{"text", "whole", "", []string{"12", "-3"}, "12 -3"},
			{"text", "whole", "", []string{"12", "a dozen"}, "!a dozen"},
			{"text", "decimal", `,"scale":2`, []string{"1.5", "2"}, "1.5 2"},
			{"text", "money", "", []string{"12.50", "3"}, "12.50 EUR 3.00 EUR"},
			{"text", "date", "", []string{"2026-02-28"}, "2026-02-28"},
			{"text", "date", "", []string{"2026-02-30"}, "!2026-02-30"},
			{"text", "yes_no", "", []string{"true", "false"}, "true false"},
			{"text", "choice", `,"options":[{"key":"a"},{"key":"b"}]`, []string{"a", "b"}, "a b"},
			{"text", "choice", `,"options":[{"key":"a"}]`, []string{"a", "b"}, "!b"},
			{"text", "email", "", []string{"ann@bell.example"}, "ann@bell.example"},
			{"text", "email", "", []string{"nobody"}, "!nobody"},
			{"text", "long_text", "", []string{"words"}, "words"},
			{"whole", "text", "", []string{"7"}, "7"},
			{"whole", "money", "", []string{"7"}, "7.00 EUR"},
			{"decimal", "whole", "", []string{"7"}, "7"},
			{"decimal", "whole", "", []string{"7.5"}, "!7.5"},
			{"money", "decimal", `,"scale":2`, []string{"7.25"}, "7.25"},
			{"date", "date_time", "", []string{"2026-02-28"}, "2026-02-28T00:00:00Z"},
			{"date_time", "date", "", []string{"2026-02-28T23:30:00Z"}, "2026-02-28"},
			{"yes_no", "text", "", []string{"true"}, "true"},
			{"choice", "choices", `,"options":[{"key":"one"},{"key":"true"},{"key":"false"}]`, []string{"one"}, "one"},
		} {
			name := fmt.Sprintf("f%d", i)
			more := attributes(Kind(x.from))
			if x.from == "decimal" {
				more = `,"scale":2`
			}
			k.apply(step(AddField, "visit", "", fmt.Sprintf(`{"name":%q,"kind":%q%s}`, name, x.from, more)))
			for _, v := range x.values {
				k.put("visit", name, v)
			}
			change := step(RetypeField, "visit", name, fmt.Sprintf(`{"kind":%q%s}`, x.to, x.more))
			p, err := k.plan(nil, change)
			if err != nil {
				t.Errorf("%s to %s: %v", x.from, x.to, err)
				continue
			}
			if bad, refused := strings.CutPrefix(x.want, "!"); refused {
				if !p.Refused() || p.Effects[0].Key != "schema.effect_unconvertible" || p.Effects[0].Args["example"] != bad {
					t.Errorf("%s to %s: %+v", x.from, x.to, p.Effects)
				}
				continue
			}
			if p.Refused() || len(p.Effects) != 1 || p.Effects[0].Count != int64(len(x.values)) {
				t.Errorf("%s to %s: %+v", x.from, x.to, p.Effects)
				continue
			}
			k.carryOut(p)
			if got := strings.Join(k.values("visit", name), " "); got != x.want {
				t.Errorf("%s to %s: %q, want %q", x.from, x.to, got, x.want)
			}
		}
	})
}
