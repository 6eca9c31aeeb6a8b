package record

import (
	"cmp"
	"net/http"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
)

// historyPage is how many acts come at once.
const historyPage = 40

// act is one line of the history.
type act struct {
	id     string
	at     time.Time
	who    kit.Person
	door   string
	why    string // of what the system did, in words; "" = nobody needs any
	doing  string
	fields []fieldChange
	took   taken
	file   string // that came or went; "" = none
}

// taken is another record that went into this one.
type taken struct {
	there bool
	title string
	undo  string // takes the merge back; "" where nobody can
}

func takenBy(m *model, e record.Entry) taken {
	if e.Took == 0 {
		return taken{}
	}
	x := taken{there: true, title: cmp.Or(e.TookTitle, m.v.T("web.record.another"))}
	if m.change && !e.Undone {
		x.undo = door.Undo(e.Act)
	}
	return x
}

// history is a page of all that was ever changed.
type history struct {
	acts []act
	next string
}

// whys are the words for why the system changed a record, by cause.
var whys = map[string]string{sales.FollowCause: "web.record.why_stage"}

func historyPanel(c *door.Call, s *record.Session, m *model) (templ.Component, error) {
	x, err := readHistory(c, s, m, 0)
	if err != nil {
		return nil, err
	}
	return historyList(m, x), nil
}

// showHistory answers the next page of the history.
func showHistory(c *door.Call) error {
	before, _ := strconv.ParseInt(c.R.URL.Query().Get("before"), 10, 64)
	var m *model
	var x *history
	err := c.Read(func(s *record.Session) (err error) {
		if m, err = load(c, s); err != nil {
			return err
		}
		x, err = readHistory(c, s, m, before)
		return err
	})
	if err != nil {
		return err
	}
	return c.Parts(http.StatusOK, historyRows(m, x))
}

func readHistory(c *door.Call, s *record.Session, m *model, before int64) (*history, error) {
	all, err := s.History(c.Ctx, m.o.Name, m.r.ID, before, historyPage+1)
	if err != nil {
		return nil, err
	}
	x := &history{}
	more := len(all) > historyPage
	if more {
		all = all[:historyPage]
		x.next = m.url("/history?before=" + number(all[historyPage-1].Version))
	}
	if all, err = s.WithFiles(c.Ctx, m.o.Name, m.r.ID, before, all, more); err != nil {
		return nil, err
	}
	for _, e := range all {
		x.acts = append(x.acts, act{file: fileName(e), id: e.Act.String(), at: time.UnixMilli(e.At), who: m.n.Person(e.Actor), door: e.Door, why: whys[e.Cause], doing: e.Kind, fields: changesOf(s, m, e), took: takenBy(m, e)})
	}
	return x, m.n.Load(c.Ctx)
}

func fileName(e record.Entry) string {
	if e.File == nil {
		return ""
	}
	return cmp.Or(e.File.Name, "·") // of an erased person nobody knows it any more
}

// what names an act that changed no field that the actor may read.
func (a act) what(m *model) string {
	switch record.Doing(a.doing) {
	case record.Creating:
		return m.v.T("web.record.created")
	case record.Deleting:
		return m.v.T("web.record.deleted")
	case record.Restoring:
		return m.v.T("web.record.restored")
	case record.Attaching:
		return m.v.T("web.record.file_attached", "name", a.file)
	case record.Detaching:
		return m.v.T("web.record.file_detached", "name", a.file)
	case record.Merging:
		return m.v.T("web.record.took", "other", a.took.title)
	}
	return m.v.T("web.record.changed")
}
