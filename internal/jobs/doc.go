// Package jobs knows what has to happen after a commit: it keeps effects as
// outbox rows in the workspace's own transaction, and runs them afterwards, at
// least once, whatever crashes in between. It knows nothing of what they do.
//
//	jobs.Handle(runner, jobs.Options{Inside: true}, func(ctx context.Context, run jobs.Run, j Recount) error {…})
//	…
//	err := jobs.Later(session, Recount{Deal: id})
//
// There are two ways to run. Effects that only write their own workspace are
// Inside: they run and are marked as done in one transaction, so exactly once.
// All others (mail, webhooks, long work) are queued in the control database and
// run outside any transaction, at least once, with the outbox id as the key by
// which a receiver can tell a repetition. Long work is cut into jobs of at most
// a minute, each of which calls Later for the next in its own transaction
// (Run.Done marks the finished one there, too).
//
// # What keeps an effect from being lost
//
// The row commits with the change that wants it. Before the first write to a
// workspace the directory row is marked dirty (Runner.Writing); every dirty
// workspace is swept at start and each minute, so that a crash between commit
// and wake-up costs at most a minute. The queue in control is only a second
// copy: a row that has been queued for long without an end is queued again, and
// the queue's unique key makes that harmless.
//
// # Fairness
//
// Workspaces take turns, each for a second or fifty rows; and of one workspace
// only sixteen jobs stand in the queue at a time, the rest waits in its outbox.
package jobs
