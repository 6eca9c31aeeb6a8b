package activity

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"
	"strings"
	"time"

	"wellmet/internal/access"
	room "wellmet/internal/activity"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
)

// The secret of a feed is a token that may read activities and nothing else:
// whoever finds the address in some calendar's settings gets no further.
const (
	feedName  = "Calendar"
	feedScope = "activities:read"
	feedPath  = "/calendar/"
	feedFile  = ".ics"
)

// How far a feed reaches, in days, and how much it carries.
const (
	feedBack  = 90
	feedAhead = 366
	feedMost  = 5000
)

// feed answers a member's meetings and tasks to his calendar program, which
// has no session: the address is the key.
func feed(c *door.Call) error {
	secret, found := strings.CutSuffix(c.R.PathValue("file"), feedFile)
	if !found {
		return errNoRecord
	}
	id, err := c.App.Auth().UseToken(c.Ctx, secret)
	if err != nil || !slices.Equal(id.Scopes, []string{feedScope}) {
		if _, ok := fault.As(err); err != nil && !ok {
			return err
		}
		return errNoRecord
	}
	ws, err := c.App.Workspace(c.Ctx, id.Workspace)
	if err != nil {
		return err
	}
	prefs, err := c.App.Auth().Preferences(c.Ctx, id.User)
	if err != nil {
		return err
	}
	zone := zoneOf(prefs.Zone)
	var body string
	err = ws.Read(c.Ctx, record.Who{Member: id.Member, Scopes: id.Scopes, Door: "calendar", Cause: "calendar.feed", Zone: zone}, func(s *record.Session) error {
		body, err = writeFeed(c, s, zone)
		return err
	})
	if err != nil {
		return err
	}
	return sendFeed(c, body)
}

// zoneOf is a zone by name, nil for none.
func zoneOf(name string) *time.Location {
	if zone, err := time.LoadLocation(name); err == nil && name != "" {
		return zone
	}
	return nil
}

func sendFeed(c *door.Call, body string) error {
	sum := sha256.Sum256([]byte(body))
	tag := `"` + hex.EncodeToString(sum[:12]) + `"`
	h := c.W.Header()
	h.Set("Content-Type", "text/calendar; charset=utf-8")
	h.Set("Cache-Control", "private, no-cache")
	h.Set("ETag", tag)
	if strings.Contains(c.R.Header.Get("If-None-Match"), tag) {
		c.W.WriteHeader(http.StatusNotModified)
		return nil
	}
	_, _ = c.W.Write([]byte(body)) // a caller who hung up is no error of ours
	return nil
}

func writeFeed(c *door.Call, s *record.Session, zone *time.Location) (string, error) {
	if zone == nil {
		if zone = zoneOf(s.Settings().Zone); zone == nil {
			zone = time.UTC
		}
	}
	w := &ical{}
	w.line("BEGIN", "VCALENDAR")
	w.line("VERSION", "2.0")
	w.line("PRODID", "-//Wellmet//Activities//EN")
	w.line("CALSCALE", "GREGORIAN")
	w.line("METHOD", "PUBLISH")
	w.text("X-WR-CALNAME", s.Settings().Name)
	w.line("REFRESH-INTERVAL;VALUE=DURATION", "PT1H")
	w.line("X-PUBLISHED-TTL", "PT1H")
	today := value.DateOf(s.Now(), zone)
	o := activities(s)
	x := &calendar{v: &kit.View{Zone: zone}, from: today.AddDays(-feedBack), to: today.AddDays(feedAhead)}
	at, _ := o.Field(room.At.Name())
	where, err := x.between(at)
	if err != nil {
		return "", err
	}
	n := 0
	q := record.Query{Object: o.Name, Filter: `owner = me() and kind in ("task", "meeting", "call")`, Where: where, Sort: "at", Limit: 500}
	for {
		page, err := s.Query(c.Ctx, q)
		if err != nil {
			return "", err
		}
		for _, r := range page.Records {
			writeEntry(w, c, r, zone)
		}
		n += len(page.Records)
		if q.Cursor = page.Next; q.Cursor == "" || n >= feedMost {
			break
		}
	}
	w.line("END", "VCALENDAR")
	return w.b.String(), nil
}

// writeEntry writes a meeting or call with a time as an event, anything else as
// something to do. What has no time at all is not for a calendar.
func writeEntry(w *ical, c *door.Call, r *record.Record, zone *time.Location) {
	start, starts := record.Get(r, room.StartsAt)
	due, hasDue := record.Get(r, room.DueAt)
	done, _ := record.Get(r, room.Done)
	kind := "VTODO"
	if starts {
		kind = "VEVENT"
	} else if !hasDue {
		return
	}
	w.line("BEGIN", kind)
	w.line("UID", "activity-"+r.ID.String()+"@wellmet")
	changed, _ := r.Field("updated_at").(time.Time)
	w.moment("DTSTAMP", changed) // so that the same content has the same bytes
	w.moment("LAST-MODIFIED", changed)
	w.text("SUMMARY", r.Title())
	if body, ok := record.Get(r, room.Body); ok && body != r.Title() {
		w.text("DESCRIPTION", body)
	}
	w.line("URL", origin(c)+"/activities/"+r.ID.String())
	result, _ := record.Get(r, room.Result)
	if starts {
		end, _ := record.Get(r, room.EndsAt)
		w.span(start, end, zone)
		w.line("STATUS", map[bool]string{true: "CANCELLED", false: "CONFIRMED"}[result == "cancelled"])
	} else {
		writeToDo(w, r, due, done, zone)
	}
	w.line("END", kind)
}

func writeToDo(w *ical, r *record.Record, due time.Time, done bool, zone *time.Location) {
	if midnight(due, zone) {
		w.day("DUE", value.DateOf(due, zone))
	} else {
		w.moment("DUE", due)
	}
	if priority := map[string]string{"high": "1", "normal": "5", "low": "9"}; true {
		if p, ok := record.Get(r, room.Priority); ok && priority[p] != "" {
			w.line("PRIORITY", priority[p])
		}
	}
	if !done {
		w.line("STATUS", "NEEDS-ACTION")
		return
	}
	w.line("STATUS", "COMPLETED")
	w.line("PERCENT-COMPLETE", "100")
	if t, ok := record.Get(r, room.DoneAt); ok {
		w.moment("COMPLETED", t)
	}
}

// origin is the address under which the caller sees the site.
func origin(c *door.Call) string {
	scheme := "http"
	if c.R.TLS != nil || c.W.Header().Get("Strict-Transport-Security") != "" {
		scheme = "https"
	}
	return scheme + "://" + c.R.Host
}

// feedPage is what the page of the feed shows.
type feedPage struct {
	Token *access.Token // that is in use
	URL   string        // of a feed just made, shown this once
}

func showFeed(c *door.Call) error { return feedSettings(c, "") }

func feedSettings(c *door.Call, url string) error {
	tokens, err := feeds(c)
	if err != nil {
		return err
	}
	p := feedPage{URL: url}
	if len(tokens) > 0 {
		p.Token = &tokens[0]
	}
	return c.Show(kit.Page{Title: c.View.T("web.activity.feed"), Nav: "/settings/me", Body: feedBody(c.View, p)})
}

// feeds are the member's tokens that are feeds.
func feeds(c *door.Call) ([]access.Token, error) {
	all, err := c.App.Auth().Tokens(c.Ctx, c.Identity.Workspace, c.Identity.Member)
	return slices.DeleteFunc(all, func(t access.Token) bool {
		return t.Name != feedName || !slices.Equal(t.Scopes, []string{feedScope})
	}), err
}

// makeFeed makes a new address; the one before ends.
func makeFeed(c *door.Call) error {
	if err := revokeFeeds(c); err != nil {
		return err
	}
	t, err := c.App.Auth().CreateToken(c.Ctx, access.Token{Workspace: c.Identity.Workspace, Member: c.Identity.Member, Name: feedName, Scopes: []string{feedScope}})
	if err != nil {
		return err
	}
	return feedSettings(c, origin(c)+feedPath+t.Secret+feedFile)
}

func endFeed(c *door.Call) error {
	if err := revokeFeeds(c); err != nil {
		return err
	}
	return c.Reload("/settings/me/calendar")
}

func revokeFeeds(c *door.Call) error {
	tokens, err := feeds(c)
	if err != nil {
		return err
	}
	for _, t := range tokens {
		if err := c.App.Auth().RevokeToken(c.Ctx, c.Identity.Workspace, c.Identity.Member, t.ID); err != nil {
			return err
		}
	}
	return nil
}
