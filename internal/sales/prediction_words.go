package sales

import (
	"strconv"

	"wellmet/internal/fault"
	"wellmet/internal/i18n"
	"wellmet/internal/schema"
)

// Say puts the words beside what is foretold, in a language: why nothing is, how
// far to trust it, and each reason.
func (x *DealOutlook) Say(sc *schema.Schema, language string) {
	x.Silence = x.Silence.Say(language)
	if x.Because != "" {
		x.BecauseText = i18n.Text(language, "web.predict.because."+x.Because, fault.Args{"count": x.Closed})
	}
	for i, r := range x.Reasons {
		x.Reasons[i].Text = r.say(sc, language)
	}
}

// Say puts the words beside a silence.
func (x Silence) Say(language string) Silence {
	if x.whole != nil {
		x.SilentText = x.whole.OneSided(i18n.FormatFor(language))
	} else if x.Silent != "" {
		x.SilentText = i18n.Text(language, "web.predict.silent."+x.Silent, fault.Args{"count": FewEnded, "each": FewEach})
	}
	return x
}

// Brief is a silence in two or three words, for a list.
func (x Silence) Brief(language string) string {
	if x.Silent == "" {
		return ""
	}
	return i18n.Text(language, "web.predict.brief."+x.Silent, nil)
}

// OneSided says that of the deals that have ended too few were won, or lost.
func (x *Learnt) OneSided(f *i18n.Format) string {
	n := func(n int) string { return f.Int(int64(n)) }
	return i18n.Text(f.Language(), "web.predict.one_sided", fault.Args{"n": n(x.Closed), "won": n(x.Won), "lost": n(x.Closed - x.Won), "each": FewEach})
}

// say is a reason in a sentence.
func (r DealReason) say(sc *schema.Schema, language string) string {
	f, ok := sc.MustObject(r.Object).Field(r.Field)
	if !ok {
		return ""
	}
	name, word := f.Label(language), r.Word
	switch {
	case f.Kind == schema.KindChoice && word != "":
		word = f.OptionLabel(word, language)
	case f.Kind == schema.KindBool && word == "true":
		word = i18n.Text(language, "web.predict.yes", nil)
	case f.Kind == schema.KindBool:
		word = i18n.Text(language, "web.predict.no", nil)
	}
	return i18n.Text(language, "web.predict.why."+r.Key, fault.Args{"field": name, "value": word, "count": int(r.Count)})
}

// Say tells the season in a sentence, or that there is not enough history for it.
func (x Season) Say(f *i18n.Format) string {
	if !x.Enough() {
		return i18n.Text(f.Language(), "web.forecast.season_short", fault.Args{"months": strconv.Itoa(x.Months), "wanted": strconv.Itoa(SeasonMonths)})
	}
	return i18n.Text(f.Language(), "web.forecast.season_said", fault.Args{"percent": f.Percent(x.Index.Shift(2), 0)})
}

// SayNoLeads says why there is no lead line where leads may be read; "" where
// there is one.
func (x *Expectation) SayNoLeads(f *i18n.Format) string {
	if !x.NoLeads {
		return ""
	}
	return i18n.Text(f.Language(), "web.forecast.leads_none", fault.Args{"count": leadMonths})
}
