// Package report answers the questions that companies ask every week: named
// reports over any object, each an aggregate (or a few) with columns that have
// names, totals that agree with the records behind them, and the filter that
// lists those.
//
// The room knows how a report is run, not which there are: the rooms that own
// the objects declare them (sales.Reports) and app collects them; people save
// their own (Saved). Both are a Spec and run the same way. Permission is the
// engine's: a report shows what its reader may read.
package report
