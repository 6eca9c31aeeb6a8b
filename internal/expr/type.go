package expr

// Kind is what an expression yields.
type Kind uint8

// Empty as a field's kind is a value of which only "is empty" can be asked (an
// address, a place); as a wanted type it means any.
const (
	Empty Kind = iota
	Bool
	Text
	Number
	Money
	Date
	Moment
	Span
	Choice
	Choices
	Link
	Links

	period // thisQuarter() and the like: a range of days
)

var kindNames = [...]string{"value", "condition", "text", "number", "money", "date", "moment",
	"duration", "choice", "choices", "link", "links", "period"}

// String is the plain word that messages use.
func (k Kind) String() string { return kindNames[k] }

// Type is a kind with what it needs to know more.
type Type struct {
	Kind    Kind
	Object  string   // Link, Links: API name of the target; "" = any object
	Scale   int      // Number: decimals of the stored integer
	Options []string // Choice, Choices: the keys allowed; none = any text
}

// Field is a field as the language sees it. ID stays the same when the field is
// renamed. A field with Formula has no column: the formula stands in its place,
// checked against the same object.
type Field struct {
	ID, Name string
	Type     Type
	Formula  *Expr
	Folded   bool // has a column of search-folded text
}

// Back leads to many records: those of Object whose Link field points here, or
// which are about this record (About), or those that the Links field Link of
// this record names (Forward).
type Back struct {
	Object  string
	Link    Field
	About   bool
	Forward bool
}

// Scope answers the names of one object. A scope that also has
//
//	Names() []string
//
// gets its names offered when one is mistyped; it must hide what the actor may
// not see.
type Scope interface {
	Object() string
	Field(name string) (Field, bool)
	Back(name string) (Back, bool)
	To(object string) (Scope, bool)
}

// Part is one of the columns of a field.
type Part uint8

const (
	Value    Part = iota
	Currency      // Money: ISO 4217 code
	Base          // Money: minor units of the workspace's currency
	Folded        // Text: search-folded, in byte order, NULL when nothing is left of it
	SortKey       // Text: collation key; for the record room, no expression uses it
)
