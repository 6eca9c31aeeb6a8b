package api

import (
	"testing"

	"wellmet/internal/record"
)

func TestADayMeansToItsEndInTheWorkspace(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		d.system(t, func(s *record.Session) error {
			return s.ChangeSettings(t.Context(), func(s *record.Settings) { s.Zone = "America/New_York" })
		})
		id := d.create(t, d.Rita, "accounts", map[string]any{"name": "Shared"})
		for given, want := range map[string]string{
			"2027-07-01":                "2027-07-02T03:59:59.999Z",
			"2027-12-01":                "2027-12-02T04:59:59.999Z",
			"2027-07-01T10:00:00Z":      "2027-07-01T10:00:00Z",
			"2027-07-01T10:00:00+02:00": "2027-07-01T08:00:00Z",
			"2027-07-01T10:00":          "2027-07-01T14:00:00Z",
		} {
			shares := d.call(t, d.Rita, POST, base+"/accounts/"+id+"/shares", map[string]any{"member": d.Olga.String(), "level": "read", "until": given}).is(200)
			if got := shares.items()[0]["until"]; got != want {
				t.Errorf("a share until %s ends %v, want %s", given, got, want)
			}
			token := d.call(t, d.Rita, POST, base+"/tokens", map[string]any{"name": "t", "scopes": []string{"read"}, "expires_at": given}).is(201)
			if got := token.text("expires_at"); got != want {
				t.Errorf("a token until %s ends %v, want %s", given, got, want)
			}
		}
		d.call(t, d.Rita, GET, base+"/search", nil).problem(422, "api.no_words")
		d.call(t, d.Rita, GET, base+"/search?q=+", nil).problem(422, "api.no_words")
	})
}
