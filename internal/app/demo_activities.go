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

// activities come as they are now: when one was planned and when it was done
// stand in its own dates.
func (l *loader) activities(ctx context.Context) error {
	changes := make([]record.Change, len(l.c.Activities))
	for i, a := range l.c.Activities {
		changes[i] = l.activity(a)
	}
	_, err := l.save(ctx, activity.Activities.Name, changes)
	return err
}

func (l *loader) activity(a sample.Activity) record.Change {
	v := record.With(record.Values{}, activity.Kind, a.Kind)
	text(v, activity.Subject.Name(), a.Subject)
	text(v, activity.Body.Name(), a.Body)
	record.With(v, activity.Targets, l.about(a))
	record.With(v, activity.Done, a.Done)
	if a.Done {
		record.With(v, activity.DoneAt, value.Moment(a.DoneAt))
	}
	switch a.Kind {
	case activity.Task:
		record.With(v, activity.DueAt, value.Moment(a.At))
	case activity.Call, activity.Meeting:
		record.With(v, activity.StartsAt, value.Moment(a.At))
		record.With(v, activity.EndsAt, value.Moment(a.At.Add(time.Duration(a.Minutes)*time.Minute)))
		record.With(v, activity.Minutes, int64(a.Minutes))
	}
	if result, ok := callResults[a.Outcome]; ok {
		record.With(v, activity.Result, result)
	} else if a.Kind == activity.Meeting && a.Done {
		record.With(v, activity.Result, "held")
	}
	text(v, activity.Priority.Name(), a.Priority)
	set(v, "owner", l.memberIDs, a.Owner)
	return record.Change{Values: v, At: a.Created}
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
