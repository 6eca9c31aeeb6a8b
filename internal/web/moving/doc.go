// Package moving puts a record into another state: a deal into a stage, a lead
// into a status, anything into an option or a record of a list of states.
//
// One address serves every page. Board and record's page differ in how they
// show what a move has done, and hand that over; what a move means for a deal
// is the sales room's.
package moving

import (
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/web/door"
)

// Answer shows on a page what a move has done.
type Answer func(*door.Call, *Moved) error

// Routes are the addresses of this area. A form that says "board" comes from a
// board, any other from the page of a record.
func Routes(onBoard, onPage Answer) []door.Route {
	return []door.Route{
		{Pattern: "GET /{plural}/{id}/move", Do: ask},
		{Pattern: "POST /{plural}/{id}/move", Do: func(c *door.Call) error { return move(c, onBoard, onPage) }, Body: record.MaxAttachment + 1<<20},
	}
}

// None stands for no state in addresses and forms.
const None = "-"

var (
	errNoField = fault.New(fault.NotFound, "web.moving.no_field", nil)
	errNoState = fault.New(fault.NotFound, "web.moving.no_state", nil)
)
