package access

import (
	"strings"
	"testing"

	"wellmet/internal/fault"
	"wellmet/internal/schema"
)

func TestPermissionsReadWhatTheyWrite(t *testing.T) {
	t.Parallel()
	for _, x := range ShippedRoles() {
		again, err := ParsePermissions(x.Permissions.String())
		if err != nil || again.String() != x.Permissions.String() {
			t.Errorf("%s: %v, %s", x.Key, err, again)
		}
	}
	if got := ShippedRoles()[1].Permissions.String(); !strings.Contains(got, `"read":"open|team_and_below"`) {
		t.Errorf("manager: %s", got)
	}
	for _, text := range []string{"", "  ", "{}"} {
		if p, err := ParsePermissions(text); err != nil || p.Admin || len(p.Objects) > 0 {
			t.Errorf("%q: %v, %v", text, p, err)
		}
	}
}

func TestPermissionsRefuseMisspellings(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		`{`, `[]`, `"all"`, `{} {}`, `{"object": {}}`, `{"objects": {"*": {"raed": "all"}}}`, `{"objects": {"*": {"read": "everything"}}}`,
		`{"objects": {"*": {"read": "open|"}}}`, `{"objects": {"*": {"read": "openall"}}}`, `{"objects": {"*": {"read": 4}}}`,
		`{"fields": {"deal.cost": "hidden"}}`, `{"admin": "yes"}`, "{\"admin\": \x00}",
	} {
		if p, err := ParsePermissions(text); !fault.Is(err, fault.Invalid) || p.Admin || len(p.Objects)+len(p.Fields) > 0 {
			t.Errorf("%s: %v, %v", text, p, err)
		}
	}
}

// FuzzPermissions finds no text that is neither refused nor read back.
func FuzzPermissions(f *testing.F) {
	f.Add(`{"objects": {"*": {"read": "open|team"}}, "fields": {"a.b": "masked"}, "admin": true}`)
	f.Fuzz(func(t *testing.T, text string) {
		p, err := ParsePermissions(text)
		if err != nil {
			if !fault.Is(err, fault.Invalid) {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		if again, err := ParsePermissions(p.String()); err != nil || again.String() != p.String() {
			t.Fatalf("%q: %v, %v", text, err, again)
		}
	})
}

func TestPermissionsAreBoundToIDs(t *testing.T) {
	t.Parallel()
	secret := &schema.Object{ID: "o77", Name: "secret", Plural: "secrets", Table: "x_secret", Access: schema.Owned, Title: "name"}
	secret.Fields = []*schema.FieldDef{{ID: "f88", Name: "pin", Kind: schema.KindText, Column: "c_pin"}}
	s, err := schema.New(1, append(objects(), secret))
	if err != nil {
		t.Fatal(err)
	}
	const text = `{"objects":{"*":{"read":"all"},"secret":{"read":"none"}},"fields":{"deal.cost":"none","secret.pin":"masked"}}`
	const want = `{"objects":{"*":{"read":"all"},"o77":{"read":"none"}},"fields":{"deal.cost":"none","f88":"masked"}}`
	bound, err := BindPermissions(s, text)
	if err != nil || bound != want {
		t.Fatalf("bound %s, %v", bound, err)
	}
	if again, err := BindPermissions(s, bound); err != nil || again != bound {
		t.Errorf("bound twice %s, %v", again, err)
	}
	if got := NamePermissions(s, bound); got != text {
		t.Errorf("named %s", got)
	}
	secret.Name, secret.Plural, secret.Fields[0].Name = "treasure", "treasures", "code"
	if s, err = schema.New(2, append(objects(), secret)); err != nil {
		t.Fatal(err)
	}
	if got := NamePermissions(s, bound); !strings.Contains(got, `"treasure":{"read":"none"}`) || !strings.Contains(got, `"treasure.code":"masked"`) {
		t.Errorf("renamed: %s", got)
	}
	for _, bad := range []string{`{"objects":{"secret":{}}}`, `{"fields":{"deal.costs":"none"}}`, `{"fields":{"cost":"none"}}`,
		`{"objects":{"treasure":{},"o77":{}}}`} {
		if _, err := BindPermissions(s, bad); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", bad, err)
		}
	}
}
