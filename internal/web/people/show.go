package people

import (
	"strings"

	"wellmet/internal/access"
	"wellmet/internal/value"
	"wellmet/internal/web/kit"
)

// agent is what a person calls his browser: "Firefox, Windows".
func agent(text string) string {
	pick := func(names ...string) string {
		for i := 0; i+1 < len(names); i += 2 {
			if strings.Contains(text, names[i]) {
				return names[i+1]
			}
		}
		return ""
	}
	browser := pick("Edg/", "Edge", "OPR/", "Opera", "Firefox/", "Firefox", "Chrome/", "Chrome", "Safari/", "Safari", "Wellmet", "Wellmet")
	system := pick("Android", "Android", "iPhone", "iPhone", "iPad", "iPad", "Windows", "Windows", "Mac OS", "macOS", "Linux", "Linux")
	switch {
	case browser != "" && system != "":
		return browser + ", " + system
	case browser != "" || system != "":
		return browser + system
	case len(text) > 60:
		return value.Printable(text[:60])
	}
	return value.Printable(text)
}

func used(v *kit.View, t access.Token) string {
	if t.Used.IsZero() {
		return v.T("web.people.token_unused")
	}
	return v.Ago(t.Used, v.Now)
}

func until(v *kit.View, t access.Token) string {
	if t.Expires.IsZero() {
		return v.T("web.people.token_forever")
	}
	return v.T("web.people.token_expires", "day", v.Date(value.DateOf(t.Expires.Add(-1), v.Zone)))
}
