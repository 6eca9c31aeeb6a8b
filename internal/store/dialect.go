package store

import (
	"strconv"

	"wellmet/internal/value"
)

// Type is a column type as the databases know it; everything else is made of these (moments and money are
// Int, JSON is Text, collation keys are Bytes).
type Type uint8

const (
	Int   Type = iota + 1 // 64 bits
	Text                  // UTF-8 without NUL
	Bool                  // INTEGER 0/1 · boolean
	Date                  // TEXT YYYY-MM-DD · date
	Bytes                 // BLOB · bytea

	// Of parameters alone. Given as text they would be read anew for every row they are compared with.
	IDList // what IDs writes, for AnyOf: TEXT · bigint[]
	Words  // what WordsQuery writes, for MatchWords: TEXT · tsquery
)

// Index describes an index made at run time.
type Index struct {
	Name    string
	Table   string   // unquoted, without schema
	Columns []string // SQL of each column, quoted by the caller: `"name_k"`, `"amount_b" DESC`
	Where   string   // partial condition, "" = none
	Unique  bool
}

// Dialect is the one seam between the two databases: what the common subset of SQL cannot say.
// Both are held to one conformance suite.
type Dialect interface {
	Name() string // "sqlite" or "postgres"

	// Quote quotes one identifier; the only place in the program that does.
	Quote(identifier string) string
	// Param writes parameter i (from 1) with its type: $1::bigint, or bare $1 where types follow values.
	Param(i int, t Type) string
	// ColumnType is the type in CREATE TABLE and ADD COLUMN.
	ColumnType(t Type) string
	// TableOptions stands after the closing bracket of CREATE TABLE (STRICT).
	TableOptions() string

	// ForUpdate stands at the end of a SELECT that locks its rows; "" where the writer is alone anyway.
	ForUpdate() string
	// ForShare stands at the end of a SELECT that keeps others from writing its rows, while many may read
	// them so; "" where the writer is alone anyway.
	ForShare() string
	// ForUpdateFree is ForUpdate that passes over rows which somebody else has locked, for workers that
	// share out what is to be done.
	ForUpdateFree() string
	// IndexHint stands after a table name (and alias) in FROM; "" where the database takes no hints.
	IndexHint(index string) string
	// AnyOf writes "expr is one of the ids in param", where the parameter is an IDList and its value comes
	// from IDs: one statement text for lists of any length.
	AnyOf(expr, param string) string
	// SumParts writes the overflow-free sum of an Int column as two integers, high and low part, of which
	// Sum makes the value: sums in SQLite fail on overflow, in PostgreSQL they become numeric.
	SumParts(column string) (high, low string)
	// Group writes the SELECT of a grouping. A group may come in several rows, which the reader adds up.
	Group(g Grouping) string

	// CreateIndex is the statement for an index on the table in DB's schema; it must run outside a
	// transaction where Concurrent says so (DB.CreateIndex does).
	CreateIndex(schema string, x Index) string
	// DropIndex is its counterpart.
	DropIndex(schema, name string) string
	// Concurrent tells that indexes are built outside transactions.
	Concurrent() bool

	// MatchWords (of Words) and MatchGrams (of Text) are the conditions of full-text search, see search.go.
	MatchWords(doc, param string) string
	MatchGrams(doc, param string) string
}

// IDs writes a list of ids as the parameter for Dialect.AnyOf.
func IDs(d Dialect, ids []value.ID) string {
	open, end := byte('['), byte(']') // JSON
	if d.Name() == "postgres" {
		open, end = '{', '}' // an array literal
	}
	b := append(make([]byte, 0, 2+20*len(ids)), open)
	for i, id := range ids {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendInt(b, int64(id), 10)
	}
	return string(append(b, end))
}
