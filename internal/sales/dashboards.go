package sales

import "wellmet/internal/report"

// Dashboards are those that every company begins with.
func Dashboards() []report.Dashboard {
	number := func(of, column, period string) report.Tile {
		return report.Tile{Kind: report.NumberTile, Of: of, Column: column, Period: period, Width: 3}
	}
	chart := func(of, column string, width int) report.Tile {
		return report.Tile{Kind: report.ChartTile, Of: of, Column: column, Width: width}
	}
	panel := func(name string) report.Tile { return report.Tile{Kind: report.PanelTile, Of: name, Width: 6} }
	weak := report.Tile{Kind: report.TableTile, Of: WeakSpotsReport, Width: 12}
	numbers := []report.Tile{number("deals-by-month", "won_revenue", ""), number("pipeline", "weighted", ""),
		number("deals-by-month", "win_rate", "last_12"), number("deals-by-month", "days_to_win", "last_12")}
	closing := report.Tile{Kind: report.ListTile, Of: "deals", Column: "account.name, amount, close_date", Filter: isOpen, Sort: "close_date", Width: 6}
	tasks := report.Tile{Kind: report.ListTile, Of: "activities", Column: "due_at", Filter: `kind = "task" and done != true`, Sort: "due_at", Width: 6}
	with := func(list ...report.Tile) []report.Tile { return append(append([]report.Tile{}, numbers...), list...) }
	return []report.Dashboard{
		{Key: report.OwnDashboard, Layout: report.Layout{Period: "this_quarter", Whose: report.Mine,
			Tiles: with(closing, tasks, panel("attainment"), panel("forecast"), panel("changes"), panel("range"),
				chart("pipeline", "amount", 6), chart("time-in-stage", "avg_days", 6), weak)}},
		{Key: report.ManagerDashboard, Layout: report.Layout{Period: "this_quarter",
			Tiles: with(panel("forecast"), panel("attainment"), panel("range"), panel("changes"), weak, chart("pipeline", "amount", 6),
				chart("deals-by-owner", "won_revenue", 6), chart("lost-by-reason", "lost", 6), closing)}},
		{Key: "overview", Layout: report.Layout{
			Tiles: with(chart("funnel", "entered", 6), chart("deals-by-month", "won_revenue", 6), chart("deals-by-owner", "win_rate", 6), chart("pipeline", "amount", 6))}},
	}
}
