package value

import (
	"encoding/json"
	"sync"
	"testing"
	"time"
)

func TestIDsGrow(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 31, 10, 0, 0, 0, time.UTC)
	var last ID
	for i := range 5000 {
		at := now.Add(time.Duration(i%7-3) * time.Hour) // a clock that jumps about
		id := NewID(at)
		if id <= last {
			t.Fatalf("%d after %d", id, last)
		}
		last = id
	}
}

func TestIDsOfManyGoroutinesDiffer(t *testing.T) {
	t.Parallel()
	const workers, each = 8, 2000
	now := time.Date(2026, 3, 31, 10, 0, 0, 0, time.UTC)
	made := make([][]ID, workers)
	var all sync.WaitGroup
	for w := range workers {
		all.Go(func() {
			for range each {
				made[w] = append(made[w], NewID(now))
			}
		})
	}
	all.Wait()
	seen := map[ID]bool{}
	for _, ids := range made {
		for i, id := range ids {
			if seen[id] || i > 0 && id <= ids[i-1] {
				t.Fatalf("%d is no new id", id)
			}
			seen[id] = true
		}
	}
}

func TestIDLayout(t *testing.T) {
	t.Parallel()
	const tick = 12345 << (nodeBits + countBits)
	for _, c := range []struct{ last, node, want int64 }{
		{tick | 7<<countBits, 7, tick | 7<<countBits | 1},
		{tick | 7<<countBits | (1<<countBits - 1), 7, tick + 1<<(nodeBits+countBits) | 7<<countBits},
		{tick | 9<<countBits, 7, tick + 1<<(nodeBits+countBits) | 7<<countBits}, // the node was changed
	} {
		if got := after(c.last, c.node<<countBits); got != c.want || got <= c.last {
			t.Errorf("after(%x) on node %d = %x, want %x", c.last, c.node, got, c.want)
		}
	}
	at := time.Date(2026, 3, 31, 10, 0, 0, int(5*time.Millisecond), time.UTC)
	id := ID((at.UnixMilli() - idEpoch) << (nodeBits + countBits))
	if !id.Time().Equal(at) {
		t.Errorf("made at %v", id.Time())
	}
	for _, year := range []int{1, 1970, 2019, 2020, 2089, 9999} {
		ms := time.Date(year, 12, 31, 0, 0, 0, 0, time.UTC).UnixMilli()
		if tick := min(max(ms-idEpoch, 1), maxTick); tick<<(nodeBits+countBits) <= 0 {
			t.Errorf("year %d overflows", year)
		}
	}
}

// SetNode runs alone: it changes the number of the whole process.
func TestSetNode(t *testing.T) {
	before := int(node.Load())
	defer SetNode(before)
	now := time.Date(2026, 3, 31, 10, 0, 0, 0, time.UTC)
	last := NewID(now)
	for _, n := range []int{5, Nodes - 1, Nodes + 3, -1, 0} {
		SetNode(n)
		id := NewID(now)
		if got := int(id) >> countBits & (Nodes - 1); id <= last || got != int(uint64(n)%Nodes) {
			t.Errorf("node %d: %x after %x names node %d", n, id, last, got)
		}
		last = id
	}
}

func TestParseID(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"1": "1", "9223372036854775807": "9223372036854775807",
		"": "value.id", "0": "value.id", "-1": "value.id", "+1": "value.id", "01": "value.id", "1.0": "value.id", " 1": "value.id", "9223372036854775808": "value.id", "1e5": "value.id", "\xff": "value.id",
	} {
		id, err := ParseID(in)
		if got := keyOr(err, id.String()); got != want {
			t.Errorf("%q: %s, want %s", in, got, want)
		}
	}
}

func TestIDInJSON(t *testing.T) {
	t.Parallel()
	type row struct {
		A ID `json:"a"`
		B ID `json:"b"`
	}
	data, err := json.Marshal(row{A: 912061604553225728})
	if err != nil || string(data) != `{"a":"912061604553225728","b":null}` {
		t.Errorf("%s, %v", data, err)
	}
	var back row
	if err := json.Unmarshal(data, &back); err != nil || back.A != 912061604553225728 || back.B != 0 {
		t.Errorf("%+v, %v", back, err)
	}
	for in, want := range map[string]string{`5`: "value.id.text", `"x"`: "value.id", `""`: "value.id", `{}`: "value.id.text", `true`: "value.id.text"} {
		var id ID
		if got := keyOr(json.Unmarshal([]byte(in), &id), id.String()); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}

func FuzzParseID(f *testing.F) {
	for _, s := range []string{"1", "0", "-1", "9223372036854775808", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		id, err := ParseID(s)
		if err != nil {
			mustBeInvalid(t, err)
		} else if id.String() != s {
			t.Errorf("%q reads as %d", s, id)
		}
	})
}

func BenchmarkNewID(b *testing.B) {
	now := time.Date(2026, 3, 31, 10, 0, 0, 0, time.UTC)
	b.ReportAllocs()
	for b.Loop() {
		NewID(now)
	}
}
