package mail

import (
	"context"
	"slices"
	"strings"

	"wellmet/internal/activity"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// Upload is a file of a message after its bytes were stored.
type Upload struct {
	Name string
	Blob store.Blob
}

// Kept tells what became of a message.
type Kept struct {
	Activity value.ID
	// Known says that the message was kept before; Added, that it is about more
	// records now.
	Known, Added bool
	// About is what it is about; Strangers are the addresses that no record and
	// no colleague has.
	About     []schema.Ref
	Strangers []Address
}

// prefix tells mails from other things with an identifier from outside.
const prefix = "mail:"

// mostRecords is about how many records one message can be.
const mostRecords = 50

var errElsewhere = fault.New(fault.Conflict, "mail.elsewhere", nil)

// Keep makes the message an activity about the records named and those whose
// address took part, as far as the actor may see them. A message that is kept
// already becomes about the new ones, too. Two who keep the same one at once:
// the later gets a conflict and finds it when he tries again (see Clashed).
func Keep(ctx context.Context, s *record.Session, m *Message, about []schema.Ref, files []Upload) (Kept, error) {
	for _, ref := range about {
		if _, err := s.Get(ctx, ref.Object, ref.ID); err != nil {
			return Kept{}, err
		}
	}
	k := Kept{About: slices.Clone(about)}
	who, err := findPeople(ctx, s, m)
	if err != nil {
		return Kept{}, err
	}
	k.About = union(k.About, who.records)
	k.About, k.Strangers = k.About[:min(len(k.About), mostRecords)], who.strangers
	known, err := s.AsSystem("mail kept before").FindBy(ctx, activity.Activities, external(s), []string{prefix + m.ID})
	if err != nil {
		return Kept{}, err
	}
	if ids := known[prefix+m.ID]; len(ids) > 0 {
		return k, k.join(ctx, s, ids[0])
	}
	out, err := s.Create(ctx, activity.Activities.Name, k.values(s, m, who))
	if err != nil {
		return Kept{}, err
	}
	k.Activity = out.ID
	for _, f := range files {
		if _, err := s.Attach(ctx, activity.Activities.Name, out.ID, f.Name, f.Blob); err != nil {
			return Kept{}, err
		}
	}
	return k, nil
}

// Clashed reports whether somebody else kept the same message at this moment.
func Clashed(err error) bool {
	f, ok := fault.As(err)
	return ok && slices.ContainsFunc(f.Fields, func(x fault.Field) bool { return x.Path == activity.External.Name() })
}

func external(s *record.Session) *schema.FieldDef {
	f, _ := s.Schema().MustObject(activity.Activities.Name).Field(activity.External.Name())
	return f
}

// values are those of the activity. A message from the future was written by a
// clock that is wrong.
func (k *Kept) values(s *record.Session, m *Message, who people) record.Values {
	at := m.Date
	if at.IsZero() || at.After(s.Now()) {
		at = s.Now()
	}
	v := record.With(record.Values{}, activity.Kind, activity.Mail)
	record.With(v, activity.Targets, k.About)
	record.With(v, activity.Done, true)
	record.With(v, activity.DoneAt, at)
	record.With(v, activity.External, prefix+m.ID)
	record.With(v, activity.Body, m.Body())
	inbound := len(m.From) > 0 && !who.colleagues[m.From[0].Email]
	record.With(v, activity.Inbound, inbound)
	if !inbound {
		record.With(v, activity.Result, "sent")
	}
	if m.Subject != "" {
		record.With(v, activity.Subject, m.Subject)
	}
	return v
}

// join makes the activity of a message that is kept already about the records
// that it was not about yet. Whoever may see none of it is told no more than
// that it exists.
func (k *Kept) join(ctx context.Context, s *record.Session, id value.ID) error {
	sys := s.AsSystem("mail kept before")
	r, err := sys.Get(ctx, activity.Activities.Name, id)
	if err != nil {
		return err
	}
	is, _ := record.Get(r, activity.Targets)
	if !readable(ctx, s, r, is) {
		return errElsewhere
	}
	k.Activity, k.Known = id, true
	all := union(is, k.About)
	if len(all) > len(is) {
		k.Added = true
		_, err = sys.Update(ctx, activity.Activities.Name, id, 0, record.With(record.Values{}, activity.Targets, all))
	}
	k.About = all
	return err
}

// PutOn makes a message that is kept about one more record.
func PutOn(ctx context.Context, s *record.Session, message value.ID, ref schema.Ref) error {
	if _, err := s.Get(ctx, ref.Object, ref.ID); err != nil {
		return err
	}
	r, err := s.AsSystem("mail kept before").Get(ctx, activity.Activities.Name, message)
	if err != nil {
		return err
	}
	if id, _ := record.Get(r, activity.External); !strings.HasPrefix(id, prefix) {
		return fault.New(fault.NotFound, "record.absent", fault.Args{"object": activity.Activities.Name, "id": message.String()})
	}
	k := Kept{About: []schema.Ref{ref}}
	return k.join(ctx, s, message)
}

// readable reports whether the actor may see an activity, by his own scope or
// through a record that it is about.
func readable(ctx context.Context, s *record.Session, r *record.Record, about []schema.Ref) bool {
	if private, _ := record.Get(r, activity.Private); private && r.Owner() != s.Actor().Member() {
		return false
	}
	if _, err := s.Get(ctx, activity.Activities.Name, r.ID); err == nil {
		return true
	}
	return slices.ContainsFunc(about, func(ref schema.Ref) bool {
		_, err := s.Get(ctx, ref.Object, ref.ID)
		return err == nil
	})
}

func union(a, b []schema.Ref) []schema.Ref {
	out := slices.Clone(a)
	for _, ref := range b {
		if !slices.Contains(out, ref) {
			out = append(out, ref)
		}
	}
	return out
}
