package record

import (
	"cmp"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"wellmet/internal/fault"
	"wellmet/internal/i18n"
	"wellmet/internal/record"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
)

// undo takes back an act of the actor, as far as nothing changed since, and
// lets the page load again where it stands. What was kept is said.
func undo(c *door.Call) error {
	id, err := c.IDOf("act")
	if err != nil {
		return err
	}
	return takeBack(c, func(*record.Session) (value.ID, error) { return id, nil })
}

// undoLast takes back the latest of what the actor did, and again the one before.
func undoLast(c *door.Call) error {
	return takeBack(c, func(s *record.Session) (value.ID, error) { return s.LastAct(c.Ctx) })
}

func takeBack(c *door.Call, find func(*record.Session) (value.ID, error)) error {
	var kept []string
	var run *record.UndoRun
	to := local(c.R.URL.Query().Get("to"))
	err := c.Write(record.UndoCause, func(s *record.Session) error {
		id, err := find(s)
		if err != nil {
			return err
		}
		done, err := s.UndoAct(c.Ctx, id)
		if err != nil {
			return err
		}
		run, kept = done.Run, reasons(c.View, s, done.Kept)
		to = cmp.Or(to, gone(c, s))
		return nil
	})
	switch {
	case err != nil:
		return err
	case c.R.Header.Get("HX-Request") != "true":
		return c.Go(cmp.Or(to, back(c)))
	}
	text := c.View.T("web.record.undone")
	if len(kept) > 0 {
		text = c.View.T("web.record.undone_kept", "kept", strings.Join(kept, " "))
	}
	if run != nil { // a large act, which a job takes back
		text = c.View.T("web.record.undoing", "count", run.Total, "n", c.View.Int(int64(run.Total)))
	}
	if to != "" { // what the page shows may be gone
		return c.Leave(to, text, "")
	}
	c.W.Header().Set("HX-Trigger", "wellmet:refresh")
	return c.Parts(http.StatusOK, kit.ToastPart(c.View, text, ""))
}

// gone is the list to go to where the page shows a record that is no longer there.
func gone(c *door.Call, s *record.Session) string {
	u, err := url.Parse(c.R.Header.Get("HX-Current-URL"))
	if err != nil {
		return ""
	}
	plural, rest, _ := strings.Cut(strings.TrimPrefix(u.Path, "/"), "/")
	o, ok := s.Schema().Plural(plural)
	id, bad := value.ParseID(rest)
	if !ok || bad != nil {
		return ""
	}
	if _, err := s.Get(c.Ctx, o.Name, id); fault.Is(err, fault.NotFound) {
		return "/" + plural
	}
	return ""
}

// local is the address of a record or a list of ours, "" for anything else.
func local(to string) string {
	if recordAddress.MatchString(to) {
		return to
	}
	return ""
}

var recordAddress = regexp.MustCompile(`^/[a-z_0-9]+(/[0-9]+)?$`)

// maxReasons is how many things left alone a notice tells.
const maxReasons = 3

// reasons says what an undo left alone and why, each once.
func reasons(v *kit.View, s *record.Session, kept []record.Kept) []string {
	var out []string
	told := map[string]bool{}
	for _, k := range kept {
		text := i18n.Text(v.Lang, k.Reason, nil)
		if o, ok := s.Schema().Object(k.Object); ok {
			if f, ok := o.Field(k.Field); ok && s.Actor().Sees(f) {
				text = v.T("web.record.kept", "field", f.Label(v.Lang), "reason", text)
			}
		}
		if !told[text] && len(out) < maxReasons {
			out, told[text] = append(out, text), true
		}
	}
	return out
}

// back is the page that a form without script came from.
func back(c *door.Call) string {
	u, err := url.Parse(c.R.Header.Get("Referer"))
	if err != nil || u.Host != c.R.Host || u.Path == "" {
		return "/"
	}
	return u.RequestURI()
}
