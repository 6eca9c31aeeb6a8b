package scoring

import (
	"strings"
	"time"

	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/web/kit"
)

// signed writes points with their sign.
func signed(v *kit.View, n int64) string {
	if n > 0 {
		return "+" + v.Int(n)
	}
	return v.Int(n)
}

func color(n int64) string {
	if n < 0 {
		return "red"
	}
	return "green"
}

// sentence is a rule in words.
func (b *book) sentence(r rule) string {
	list := r.Said
	if r.kind() == sales.Behaviour {
		key, _ := record.Get(r.Rec, sales.ScoreEvent)
		f, _ := b.ofRules.Field(sales.ScoreEvent.Name())
		list = append([]string{b.v.T("web.scoring.every", "event", f.OptionLabel(key, b.v.Lang))}, list...)
		if days, ok := record.Get(r.Rec, sales.ScoreHalfLife); ok {
			list = append(list, b.v.T("web.scoring.half", "count", days, "n", b.v.Int(days)))
		}
		if most, ok := record.Get(r.Rec, sales.ScoreMost); ok {
			list = append(list, b.v.T("web.scoring.at_most", "n", b.v.Int(most)))
		}
	}
	return strings.Join(list, " · ")
}

// since says how often what a factor counts happened, and when last.
func since(v *kit.View, f sales.Factor) string {
	if f.Events == 0 {
		return ""
	}
	last := time.Time{}
	if f.Last != nil {
		last = *f.Last
	}
	return v.T("web.scoring.events", "count", f.Events, "n", v.Int(int64(f.Events)), "when", v.Ago(last, v.Now))
}

// effect says how many scores rise and fall.
func (x *sheet) effect() string {
	e := x.Effect
	return x.v.T("web.scoring.effect", "up", x.v.Int(int64(e.Up)), "down", x.v.Int(int64(e.Down)), "same", x.v.Int(int64(e.Judged-e.Up-e.Down)),
		"count", e.Judged, "n", x.v.Int(int64(e.Judged)))
}
