package value

import (
	"strings"
	"testing"
)

func TestParseEmail(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"ann@example.com": "ann@example.com", " Ann.O'Neil+crm@Example.COM\u00A0": "Ann.O'Neil+crm@example.com", "mailto:ann@example.com": "ann@example.com", "ann＠example.com": "ann@example.com", "\u200bann@example.com": "ann@example.com",
		"用户@例子.广告": "用户@例子.广告", "müller@straße.de": "müller@straße.de", `"a b"@example.com`: `"a b"@example.com`, "a@b.co.uk": "a@b.co.uk", "a@xn--80ak6aa92e.com": "a@xn--80ak6aa92e.com",
		"": "value.email", "ann": "value.email", "@example.com": "value.email", "ann@": "value.email", "ann@localhost": "value.email", "ann@@example.com": "value.email", "Ann <ann@example.com>": "value.email", "a b@example.com": "value.email", ".a@example.com": "value.email", "a.@example.com": "value.email", "a..b@example.com": "value.email",
		"ann@example..com": "value.email", "ann@-example.com": "value.email", "ann@example.123": "value.email", "ann@exa_mple.com": "value.email", "a,b@example.com": "value.email", "ann@example.com, bob@example.com": "value.email", "ann@exam ple.com": "value.email", `"a"b"@example.com`: "value.email", "a\u202eb@example.com": "value.email",
		strings.Repeat("a", 65) + "@example.com": "value.email", "a@" + strings.Repeat("b", 64) + ".com": "value.email", "a@" + strings.Repeat("b.", 150) + "com": "value.email", "ann@example.com\xff": "value.utf8",
	} {
		checkText(t, in, want, ParseEmail)
	}
}

// checkText compares a parser's text, or its fault's key, and holds good text to
// being read as itself.
func checkText(t *testing.T, in, want string, parse func(string) (string, error)) {
	t.Helper()
	text, err := parse(in)
	if err != nil {
		mustBeInvalid(t, err)
	} else if again, err := parse(text); err != nil || again != text {
		t.Errorf("%.60q gives %q, and that %q, %v", in, text, again, err)
	}
	if got := keyOr(err, text); got != want {
		t.Errorf("%.60q: %q, want %q", in, got, want)
	}
}

func TestParseURL(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"https://example.com": "https://example.com", " Example.COM/Path?Q=Ü#F ": "https://example.com/Path?Q=Ü#F", "HTTP://EXAMPLE.com:8080": "http://example.com:8080", "//example.com/x": "https://example.com/x", "example.com:8080/a:b": "https://example.com:8080/a:b",
		"localhost:3000": "https://localhost:3000", "http://127.0.0.1/x": "http://127.0.0.1/x", "http://[::1]:80/": "http://[::1]:80/", "bücher.de": "https://bücher.de", "例子.广告/路径": "https://例子.广告/路径", "a_b.example.com": "https://a_b.example.com", "example.com/?a=b%20c": "https://example.com/?a=b%20c", "example.com?u=http://x.y": "https://example.com?u=http://x.y",
		"javascript:alert(1)": "value.url.scheme", "JavaScript://example.com/%0aalert(1)": "value.url.scheme", "data:text/html,x": "value.url.scheme", "file:///etc/passwd": "value.url.scheme", "mailto:ann@example.com": "value.url.scheme", "ftp://example.com": "value.url.scheme", "vbscript:x": "value.url.scheme",
		"": "value.url", "example": "value.url", "http://": "value.url", "http:///x": "value.url", "https:example.com": "value.url", "https://user:pass@example.com": "value.url", "user@example.com": "value.url", "exa mple.com": "value.url", "example.com/a b": "value.url", "http://exa%20mple.com": "value.url", "http://example.com:port": "value.url", "java\nscript:alert(1)": "value.url", "http://%zz.com": "value.url", "not a url": "value.url",
		"example.com/" + strings.Repeat("a", maxURL): "value.url.long", "example.com/\xff": "value.utf8",
	} {
		checkText(t, in, want, ParseURL)
	}
}

func TestParsePhone(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, region, want string }{
		{"+49 30 123456", "", "+4930123456"}, {"030/123456", "DE", "+4930123456"}, {"(0 30) 12 34 56", "de", "+4930123456"}, {"+49 (0)30 123456", "", "+4930123456"}, {"0049 30 123456", "", "+4930123456"}, {"0049 30 123456", "DE", "+4930123456"}, {"011 49 30 123456", "US", "+4930123456"},
		{"(415) 555-0123", "US", "+14155550123"}, {"415.555.0123 x12", "US", "+14155550123;ext=12"}, {"+1 415 555 0123 ext. 7", "", "+14155550123;ext=7"}, {"+14155550123;ext=12", "", "+14155550123;ext=12"}, {"1-800-FLOWERS", "US", "+18003569377"}, {"tel:+1-415-555-0123", "", "+14155550123"},
		{"010-62345678", "CN", "+861062345678"}, {"138 0013 8000", "CN", "+8613800138000"}, {"＋８６　１３８００１３８０００", "", "+8613800138000"}, {"٠١٠١٢٣٤٥٦٧٨", "EG", "+201012345678"}, {"+39 06 1234567", "", "+39061234567"}, {"+7 (495) 123-45-67", "DE", "+74951234567"}, {"+49–30–123456", "", "+4930123456"},
		{"030 123456", "", "value.phone.country"}, {"030 123456", "ZZ", "value.phone"}, {"", "DE", "value.phone"}, {"", "", "value.phone.country"}, {"12", "DE", "value.phone"}, {"+49", "", "value.phone"}, {"+999 123456", "", "value.phone"}, {"ask for Ann, 030 123456", "DE", "value.phone"}, {"n/a", "DE", "value.phone"}, {"+1 415 555 01234567890", "", "value.phone"}, {strings.Repeat("1", 100), "US", "value.phone"}, {"+49 30 \xff", "", "value.utf8"},
	} {
		checkText(t, c.in, c.want, func(s string) (string, error) { return ParsePhone(s, c.region) })
	}
}

func TestParseCountry(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"DE": "DE", "de": "DE", "DEU": "DE", "germany": "DE", " Germany ": "DE", "USA": "US", "U.S.": "US", "UK": "GB", "Côte d'Ivoire": "CI", "Côte d’Ivoire": "CI", "Bosnia and Herzegovina": "BA", "Viet Nam": "VN", "South Korea": "KR", "Korea": "KR", "XK": "XK", "ＦＲ": "FR",
		"": "value.country", "ZZ": "value.country", "EU": "value.country", "Germania": "value.country", "SU": "value.country", "\xff": "value.country",
	} {
		checkText(t, in, want, ParseCountry)
	}
	if n := strings.Count(countryList, "\n"); n != 250 {
		t.Errorf("%d countries", n)
	}
}

func TestAddress(t *testing.T) {
	t.Parallel()
	full := Address{Street: " Torstr. 1 ", City: "Berlin", PostalCode: "10115", Country: "Germany"}
	got, err := full.Checked()
	if err != nil || got != (Address{Street: "Torstr. 1", City: "Berlin", PostalCode: "10115", Country: "DE"}) || got.String() != "Torstr. 1, 10115 Berlin, DE" {
		t.Errorf("%+v, %v", got, err)
	}
	if !(Address{}).IsZero() || (Address{}).String() != "" || full.IsZero() {
		t.Error("IsZero")
	}
	for part, bad := range map[string]Address{"country": {Country: "Narnia"}, "city": {City: "\xff"}, "street": {Street: strings.Repeat("x", 501)}} {
		_, err := bad.Checked()
		mustBeInvalid(t, err)
		if f, ok := asFault(err); !ok || len(f.Fields) != 1 || f.Fields[0].Path != part || f.Fields[0].Key != f.Key {
			t.Errorf("%s: %v", part, err)
		}
	}
}

func FuzzContacts(f *testing.F) {
	for _, s := range []string{"ann@example.com", "example.com:80/x", "+49 30 123456 ext 5", "javascript:alert(1)", "\xff", "http://[::1", "\"@\"@a.b", "００４９３０１２３４５６", "+1", "http://a.b\\c"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for name, parse := range map[string]func(string) (string, error){
			"email": ParseEmail, "url": ParseURL, "country": ParseCountry, "currency": ParseCurrency, "clean": Clean,
			"phone": func(s string) (string, error) { return ParsePhone(s, "US") }, "phone abroad": func(s string) (string, error) { return ParsePhone(s, "") },
		} {
			text, err := parse(s)
			if err != nil {
				mustBeInvalid(t, err)
			} else if again, err := parse(text); err != nil || again != text {
				t.Errorf("%s %q gives %q, and that %q, %v", name, s, text, again, err)
			}
		}
	})
}
