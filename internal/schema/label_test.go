package schema

import "testing"

func labelled() (*Object, *FieldDef) {
	o := NewObject("deal", "deals", Owned, "Deal", "Deals")
	status := Choice(o, "status", "open", "won")
	o.seal()
	return o, status.def
}

func TestLabelsOfBuiltInThings(t *testing.T) {
	t.Parallel()
	o, f := labelled()
	for _, c := range []struct{ language, one, many, field, option string }{
		{"en", "Deal", "Deals", "Status", "Won"}, {"en-US", "Deal", "Deals", "Status", "Won"}, {"de", "Deal", "Deals", "Status", "Won"},
		{"ca", "Oportunitat", "Oportunitats", "Estat", "Guanyada"}, {"fi", "Kauppa", "Kaupat", "Tila", "Voitettu"},
		{"ru", "Сделка", "Сделки", "Статус", "Выиграна"}, {"zh-Hans-CN", "商机", "商机", "状态", "赢单"},
	} {
		label := o.Label(c.language)
		if label.One != c.one || label.Many != c.many || f.Label(c.language) != c.field || f.OptionLabel("won", c.language) != c.option {
			t.Errorf("%s: %v, %s, %s", c.language, label, f.Label(c.language), f.OptionLabel("won", c.language))
		}
	}
	if got := f.OptionLabel("gone", "fi"); got != "gone" {
		t.Errorf("an option that is no more is %q", got)
	}
}

// A company's own words win in their language, and its English ones where the
// catalogue is silent.
func TestLabelsOfTheCompanyComeFirst(t *testing.T) {
	t.Parallel()
	o, f := labelled()
	o.Labels = map[string]Label{"en": {One: "Opportunity", Many: "Opportunities"}, "fi": {One: "Diili"}}
	f.Labels = map[string]string{"en": "State", "zh": "情况"}
	f.Options[1].Labels = map[string]string{"en": "Victory", "ru": "Победа"}
	for _, c := range []struct{ got, want string }{
		{o.Label("en").Many, "Opportunities"}, {o.Label("de").One, "Opportunity"}, {o.Label("fi").One, "Diili"}, {o.Label("fi").Many, "Diili"},
		{o.Label("ru").One, "Сделка"}, {f.Label("en"), "State"}, {f.Label("zh-Hans"), "情况"}, {f.Label("fi"), "Tila"}, {f.Label("sv"), "State"},
		{f.OptionLabel("won", "en"), "Victory"}, {f.OptionLabel("won", "ru"), "Победа"}, {f.OptionLabel("won", "ca"), "Guanyada"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

// What a company made itself has only its words, but the fields that every
// record has are known.
func TestLabelsOfOwnObjects(t *testing.T) {
	t.Parallel()
	o := &Object{ID: "c1", Name: "site_visit", Plural: "site_visits", Access: Owned}
	f := &FieldDef{ID: "c1.f1", Name: "status", Kind: KindChoice, Options: []Option{{Key: "left_early"}}}
	if got := o.Label("fi"); got.One != "Site visit" || got.Many != "Site visits" {
		t.Errorf("got %v", got)
	}
	next := &FieldDef{ID: "c1.next_activity_at", Name: "next_activity_at", Kind: KindMoment}
	if got := next.Label("en"); got != "Next activity" {
		t.Errorf("the time of the next activity is called %q", got)
	}
	if f.Label("fi") != "Status" || f.OptionLabel("left_early", "fi") != "Left early" {
		t.Errorf("got %q, %q", f.Label("fi"), f.OptionLabel("left_early", "fi"))
	}
	for _, engine := range engineFields(o) {
		if engine.Name == "owner" && engine.Label("fi") != "Vastuuhenkilö" {
			t.Errorf("the owner is %q", engine.Label("fi"))
		}
	}
}
