package sample

import "wellmet/internal/value"

// slip moves the expected close dates of some deals on their way through the
// open stages, so that they end where the deal's story has them.
func (b *builder) slip() {
	s := newSource(b.seed, "slips")
	for i := range b.c.Deals {
		d := &b.c.Deals[i]
		d.First = d.Close
		stages := b.c.Pipelines[d.Pipeline-1].Stages
		for n := range d.Passages {
			p := &d.Passages[n]
			if n == 0 || stages[p.Stage].Kind != Open || !s.chance(35) {
				continue
			}
			days := pick(s, []int{-7, 7, 14, 14, 30, 45})
			if first := d.First.AddDays(-days); first.Time(b.now.Location()).After(d.Created) {
				p.Moved, d.First = days, first
			}
		}
	}
}

// Slips are how often the deal's close date was moved, and by how many days in
// all.
func (d *Deal) Slips() (moves, days int) {
	for _, p := range d.Passages {
		if p.Moved != 0 {
			moves, days = moves+1, days+p.Moved
		}
	}
	return moves, days
}

// Expected is the close date after the deal's n-th passage.
func (d *Deal) Expected(n int) value.Date {
	day := d.First
	for _, p := range d.Passages[:n+1] {
		day = day.AddDays(p.Moved)
	}
	return day
}
