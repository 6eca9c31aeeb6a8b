package value

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/bojanz/currency"
)

// currencySigns are what people write instead of a code, in lower case, with the
// currencies it may mean. Several mean that only the context can tell.
var currencySigns = map[string][]string{
	"€": {"EUR"}, "euro": {"EUR"}, "euros": {"EUR"},
	"$":   {"USD", "CAD", "AUD", "NZD", "HKD", "SGD", "TWD", "MXN", "ARS", "CLP", "COP", "BSD", "BBD", "BZD", "JMD", "TTD", "XCD", "FJD", "NAD"},
	"us$": {"USD"}, "usd$": {"USD"}, "ca$": {"CAD"}, "c$": {"CAD"}, "cad$": {"CAD"}, "a$": {"AUD"}, "au$": {"AUD"},
	"nz$": {"NZD"}, "hk$": {"HKD"}, "s$": {"SGD"}, "nt$": {"TWD"}, "mx$": {"MXN"}, "r$": {"BRL"},
	"£": {"GBP", "EGP", "LBP", "GIP", "FKP", "SHP"}, "￡": {"GBP"},
	"¥": {"JPY", "CNY"}, "￥": {"JPY", "CNY"}, "元": {"CNY", "TWD", "HKD"}, "円": {"JPY"}, "rmb": {"CNY"}, "人民币": {"CNY"},
	"₽": {"RUB"}, "руб": {"RUB"}, "руб.": {"RUB"}, "р.": {"RUB"}, "₴": {"UAH"}, "грн": {"UAH"}, "грн.": {"UAH"}, "₸": {"KZT"},
	"zł": {"PLN"}, "kč": {"CZK"}, "ft": {"HUF"}, "lei": {"RON", "MDL"}, "лв": {"BGN"}, "лв.": {"BGN"},
	"kr": {"SEK", "NOK", "DKK", "ISK"}, "kr.": {"SEK", "NOK", "DKK", "ISK"},
	"fr": {"CHF"}, "fr.": {"CHF"}, "sfr": {"CHF"}, "sfr.": {"CHF"},
	"₹": {"INR"}, "rs": {"INR", "PKR", "LKR", "NPR", "MUR"}, "rs.": {"INR", "PKR", "LKR", "NPR", "MUR"},
	"₩": {"KRW", "KPW"}, "￦": {"KRW"}, "원": {"KRW"}, "₪": {"ILS"}, "₺": {"TRY"}, "tl": {"TRY"}, "฿": {"THB"}, "₫": {"VND"}, "đ": {"VND"},
	"₦": {"NGN"}, "₱": {"PHP"}, "₲": {"PYG"}, "₡": {"CRC"}, "₵": {"GHS"}, "₭": {"LAK"}, "₮": {"MNT"}, "₼": {"AZN"},
	"₾": {"GEL"}, "֏": {"AMD"}, "៛": {"KHR"}, "৳": {"BDT"}, "rp": {"IDR"}, "rp.": {"IDR"}, "rm": {"MYR"}, "r": {"ZAR"},
}

// peelCurrency takes one sign or code off either end.
func (a *adorned) peelCurrency() {
	if a.sign != "" {
		return
	}
	if end := strings.IndexFunc(a.body, notCurrency); end > 0 {
		head := a.body[:end]
		if !knownCurrency(head) {
			head = strings.TrimSuffix(head, ".") // "$.50"
		}
		if knownCurrency(head) {
			a.sign, a.body = strings.ToLower(head), a.body[len(head):]
			return
		}
	}
	last := strings.LastIndexFunc(a.body, notCurrency)
	if last < 0 {
		return
	}
	_, size := utf8.DecodeRuneInString(a.body[last:])
	if tail := a.body[last+size:]; knownCurrency(tail) {
		a.sign, a.body = strings.ToLower(tail), a.body[:last+size]
	}
}

// notCurrency ends a sign in front of a number. A point belongs to it ("Rs.")
// only with a letter before, which knownCurrency sees to.
func notCurrency(r rune) bool {
	return r != '.' && r != '$' && !unicode.IsLetter(r) && !unicode.Is(unicode.Sc, r)
}

func knownCurrency(sign string) bool {
	if sign == "" {
		return false // the library takes "" for a currency
	}
	_, ok := currencySigns[strings.ToLower(sign)]
	return ok || currency.IsValid(strings.ToUpper(sign))
}

// currencyOr is the currency of the sign, or code where there is none or where
// it is one of several that the sign may mean; false when nothing can tell.
func (a adorned) currencyOr(code string) (string, bool) {
	if a.sign == "" {
		return code, true
	}
	if upper := strings.ToUpper(a.sign); currency.IsValid(upper) {
		return upper, true
	}
	may := currencySigns[a.sign]
	if slices.Contains(may, code) {
		return code, true
	}
	return may[0], len(may) == 1
}
