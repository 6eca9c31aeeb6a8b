package parts

import (
	"time"

	"wellmet/internal/web/kit"
)

// WorkingTime is a span of working time in words. Its days have no 24 hours, so
// that a long one is told in hours.
func WorkingTime(v *kit.View, d time.Duration) string {
	switch {
	case d < time.Minute:
		return v.Duration(d.Truncate(time.Second))
	case d < 24*time.Hour:
		return v.Duration(d.Truncate(time.Minute))
	}
	return v.T("web.parts.working_hours", "n", v.Int(int64(d/time.Hour)))
}

// Unanswered says how long a lead has waited for its first answer.
func Unanswered(v *kit.View, d time.Duration) string {
	return v.T("web.parts.unanswered", "time", WorkingTime(v, d))
}
