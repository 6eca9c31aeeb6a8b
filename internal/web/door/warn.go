package door

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/a-h/templ"

	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/web/kit"
)

// warnCookie carries to the next page what rules found odd about a change after
// which the browser is sent on.
const warnCookie = "wellmet_warned"

// mostWarned is how many things a notice tells.
const mostWarned = 3

// warnings are the words for what rules found odd, each thing once however many
// records it is about.
func (c *Call) warnings() []string {
	var keys []string
	count, first := map[string]int{}, map[string]record.Warning{}
	for _, w := range c.warned {
		if count[w.Key]++; count[w.Key] == 1 {
			keys, first[w.Key] = append(keys, w.Key), w
		}
	}
	var list []string
	for _, key := range keys[:min(len(keys), mostWarned)] {
		text := c.View.FieldFault(first[key].Field)
		if n := count[key]; n > 1 {
			text = c.View.T("web.warned_many", "text", text, "count", n, "n", c.View.Int(int64(n)))
		}
		list = append(list, text)
	}
	return list
}

// Warn tells something beside what was done, here or on the page that the
// browser is sent to.
func (c *Call) Warn(key string) {
	c.warned = append(c.warned, record.Warning{Field: fault.Field{Key: key}})
}

// carryWarnings keeps them for the page that the browser is sent to.
func (c *Call) carryWarnings() {
	if list := c.warnings(); len(list) > 0 {
		c.setWarnCookie(url.QueryEscape(strings.Join(list, "\n")), 60)
	}
}

// carried are the warnings of the change before this page, told once.
func (c *Call) carried() []string {
	cookie, err := c.R.Cookie(warnCookie)
	if err != nil || cookie.Value == "" || c.R.Method != http.MethodGet {
		return nil
	}
	c.setWarnCookie("", -1)
	text, err := url.QueryUnescape(cookie.Value)
	if err != nil || len(text) > 4000 {
		return nil
	}
	list := strings.Split(text, "\n")
	return list[:min(len(list), mostWarned)]
}

func (c *Call) setWarnCookie(text string, age int) {
	http.SetCookie(c.W, &http.Cookie{Name: warnCookie, Value: text, Path: "/", MaxAge: age, HttpOnly: true, Secure: c.secure(), SameSite: http.SameSiteLaxMode})
}

// warnParts bring warnings along with an answer.
func (c *Call) warnParts(list []string) (out []templ.Component) {
	for _, text := range list {
		out = append(out, kit.WarnPart(c.View, text))
	}
	return out
}
