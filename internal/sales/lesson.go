package sales

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"wellmet/internal/activity"
	"wellmet/internal/i18n"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

// What is common, and what is worth a word, in percent of the deals.
const (
	commonShare = 50
	leastShare  = 25
)

// pupil looks at the ways of deals through one pipeline.
type pupil struct {
	stages []*record.Record
	ways   map[value.ID][]stay
}

// keep leaves out the ways that teach nothing: through another pipeline, or
// through no open stage.
func (p *pupil) keep() {
	open := map[value.ID]bool{}
	for _, r := range p.stages {
		kind, _ := record.Get(r, StageKind)
		open[r.ID] = kind == Open
	}
	maps.DeleteFunc(p.ways, func(_ value.ID, way []stay) bool {
		_, ours := open[way[len(way)-1].stage]
		return !ours || !slices.ContainsFunc(way, func(x stay) bool { return open[x.stage] })
	})
}

func (p *pupil) deals() []value.ID { return slices.Sorted(maps.Keys(p.ways)) }

// sum tells what the deals have in common.
func (p *pupil) sum(l *Lesson, deeds []activity.Deed) {
	doings := p.place(deeds)
	var whole []time.Duration
	for _, way := range p.ways {
		if way[0].known {
			whole = append(whole, way[len(way)-1].from.Sub(way[0].from))
		}
	}
	l.Days = days(quantile(whole, 50))
	for _, r := range p.stages {
		if kind, _ := record.Get(r, StageKind); kind != Open {
			continue
		}
		x := p.step(r)
		if x.Deals == 0 {
			continue
		}
		x.Deeds = doings[r.ID].common(x.Deals)
		l.Steps = append(l.Steps, x)
	}
	for _, way := range p.ways {
		if p.exactly(way, l.Steps) {
			l.Exact++
		}
	}
}

// step is how the deals went through a stage; all visits of a deal count
// together.
func (p *pupil) step(r *record.Record) LessonStep {
	x := LessonStep{Stage: r.ID, Name: r.Title(), Deeds: []LessonDeed{}}
	var stays []time.Duration
	for _, way := range p.ways {
		var sum time.Duration
		was, known := false, true
		for _, at := range way {
			if at.stage == r.ID {
				was, known = true, known && at.known
				sum += at.to.Sub(at.from)
			}
		}
		if was {
			x.Deals++
		}
		if was && known {
			stays = append(stays, sum)
		}
	}
	x.Share = percent(x.Deals, len(p.ways))
	x.Common = x.Share >= commonShare
	x.Days, x.Slow = days(quantile(stays, 50)), days(quantile(stays, 75))
	return x
}

// exactly reports whether a way went through the common steps, each once, and
// through no other.
func (p *pupil) exactly(way []stay, steps []LessonStep) bool {
	var path []value.ID
	for _, x := range steps {
		if x.Common {
			path = append(path, x.Stage)
		}
	}
	return slices.EqualFunc(way[:len(way)-1], path, func(x stay, stage value.ID) bool { return x.stage == stage })
}

// doing is what was done in one stage: by kind, by deal.
type doing map[string]map[value.ID]*done

// done is what was done of one kind in one deal.
type done struct {
	first    time.Duration // after coming into the stage
	times    int
	subjects []string
}

// place finds the stages that the deals were in when something was done.
func (p *pupil) place(deeds []activity.Deed) map[value.ID]doing {
	all := map[value.ID]doing{}
	for _, d := range deeds {
		way := p.ways[d.About]
		i := slices.IndexFunc(way, func(x stay) bool { return x.known && !d.At.Before(x.from) && d.At.Before(x.to) })
		if i < 0 {
			continue
		}
		stage := way[i].stage
		if all[stage] == nil {
			all[stage] = doing{}
		}
		if all[stage][d.Kind] == nil {
			all[stage][d.Kind] = map[value.ID]*done{}
		}
		x := all[stage][d.Kind][d.About]
		if x == nil {
			x = &done{first: d.At.Sub(way[i].from)}
			all[stage][d.Kind][d.About] = x
		}
		x.times++
		x.subjects = append(x.subjects, d.Subject)
	}
	return all
}

// common are the kinds that were done in enough of so many deals, in the order
// of their days.
func (x doing) common(deals int) []LessonDeed {
	list := []LessonDeed{}
	for kind, by := range x {
		if share := percent(len(by), deals); share >= leastShare {
			var first []time.Duration
			var times []time.Duration
			for _, d := range by {
				first, times = append(first, d.first), append(times, time.Duration(d.times))
			}
			list = append(list, LessonDeed{Kind: kind, Subject: commonSubject(by), Share: share, Day: int(quantile(first, 50) / day), Times: int(quantile(times, 50))})
		}
	}
	slices.SortFunc(list, func(a, b LessonDeed) int {
		return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(b.Share, a.Share), cmp.Compare(a.Kind, b.Kind))
	})
	return list
}

// commonSubject is the subject that half of the deals have, "" when they speak
// of different things.
func commonSubject(by map[value.ID]*done) string {
	often, text := map[string]int{}, map[string]string{}
	for _, d := range by {
		said := map[string]bool{}
		for _, subject := range d.subjects {
			key := i18n.Fold(subject)
			if !said[key] && key != "" {
				often[key]++
				said[key] = true
			}
			if text[key] == "" || subject < text[key] {
				text[key] = subject
			}
		}
	}
	best := ""
	for key, n := range often {
		if n > often[best] || n == often[best] && key < best {
			best = key
		}
	}
	if percent(often[best], len(by)) < commonShare {
		return ""
	}
	return text[best]
}

const day = 24 * time.Hour

// days are whole days, a day that has begun counted as one.
func days(d time.Duration) int { return int((d + day - 1) / day) }

func percent(n, of int) int {
	if of == 0 {
		return 0
	}
	return (n*100 + of/2) / of
}

// quantile is the value that so many percent do not exceed.
func quantile(list []time.Duration, of int) time.Duration {
	if len(list) == 0 {
		return 0
	}
	slices.Sort(list)
	return list[max(0, (len(list)*of+99)/100-1)]
}
