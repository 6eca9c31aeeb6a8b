package sample

import (
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"wellmet/internal/value"
)

func TestNobodyCanBeReached(t *testing.T) {
	each(t, func(t *testing.T, c *Company, _ time.Time) {
		seen := map[string]bool{}
		email := func(s string) {
			t.Helper()
			if _, err := value.ParseEmail(s); err != nil || !strings.HasSuffix(s, ".example") {
				t.Errorf("e-mail %q: %v", s, err)
			}
			if seen[s] {
				t.Errorf("two people have %s", s)
			}
			seen[s] = true
		}
		phone := func(s string) {
			t.Helper()
			if got, err := value.ParsePhone(s, ""); err != nil || got != s {
				t.Errorf("phone %q: %q, %v", s, got, err)
			}
			if !fictional(s) {
				t.Errorf("phone %q might be somebody's", s)
			}
		}
		for _, m := range c.Members {
			email(m.Email)
			phone(m.Phone)
		}
		for _, a := range c.Accounts {
			phone(a.Phone)
			if _, err := value.ParseURL(a.Website); err != nil || !strings.HasSuffix(a.Website, ".example") {
				t.Errorf("website %q: %v", a.Website, err)
			}
			if got, err := a.Address.Checked(); err != nil || got != a.Address {
				t.Errorf("address %v: %v", a.Address, err)
			}
		}
		for _, x := range c.Contacts {
			email(x.Email)
			phone(x.Phone)
			if x.Mobile != "" {
				phone(x.Mobile)
			}
		}
		for _, l := range c.Leads {
			phone(l.Phone)
			if l.Status != leadConverted { // the others are contacts by now
				email(l.Email)
			}
		}
	})
}

// fictional: in a range kept for stories, or not to be dialled because the
// subscriber's number begins with zeros.
func fictional(s string) bool {
	for _, prefix := range []string{
		"+44207946", "+44161496", "+44121496", "+44113496", "+44131496", "+44117496", "+447700900",
		"+493023125", "+4940669", "+492214710", "+4969900", "+4989999", "+49171392", "+4917604069",
		"+3319900", "+3326191", "+3335301", "+3346571", "+3353649", "+3363998", "+7799",
	} {
		if strings.HasPrefix(s, prefix) {
			return true
		}
	}
	return strings.HasPrefix(s, "+1") && strings.Contains(s, "55501") || strings.Contains(s, "000")
}

func TestTextsAreWhole(t *testing.T) {
	each(t, func(t *testing.T, c *Company, _ time.Time) {
		text := func(what, s string) {
			t.Helper()
			if strings.ContainsAny(s, "{}%/") || !utf8.ValidString(s) || strings.TrimSpace(s) != s {
				t.Errorf("%s reads %q", what, s)
			}
		}
		need := func(what, s string) {
			t.Helper()
			text(what, s)
			if s == "" {
				t.Errorf("%s is empty", what)
			}
		}
		for _, m := range c.Members {
			need("member", m.Name)
		}
		for _, a := range c.Accounts {
			need("account", a.Name)
			need("street", a.Address.Street)
			text("notes", a.Notes)
		}
		for _, x := range c.Contacts {
			need("first name", x.FirstName)
			need("last name", x.LastName)
			need("latin name", x.Latin)
			need("title", x.Title)
		}
		for _, l := range c.Leads {
			need("company", l.Company)
			need("interest", l.Interest)
		}
		for _, d := range c.Deals {
			need("deal", d.Name)
			if d.Name[1] == ':' {
				t.Errorf("deal %q carries the mark of its sensors", d.Name)
			}
			text("next step", d.NextStep)
		}
		for _, a := range c.Activities {
			text("body", a.Body)
			if a.Kind == note {
				need("note", a.Body)
			} else {
				need("subject", a.Subject)
			}
		}
	})
}

func TestEveryLanguageIsComplete(t *testing.T) {
	t.Parallel()
	for _, l := range lands {
		for _, k := range industries {
			if len(l.tongue.trades[k.name]) == 0 {
				t.Errorf("%s has no word for %s", l.tongue.code, k.name)
			}
		}
		for _, reason := range lostReasons {
			if l.tongue.text.lost[reason] == "" {
				t.Errorf("%s has no text for a deal lost by %q", l.tongue.code, reason)
			}
		}
		if len(l.tongue.text.meetings) < 2 || len(l.tongue.text.calls) < 2 {
			t.Errorf("%s has too few calls or meetings", l.tongue.code)
		}
	}
}

func TestThreeScripts(t *testing.T) {
	each(t, func(t *testing.T, c *Company, _ time.Time) {
		count := map[string]int{}
		for _, x := range c.Contacts {
			r, _ := utf8.DecodeRuneInString(x.LastName)
			switch {
			case unicode.Is(unicode.Cyrillic, r):
				count["cyrillic"]++
			case unicode.Is(unicode.Han, r):
				count["han"]++
			case unicode.Is(unicode.Latin, r):
				count["latin"]++
			}
			for _, r := range x.Latin {
				if unicode.IsLetter(r) && !unicode.Is(unicode.Latin, r) {
					t.Errorf("%q is not in Latin letters", x.Latin)
				}
			}
		}
		if count["latin"] < 700 || count["cyrillic"] < 120 || count["han"] < 60 {
			t.Errorf("scripts of the contacts: %v", count)
		}
	})
}
