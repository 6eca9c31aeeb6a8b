package exchange

import (
	"strings"

	"wellmet/internal/record"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
	"wellmet/internal/web/parts"
)

// bulk is a bulk change as its page shows it.
type bulk struct {
	v    *kit.View
	run  *record.BulkRun
	undo *record.UndoRun // how far its undo is; nil without one
	said *parts.Bulk
	who  kit.Person
}

// findBulk reads the bulk change of the address.
func findBulk(c *door.Call) (*bulk, error) {
	id, err := c.ID()
	if err != nil {
		return nil, err
	}
	b := &bulk{v: c.View}
	return b, c.Read(func(s *record.Session) error {
		run, err := s.Bulk(c.Ctx, id)
		if err != nil {
			return err
		}
		return b.learn(c, s, run)
	})
}

// learn reads what the page says of a bulk change.
func (b *bulk) learn(c *door.Call, s *record.Session, run *record.BulkRun) (err error) {
	b.run, b.undo, b.who = run, nil, person(s, run.By)
	if run.Undone != 0 {
		a, err := s.ReadAct(c.Ctx, run.Act, "", 1)
		if err != nil {
			return err
		}
		b.undo = a.Undo
	}
	b.said, err = parts.DescribeBulk(c.Ctx, c.View, s, run)
	return err
}

func (b *bulk) busy() bool {
	return b.run.State == record.BulkRunning || b.undo != nil && b.undo.State == record.UndoRunning
}

func (b *bulk) url() string { return "/jobs/" + b.run.ID.String() }

func (b *bulk) title() string {
	switch b.run.Do {
	case record.Deleting:
		return b.v.T("web.exchange.bulk.delete", "objects", b.said.Label.Many)
	case record.Restoring:
		return b.v.T("web.exchange.bulk.restore", "objects", b.said.Label.Many)
	}
	return b.v.T("web.exchange.bulk.update", "objects", b.said.Label.Many)
}

// state is where it stands: a word and its colour.
func (b *bulk) state() (text, color string) {
	switch {
	case b.undo != nil && b.undo.State == record.UndoRunning:
		return b.v.T("web.exchange.state.undoing"), "amber"
	case b.run.Undone != 0:
		return b.v.T("web.exchange.state.undone"), "gray"
	case b.run.State == record.BulkRunning:
		return b.v.T("web.exchange.state.running"), "blue"
	case b.run.State == record.BulkStopped:
		return b.v.T("web.exchange.state.stopped"), "amber"
	case b.run.State == record.BulkFailed:
		return b.v.T("web.exchange.state.failed"), "red"
	}
	return b.v.T("web.exchange.state.done"), "green"
}

// share is how much of the work is done, in percent.
func (b *bulk) share() int {
	done, all := b.progress()
	return min(100, done*100/max(all, 1))
}

func (b *bulk) progress() (done, all int) {
	if b.undo != nil {
		return b.undo.Done, b.undo.Total
	}
	return b.run.Done(), b.run.Total
}

func (b *bulk) progressText() string {
	done, all := b.progress()
	return b.v.T("web.exchange.bulk.progress", "done", b.v.Int(int64(done)), "all", b.v.Int(int64(all)))
}

// figures are what has become of the records.
func (b *bulk) figures() []figure {
	v, did := b.v, b.v.T("web.exchange.bulk.changed")
	switch b.run.Do {
	case record.Deleting:
		did = v.T("web.exchange.bulk.deleted")
	case record.Restoring:
		did = v.T("web.exchange.bulk.restored")
	}
	list := []figure{{b.run.Changed, did, ""}}
	if b.run.Unchanged > 0 {
		list = append(list, figure{b.run.Unchanged, v.T("web.exchange.unchanged"), ""})
	}
	return append(list, figure{b.run.Failed, v.T("web.exchange.bulk.refused"), amber(b.run.Failed)})
}

// undoable reports whether there is something to take back.
func (b *bulk) undoable() bool { return b.run.Undone == 0 && b.run.Changed > 0 }

func (b *bulk) set() string { return strings.Join(b.said.Sets, " · ") }

// showBulk answers the page of a bulk change, or its figures.
func showBulk(c *door.Call) error {
	b, err := findBulk(c)
	if err != nil {
		return err
	}
	if c.Fragment() {
		if !b.busy() && c.R.URL.Query().Get("waited") == "1" { // there are other rows to show now
			c.W.Header().Set("HX-Trigger", "wellmet:refresh")
		}
		return c.Parts(200, bulkBox(b))
	}
	return c.Show(kit.Page{Title: b.title(), Nav: "/jobs", Body: bulkPage(b)})
}

// stopBulk ends a bulk change; what was changed stays.
func stopBulk(c *door.Call) error {
	id, err := c.ID()
	if err != nil {
		return err
	}
	if err := c.Write("jobs.stop", func(s *record.Session) error {
		_, err := s.StopBulk(c.Ctx, id)
		return err
	}); err != nil {
		return err
	}
	if !c.Fragment() {
		return c.Go("/jobs/" + id.String())
	}
	b, err := findBulk(c)
	if err != nil {
		return err
	}
	return c.Parts(200, bulkBox(b))
}
