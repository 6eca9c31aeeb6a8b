package jobs

import (
	"math/rand/v2"
	"time"
)

// maxWait is the longest pause between two attempts.
const maxWait = time.Hour

// backoff is the pause after a failed attempt: doubled each time, with a tenth
// of chance so that what failed together does not come back together. With the
// defaults twelve attempts span about six hours, a night's outage of a mail server.
func (r *Runner) backoff(attempt int) time.Duration {
	wait := maxWait
	if attempt < 20 {
		wait = min(r.tuning.FirstWait<<(attempt-1), maxWait)
	}
	return wait + rand.N(wait/10+1)
}
