package record

import (
	"cmp"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"wellmet/internal/i18n"
	"wellmet/internal/record"
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
	var kept []string
	var run *record.UndoRun
	err = c.Write("undo", func(s *record.Session) error {
		done, err := s.UndoAct(c.Ctx, id)
		if err != nil {
			return err
		}
		run, kept = done.Run, reasons(c.View, s, done.Kept)
		return nil
	})
	to := c.R.URL.Query().Get("to")
	switch {
	case err != nil:
		return err
	case c.R.Header.Get("HX-Request") != "true":
		return c.Go(cmp.Or(local(to), back(c)))
	}
	text := c.View.T("web.record.undone")
	if len(kept) > 0 {
		text = c.View.T("web.record.undone_kept", "kept", strings.Join(kept, " "))
	}
	if run != nil { // a large act, which a job takes back
		text = c.View.T("web.record.undoing", "count", run.Total, "n", c.View.Int(int64(run.Total)))
	}
	if to = local(to); to != "" { // what the page shows may be gone
		return c.Leave(to, text, "")
	}
	c.W.Header().Set("HX-Trigger", "wellmet:refresh")
	return c.Parts(http.StatusOK, kit.ToastPart(c.View, text, ""))
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
