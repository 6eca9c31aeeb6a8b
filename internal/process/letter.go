package process

import (
	"context"
	"errors"
	"strings"

	"wellmet/internal/fault"
	"wellmet/internal/jobs"
	"wellmet/internal/notify/smtp"
	"wellmet/internal/record"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// letter is the job that sends a template, as it was filled when it was asked
// for.
type letter struct {
	Source  value.ID `json:"source"` // rule or blueprint
	Object  string   `json:"object"`
	Record  value.ID `json:"record"`
	To      string   `json:"to"`
	Subject string   `json:"subject"`
	Text    string   `json:"text"`
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
	as, err := underWay(s)
	if err != nil {
		return err
	}
	return s.Later(letter{Source: as.source(), Object: h.record.Object.Name, Record: h.record.ID, To: to, Subject: strings.Join(strings.Fields(w.Subject), " "), Text: w.Body})
}

// letterTries is how often a letter is sent before it is given up.
const letterTries = 12

// post sends a letter. What the receiver's server will never take is given up;
// so is, in the end, what no server takes. The run log, which says that it was
// done, then tells of it.
func (p *Process) post(ctx context.Context, e *record.Engine, run jobs.Run, l letter) error {
	why, err := p.mail(ctx, e, run, l)
	if err != nil && why == nil && run.Attempt >= letterTries {
		why = fault.New(fault.Unavailable, "process.mail_not_sent", fault.Args{"count": letterTries})
	}
	if why == nil {
		return err
	}
	who := record.Who{System: "letters", Door: "rule"}
	if lost := e.Write(ctx, who, func(s *record.Session) error {
		return logLater(ctx, s, l.Source, DoSend, l.Object, l.Record, why)
	}); lost != nil {
		return errors.Join(err, lost)
	}
	return jobs.Final(err)
}

// mail sends a letter, and tells why it is of no use to try again.
func (p *Process) mail(ctx context.Context, e *record.Engine, run jobs.Run, l letter) (why, err error) {
	var server smtp.Server
	if err := e.DB().Read(ctx, func(tx *store.Tx) (err error) {
		server, err = smtp.Settings.Get(ctx, tx)
		return err
	}); err != nil {
		return nil, err
	}
	if !server.Ready() {
		err := fault.New(fault.Unavailable, "process.no_mail_server", nil)
		return err, err
	}
	if server.Password, err = p.needs.Unseal(ctx, server.Sealed); err != nil {
		return err, err
	}
	err = smtp.Send(ctx, server, smtp.Mail{To: l.To, Subject: l.Subject, Text: l.Text, ID: run.ID.String()})
	if smtp.Refused(err) {
		return fault.New(fault.Unavailable, "process.mail_refused", nil), err
	}
	return nil, err
}
