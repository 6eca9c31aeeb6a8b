package store

import (
	"database/sql/driver"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"modernc.org/sqlite"
)

// groupFunction is the name of an aggregate that adds up rows by keys in a hash table. SQLite itself sorts
// all rows to group them, which takes twice the time of everything else where an index holds the columns.
// It answers a JSON array with an array for each group: keys, then columns of figures.
const groupFunction = "wellmet_group"

// mostHashed is how many groups the table holds. Beyond that what was added up so far is written out and
// the table begins anew, so that a group may come twice: whoever reads adds up once more.
const mostHashed = 50_000

// withGroups makes the function known to connections that are opened from now on.
var withGroups = sync.OnceValue(func() error {
	return sqlite.RegisterFunction(groupFunction, &sqlite.FunctionImpl{
		NArgs:         -1,
		VolatileArgs:  true, // Step copies what it keeps
		MakeAggregate: func(sqlite.FunctionContext) (sqlite.AggregateFunction, error) { return &groupTable{}, nil },
	})
})

func (d sqliteDialect) Group(g Grouping) string {
	if !g.Few || g.Having != "" || len(g.Keys) == 0 {
		return g.sorted(d)
	}
	var plan strings.Builder
	plan.WriteString(strconv.Itoa(len(g.Keys)))
	var given, list []string
	name := func(n string) { list = append(list, "g.value ->> "+strconv.Itoa(len(list))+" AS "+n) }
	for _, k := range g.Keys {
		given = append(given, k.SQL)
		name(k.Name)
	}
	for _, f := range g.Figures {
		of := f.Of
		switch {
		case f.Kind == Ready:
			return g.sorted(d)
		case f.Kind == CountRows && f.Only != "":
			f.Kind, of = CountFilled, "CASE WHEN "+f.Only+" THEN 1 END"
		case f.Only != "":
			of = "CASE WHEN " + f.Only + " THEN " + of + " END"
		}
		plan.WriteByte(byte(f.Kind))
		if f.Kind != CountRows {
			given = append(given, of)
		}
		for _, n := range f.Names {
			name(n)
		}
	}
	return "SELECT " + strings.Join(list, ", ") + " FROM json_each((SELECT " + groupFunction + "('" + plan.String() + "', " + strings.Join(given, ", ") + ")" + g.From + ")) g"
}

// groupTable is the table of one statement.
type groupTable struct {
	keys   int
	kinds  []FigureKind // nil = nothing came yet
	width  int          // cells of a group
	groups map[string]int
	cells  []groupCell // of all groups, one behind the other
	key    []byte      // reused
	out    []byte
}

// groupCell is a count, a part of a sum or a bound: a whole number or, of days, a text.
type groupCell struct {
	n          int64
	text       string
	some, word bool // a bound is set, and to a text
}

// Step adds a row.
func (t *groupTable) Step(_ *sqlite.FunctionContext, args []driver.Value) error {
	if t.kinds == nil {
		if err := t.begin(args); err != nil {
			return err
		}
	}
	args = args[1:]
	if err := t.hash(args[:t.keys]); err != nil {
		return err
	}
	at, ok := t.groups[string(t.key)]
	if !ok {
		if len(t.groups) == mostHashed {
			t.write()
			clear(t.groups)
			t.cells = t.cells[:0]
		}
		at = len(t.cells)
		t.groups[string(t.key)] = at
		for range t.width {
			t.cells = append(t.cells, groupCell{})
		}
	}
	return t.add(t.cells[at:at+t.width], args[t.keys:])
}

// begin reads the plan: how many keys there are, then a letter for each figure.
func (t *groupTable) begin(args []driver.Value) error {
	plan, _ := args[0].(string)
	kinds := strings.TrimLeft(plan, "0123456789")
	t.keys, _ = strconv.Atoi(plan[:len(plan)-len(kinds)])
	t.groups, t.kinds = map[string]int{}, []FigureKind{}
	given := 1 + t.keys
	for _, k := range []byte(kinds) {
		t.kinds = append(t.kinds, FigureKind(k))
		t.width += FigureKind(k).width()
		if FigureKind(k) != CountRows {
			given++
		}
	}
	if given != len(args) {
		return fmt.Errorf("store: %s with plan %q got %d values", groupFunction, plan, len(args))
	}
	return nil
}

func (k FigureKind) width() int {
	switch k {
	case Added:
		return 3
	case Bounds:
		return 2
	}
	return 1
}

// hash writes the keys, so that different ones differ.
func (t *groupTable) hash(keys []driver.Value) error {
	t.key = t.key[:0]
	for _, k := range keys {
		switch v := k.(type) {
		case nil:
			t.key = append(t.key, 'n')
		case int64:
			t.key = binary.LittleEndian.AppendUint64(append(t.key, 'i'), uint64(v))
		case string:
			t.key = append(binary.AppendUvarint(append(t.key, 't'), uint64(len(v))), v...)
		default:
			return fmt.Errorf("store: cannot group by %T", k)
		}
	}
	return nil
}

// add adds the values of a row to the cells of its group.
func (t *groupTable) add(cells []groupCell, values []driver.Value) error {
	for _, kind := range t.kinds {
		if kind == CountRows {
			cells[0].n++
			cells = cells[1:]
			continue
		}
		v := values[0]
		values = values[1:]
		if v != nil {
			if err := kind.add(cells, v); err != nil {
				return err
			}
		}
		cells = cells[kind.width():]
	}
	return nil
}

func (k FigureKind) add(cells []groupCell, v driver.Value) error {
	switch k {
	case CountFilled:
		cells[0].n++
		return nil
	case Added:
		n, ok := v.(int64)
		if !ok {
			return fmt.Errorf("store: cannot add up %T", v)
		}
		cells[0].n++
		cells[1].n += n >> 32
		cells[2].n += n & 0xffffffff
		return nil
	}
	switch v := v.(type) {
	case int64:
		if !cells[0].some || v < cells[0].n {
			cells[0] = groupCell{n: v, some: true}
		}
		if !cells[1].some || v > cells[1].n {
			cells[1] = groupCell{n: v, some: true}
		}
	case string:
		if !cells[0].some || v < cells[0].text {
			cells[0] = groupCell{text: strings.Clone(v), some: true, word: true}
		}
		if !cells[1].some || v > cells[1].text {
			cells[1] = groupCell{text: strings.Clone(v), some: true, word: true}
		}
	default:
		return fmt.Errorf("store: cannot compare %T", v)
	}
	return nil
}

// write appends the groups that are in the table to the answer.
func (t *groupTable) write() {
	for key, at := range t.groups {
		if len(t.out) > 0 {
			t.out = append(t.out, ',')
		}
		t.out = append(t.out, '[')
		t.writeKeys(key)
		cells := t.cells[at : at+t.width]
		for _, kind := range t.kinds {
			for i := range kind.width() {
				t.out = append(t.out, ',')
				t.out = cells[i].append(t.out, kind)
			}
			cells = cells[kind.width():]
		}
		t.out = append(t.out, ']')
	}
}

func (t *groupTable) writeKeys(key string) {
	for i := range t.keys {
		if i > 0 {
			t.out = append(t.out, ',')
		}
		kind := key[0]
		key = key[1:]
		switch kind {
		case 'n':
			t.out = append(t.out, "null"...)
		case 'i':
			t.out = strconv.AppendInt(t.out, int64(binary.LittleEndian.Uint64([]byte(key[:8]))), 10)
			key = key[8:]
		case 't':
			n, used := binary.Uvarint([]byte(key[:min(len(key), binary.MaxVarintLen64)]))
			t.out = appendText(t.out, key[used:used+int(n)])
			key = key[used+int(n):]
		}
	}
}

// append writes a cell; bounds of nothing are NULL. So is the sum of nothing in SQL, but who reads sums
// reads the count with them.
func (c groupCell) append(out []byte, kind FigureKind) []byte {
	switch {
	case kind == Bounds && !c.some:
		return append(out, "null"...)
	case c.word:
		return appendText(out, c.text)
	}
	return strconv.AppendInt(out, c.n, 10)
}

func appendText(out []byte, text string) []byte {
	b, _ := json.Marshal(text) // no text fails
	return append(out, b...)
}

// WindowInverse is for windows, which nobody asks for.
func (t *groupTable) WindowInverse(*sqlite.FunctionContext, []driver.Value) error {
	return fmt.Errorf("store: %s has no window", groupFunction)
}

// WindowValue answers the groups.
func (t *groupTable) WindowValue(*sqlite.FunctionContext) (driver.Value, error) {
	t.write()
	clear(t.groups)
	return "[" + string(t.out) + "]", nil
}

// Final has nothing to let go of.
func (t *groupTable) Final(*sqlite.FunctionContext) {}
