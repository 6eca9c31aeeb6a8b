package record

import (
	"wellmet/internal/record"
	"wellmet/internal/sales"
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
