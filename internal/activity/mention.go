package activity

import (
	"context"
	"slices"
	"strings"
	"unicode"

	"wellmet/internal/access"
	"wellmet/internal/i18n"
	"wellmet/internal/notify"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// mention keeps who is mentioned in step with the text: "@Ana López" mentions
// her. Of two of the same name the one is meant who was chosen while writing,
// and nobody where nobody was.
func mention(s *record.Session, d *record.Draft) {
	if !d.Changed(Body.Name()) && !d.Given(Mentions.Name()) {
		return
	}
	body, _ := record.Will(d, Body)
	chosen, _ := d.Field(Mentions.Name()).([]value.ID)
	var all []value.ID
	if d.Given(Mentions.Name()) {
		all = slices.Clone(chosen)
	}
	if strings.Contains(body, "@") {
		for _, same := range named(s.Roster(), body) {
			known := slices.IndexFunc(same, func(id value.ID) bool { return slices.Contains(chosen, id) })
			switch {
			case known >= 0 && !slices.Contains(all, same[known]):
				all = append(all, same[known])
			case known < 0 && len(same) == 1 && !slices.Contains(all, same[0]):
				all = append(all, same[0])
			}
		}
	}
	if len(all) == 0 {
		d.Set(Mentions.Name(), nil)
		return
	}
	slices.Sort(all)
	record.Put(d, Mentions, slices.Compact(all))
}

// named finds the colleagues that a text names behind an @, each name with all
// who have it. The longest name wins; an @ inside a word is an address.
func named(r *access.Roster, text string) [][]value.ID {
	names, longest := map[string][]value.ID{}, 0
	for _, id := range r.People() {
		name := i18n.Fold(r.Name(id))
		names[name] = append(names[name], id)
		longest = max(longest, len([]rune(r.Name(id))))
	}
	var found [][]value.ID
	runes := []rune(text)
	for i, c := range runes {
		if c != '@' || i > 0 && (unicode.IsLetter(runes[i-1]) && !unicode.Is(unicode.Han, runes[i-1]) || unicode.IsDigit(runes[i-1])) {
			continue
		}
		rest := runes[i+1 : min(i+1+longest, len(runes))]
		for n := len(rest); n > 0; n-- {
			if ids := names[i18n.Fold(string(rest[:n]))]; ids != nil && ends(runes, i+1+n) {
				found = append(found, ids)
				break
			}
		}
	}
	return found
}

// ends reports whether a name may end before that rune: Han is written without
// spaces, other names end where the word does.
func ends(text []rune, at int) bool {
	if at >= len(text) || unicode.Is(unicode.Han, text[at-1]) {
		return true
	}
	return !unicode.IsLetter(text[at]) && !unicode.IsDigit(text[at])
}

// tellMentioned tells colleagues that they are mentioned: with the record where
// they may read it; otherwise only that they may ask for access (R39).
func tellMentioned(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	if s.Who().System != "" || s.Who().Imports() || s.Who().Cause == record.UndoCause {
		return nil
	}
	for _, d := range drafts {
		private, _ := record.Will(d, Private)
		if private || !d.Changed(Mentions.Name()) || d.Doing != record.Creating && d.Doing != record.Updating {
			continue
		}
		now, _ := record.Will(d, Mentions)
		was, _ := record.Was(d, Mentions)
		for _, member := range now {
			if slices.Contains(was, member) {
				continue
			}
			if err := tellOne(ctx, s, d, member); err != nil {
				return err
			}
		}
	}
	return nil
}

func tellOne(ctx context.Context, s *record.Session, d *record.Draft, member value.ID) error {
	targets, _ := record.Will(d, Targets)
	self := schema.Ref{Object: Activities.Name, ID: d.ID}
	for _, ref := range append(slices.Clone(targets), self) {
		may, err := notify.Reads(ctx, s, member, ref.String())
		if err != nil {
			return err
		}
		if may {
			return notify.Send(ctx, s, notify.Notice{To: []value.ID{member}, Kind: notify.Mention, Key: "notify.mentioned", Link: ref.String()})
		}
	}
	for _, ref := range targets {
		if o, ok := s.Schema().Object(ref.Object); ok && o.Access == schema.Owned {
			return notify.Unseen(ctx, s, []value.ID{member}, ref)
		}
	}
	return nil
}
