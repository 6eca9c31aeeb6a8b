package process

import (
	"net/http"
	"slices"
	"time"

	"wellmet/internal/fault"
	"wellmet/internal/process"
	"wellmet/internal/record"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
)

// askPublish says in numbers what publishing would do.
func askPublish(c *door.Call) error {
	var x *sheet
	err := read(c, func(s *record.Session) (err error) {
		x, err = load(c, s, "")
		return err
	})
	if err != nil {
		return err
	}
	return inDialog(c, c.View.T("web.process.publish_title", "name", x.name), x.base, publishForm(x, ""))
}

// effect is what publishing does, in sentences.
func (x *sheet) effect() []string {
	e, v, many := x.exam.Effect, x.v, x.v.In(x.o.Label(x.v.Lang).Many)
	list := []string{v.T("web.process.governed", "count", e.Governed, "objects", many)}
	if e.Outside > 0 {
		list = append(list, v.T("web.process.outside", "count", e.Outside))
	}
	if e.Running > 0 {
		list = append(list, v.T("web.process.running", "count", e.Running))
	}
	if e.Stranded > 0 {
		list = append(list, v.T("web.process.stranded", "count", e.Stranded))
	}
	return list
}

func publish(c *door.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	id, err := c.ID()
	if err != nil {
		return err
	}
	var act value.ID
	var out *process.PublishedAs
	err = write(c, "process.publish", func(s *record.Session) (err error) {
		out, err = process.Publish(c.Ctx, s, id, process.Publication{Note: form.Get("note"), Accept: form.Has("accept"), Move: form.Has("move")})
		act = s.Act()
		return err
	})
	if f, ok := fault.As(err); ok && f.Kind == fault.Invalid {
		return publishAgain(c, c.View.Fault(f))
	}
	if err != nil {
		return err
	}
	var x *sheet
	if err := read(c, func(s *record.Session) (err error) { x, err = load(c, s, ""); return err }); err != nil {
		return err
	}
	return saved(c, x, c.View.T("web.process.published", "number", out.Number), door.Undo(act))
}

func publishAgain(c *door.Call, why string) error {
	var x *sheet
	err := read(c, func(s *record.Session) (err error) {
		x, err = load(c, s, "")
		return err
	})
	if err != nil {
		return err
	}
	if c.Fragment() {
		return c.Parts(http.StatusUnprocessableEntity, publishForm(x, why))
	}
	title := c.View.T("web.process.publish_title", "name", x.name)
	return page(c, http.StatusUnprocessableEntity, title, askPage(c.View, title, x.base, publishForm(x, why)))
}

func retire(c *door.Call) error {
	return onBlueprint(c, "process.retire", func(s *record.Session, id value.ID) error { return process.Retire(c.Ctx, s, id) })
}

// revert makes the draft what a version was.
func revert(c *door.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	return onBlueprint(c, "process.revert", func(s *record.Session, id value.ID) error { return process.Revert(c.Ctx, s, id, idOf(form, "version")) })
}

// onBlueprint does something to a blueprint and shows it.
func onBlueprint(c *door.Call, cause string, do func(*record.Session, value.ID) error) error {
	id, err := c.ID()
	if err != nil {
		return err
	}
	if err := write(c, cause, func(s *record.Session) error { return do(s, id) }); err != nil {
		return err
	}
	return c.Go(blueprintsURL + "/" + id.String())
}

// version is one that was published.
type version struct {
	ID     string
	Number int64
	Said   string // when, by whom, with which note
}

// difference is how the draft differs from a version.
type difference struct {
	number     int64
	gone, come []string
}

func showVersions(c *door.Call) error {
	var x *sheet
	var list []version
	var d *difference
	of := idOf(c.R.URL.Query(), "of")
	err := read(c, func(s *record.Session) (err error) {
		if x, err = load(c, s, ""); err != nil {
			return err
		}
		return s.Each(c.Ctx, record.Query{Object: process.Versions.Name, Filter: `blueprint = "` + x.r.ID.String() + `"`, Sort: "-number"}, func(r *record.Record) error {
			y := version{ID: r.ID.String()}
			y.Number, _ = record.Get(r, process.VersionNumber)
			note, _ := record.Get(r, process.VersionNote)
			if at, ok := r.Field("created_at").(time.Time); ok {
				y.Said = c.View.MomentFull(at, c.View.Zone)
			}
			made, err := s.HistoryOf(c.Ctx, r, 1)
			if err != nil {
				return err
			}
			if len(made) > 0 && made[0].Actor != 0 {
				y.Said += " · " + s.Roster().Name(made[0].Actor)
			}
			if note != "" {
				y.Said += " · " + note
			}
			list = append(list, y)
			if r.ID == of {
				d, err = x.differs(c, s, r, y.Number)
			}
			return err
		})
	})
	if err != nil {
		return err
	}
	return page(c, http.StatusOK, c.View.T("web.process.versions"), versionsPage(x, list, d))
}

// differs compares the sentences of the draft with those of a version.
func (x *sheet) differs(c *door.Call, s *record.Session, r *record.Record, number int64) (*difference, error) {
	was := *x
	text, _ := record.Get(r, process.VersionText)
	was.when, _ = record.Get(r, process.VersionWhen)
	var err error
	if was.def, err = process.ParseDefinition(text); err != nil {
		return nil, err
	}
	if err := was.tell(c.Ctx, s); err != nil {
		return nil, err
	}
	before, now := was.lines(), x.lines()
	d := &difference{number: number}
	for _, line := range before {
		if !slices.Contains(now, line) {
			d.gone = append(d.gone, line)
		}
	}
	for _, line := range now {
		if !slices.Contains(before, line) {
			d.come = append(d.come, line)
		}
	}
	return d, nil
}
