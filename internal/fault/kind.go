package fault

import "strconv"

// Kind says what the receiver can do about a fault.
type Kind uint8

const (
	Invalid         Kind = 1 + iota // mend the input
	Unauthenticated                 // sign in
	Forbidden                       // ask for the right; never about a record the actor may not see
	NotFound                        // absent, or not visible: the two look the same
	Conflict                        // read again, then decide
	TooLarge                        // send less at once
	TooMany                         // send it later
	Unavailable                     // nothing is wrong with the request; try again
)

var kindNames = [...]string{
	Invalid: "invalid", Unauthenticated: "unauthenticated", Forbidden: "forbidden",
	NotFound: "not found", Conflict: "conflict", TooLarge: "too large",
	TooMany: "too many", Unavailable: "unavailable",
}

func (k Kind) String() string {
	if k >= Invalid && int(k) < len(kindNames) {
		return kindNames[k]
	}
	return "kind " + strconv.Itoa(int(k))
}
