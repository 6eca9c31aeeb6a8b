package parts

import (
	"bytes"
	"context"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"
	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"wellmet/internal/access"
	"wellmet/internal/i18n"
	"wellmet/internal/schema"
	"wellmet/internal/value"
	"wellmet/internal/web/kit"
)

var update = flag.Bool("update", false, "write the golden files anew")

// colleagues and rights stand in for those of a workspace.
type (
	colleagues map[value.ID]string
	rights     map[string]access.FieldRight // of fields; others may be written
)

func (c colleagues) Name(id value.ID) string { return c[id] }

func (r rights) Field(f *schema.FieldDef) access.FieldRight {
	if right, ok := r[f.Name]; ok {
		return right
	}
	return access.WriteField
}

func (r rights) Can(*schema.Object, access.Action) bool { return true }
func (r rights) CanWrite(f *schema.FieldDef) bool       { return r.Field(f) == access.WriteField }
func (r rights) Sees(f *schema.FieldDef) bool           { return r.Field(f) != access.NoField }

// everything has a field of every kind.
func everything(t testing.TB) *schema.Schema {
	t.Helper()
	o := schema.NewObject("thing", "things", schema.Unowned, "Thing", "Things")
	schema.Text(o, "text").Required()
	schema.Tags(o, "tags")
	schema.LongText(o, "long_text")
	schema.Int(o, "whole")
	schema.Decimal(o, "decimal", 2)
	schema.Money(o, "money")
	schema.Money(o, "fixed").On(func(f *schema.FieldDef) { f.Currency = "EUR" })
	schema.Percent(o, "percent", 1)
	schema.Date(o, "date")
	schema.Moment(o, "date_time")
	schema.Bool(o, "yes_no")
	colored := func(f *schema.FieldDef) {
		f.Options[1].Color, f.Options[1].Labels = "teal", map[string]string{"en": "Trade fair", "ru": "Выставка"}
	}
	schema.Choice(o, "choice", "web", "fair", "phone").On(colored)
	schema.Choice(o, "long_choice", strings.Fields("a b c d e f g h i j k l m n")...)
	schema.Choices(o, "choices", "web", "fair", "phone", "mail").On(colored)
	schema.Link(o, "link", "account")
	schema.Links(o, "links", "account")
	schema.Person(o, "person")
	schema.About(o, "about")
	schema.Email(o, "email")
	schema.Emails(o, "emails")
	schema.Phone(o, "phone")
	schema.URL(o, "url")
	schema.Address(o, "address")
	schema.Place(o, "place")
	schema.Formula[any](o, "formula", schema.KindInt, `whole * 2`)
	account := schema.NewObject("account", "accounts", schema.Unowned, "Account", "Accounts")
	schema.Text(account, "name")
	s, err := schema.New(1, append([]*schema.Object{o, account}, access.Objects()...))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// samples is one value of each field; accounts 7 and 8 may be read, 9 may not.
var samples = []struct {
	field string
	value any
}{
	{"text", "Fleet <b>telematics</b>"}, {"tags", []string{"vip", "north", "new", "far"}},
	{"long_text", "Dear all,\r\n**terms** are `net 30`:\n\n- one\n- two <i>\n\n1. first\n2. second\n> said\nSee https://example.com/a?b=1&c=2. and [here](https://example.com/x) not [this](javascript:alert(1))"},
	{"whole", int64(12420)}, {"decimal", decimal.RequireFromString("1234.5")}, {"money", value.Money{Minor: 18450000, Currency: "EUR"}},
	{"fixed", value.Money{Minor: 100, Currency: "EUR"}}, {"percent", decimal.RequireFromString("60.5")}, {"date", onDay("2026-12-18")},
	{"date_time", time.Date(2026, 11, 20, 13, 5, 0, 0, time.UTC)}, {"yes_no", true}, {"choice", "fair"}, {"long_choice", "c"},
	{"choices", []string{"web", "fair", "phone", "mail"}}, {"link", value.ID(7)}, {"links", []value.ID{7, 8, 9}}, {"person", value.ID(1)},
	{"about", []schema.Ref{{Object: "account", ID: 7}, {Object: "account", ID: 9}}}, {"email", "ingrid@nordlys.example"},
	{"emails", []string{"a@b.example", "c@d.example"}}, {"phone", "+4930123456"}, {"url", "https://www.nordlys.example/about/"},
	{"address", value.Address{Street: "Main St 1", PostalCode: "0150", City: "Oslo", Country: "NO"}}, {"place", value.Point{Lat: 59.91, Lon: 10.75}}, {"formula", int64(42)},
}

func onDay(s string) value.Date {
	d, err := value.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

func viewOf(locale string) *kit.View {
	zone, _ := time.LoadLocation("Europe/Helsinki")
	f := i18n.FormatFor(locale)
	return &kit.View{Format: f, Lang: f.Language(), Zone: zone, Now: time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)}
}

func namesOf(s *schema.Schema, r rights) *Names {
	n := &Names{schema: s, locale: "en", roster: colleagues{1: "Aino Lehtonen"}, actor: r, currency: "EUR",
		wanted: map[string]map[value.ID]bool{}, titles: map[string]map[value.ID]string{}}
	n.Add("account", 7, "Nordlys Energi AS")
	n.Add("account", 8, `"><script>alert(8)</script>`)
	return n
}

func html(t testing.TB, c templ.Component) string {
	t.Helper()
	var b bytes.Buffer
	if err := c.Render(context.Background(), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestEveryKind(t *testing.T) {
	t.Parallel()
	s := everything(t)
	o := s.MustObject("thing")
	for _, x := range samples {
		t.Run(x.field, func(t *testing.T) {
			t.Parallel()
			f, _ := o.Field(x.field)
			var b strings.Builder
			add := func(title, text string) {
				b.WriteString("== " + title + "\n" + strings.ReplaceAll(text, "><", ">\n<") + "\n")
			}
			for _, locale := range []string{"en-GB", "ru"} {
				v, n := viewOf(locale), namesOf(s, nil)
				add(locale+" text", Text(v, n, f, x.value))
				add(locale+" show", html(t, Show(v, n, f, x.value)))
				add(locale+" cell", html(t, Cell(v, n, f, x.value)))
			}
			v, n := viewOf("en-GB"), namesOf(s, nil)
			add("empty show", html(t, Show(v, n, f, nil)))
			add("empty cell", html(t, Cell(v, n, f, nil)))
			add("read only", html(t, Show(v, namesOf(s, rights{x.field: access.ReadField}), f, nil)))
			masked := access.Mask(x.value)
			add("masked", html(t, Cell(v, namesOf(s, rights{x.field: access.Masked}), f, masked)))
			c := Control{ID: "c1", Name: x.field, Field: f, Value: x.value, Required: f.Required}
			add("edit", html(t, Labeled(v, n, c)))
			c.Typed, c.Error = []string{`"typed" <i>`}, "wrong <b>"
			add("refused", html(t, Labeled(v, n, c)))
			golden(t, x.field, b.String())
		})
	}
}

// hash changes with every asset.
var hash = regexp.MustCompile(`/static/[0-9a-f]+/`)

func golden(t *testing.T, name, got string) {
	t.Helper()
	got = hash.ReplaceAllString(got, "/static/")
	path := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("differs (-update writes anew):\n%s", diff)
	}
}
