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

// send writes a template to the address that the action names, after the commit,
// unless somebody there wants no mails.
func (p *Process) send(ctx context.Context, s *record.Session, d *deed, h hit) error {
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
	if err := p.wanted(ctx, s, to, strings.TrimPrefix(d.To, "=")); err != nil {
		return err
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

// wanted refuses to write to somebody who wants no mails; from says where the
// address stands.
func (p *Process) wanted(ctx context.Context, s *record.Session, to, from string) error {
	if p.needs.NoMail == nil {
		return nil
	}
	no, err := p.needs.NoMail(ctx, s, to)
	if err == nil && no {
		err = fault.New(fault.Invalid, "process.opted_out", fault.Args{"from": from})
	}
	return err
}

// stillWanted tells why a letter is not sent that was asked for: its receiver has
// opted out since. A letter may wait for days.
func (p *Process) stillWanted(ctx context.Context, e *record.Engine, l letter) (why, err error) {
	err = e.Read(ctx, record.Who{System: "letters", Door: "rule"}, func(s *record.Session) error { return p.wanted(ctx, s, l.To, l.To) })
	if f, ok := fault.As(err); ok && f.Key == "process.opted_out" {
		why = err
	}
	return why, err
}

// letterTries is how often a letter is sent before it is given up.
const letterTries = 12

// post sends a letter. What the receiver's server will never take is given up;
// so is, in the end, what no server takes. The run log, which says that it was
// done, then tells of it.
func (p *Process) post(ctx context.Context, e *record.Engine, run jobs.Run, l letter) error {
	why, err := p.stillWanted(ctx, e, l)
	if err == nil {
		why, err = p.mail(ctx, e, run, l)
	}
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
