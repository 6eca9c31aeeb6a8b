package sales

import (
	"context"
	"math"
	"slices"
	"strings"

	"wellmet/internal/access"
	"wellmet/internal/activity"
	"wellmet/internal/customer"
	"wellmet/internal/record"
	"wellmet/internal/sales/predict"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// How many reasons are told at most. One below leastWeight, in the logarithm of
// odds, is none.
const (
	mostReasons = 4
	leastWeight = 0.08
)

// reasonsFor are the weightiest reasons that the reader may know.
func reasonsFor(ctx context.Context, s *record.Session, deal *record.Record, parts []predict.Part) ([]DealReason, error) {
	list := []DealReason{}
	said := map[string]bool{}
	for _, p := range parts {
		if len(list) == mostReasons || math.Abs(p.Weight) < leastWeight {
			break
		}
		r, ok, err := reasonOf(ctx, s, deal, p)
		if err != nil {
			return nil, err
		}
		if group := groupOf(p.Key); ok && !said[group] {
			said[group] = true
			list = append(list, r)
		}
	}
	return list, nil
}

// groupOf is what a reader takes for one reason.
func groupOf(key string) string {
	switch key {
	case WhatSlip, WhatMoves:
		return WhatSlip
	case WhatStay, WhatSpeed:
		return WhatStay
	}
	return key
}

// reasonOf says a part, as far as the reader may know of it.
func reasonOf(ctx context.Context, s *record.Session, deal *record.Record, p predict.Part) (DealReason, bool, error) {
	r := DealReason{Key: p.Key, Up: p.Weight > 0, Object: Deals.Name, Count: int64(math.Round(math.Abs(p.Number)))}
	if p.Empty {
		r.Count = 0
	}
	more := p.Number > p.Usual
	pick := func(yes, no string) string {
		if more {
			return yes
		}
		return no
	}
	switch {
	case p.Key == WhatStage:
		r.Field = DealStage.Name()
		return withTitle(ctx, s, r, Stages.Name, p.Word, "is")
	case p.Key == WhatProduct:
		r.Object, r.Field = DealLines.Name, LineProduct.Name()
		return withTitle(ctx, s, r, Products.Name, p.Word, "is")
	case p.Key == WhatAge:
		r.Field, r.Key = DealStartedOn.Name(), pick("old", "young")
	case p.Key == WhatStay:
		r.Field, r.Key = DealStage.Name(), pick("stays", "fresh")
	case p.Key == WhatSpeed:
		r.Field, r.Key = DealStage.Name(), pick("fast", "slow")
	case p.Key == WhatBack:
		r.Field, r.Key = DealStage.Name(), pick("back", "never_back")
	case p.Key == WhatMoves:
		r.Field, r.Key = DealCloseDate.Name(), pick("moved", "kept")
	case p.Key == WhatSlip:
		r.Field, r.Key = DealCloseDate.Name(), pick("slipped", "kept")
	case p.Key == WhatDue:
		r.Field, r.Key = DealCloseDate.Name(), dueWord(p)
	case p.Key == WhatAmount:
		r.Field, r.Key, r.Count = DealAmount.Name(), pick("more", "less"), 0
	case p.Key == WhatOwner:
		r.Field, r.Key, r.Count = "owner", pick("owner_more", "owner_less"), 0
	case p.Key == WhatAccount:
		r.Field, r.Key, r.Count = DealAccount.Name(), pick("account_more", "account_less"), 0
		if p.Empty {
			r.Key = "account_new"
		}
		return r, sees(s, r), nil
	case p.Key == WhatLines:
		r.Object, r.Field, r.Key = DealLines.Name, LineProduct.Name(), pick("lines_more", "lines_less")
	case p.Key == WhatQuiet:
		r.Object, r.Field, r.Key = activity.Activities.Name, activity.Kind.Name(), pick("quiet", "contact")
		if p.Empty {
			r.Key = "no_contact"
		}
		return r, sees(s, r), nil
	case strings.HasPrefix(p.Key, WhatDone):
		r.Object, r.Field, r.Word = activity.Activities.Name, activity.Kind.Name(), strings.TrimPrefix(p.Key, WhatDone)
		r.Key = pick("done_more", "done_less")
	default:
		return fieldReason(ctx, s, deal, r, p)
	}
	if p.Empty && r.Key != "no_date" {
		r.Key, r.Count = "empty", 0
	}
	return r, sees(s, r), nil
}

func dueWord(p predict.Part) string {
	switch {
	case p.Empty:
		return "no_date"
	case p.Number < 0:
		return "due_past"
	}
	return "due_in"
}

// sees reports whether the reader may see the field that a reason is about.
func sees(s *record.Session, r DealReason) bool {
	o, err := s.Object(r.Object)
	if err != nil || !s.Actor().Can(o, access.Read) {
		return false
	}
	f, ok := o.Field(r.Field)
	return ok && s.Sees(f)
}

// withTitle names a record by its title, where the reader may read it.
func withTitle(ctx context.Context, s *record.Session, r DealReason, object, id, key string) (DealReason, bool, error) {
	r.Key, r.Count = key, 0
	if !sees(s, r) {
		return r, false, nil
	}
	if id == "" {
		r.Key = "empty"
		return r, true, nil
	}
	parsed, err := value.ParseID(id)
	if err != nil {
		return r, false, nil
	}
	found, err := s.GetMany(ctx, object, []value.ID{parsed})
	if err != nil || found[parsed] == nil {
		return r, false, err
	}
	r.Word = found[parsed].Title()
	return r, true, nil
}

// fieldReason is about a field of the deal, or of its account, which the reader
// must be able to read.
func fieldReason(ctx context.Context, s *record.Session, deal *record.Record, r DealReason, p predict.Part) (DealReason, bool, error) {
	id, ofAccount := strings.CutPrefix(p.Key, whatFirm)
	if ofAccount {
		if r.Field = DealAccount.Name(); !sees(s, r) {
			return r, false, nil
		}
		account, _ := record.Get(deal, DealAccount)
		found, err := s.GetMany(ctx, customer.Accounts.Name, []value.ID{account})
		if err != nil || found[account] == nil {
			return r, false, err
		}
		r.Object = customer.Accounts.Name
	} else {
		id = strings.TrimPrefix(p.Key, whatDeal)
	}
	o := s.Schema().MustObject(r.Object)
	i := slices.IndexFunc(o.Fields, func(f *schema.FieldDef) bool { return f.ID == id })
	if i < 0 {
		return r, false, nil
	}
	f := o.Fields[i]
	if _, is := f.Option(p.Word); f.Kind == schema.KindChoice && p.Word != "" && !is {
		return r, false, nil // a choice that is gone has no name to tell
	}
	r.Field = f.Name
	switch {
	case p.Choice && p.Word != "":
		r.Key, r.Word, r.Count = "is", p.Word, 0
	case p.Choice || p.Empty:
		r.Key, r.Count = "empty", 0
	case p.Number > p.Usual:
		r.Key, r.Count = "more", 0
	default:
		r.Key, r.Count = "less", 0
	}
	return r, sees(s, r), nil
}
