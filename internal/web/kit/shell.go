package kit

// htmxConfig: no inline style or eval (the content policy forbids both), and a
// full load when the browser goes back to a page it does not have.
const htmxConfig = `{"includeIndicatorCSS":false,"defaultTimeout":30000}`

// Boost is the value of hx-boost:inherited on a part of a page whose links lead
// to whole pages.
const Boost = `{"target":"#main","swap":"innerHTML"}`

// label is what the side bar calls an address.
func (s *Shell) label(url string) string {
	for _, item := range s.Objects {
		if item.URL == url {
			return item.Label
		}
	}
	return url
}

// mostUnread is how many notices are counted one by one.
const mostUnread = 99

func unreadText(v *View, n int64) string {
	if n > mostUnread {
		return v.Int(mostUnread) + "+"
	}
	return v.Int(n)
}

// inboxKey opens the inbox; the page of everything has no keys.
func inboxKey(live bool) string {
	if live {
		return "g n"
	}
	return ""
}
