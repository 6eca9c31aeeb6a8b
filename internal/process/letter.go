package process

import (
	"context"
	"strings"

	"wellmet/internal/fault"
	"wellmet/internal/jobs"
	"wellmet/internal/notify/smtp"
	"wellmet/internal/record"
	"wellmet/internal/store"
)

// letter is the job that sends a template, as it was filled when it was asked
// for.
type letter struct {
	To      string `json:"to"`
	Subject string `json:"subject"`
	Text    string `json:"text"`
}

// Kind implements jobs.Job.
func (letter) Kind() string { return "process.letter" }

// send writes a template to the address that the action names, after the
// commit.
func send(ctx context.Context, s *record.Session, d *deed, h hit) error {
	server, err := smtp.Settings.Get(ctx, s.Tx())
	if err != nil {
		return err
	}
	if !server.Ready() {
		return fault.New(fault.Unavailable, "process.no_mail_server", nil)
	}
	to := d.To
	if d.target != nil {
		v, err := s.Eval(h.record, d.target)
		if err != nil {
			return err
		}
		if to, _ = v.(string); to == "" {
			return fault.New(fault.Invalid, "process.no_address", fault.Args{"from": strings.TrimPrefix(d.To, "=")})
		}
	}
	w, err := Write(ctx, s, d.Template, h.record)
	if err != nil {
		return err
	}
	return s.Later(letter{To: to, Subject: strings.Join(strings.Fields(w.Subject), " "), Text: w.Body})
}

// post sends a letter. What the receiver's server will never take is given up.
func (p *Process) post(ctx context.Context, e *record.Engine, run jobs.Run, l letter) error {
	var server smtp.Server
	if err := e.DB().Read(ctx, func(tx *store.Tx) (err error) {
		server, err = smtp.Settings.Get(ctx, tx)
		return err
	}); err != nil {
		return err
	}
	if !server.Ready() {
		return jobs.Final(fault.New(fault.Unavailable, "process.no_mail_server", nil))
	}
	var err error
	if server.Password, err = p.needs.Unseal(ctx, server.Sealed); err != nil {
		return jobs.Final(err)
	}
	err = smtp.Send(ctx, server, smtp.Mail{To: l.To, Subject: l.Subject, Text: l.Text, ID: run.ID.String()})
	if smtp.Refused(err) {
		return jobs.Final(err)
	}
	return err
}
