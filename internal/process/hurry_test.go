package process

import "time"

// Hurry lets receivers answer within so long.
func (p *Process) Hurry(d time.Duration) { p.client.Timeout = d }
