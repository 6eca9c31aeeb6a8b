package sales

import (
	"context"

	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

// FocusFilter is the condition of deals in somebody's focus list: open ones
// that he does not snooze.
const FocusFilter = `status = "open" and not any(focus_marks, owner = me() and snoozed_until > today())`

// PinnedFilter is the condition of deals that stay on top of the list.
const PinnedFilter = FocusFilter + ` and any(focus_marks, owner = me() and pinned = true)`

// UnpinnedFilter is the condition of the others.
const UnpinnedFilter = FocusFilter + ` and not any(focus_marks, owner = me() and pinned = true)`

// SnoozedFilter is the condition of the deals that come back later.
const SnoozedFilter = `status = "open" and any(focus_marks, owner = me() and snoozed_until > today())`

// SetMark is what somebody wants of a deal in his focus list; nil leaves what is.
type SetMark struct {
	Pinned  *bool
	Snoozed *value.Date // the day it comes back; 0 = at once
}

// MarkFocus pins a deal for the actor, or puts it out of his sight until a day.
// It takes no more than the right to read the deal.
func MarkFocus(ctx context.Context, s *record.Session, deal value.ID, m SetMark) error {
	if _, err := s.Get(ctx, Deals.Name, deal); err != nil {
		return err
	}
	v := record.With(record.Values{}, MarkDeal, deal)
	if m.Pinned != nil {
		record.With(v, MarkPinned, *m.Pinned)
	}
	if m.Snoozed != nil {
		v[MarkSnoozed.Name()] = nil
		if *m.Snoozed != 0 {
			record.With(v, MarkSnoozed, *m.Snoozed)
		}
	}
	page, err := s.Query(ctx, record.Query{Object: FocusMarks.Name, Filter: `owner = me() and deal = "` + deal.String() + `"`, Limit: 1})
	if err != nil {
		return err
	}
	if len(page.Records) == 0 {
		_, err = s.Create(ctx, FocusMarks.Name, v)
		return err
	}
	_, err = s.Update(ctx, FocusMarks.Name, page.Records[0].ID, 0, v)
	return err
}

// pairMarks keeps two marks of one member on one deal apart, and lets nobody
// show his to others.
func pairMarks(_ context.Context, _ *record.Session, drafts []*record.Draft) error {
	for _, d := range living(drafts) {
		record.Put(d, MarkKey, pair(d, MarkDeal, d.Record().Owner().String()))
		record.Put(d, MarkShown, "private")
		record.Put(d, MarkName, "·")
	}
	return nil
}

// checkMarks refuses a snooze that ends before it begins.
func checkMarks(_ context.Context, s *record.Session, drafts []*record.Draft) error {
	for _, d := range living(drafts) {
		if day, ok := record.Will(d, MarkSnoozed); ok && d.Changed(MarkSnoozed.Name()) && day <= s.Today() && !s.Undoing() {
			d.Refuse(MarkSnoozed.Name(), "focus.snooze_past", fault.Args{"day": day})
		}
	}
	return nil
}
