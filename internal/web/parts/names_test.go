package parts_test

import (
	"bytes"
	"strings"
	"testing"

	"wellmet/internal/access"
	"wellmet/internal/app"
	"wellmet/internal/app/apptest"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/web/parts"
)

// A link to what one may not see tells nothing of it.
func TestUnreadableTargets(t *testing.T) {
	t.Parallel()
	k := apptest.Open(t, app.Config{Sync: store.SyncOff})
	secret := k.Create(t, k.Olga, "account", record.Values{"name": "Secret Corp"})
	open := k.Create(t, k.Rita, "account", record.Values{"name": "Open Corp"})
	k.Write(t, k.Ada, func(s *record.Session) error {
		return access.SetOpenness(t.Context(), s.Tx(), s.Schema().MustObject("account"), access.Private)
	})
	v := viewIn(t, "en-GB")
	var n *parts.Names
	var f *schema.FieldDef
	k.Read(t, k.Rita, func(s *record.Session) error {
		f, _ = s.Schema().MustObject("deal").Field("account")
		n = parts.NewNames(s)
		n.Want(f, secret)
		n.Want(f, open)
		return n.Load(t.Context())
	})
	// The names answer after the session has ended.
	var b bytes.Buffer
	for _, c := range []any{secret, open} {
		if err := parts.Show(v, n, f, c).Render(t.Context(), &b); err != nil {
			t.Fatal(err)
		}
		if err := parts.Input(v, n, parts.Control{ID: "x", Name: "account", Field: f, Value: c}).Render(t.Context(), &b); err != nil {
			t.Fatal(err)
		}
	}
	if html := b.String(); strings.Contains(html, "Secret") || !strings.Contains(html, "Not visible to you") || !strings.Contains(html, "Open Corp") || strings.Contains(html, `/accounts/`+secret.String()+`"`) {
		t.Errorf("%s", html)
	}
	if p := n.Person(k.Rita); p.Name != "Rita" {
		t.Errorf("%v", p)
	}
}
