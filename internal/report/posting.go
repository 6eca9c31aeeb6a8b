package report

import (
	"context"
	"slices"
	"strings"
	"time"

	"wellmet/internal/fault"
	"wellmet/internal/i18n"
	"wellmet/internal/jobs"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// Posting is what mailing takes. The room writes letters; who sends them is told
// to it.
type Posting struct {
	Book   *Book
	Engine func(ctx context.Context, workspace string) (*record.Engine, error)
	// Language is what a member reads, "" for the workspace's.
	Language func(ctx context.Context, workspace string, member value.ID) (string, error)
	// Site is the address of the pages, "" where nobody said it; ready says that
	// there is a mail server.
	Site func(ctx context.Context, tx *store.Tx) (site string, ready bool, err error)
	// Send hands a letter to the mail server; false = its receiver has no address.
	Send func(ctx context.Context, workspace string, l Letter) (bool, error)
	// Tell says something to a member in his inbox, once for each word of once.
	Tell func(ctx context.Context, s *record.Session, to value.ID, key string, args fault.Args, link, once string) error
}

// Letter is a mail to one member.
type Letter struct {
	To         value.ID
	Subject    string
	Text, HTML string
	ID         string // tells a repetition from another letter
}

// mailing is the job that writes and sends one letter of a schedule.
type mailing struct {
	Schedule value.ID `json:"schedule"`
	Member   value.ID `json:"member"`
	At       int64    `json:"at"` // the time that it was due at
}

// Kind implements jobs.Job.
func (mailing) Kind() string { return "report.mail" }

// Handle says how the jobs of this room run.
func Handle(r *jobs.Runner, p Posting) {
	jobs.Handle(r, jobs.Options{}, p.post)
}

const mostDue = 200

func due(ctx context.Context, s *record.Session, most int) (*record.Page, error) {
	return s.Query(ctx, record.Query{Object: Schedules.Name, Filter: "active = true and next_at <= now()", Sort: "next_at", Limit: most})
}

// AnyDue reports whether a schedule is due: asked each minute, it keeps those
// who write from waiting for a transaction that has nothing to do.
func AnyDue(ctx context.Context, s *record.Session) (bool, error) {
	page, err := due(ctx, s, 1)
	return err == nil && len(page.Records) > 0, err
}

// Due asks for the letters of the schedules that are due, in the transaction in
// which each is put to its next time: one letter a receiver, however long nobody
// was there to send it.
func (p Posting) Due(ctx context.Context, s *record.Session) error {
	page, err := due(ctx, s, mostDue)
	if err != nil || len(page.Records) == 0 {
		return err
	}
	ids := make([]value.ID, len(page.Records))
	for i, r := range page.Records {
		ids[i] = r.ID
	}
	if err := s.Hold(ctx, Schedules.Name, ids); err != nil {
		return err
	}
	if page, err = due(ctx, s, mostDue); err != nil { // another node may have asked for some meanwhile
		return err
	}
	page.Records = slices.DeleteFunc(page.Records, func(r *record.Record) bool { return !slices.Contains(ids, r.ID) })
	_, ready, err := p.Site(ctx, s.Tx())
	if err != nil {
		return err
	}
	for _, r := range page.Records {
		if err := p.one(ctx, s, r, ready); err != nil {
			return err
		}
	}
	return nil
}

func (p Posting) one(ctx context.Context, s *record.Session, r *record.Record, ready bool) error {
	due, _ := record.Get(r, ScheduleNext)
	every, _ := record.Get(r, ScheduleEvery)
	zone, _ := record.Get(r, ScheduleZone)
	when, err := timingOf(s, func(f schema.Field[int64]) int64 { n, _ := record.Get(r, f); return n }, every, zone)
	if err != nil {
		when.zone = s.Env().Zone // the zone is known no more
	}
	v := record.With(record.Values{}, ScheduleNext, when.after(s.Now()))
	record.With(v, ScheduleLast, s.Now())
	v[ScheduleProblem.Name()] = nil
	switch {
	case !s.Roster().Active(r.Owner()): // nobody asks for it any more
		v = record.With(record.Values{}, ScheduleActive, false)
	case !ready:
		record.With(v, ScheduleProblem, "report.schedule_no_server")
		if err := p.tell(ctx, s, r, "report.schedule_no_server", nil, due); err != nil {
			return err
		}
	default:
		receivers, _ := record.Get(r, ScheduleReceivers)
		for _, member := range receivers {
			if err := s.Later(mailing{r.ID, member, due.UnixMilli()}); err != nil {
				return err
			}
		}
	}
	_, err = s.Update(ctx, Schedules.Name, r.ID, 0, v)
	return err
}

// tell says to a schedule's owner what came of it.
func (p Posting) tell(ctx context.Context, s *record.Session, r *record.Record, key string, args fault.Args, due time.Time) error {
	if args == nil {
		args = fault.Args{}
	}
	args["schedule"] = r.Title()
	member, _ := args["name"].(string)
	return p.Tell(ctx, s, r.Owner(), key, args, "/schedules", strings.Join([]string{key, r.ID.String(), member, due.UTC().Format(time.RFC3339)}, ":"))
}

// post writes a letter with the eyes of its receiver, as they are now, and sends
// it. Who left, or may no longer see what is sent, gets none; the owner hears of
// it, and whoever stays, too.
func (p Posting) post(ctx context.Context, run jobs.Run, j mailing) error {
	engine, err := p.Engine(ctx, run.Workspace)
	if err != nil {
		return err
	}
	language, err := p.Language(ctx, run.Workspace, j.Member)
	if err != nil {
		return err
	}
	x := sending{p: p, engine: engine, j: j, mark: store.Setting[bool]{Key: "mailing:" + run.ID.String()}}
	if over, err := x.brokenOff(ctx); err != nil || over {
		return err
	}
	var l *Letter
	err = engine.Read(ctx, record.Who{Member: j.Member, Door: "job", Locale: language}, func(s *record.Session) (err error) {
		l, err = p.write(ctx, s, j, language)
		return err
	}, store.Report)
	switch f, known := fault.As(err); {
	case known && (f.Kind == fault.Forbidden || f.Kind == fault.NotFound || f.Kind == fault.Unauthenticated):
		return x.unseen(ctx)
	case known && f.Kind == fault.Invalid:
		return x.skipped(ctx, "report.schedule_broken")
	case err != nil || l == nil:
		return err
	}
	l.ID = run.ID.String()
	return x.send(ctx, run.Workspace, *l)
}

// write is the letter of a schedule to its reader; nil when the schedule is gone.
func (p Posting) write(ctx context.Context, s *record.Session, j mailing, language string) (*Letter, error) {
	r, err := s.AsSystem("the schedule of a letter").Get(ctx, Schedules.Name, j.Schedule)
	if fault.Is(err, fault.NotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if language == "" {
		language = s.Settings().Locale
	}
	site, _, err := p.Site(ctx, s.Tx())
	if err != nil {
		return nil, err
	}
	f := i18n.FormatFor(language)
	x := &mail{w: &Words{Format: f, Lang: f.Language()}, site: strings.TrimRight(site, "/"), owner: s.Roster().Name(r.Owner())}
	of, _ := record.Get(r, ScheduleOf)
	span, _ := record.Get(r, SchedulePeriod)
	if err := x.fill(ctx, s, p.Book, of, span); err != nil {
		return nil, err
	}
	return &Letter{To: j.Member, Subject: x.title + " – " + f.Date(s.Today()), Text: x.text(), HTML: x.html()}, nil
}
