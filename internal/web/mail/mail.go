// Package mail is mail that people bring themselves: dropped, chosen or pasted
// messages become entries of the timelines of those who took part, and show
// what is new in them with the rest folded.
package mail

import (
	"wellmet/internal/mail"
	"wellmet/internal/web/door"
)

// mostMails is how many are taken at once; mostBytes, how much.
const (
	mostMails = 20
	mostBytes = 2*mail.MaxSize + 1<<20
)

// Routes are the addresses of this area.
func Routes() []door.Route {
	return []door.Route{
		{Pattern: "GET /mail/new", Do: ask},
		{Pattern: "POST /mail/new", Do: take, Body: mostBytes},
		{Pattern: "POST /mail/lead", Do: lead},
	}
}
