package process

import (
	"context"

	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// Written is a template filled for one record.
type Written struct {
	Template value.ID `json:"template"`
	Name     string   `json:"name"`
	Kind     string   `json:"kind"`
	Language string   `json:"language,omitempty"`
	Subject  string   `json:"subject,omitempty"`
	Body     string   `json:"body"`
	// Empty are the places that led to nothing.
	Empty []string `json:"empty,omitempty"`
	// To is where a mail goes, "" = the actor sees no address; Offer fills it in.
	To string `json:"to,omitempty"`
	// NoMail says that somebody there wants no mails.
	NoMail bool `json:"no_mail,omitempty"`
}

// Offer fills a template for a record, and finds to whom it goes if it is a mail.
// Whether an address wants none, noMail tells.
func Offer(ctx context.Context, s *record.Session, template value.ID, r *record.Record,
	noMail func(ctx context.Context, s *record.Session, to string) (bool, error)) (Written, error) {
	w, err := Write(ctx, s, template, r)
	if err == nil && w.Kind == MailTemplate {
		w.To, err = addressOf(ctx, s, r)
	}
	if err == nil && w.To != "" {
		w.NoMail, err = noMail(ctx, s, w.To)
	}
	return w, err
}

// addressOf is where a mail about a record goes: to its own address, or to that
// of its contact or account, as far as the actor may see one; else "".
func addressOf(ctx context.Context, s *record.Session, r *record.Record) (string, error) {
	if to, _ := r.Field("email").(string); to != "" {
		return to, nil
	}
	for _, of := range []string{"contact", "account"} {
		id, ok := r.Field(of).(value.ID)
		if !ok {
			continue
		}
		other, err := s.Get(ctx, of, id)
		if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Forbidden) {
			continue
		}
		if err != nil {
			return "", err
		}
		if to, _ := other.Field("email").(string); to != "" {
			return to, nil
		}
	}
	return "", nil
}

// Write fills a template for a record that the actor may read, with what he
// may read of it.
func Write(ctx context.Context, s *record.Session, template value.ID, r *record.Record) (Written, error) {
	t, err := s.Get(ctx, Templates.Name, template)
	if err != nil {
		return Written{}, err
	}
	w := Written{Template: t.ID}
	w.Name, _ = record.Get(t, TemplateName)
	w.Kind, _ = record.Get(t, TemplateKind)
	w.Language, _ = record.Get(t, TemplateLanguage)
	if of, _ := record.Get(t, TemplateObject); of != r.Object.Name {
		return Written{}, fault.New(fault.Invalid, "process.template_of_other", fault.Args{"template": w.Name, "object": of})
	}
	for _, part := range []struct {
		from schema.Field[string]
		to   *string
	}{{TemplateSubject, &w.Subject}, {TemplateBody, &w.Body}} {
		text, _ := record.Get(t, part.from)
		read, err := ReadText(s.Schema().Scope(r.Object, nil), text)
		if err != nil {
			return Written{}, err
		}
		var empty []string
		if *part.to, empty, err = read.Fill(ctx, s, r); err != nil {
			return Written{}, err
		}
		w.Empty = append(w.Empty, empty...)
	}
	return w, nil
}

// checkTemplates refuses to publish a template with places that lead nowhere;
// a draft may have them.
func checkTemplates(_ context.Context, s *record.Session, drafts []*record.Draft) error {
	for _, d := range drafts {
		if !writes(d) {
			continue
		}
		o, ok := objectNamed(s, d, TemplateObject)
		if !ok {
			continue
		}
		status, _ := record.Will(d, TemplateStatus)
		for _, f := range []schema.Field[string]{TemplateSubject, TemplateBody} {
			text, _ := record.Will(d, f)
			_, err := ReadText(s.Scope(o), text)
			if e, ok := fault.As(err); ok && status == Published {
				refuseAs(d, f.Name(), e)
			} else if err != nil && !ok {
				return err
			}
		}
	}
	return nil
}

// writes reports whether the draft makes or changes its record.
func writes(d *record.Draft) bool { return d.Doing == record.Creating || d.Doing == record.Updating }

// objectNamed is the object that a field of the draft names; a wrong name is
// refused.
func objectNamed(s *record.Session, d *record.Draft, f schema.Field[string]) (*schema.Object, bool) {
	name, _ := record.Will(d, f)
	if name == "" {
		return nil, false // required
	}
	o, ok := s.Schema().Object(name)
	if !ok {
		d.Refuse(f.Name(), "record.no_object", fault.Args{"object": value.Printable(name)})
	}
	return o, ok
}

// refuseAs refuses a field with what a fault says.
func refuseAs(d *record.Draft, field string, e *fault.Error) {
	d.Refuse(field, e.Key, e.Args)
}
