// Package process knows what happens when: through which states a record goes
// and who may move it (blueprints), what follows by itself (rules), what is
// written to people (templates), what other programs are told (webhooks) and
// what they tell us (incoming hooks).
//
// All of these are records, written by administrators through record.Session
// like everything else, so that history, undo, API and export come for free.
// One record.Rule obeys them for every object and every door: in its check
// phase a move that no blueprint allows is refused, naming those that are; in
// its applied phase the trace is written, and what a move or a rule asks for is
// done in the same transaction and act.
//
//	offers, err := process.Transitions(ctx, s, deal) // which moves there are now, and what each asks
//	out, err := process.Go(ctx, s, process.Step{…})  // make one
//
// What blueprints and rules do, they do as a service member with a role of its
// own, never as the system: what that role may not, they may not. An error of
// theirs is kept in the run log and never breaks the save that caused them.
//
// The room sets deadlines by hours and knows no activity, no assignment rule
// and no mail server: app hands it functions for those (Needs).
package process
