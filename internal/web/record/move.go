package record

import (
	"net/http"
	"net/url"
	"strconv"

	"github.com/a-h/templ"

	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/web/door"
	"wellmet/internal/web/moving"
)

var errNoState = fault.New(fault.NotFound, "web.no_page", nil)

// askMove answers a dialog with every state.
func askMove(c *door.Call) error {
	var m *model
	err := c.Read(func(s *record.Session) (err error) {
		if m, err = load(c, s); err != nil {
			return err
		}
		if m.path, err = pathOf(c, s, m); err == nil && m.path == nil {
			err = errNoState
		}
		return err
	})
	if err != nil {
		return err
	}
	return c.Parts(http.StatusOK, moveDialog(m))
}

// version is the one that the form's page showed; 0 = whatever is there.
func version(form url.Values) int64 {
	n, _ := strconv.ParseInt(form.Get("v"), 10, 64)
	return max(n, 0)
}

// Moved shows on a record's page, or wherever one looked at it, what a move
// has done.
func Moved(c *door.Call, m *moving.Moved) error { return refreshed(c, m.Said, m.Undo) }

// asking opens the dialogue of a way that asks for something.
func asking(m *model, to string) templ.Attributes {
	q := url.Values{"field": {m.path.field.Name}, "v": {number(m.r.Version)}, "to": {to}}
	return templ.Attributes{"hx-get": m.url("/move?" + q.Encode()), "hx-target": "#modal", "hx-swap": "beforeend"}
}
