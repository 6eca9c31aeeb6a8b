// Package goal knows what is aimed at and how far it is: targets of people, of
// teams and of the company, for a period and a measure, and their attainment.
//
//	board, err := room.Attainment(ctx, s, goal.Question{Period: p})
//	sheet, err := room.Plan(ctx, s, goal.Question{Period: p.Next(), Measure: "won_revenue"})
//
// A measure is an aggregate over the records of some object, counted by owner and
// by a day; the rooms that own the objects declare measures, and app hands them
// in. What closes a gap, and what is expected, are for the rooms above.
package goal
