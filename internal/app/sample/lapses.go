package sample

import (
	"slices"
	"time"
)

// Lapse is a stage that a deal skipped, or stayed in for too long.
type Lapse struct {
	Stage int
	Kind  string // skipped, late
}

// Lapses are what went wrong on the deal's way, as its story has it: an open
// stage passed over and never entered afterwards, unless the deal was lost, and
// every stay of more days than the stage has.
func (d *Deal) Lapses(p *Pipeline, now time.Time) []Lapse {
	var list []Lapse
	entered := map[int]bool{}
	for _, x := range d.Passages {
		entered[x.Stage] = true
	}
	for i, x := range d.Passages {
		if p.Stages[x.Stage].Kind == Open {
			left := now
			if i+1 < len(d.Passages) {
				left = d.Passages[i+1].At
			}
			if left.After(x.At.AddDate(0, 0, p.Stages[x.Stage].Days)) {
				list = append(list, Lapse{x.Stage, "late"})
			}
		}
		if i == 0 || p.Stages[x.Stage].Kind == Lost {
			continue
		}
		for between := d.Passages[i-1].Stage + 1; between < x.Stage; between++ {
			if !entered[between] {
				list = append(list, Lapse{between, "skipped"})
			}
		}
	}
	return list
}

// shortcut lets one renewal in six be confirmed without an offer, for the
// process of renewals to find. Nothing else of the deal's story changes.
func (b *builder) shortcut(d *Deal) {
	if !newSource(b.seed, "shortcut "+d.Name+d.Created.String()).chance(17) {
		return
	}
	offers := 0
	for _, x := range d.Passages {
		if x.Stage == 1 {
			offers++
		}
	}
	if i := slices.IndexFunc(d.Passages, func(x Passage) bool { return x.Stage == 2 }); offers == 1 && i == 2 {
		d.Passages = slices.Delete(d.Passages, 1, 2)
	}
}
