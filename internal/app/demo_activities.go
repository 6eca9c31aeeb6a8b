package app

import (
	"context"
	"time"

	"wellmet/internal/activity"
	"wellmet/internal/app/sample"
	"wellmet/internal/customer"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

var callResults = map[string]string{"reached": "reached", "no answer": "not_reached", "voicemail": "left_message"}

// activities come as they were written down; what was planned is ticked off
// when it was done.
func (l *loader) activities(ctx context.Context) error {
	changes := make([]record.Change, len(l.c.Activities))
	for i, a := range l.c.Activities {
		changes[i] = l.activity(a)
	}
	ids, err := l.save(ctx, activity.Activities.Name, changes)
	if err != nil {
		return err
	}
	changes = nil
	for i, a := range l.c.Activities {
		if planned(a) && a.Done {
			done := l.then(l.result(a), a.DoneAt, a.Owner)
			done.ID = ids[i]
			changes = append(changes, done)
		}
	}
	_, err = l.save(ctx, activity.Activities.Name, changes)
	return err
}

// planned reports whether somebody wrote it down before it happened.
func planned(a sample.Activity) bool { return a.Created.Before(a.DoneAt) || !a.Done }

// result is how an activity came out.
func (l *loader) result(a sample.Activity) record.Values {
	v := record.With(record.Values{}, activity.Done, true)
	record.With(v, activity.DoneAt, value.Moment(a.DoneAt))
	if result, ok := callResults[a.Outcome]; ok {
		record.With(v, activity.Result, result)
	} else if a.Kind == activity.Meeting {
		record.With(v, activity.Result, "held")
	}
	return v
}

func (l *loader) activity(a sample.Activity) record.Change {
	v := record.Values{}
	if !planned(a) {
		v = l.result(a)
	}
	record.With(v, activity.Kind, a.Kind)
	text(v, activity.Subject.Name(), a.Subject)
	text(v, activity.Body.Name(), a.Body)
	record.With(v, activity.Targets, l.about(a))
	switch a.Kind {
	case activity.Task:
		record.With(v, activity.DueAt, value.Moment(a.At))
	case activity.Call, activity.Meeting:
		record.With(v, activity.StartsAt, value.Moment(a.At))
		record.With(v, activity.EndsAt, value.Moment(a.At.Add(time.Duration(a.Minutes)*time.Minute)))
		record.With(v, activity.Minutes, int64(a.Minutes))
	}
	text(v, activity.Priority.Name(), a.Priority)
	set(v, "owner", l.memberIDs, a.Owner)
	return l.then(v, a.Created, a.Owner)
}

func (l *loader) about(a sample.Activity) []schema.Ref {
	var refs []schema.Ref
	add := func(object string, ids []value.ID, r sample.Ref) {
		if id, ok := at(ids, r); ok {
			refs = append(refs, schema.Ref{Object: object, ID: id})
		}
	}
	add(sales.Deals.Name, l.dealIDs, a.Deal)
	add(sales.Leads.Name, l.leadIDs, a.Lead)
	add(customer.Contacts.Name, l.contactIDs, a.Contact)
	add(customer.Accounts.Name, l.accountIDs, a.Account)
	return refs
}
