// Package hours knows when the company works: the open hours of its week, its
// holidays and its time zone, and what a business hour and a business day
// therefore are. Whoever sets a deadline or waits for office hours asks it.
//
//	cal, err := hours.Of(ctx, s)
//	due := cal.Add(s.Now(), hours.Duration{N: 2, Unit: hours.BusinessDays})
//
// The arithmetic is pure and knows no records; the week is a setting, holidays
// are records. Who has to know of a deadline is not this room's.
package hours
