package marketing

import (
	"context"
	"errors"
	"maps"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// What is kept of posts that make no lead, so that nothing is lost and no bot
// fills the disk: so many of a form in an hour, and so much of each. The others
// are counted on the last one that was kept.
const (
	mostRefused   = 20
	mostNamesKept = 60
	mostTextKept  = 2_000 // letters of one answer
	mostRawKept   = 8_000 // letters of all
	// countEvery is how often the count is written while posts rain down.
	countEvery = time.Second
)

// refusals are the forms of which an hour's share is kept already.
type refusals struct {
	mu    sync.Mutex
	forms map[refusedForm]*tally
}

type refusedForm struct {
	of   Workspace
	slug string
}

// tally counts the posts of a form and hour of which nothing is kept. What is
// not written yet is worth a second, so each node has its own.
type tally struct {
	hour    time.Time
	last    value.ID // the submission that the count stands on
	waiting int64    // counted and not written
	written time.Time
}

// Refuse keeps, within bounds, a post that is not looked at: with the reason,
// and as much of it as there is room for.
func (d *Desk) Refuse(ctx context.Context, w Workspace, p Post, why *fault.Error) error {
	key, now := refusedForm{w, p.Form}, d.now()
	full, due := d.refused.count(key, now)
	if due {
		if err := d.WriteRefused(ctx, w, p.Form); err != nil {
			return err
		}
	}
	if full {
		return nil
	}
	var last value.ID
	err := w.Write(ctx, visitor("forms.refused"), func(s *record.Session) (err error) {
		last, err = keepRefused(ctx, s, p, why)
		return err
	})
	if err == nil && last != 0 {
		d.refused.fill(key, now, last)
	}
	return err
}

// count notes one more post of a form where nothing more is kept of this hour
// (full); due says that what was counted is to be written.
func (r *refusals) count(key refusedForm, now time.Time) (full, due bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	t := r.forms[key]
	if t == nil {
		return false, false
	}
	if !t.hour.Equal(now.Truncate(time.Hour)) {
		return false, t.waiting > 0
	}
	t.waiting++
	return true, now.Sub(t.written) >= countEvery
}

// fill remembers that no more is kept of a form in this hour.
func (r *refusals) fill(key refusedForm, now time.Time, last value.ID) {
	r.mu.Lock()
	defer r.mu.Unlock()
	maps.DeleteFunc(r.forms, func(_ refusedForm, t *tally) bool { return t.waiting == 0 && now.Sub(t.written) > time.Hour })
	if r.forms == nil {
		r.forms = map[refusedForm]*tally{}
	}
	hour := now.Truncate(time.Hour)
	if t := r.forms[key]; t != nil && t.hour.Equal(hour) { // another post at the same time was first, and may have counted
		return
	}
	r.forms[key] = &tally{hour: hour, last: last, written: now}
}

// take hands over what is to be written of a form.
func (r *refusals) take(key refusedForm, now time.Time) (last value.ID, n int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if t := r.forms[key]; t != nil {
		last, n = t.last, t.waiting
		t.waiting, t.written = 0, now
	}
	return last, n
}

// giveBack counts again what could not be written.
func (r *refusals) giveBack(key refusedForm, n int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if t := r.forms[key]; t != nil {
		t.waiting += n
	}
}

// WriteRefused writes how many posts of a form were counted and not kept.
func (d *Desk) WriteRefused(ctx context.Context, w Workspace, form string) error {
	key := refusedForm{w, form}
	last, n := d.refused.take(key, d.now())
	if n == 0 {
		return nil
	}
	err := w.Write(ctx, visitor("forms.refused"), func(s *record.Session) error { return addBeyond(ctx, s, last, n) })
	if err != nil {
		d.refused.giveBack(key, n)
	}
	return err
}

// keepRefused writes down a post that was refused. Where the form had its share
// of this hour it is counted on the last one, which is answered then.
func keepRefused(ctx context.Context, s *record.Session, p Post, why *fault.Error) (last value.ID, err error) {
	f, err := Find(ctx, s, p.Form)
	if err != nil {
		return 0, err
	}
	var kept int64
	if _, err := s.Tx().Row(ctx, `SELECT count(*), coalesce(max(id), 0) FROM {submission} WHERE form_id = $1 AND state = $2 AND received_at >= $3`,
		[]any{f.ID, Refused, s.Now().Truncate(time.Hour)}, &kept, &last); err != nil {
		return 0, err
	}
	if kept < mostRefused {
		p.Values = bounded(p.Values)
		_, err := keep(ctx, s, p, Answer{Form: f, State: Refused, Refused: why})
		return 0, err
	}
	return last, addBeyond(ctx, s, last, 1)
}

// addBeyond counts posts on the last submission that was kept.
func addBeyond(ctx context.Context, s *record.Session, last value.ID, n int64) error {
	if err := s.Hold(ctx, Submissions.Name, []value.ID{last}); err != nil {
		return err
	}
	sys := s.AsSystem("how many posts are not kept")
	r, err := sys.Get(ctx, Submissions.Name, last)
	if fault.Is(err, fault.NotFound) { // somebody has put it into the trash
		return nil
	}
	if err != nil {
		return err
	}
	so, _ := record.Get(r, SubmissionBeyond)
	f, _ := r.Object.Field(SubmissionBeyond.Name())
	return s.SetDerived(ctx, r.Object, []*schema.FieldDef{f}, map[value.ID][]any{last: {so + n}})
}

// bounded is as much of a post as is kept.
func bounded(sent url.Values) url.Values {
	kept, room := url.Values{}, mostRawKept
	names := slices.Sorted(maps.Keys(sent))
	for _, name := range names[:min(len(names), mostNamesKept)] {
		for _, text := range sent[name] {
			text = clip(text, min(mostTextKept, room))
			if room -= len([]rune(text)); room > 0 {
				kept.Add(clip(name, longestLabel), text)
			}
		}
	}
	return kept
}

// Beginning reads what a post begins with that is too long to be read whole.
func Beginning(contentType, text string) url.Values {
	if strings.HasPrefix(contentType, "multipart/") {
		return url.Values{"": {text}}
	}
	sent, _ := url.ParseQuery(text) // the last answer is cut off
	return sent
}

// refuse keeps a post for the reason that the visitor is told.
func (d *Desk) refuse(ctx context.Context, w Workspace, p Post, why error) error {
	e, ok := fault.As(why)
	if !ok {
		return why
	}
	return errors.Join(why, d.Refuse(ctx, w, p, e))
}
