package support

import (
	"context"
	"strings"

	"wellmet/internal/access"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// Tip is a tip as it is shown to somebody.
type Tip struct {
	ID        value.ID `json:"id"`
	Text      string   `json:"text"`
	Objection string   `json:"objection,omitempty"`
	Product   value.ID `json:"product,omitempty"`
	Place     string   `json:"place,omitempty"`
	Author    value.ID `json:"author,omitempty"`
	Useful    int64    `json:"useful"`
	// Own tips are the reader's, Rated ones those that he found useful.
	Own   bool `json:"own,omitempty"`
	Rated bool `json:"rated,omitempty"`
}

// mostTips is how many tips help at once; the others are in the list of all.
const mostTips = 20

// TipsOn are the tips that help with a record where it stands, the most useful
// first: those for its state and its products, and against objections. None
// where the actor may not read tips.
func TipsOn(ctx context.Context, s *record.Session, r *record.Record) ([]Tip, error) {
	list := []Tip{}
	if !s.Actor().Can(s.Schema().MustObject(Tips.Name), access.Read) {
		return list, nil
	}
	filter, err := helping(ctx, s, r)
	if err != nil {
		return nil, err
	}
	page, err := s.Query(ctx, record.Query{Object: Tips.Name, Filter: filter, Sort: "-useful,-created_at", Limit: mostTips})
	if _, unseen := fault.As(err); unseen { // the states that tips are about are out of his sight
		return list, nil
	}
	if err != nil || len(page.Records) == 0 {
		return list, err
	}
	rated, err := ratedBy(ctx, s, page.Records)
	if err != nil {
		return nil, err
	}
	for _, x := range page.Records {
		t := Tip{ID: x.ID, Text: x.Title(), Author: x.Owner(), Own: x.Owner() == s.Actor().Member(), Rated: rated[x.ID]}
		t.Objection, _ = record.Get(x, TipObjection)
		t.Product, _ = record.Get(x, TipProduct)
		t.Place, _ = record.Get(x, TipPlace)
		t.Useful, _ = record.Get(x, TipUseful)
		list = append(list, t)
	}
	return list, nil
}

// helping is the condition of the tips for a record: whatever a tip names is
// the record's.
func helping(ctx context.Context, s *record.Session, r *record.Record) (string, error) {
	parts := []string{"archived = false"}
	for _, f := range places {
		def, _ := s.Schema().MustObject(Tips.Name).Field(f.Name())
		ids, err := have(ctx, s, r, def.Target)
		if err != nil {
			return "", err
		}
		here := f.Name() + " is empty"
		if len(ids) > 0 {
			here = "(" + here + " or " + record.Among(f.Name(), ids) + ")"
		}
		parts = append(parts, here)
	}
	return strings.Join(parts, " and "), nil
}

// have are the records of an object that a record links to itself or, a deal,
// by its lines.
func have(ctx context.Context, s *record.Session, r *record.Record, target string) ([]string, error) {
	var ids []string
	for _, f := range r.Object.Fields {
		if id, ok := r.Value(f).(value.ID); ok && f.Kind == schema.KindLink && f.Target == target && s.Actor().Sees(f) {
			ids = append(ids, id.String())
		}
	}
	if target != sales.Products.Name || r.Object.Name != sales.Deals.Name {
		return ids, nil
	}
	page, err := s.Query(ctx, record.Query{Object: sales.DealLines.Name, Filter: `deal = "` + r.ID.String() + `" and product is not empty`, Limit: mostTips})
	if fault.Is(err, fault.Forbidden) || fault.Is(err, fault.NotFound) || fault.Is(err, fault.Invalid) {
		return ids, nil
	}
	if err != nil {
		return nil, err
	}
	for _, line := range page.Records {
		if id, ok := record.Get(line, sales.LineProduct); ok {
			ids = append(ids, id.String())
		}
	}
	return ids, nil
}

// ratedBy are those of some tips that the actor found useful.
func ratedBy(ctx context.Context, s *record.Session, tips []*record.Record) (map[value.ID]bool, error) {
	rated := map[value.ID]bool{}
	if !s.Actor().Can(s.Schema().MustObject(Votes.Name), access.Read) {
		return rated, nil
	}
	ids := make([]value.ID, len(tips))
	for i, x := range tips {
		ids[i] = x.ID
	}
	page, err := s.Query(ctx, record.Query{Object: Votes.Name, Filter: "owner = me() and " + record.Among(VoteTip.Name(), ids), Limit: mostTips})
	if err != nil {
		return nil, err
	}
	for _, v := range page.Records {
		tip, _ := record.Get(v, VoteTip)
		rated[tip] = true
	}
	return rated, nil
}

// Topic is something that a tip can be about: a link or the objection of a tip,
// with its value.
type Topic struct {
	Field, Value, Label string
}

// Topics are what a tip given on a record can be about: its state, its products
// and every objection; none where the actor may add no tips.
func Topics(ctx context.Context, s *record.Session, r *record.Record) ([]Topic, error) {
	o := s.Schema().MustObject(Tips.Name)
	if !s.Actor().Can(o, access.Create) {
		return nil, nil
	}
	var list []Topic
	for _, f := range places {
		def, _ := o.Field(f.Name())
		ids, err := have(ctx, s, r, def.Target)
		if err != nil {
			return nil, err
		}
		found, err := titled(ctx, s, def.Target, ids)
		if err != nil {
			return nil, err
		}
		for _, x := range found {
			list = append(list, Topic{f.Name(), x.ID.String(), x.Title()})
		}
	}
	objection, _ := o.Field(TipObjection.Name())
	for _, option := range objection.Options {
		if !option.Hidden {
			list = append(list, Topic{objection.Name, option.Key, objection.OptionLabel(option.Key, s.Who().Locale)})
		}
	}
	return list, nil
}

// titled are the records of some ids that the actor may read, each once.
func titled(ctx context.Context, s *record.Session, object string, ids []string) ([]*record.Record, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	page, err := s.Query(ctx, record.Query{Object: object, Filter: record.Among("id", ids), Limit: mostTips})
	if fault.Is(err, fault.Forbidden) || fault.Is(err, fault.NotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return page.Records, nil
}

// AddTip adds a tip about one of a record's topics.
func AddTip(ctx context.Context, s *record.Session, r *record.Record, text string, about Topic) error {
	list, err := Topics(ctx, s, r)
	if err != nil {
		return err
	}
	v := record.With(record.Values{}, TipText, text)
	for _, t := range list {
		if t.Field == about.Field && t.Value == about.Value {
			v[t.Field] = t.Value
		}
	}
	_, err = s.Create(ctx, Tips.Name, v)
	return err
}
