package expr

import (
	"time"

	"wellmet/internal/fault"
	"wellmet/internal/value"
)

// Env is what an expression needs to know of the moment it runs in: the
// workspace's zone and calendar for shared work, a user's own zone for his.
type Env struct {
	Now          time.Time
	Zone         *time.Location // nil = UTC
	Me           value.ID       // 0 = nobody: me() is empty
	Team         value.ID
	FiscalStart  time.Month // 0 = January
	BaseCurrency string
}

// Expr is a checked expression over the records of one object. It never
// changes and may be used by many goroutines.
type Expr struct {
	source *Node
	root   *node
	object string
	refs   []Ref
	uses   Uses
	weight int // nodes, those of inlined formulas included
	names  []string

	refusal *fault.Error // why it has no SQL
}

// Ref is one use of a field.
type Ref struct {
	Object string   // whose field
	Path   []string // the names that lead there from the expression's own object, the field's last
	Field  Field
	Many   bool // behind any(…): Field is the link that leads there
}

// Uses says what an expression depends on besides the fields of its record.
type Uses struct {
	Time  bool // today, now, periods
	Actor bool // me, myTeam
	Links bool // paths and any()
}

// Type is what the expression yields.
func (e *Expr) Type() Type { return e.root.typ }

// Object is the API name of the object whose records it is about.
func (e *Expr) Object() string { return e.object }

// String is the canonical text; Parse reads it back as the same tree.
func (e *Expr) String() string { return e.source.String() }

// SQLable tells whether the expression can run in the database, otherwise the
// key of the reason, a text of the catalogue.
func (e *Expr) SQLable() (ok bool, reason string) {
	if e.refusal == nil {
		return true, ""
	}
	return false, e.refusal.Key
}

// Refusal is why the expression cannot run in the database, as a fault that
// names the part; nil when it can.
func (e *Expr) Refusal() error {
	if e.refusal == nil {
		return nil
	}
	return e.refusal
}

// Fields is every field used, in order of appearance, the inputs of inlined
// formulas included: whoever may not read one of them may not use the
// expression.
func (e *Expr) Fields() []Ref { return e.refs }

// Uses says what besides the record's own fields decides the result.
func (e *Expr) Uses() Uses { return e.uses }

// Columns is how the record room names columns and links in SQL.
type Columns interface {
	// Column is the SQL of one column of a field, such as t."amount_b".
	Column(alias string, f Field, part Part) string
	// Table is the SQL of an object's table, without alias.
	Table(object string) string
	// Rule is the condition under which the actor may read the record of the
	// alias; "" = no condition. It must leave out deleted records.
	Rule(object, alias string, args *Args) string
	// Many is the condition that the record of child belongs to the record of
	// alias, for About and Forward. Plain back-links need no help.
	Many(b Back, alias, child string, args *Args) string
	// Has is the condition that the Choices or Links field holds the value of
	// that placeholder, or any value at all when it is "".
	Has(f Field, alias, param string) string
	// AddDays is the SQL of a date some days later; days is a placeholder or a
	// plain number, a bigint.
	AddDays(date, days string) string
}

// Row is a record in memory, with canonical values.
type Row interface {
	Get(f Field) any
	Link(f Field) (Row, bool) // false: empty, deleted or not readable
	Children(b Back) []Row    // readable and not deleted
}

// BaseRow is a Row that knows the amount of a money field in the workspace's
// currency. Without it only amounts in that currency have one.
type BaseRow interface {
	Base(f Field) (value.Money, bool)
}
