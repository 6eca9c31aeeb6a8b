package parts

import (
	"time"

	"wellmet/internal/web/kit"
)

// SaidMoment is the day that an address looks back to, or the moment.
func SaidMoment(v *kit.View, day string, at time.Time) string {
	if _, err := time.Parse(time.DateOnly, day); err == nil {
		d, _ := v.ParseDateInput(day, v.Today())
		return v.Date(d)
	}
	return v.MomentFull(at, v.Zone)
}
