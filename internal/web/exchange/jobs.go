package exchange

import (
	"time"

	"wellmet/internal/exchange"
	"wellmet/internal/jobs"
	"wellmet/internal/record"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
)

// shownJobs is how many jobs of each sort the page lists.
const shownJobs = 20

// kinds of work in the background that an administrator may wonder about.
var kinds = []string{"record.reindex", "record.revalue", "record.recollate"}

// jobList is what runs in the background, and what has run.
type jobList struct {
	v       *kit.View
	runs    []*place
	bulks   []*bulk
	exports []export
	other   []job
}

type export struct {
	exchange.Exported
	object string
	who    kit.Person
}

// job is other work, of the system.
type job struct {
	jobs.Entry
	who kit.Person
}

func jobsPage(c *door.Call) error {
	l := &jobList{v: c.View}
	im := c.WS.Importer()
	runs, err := im.Runs(c.Ctx, c.Who, 0, shownJobs)
	if err != nil {
		return err
	}
	exports, err := im.Exports(c.Ctx, c.Who, shownJobs)
	if err != nil {
		return err
	}
	if err := c.Read(func(s *record.Session) error { return l.learn(c, s, runs, exports) }); err != nil {
		return err
	}
	for _, p := range l.runs {
		if p.run.State == exchange.Undoing {
			if p.undone, p.acts, err = im.UndoProgress(c.Ctx, c.Who, p.run.ID); err != nil {
				return err
			}
		}
	}
	if c.Fragment() {
		return c.Parts(200, jobsBody(l))
	}
	return c.Show(kit.Page{Title: c.View.T("web.exchange.jobs"), Nav: "/jobs", Body: jobsShown(l)})
}

func (l *jobList) learn(c *door.Call, s *record.Session, runs []*exchange.Run, exports []exchange.Exported) error {
	l.runs, l.exports, l.other, l.bulks = nil, nil, nil, nil
	bulks, err := s.Bulks(c.Ctx, 0, shownJobs)
	if err != nil {
		return err
	}
	for _, run := range bulks {
		b := &bulk{v: c.View}
		if err := b.learn(c, s, run); err != nil {
			return err
		}
		l.bulks = append(l.bulks, b)
	}
	for _, run := range runs {
		p := &place{v: c.View, run: run}
		if p.learn(c, s) == nil && run.State != exchange.Draft { // an object that is gone takes its jobs along
			l.runs = append(l.runs, p)
		}
	}
	for _, x := range exports {
		l.exports = append(l.exports, export{x, objectLabel(s, x.Object, c.View.Lang).Many, person(s, x.By)})
	}
	if !s.Actor().Admin() {
		return nil
	}
	for _, kind := range kinds {
		list, err := jobs.Recent(c.Ctx, s.Tx(), kind, shownJobs)
		if err != nil {
			return err
		}
		for _, e := range list {
			l.other = append(l.other, job{e, person(s, e.Actor)})
		}
	}
	return nil
}

// busy reports whether anything runs.
func (l *jobList) busy() bool {
	for _, p := range l.runs {
		if p.busy() {
			return true
		}
	}
	for _, b := range l.bulks {
		if b.busy() {
			return true
		}
	}
	for _, j := range l.other {
		if j.Done == nil && j.Failed == nil {
			return true
		}
	}
	return false
}

// state is where a job stands: a word and its colour.
func (j job) state(v *kit.View) (text, color string) {
	switch {
	case j.Done != nil:
		return v.T("web.exchange.state.done"), "green"
	case j.Failed != nil:
		return v.T("web.exchange.state.failed"), "red"
	case j.Attempts > 0:
		return v.T("web.exchange.state.again"), "amber"
	}
	return v.T("web.exchange.state.waiting"), "blue"
}

func moment(v *kit.View, t time.Time) string { return v.Moment(t, v.Zone, v.Now) }
