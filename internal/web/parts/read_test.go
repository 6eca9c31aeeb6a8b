package parts_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"wellmet/internal/app"
	"wellmet/internal/app/apptest"
	"wellmet/internal/fault"
	"wellmet/internal/i18n"
	"wellmet/internal/record"
	"wellmet/internal/store"
	"wellmet/internal/value"
	"wellmet/internal/web/kit"
	"wellmet/internal/web/parts"
)

func viewIn(t *testing.T, locale string) *kit.View {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Helsinki")
	if err != nil {
		t.Fatal(err)
	}
	f := i18n.FormatFor(locale)
	return &kit.View{Format: f, Lang: f.Language(), Zone: zone, Now: apptest.Noon}
}

// reads are forms and what they say: the value as text, or the key of what is
// wrong. The day is Monday 2 March 2026.
var reads = []struct{ locale, field, form, want string }{
	{"fi", "deal.amount", "amount=184 500,50", "184500.50 EUR"},
	{"fi", "deal.amount", "amount=12k&amount.currency=USD", "12000.00 USD"},
	{"en-GB", "deal.amount", "amount=184,500.50", "184500.50 EUR"},
	{"en-GB", "deal.amount", "amount=€12k&amount.currency=USD", "12000.00 EUR"},
	{"en-GB", "deal.amount", "amount=", ""},
	{"en-GB", "deal.amount", "amount=1.234.5", "!input.number"},
	{"en-GB", "deal.amount", "amount=1&amount.currency=XXZ", "!value.currency"},
	{"en-GB", "deal.close_date", "close_date=tomorrow", "2026-03-03"},
	{"fi", "deal.close_date", "close_date=18.12.", "2025-12-18"},
	{"fi", "deal.close_date", "close_date=31.11.2026", "!input.no_such_day"},
	{"en-GB", "deal.close_date", "close_date=2026-12-18", "2026-12-18"},
	{"en-GB", "deal.probability", "probability=60.5 %25", "60.5"},
	{"ru", "deal.probability", "probability=60,5", "60.5"},
	{"en-GB", "deal.probability", "probability=101", "!field.out_of_range"},
	{"en-GB", "deal.score", "score=12", "12"},
	{"en-GB", "deal.score", "score=12.5", "!field.wants_whole"},
	{"en-GB", "account.employees", "employees=12k", "12000"},
	{"en-GB", "account.phone", "phone=%2B49 30 123456", "+4930123456"},
	{"en-GB", "account.email", "email=nobody", "!value.email"},
	{"en-GB", "account.tags", "tags=VIP, north,vip", "[vip north]"},
	{"en-GB", "account.kinds", "kinds=&kinds=partner&kinds=customer", "[customer partner]"},
	{"en-GB", "account.kinds", "kinds=", ""},
	{"en-GB", "account.billing_address", "billing_address.street=Main 1&billing_address.city=Oslo&billing_address.country=Norway", "Main 1, Oslo, NO"},
	{"en-GB", "account.billing_address", "billing_address.street=", ""},
	{"en-GB", "account.place", "place=59.91, 10.75", "59.91"},
	{"en-GB", "account.description", "description=a%0D%0A%0D%0Ab ", "a\n\nb"},
	{"en-GB", "contact.no_calls", "no_calls=&no_calls=true", "true"},
	{"en-GB", "contact.no_calls", "no_calls=", "false"},
	{"en-GB", "activity.due_at", "due_at=tomorrow&due_at.time=14:30", "2026-03-03T12:30:00Z"},
	{"en-GB", "activity.due_at", "due_at=tomorrow", "2026-03-03T07:00:00Z"},
	{"en-GB", "activity.due_at", "due_at=&due_at.time=14:30", "2026-03-02T12:30:00Z"},
	{"en-GB", "activity.due_at", "due_at=today&due_at.time=25:00", "!web.parts.bad_time"},
	{"en-GB", "activity.due_at", "due_at=&due_at.time=", ""},
	{"en-GB", "lead.status", "status=working", "working"},
	{"en-GB", "lead.status", "status=nonsense", "!field.unknown_option"},
	{"en-GB", "lead.status", "status=&status.text=Working", "working"},
	{"en-GB", "deal.account", "account=&account.text=acme", "ACME"},
	{"en-GB", "deal.account", "account=ACME&account.text=Acme&account.was=Acme", "ACME"},
	{"en-GB", "deal.account", "account=ACME&account.text=&account.was=Acme", ""},
	{"en-GB", "deal.account", "account=ACME&account.text=Beta&account.was=Acme", "!web.parts.no_such"},
	{"en-GB", "deal.account", "account=ACME", "ACME"},
	{"en-GB", "deal.account", "account=&account.text=Twin", "!web.parts.several"},
	{"en-GB", "deal.owner", "owner=&owner.text=rita", "RITA"},
	{"en-GB", "deal.stage", "stage=&stage.text=nonsense", "!web.parts.no_such"},
	{"en-GB", "contact.further_accounts", "further_accounts=&further_accounts=ACME&further_accounts.text=acme", "[ACME]"},
	{"en-GB", "deal.name", "name=%ff", "!value.utf8"},
}

func TestReadWhatPeopleType(t *testing.T) {
	t.Parallel()
	k := apptest.Open(t, app.Config{Sync: store.SyncOff})
	acme := k.Create(t, k.Rita, "account", record.Values{"name": "Acme"})
	for range 2 {
		k.Create(t, k.Rita, "account", record.Values{"name": "Twin"})
	}
	named := strings.NewReplacer("ACME", acme.String(), "RITA", k.Rita.String())
	for _, x := range reads {
		k.Read(t, k.Rita, func(s *record.Session) error {
			object, name, _ := strings.Cut(x.field, ".")
			f, ok := s.Schema().MustObject(object).Field(name)
			if !ok {
				t.Fatalf("no field %s", x.field)
			}
			form, err := url.ParseQuery(strings.ReplaceAll(named.Replace(x.form), " ", "+"))
			if err != nil {
				t.Fatal(err)
			}
			v := viewIn(t, x.locale)
			got, err := parts.Read(v, s, f, form, name)
			if want, refused := strings.CutPrefix(x.want, "!"); refused {
				e, known := fault.As(err)
				if !known || len(e.Fields) != 1 || e.Fields[0].Path != name || e.Fields[0].Key != want {
					t.Errorf("%s %s: %v, want %s", x.locale, x.form, err, want)
				}
				return nil
			}
			if text := textOf(got); err != nil || !strings.HasPrefix(text, named.Replace(x.want)) || x.want == "" && got != nil {
				t.Errorf("%s %s: %q %v, want %q", x.locale, x.form, text, err, x.want)
			}
			// What was read stands in the control as it can be read again.
			if err == nil && got != nil {
				n := parts.NewNames(s)
				n.Want(f, got)
				if err := n.Load(t.Context()); err != nil {
					t.Error(err)
				}
				if parts.Text(v, n, f, got) == "" {
					t.Errorf("%s: no text", x.form)
				}
			}
			return nil
		})
	}
}

func textOf(v any) string {
	switch x := v.(type) {
	case []string:
		return "[" + strings.Join(x, " ") + "]"
	case []value.ID:
		ids := make([]string, len(x))
		for i, id := range x {
			ids[i] = id.String()
		}
		return "[" + strings.Join(ids, " ") + "]"
	case value.Money:
		return x.Amount() + " " + x.Currency
	}
	return value.Text(v)
}
