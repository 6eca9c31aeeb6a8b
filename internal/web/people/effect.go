package people

import (
	"wellmet/internal/access"
	"wellmet/internal/schema"
	"wellmet/internal/web/kit"
)

func named(names []string) []choice {
	all := make([]choice, len(names))
	for i, n := range names {
		all[i].Name = n
	}
	return all
}

// controls are all that the page can show an error at.
func (r *roleView) controls() []string {
	all := []string{"name"}
	for _, o := range r.Table {
		for _, x := range o.Cells {
			if x.Fixed == "" {
				all = append(all, x.Name)
			}
		}
	}
	return all
}

func scopeTitle(v *kit.View, x access.ScopeChange) string {
	return v.T("web.people.cell", "object", x.Object.Label(v.Lang).Many, "what", v.T("web.people.act."+x.Action.String()))
}

func scopeLabel(v *kit.View, s access.Scope) string { return v.T("web.people.right." + s.String()) }

func fieldLabel(v *kit.View, r access.FieldRight) string {
	return v.T("web.people.field." + r.String())
}

// scopeSentence says how many lose, and how many gain, how much.
func scopeSentence(v *kit.View, x access.ScopeChange) []string {
	var out []string
	lose, lost, gain, gained := sums(x.Members)
	label := x.Object.Label(v.Lang)
	if lose > 0 {
		out = append(out, lossSentence(v, x.Action, label, lose, lost))
	}
	if gain > 0 {
		out = append(out, gainSentence(v, x.Action, label, gain, gained))
	}
	return out
}

func sums(all []access.Loss) (lose int, lost int64, gain int, gained int64) {
	for _, l := range all {
		if l.Lost > 0 {
			lose, lost = lose+1, lost+l.Lost
		} else {
			gain, gained = gain+1, gained-l.Lost
		}
	}
	return lose, lost, gain, gained
}

func lossSentence(v *kit.View, act access.Action, o schema.Label, people int, records int64) string {
	what := records1(v, o, records)
	switch act {
	case access.Update:
		return v.T("web.people.lose_update", "count", people, "what", what)
	case access.Delete:
		return v.T("web.people.lose_delete", "count", people, "what", what)
	}
	return v.T("web.people.lose_read", "count", people, "what", what)
}

func gainSentence(v *kit.View, act access.Action, o schema.Label, people int, records int64) string {
	what := records1(v, o, records)
	switch act {
	case access.Update:
		return v.T("web.people.gain_update", "count", people, "what", what)
	case access.Delete:
		return v.T("web.people.gain_delete", "count", people, "what", what)
	}
	return v.T("web.people.gain_read", "count", people, "what", what)
}

// records1 is a number of records: "214 deals".
func records1(v *kit.View, o schema.Label, n int64) string {
	return v.T("web.people.held", "count", n, "n", v.Int(n), "one", v.In(o.One), "many", v.In(o.Many))
}

// mostNamed is how many people an effect tells one by one.
const mostNamed = 30
