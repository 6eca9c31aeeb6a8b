package marketing

import (
	"context"
	"time"

	"wellmet/internal/access"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

// listed reports whether a person called an earlier submission from this
// address spam.
func listed(ctx context.Context, s *record.Session, email string) (bool, error) {
	if email == "" {
		return false, nil
	}
	var id value.ID
	return s.Tx().Row(ctx, `SELECT id FROM {submission} WHERE email = $1 AND state = 'spam' AND judged IS TRUE AND deleted_at IS NULL LIMIT 1`, []any{email}, &id)
}

// CallSpam says that a submission is spam; what else comes from its address is,
// too. The lead that it made stays for whoever looks after it.
func CallSpam(ctx context.Context, s *record.Session, id value.ID) error {
	if err := s.MayChange(ctx, Submissions.Name, id); err != nil {
		return err
	}
	v := record.With(record.With(record.Values{}, SubmissionState, Spam), SubmissionJudged, true)
	_, err := s.AsSystem("a person calls it spam").Update(ctx, Submissions.Name, id, 0, v)
	return err
}

// Retry makes a lead of a submission after all: one that failed, or was taken
// for spam.
func Retry(ctx context.Context, s *record.Session, id value.ID) (state string, err error) {
	if err := s.MayChange(ctx, Submissions.Name, id); err != nil {
		return "", err
	}
	r, err := s.Get(ctx, Submissions.Name, id)
	if err != nil {
		return "", err
	}
	if state, _ := record.Get(r, SubmissionState); state == MadeLead || state == Repeated {
		return "", fault.New(fault.Conflict, "form.lead_already", nil)
	}
	raw, _ := record.Get(r, SubmissionRaw)
	sent, ok := Answers(raw)
	if !ok {
		return "", fault.New(fault.Conflict, "form.unreadable", nil)
	}
	form, _ := record.Get(r, SubmissionForm)
	f, err := read(ctx, s, form)
	if err != nil {
		return "", err
	}
	values, refused := f.take(s, sent)
	if refused != nil {
		return "", refused
	}
	sys := s.AsSystem("a submission after all")
	if _, err := sys.Update(ctx, Submissions.Name, id, 0, record.With(record.Values{}, SubmissionJudged, false)); err != nil {
		return "", err
	}
	page, _ := record.Get(r, SubmissionPage)
	return become(ctx, sys, f, id, values, Post{Values: sent, Page: page})
}

// One address may post so often within a window.
const (
	mostPosts  = 10
	postWindow = 10 * time.Minute
)

// count refuses one more post from an address that has posted too often.
func (d *Desk) count(address string) error {
	_, wait := d.posts.Count(access.Network(address))
	if wait <= 0 {
		return nil
	}
	return fault.New(fault.TooMany, "form.too_many", fault.Args{"minutes": int64((wait + time.Minute - 1) / time.Minute), "retry_after": int64(wait / time.Second)})
}
