package value

import (
	"crypto/rand"
	"encoding/binary"
	"encoding/json"
	"strconv"
	"sync/atomic"
	"time"

	"wellmet/internal/fault"
)

// ID names a record. It is made in Go before the row is written, so that a retry
// reuses it and batches need no round trip; it grows with time, so that new rows
// stand together at the end of every index. 0 is none.
//
// From the top: 41 bits of milliseconds since 2020 (until 2089), 13 bits naming
// the process, 9 bits counting within the millisecond.
type ID int64

const (
	nodeBits, countBits = 13, 9
	// Nodes is how many processes can be told apart.
	Nodes   = 1 << nodeBits
	maxTick = 1<<41 - 1
)

var (
	idEpoch = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC).UnixMilli()
	lastID  atomic.Int64
	node    atomic.Int64
)

func init() {
	// Without a lease a process takes a random number, which serves one process
	// on a laptop; SetNode serves many.
	var b [8]byte
	_, _ = rand.Read(b[:]) // documented never to fail
	node.Store(int64(binary.LittleEndian.Uint64(b[:]) % Nodes))
}

// SetNode gives this process a number that no other running process has, taken
// modulo Nodes. Without it the number is random.
func SetNode(n int) { node.Store(int64(uint64(n) % Nodes)) }

// NewID makes an id that is greater than every id this process made before, also
// when the clock stands still or steps back: a full millisecond borrows from the
// next one.
func NewID(now time.Time) ID {
	tick := min(max(now.UnixMilli()-idEpoch, 1), maxTick)
	for {
		last, mine := lastID.Load(), node.Load()<<countBits
		next := tick<<(nodeBits+countBits) | mine
		if next <= last {
			next = after(last, mine)
		}
		if lastID.CompareAndSwap(last, next) {
			return ID(next)
		}
	}
}

// after is the next id of this node above last.
func after(last, mine int64) int64 {
	const countMask, nodeMask = 1<<countBits - 1, (1<<nodeBits - 1) << countBits
	if last&nodeMask == mine && last&countMask != countMask {
		return last + 1
	}
	return (last>>(nodeBits+countBits)+1)<<(nodeBits+countBits) | mine
}

// Time is when the id was made, to the millisecond, a little later after a burst.
func (id ID) Time() time.Time {
	return time.UnixMilli(int64(id)>>(nodeBits+countBits) + idEpoch).UTC()
}

func (id ID) String() string { return strconv.FormatInt(int64(id), 10) }

// ParseID reads the decimal text of an id; none ("", "0") is refused.
func ParseID(s string) (ID, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n <= 0 || s[0] == '+' || s[0] == '0' {
		return 0, invalid("value.id", s, nil)
	}
	return ID(n), nil
}

// MarshalJSON writes a string, because JavaScript rounds numbers of this size;
// none is null.
func (id ID) MarshalJSON() ([]byte, error) {
	if id == 0 {
		return []byte("null"), nil
	}
	b := make([]byte, 0, 21)
	return append(strconv.AppendInt(append(b, '"'), int64(id), 10), '"'), nil
}

// UnmarshalJSON refuses a JSON number: whoever sends one has rounded it already.
func (id *ID) UnmarshalJSON(data []byte) error {
	if string(data) == "null" {
		*id = 0
		return nil
	}
	var s string
	if err := json.Unmarshal(data, &s); err != nil {
		return invalid("value.id.text", string(data), fault.Args{}).Because(err)
	}
	parsed, err := ParseID(s)
	if err != nil {
		return err
	}
	*id = parsed
	return nil
}

// FirstID is below every id made from that moment on.
func FirstID(t time.Time) ID {
	tick := min(max(t.UnixMilli()-idEpoch, 0), maxTick)
	return ID(tick << (nodeBits + countBits))
}
