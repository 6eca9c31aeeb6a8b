package i18n

import (
	"strings"
	"sync"

	"wellmet/internal/value"
)

// Format writes and reads numbers, money and days as people of one locale do.
// It is immutable and safe for concurrent use.
type Format struct {
	locale
	english bool
}

// formats are all there are, by name. A region changes something in English only.
var formats = sync.OnceValue(func() map[string]*Format {
	all := map[string]*Format{}
	for _, l := range []locale{english(), catalan(), finnish(), russian(), chinese()} {
		all[l.language] = &Format{locale: l}
	}
	british, american := english(), englishOfAmerica()
	british.order = value.DateDMY
	all["en-gb"], all["en-us"] = &Format{locale: british}, &Format{locale: american}
	for _, f := range all {
		f.prepare()
	}
	return all
})

// asBritish are the regions where 3/4 is the third of April; elsewhere, and in
// English without a region, it is asked for.
const asBritish = " GB IE AU NZ IN SG HK MT ZA "

// FormatFor answers the format of a locale: "en", "en-US", "ca", "fi", "ru",
// "zh", or one of those with a region or script. Every other one is English as
// in Great Britain.
func FormatFor(locale string) *Format {
	all := formats()
	if f := all[locale]; f != nil {
		return f
	}
	language, rest, _ := strings.Cut(strings.ReplaceAll(strings.ToLower(locale), "_", "-"), "-")
	if language != fallback {
		if f := all[language]; f != nil {
			return f
		}
		return all[fallback]
	}
	switch region := strings.ToUpper(rest[strings.LastIndexByte(rest, '-')+1:]); {
	case region == "US" || region == "PH":
		return all["en-us"]
	case region != "" && strings.Contains(asBritish, " "+region+" "):
		return all["en-gb"]
	}
	return all[fallback]
}

// prepare fills what follows from the rest of the locale.
func (f *Format) prepare() {
	if f.monthsAlone[0] == "" {
		f.monthsAlone = f.monthsShort
	}
	if f.monthsOfDate[0] == "" {
		f.monthsOfDate = f.months
	}
	f.english = f.language == fallback
	f.prepareInput()
}

// Language is the language of the catalogue: "en", "ca", "fi", "ru" or "zh".
func (f *Format) Language() string { return f.language }

// HTMLLang is the value of a page's lang attribute: "en-GB" … "zh-Hans".
func (f *Format) HTMLLang() string { return f.html }

// List joins names with commas and "and".
func (f *Format) List(items []string) string {
	switch last := len(items) - 1; last {
	case -1:
		return ""
	case 0:
		return items[0]
	default:
		return strings.Join(items[:last], f.listComma) + f.listAnd + items[last]
	}
}
