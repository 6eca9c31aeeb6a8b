package record

import (
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/schema"
	"wellmet/internal/web/parts"
)

// slipped says how often the deal's close date was moved, and by how much; ""
// for never.
func (m *model) slipped() string {
	moves, ok := record.Get(m.r, sales.DealMoves)
	days, known := record.Get(m.r, sales.DealSlip)
	switch {
	case !ok || moves == 0 || !known:
		return ""
	case days < 0:
		return m.v.T("web.record.moved_earlier", "count", moves, "n", m.v.Int(moves), "days", m.v.Days(int(-days)))
	}
	return m.v.T("web.record.moved_later", "count", moves, "n", m.v.Int(moves), "days", m.v.Days(int(days)))
}

// rotting says that the deal stays longer in its stage than is usual; "" where
// it does not.
func (m *model) rotting() string {
	if !m.deal() {
		return ""
	}
	day, ok := record.Get(m.r, sales.DealRots)
	if !ok || day > m.v.Today() {
		return ""
	}
	over := int(m.v.Today()-day) + 1
	return m.v.T("web.record.rotting", "count", over, "n", m.v.Int(int64(over)))
}

// besideLines are the names of the marks on the deal's amount that say it is not
// that of its lines.
func (m *model) besideLines() (names []string) {
	for _, mark := range []schema.Field[bool]{sales.DealDiffers, sales.DealMixed} {
		if f := m.field(mark.Name()); f != nil && m.r.Value(f) == true {
			names = append(names, f.Label(m.v.Lang))
		}
	}
	return names
}

// unanswered says how long the lead has waited for its first answer; "" where it
// does not wait.
func (m *model) unanswered() string {
	if m.clock == nil {
		return ""
	}
	d, waits := m.clock.Waiting(m.r)
	if !waits {
		return ""
	}
	return parts.Unanswered(m.v, d)
}
