// Package activity is what people do and plan about records: the composer that
// writes it down, the strip of the next step, done and another time from
// anywhere, the calendar, and the feed that calendars of others subscribe to.
//
// A change made on a record's page answers with the parts of that page that it
// touches; one made elsewhere lets the page load again.
package activity

import "wellmet/internal/web/door"

// Routes are the addresses of this area.
func Routes() []door.Route {
	return []door.Route{
		{Pattern: "GET /activities/new", Do: ask},
		{Pattern: "POST /activities/new", Do: save},
		{Pattern: "GET /activities/plan", Do: plan},
		{Pattern: "GET /activities/step", Do: strip},
		{Pattern: "GET /activities/{id}/quick", Do: quick},
		{Pattern: "GET /activities/{id}/done", Do: askDone},
		{Pattern: "POST /activities/{id}/done", Do: done},
		{Pattern: "GET /activities/{id}/reschedule", Do: askWhen},
		{Pattern: "POST /activities/{id}/reschedule", Do: reschedule},

		{Pattern: "GET /queue", Do: showQueues},
		{Pattern: "POST /queue", Do: beginQueue},
		{Pattern: "GET /queue/{id}", Do: showQueue},
		{Pattern: "POST /queue/{id}", Do: goOn},

		{Pattern: "GET /calendar/{file}", Do: feed, Open: true},
		{Pattern: "GET /settings/me/calendar", Do: showFeed},
		{Pattern: "POST /settings/me/calendar", Do: makeFeed},
		{Pattern: "POST /settings/me/calendar/end", Do: endFeed},
	}
}
