package store

import "strconv"

type postgresDialect struct{}

func (postgresDialect) Name() string                   { return "postgres" }
func (postgresDialect) Quote(identifier string) string { return quote(identifier) }
func (postgresDialect) TableOptions() string           { return "" }
func (postgresDialect) ForUpdate() string              { return " FOR UPDATE" }
func (postgresDialect) ForShare() string               { return " FOR SHARE" }
func (postgresDialect) ForUpdateFree() string          { return " FOR UPDATE SKIP LOCKED" }
func (postgresDialect) Concurrent() bool               { return true }
func (postgresDialect) IndexHint(string) string        { return "" }

// Param casts, because a parameter alone has no type where nothing around it has one ($1 IS NULL, VALUES).
func (d postgresDialect) Param(i int, t Type) string {
	return "$" + strconv.Itoa(i) + "::" + d.ColumnType(t)
}

func (postgresDialect) ColumnType(t Type) string {
	switch t {
	case Int:
		return "bigint"
	case Bool:
		return "boolean"
	case Date:
		return "date"
	case Bytes:
		return "bytea"
	case IDList:
		return "bigint[]"
	case Words:
		return "tsquery"
	}
	return "text"
}

func (postgresDialect) AnyOf(expr, param string) string {
	return expr + " = ANY (" + param + "::bigint[])"
}

func (postgresDialect) SumParts(column string) (high, low string) {
	return "sum(" + column + " >> 32)", "sum(" + column + " & 4294967295)"
}

func (d postgresDialect) Group(g Grouping) string { return g.sorted(d) }

func (postgresDialect) CreateIndex(schema string, x Index) string {
	return createIndex("INDEX CONCURRENTLY IF NOT EXISTS "+quote(x.Name), quote(schema)+"."+quote(x.Table), x)
}

func (postgresDialect) DropIndex(schema, name string) string {
	return "DROP INDEX CONCURRENTLY IF EXISTS " + quote(schema) + "." + quote(name)
}

// wordsMatch and gramsMatch mark a question to the search index.
const (
	wordsMatch = `."words" @@ `
	gramsMatch = `."grams" LIKE `
)

func (postgresDialect) MatchWords(doc, param string) string {
	return doc + wordsMatch + param + "::tsquery"
}

func (postgresDialect) MatchGrams(doc, param string) string { return doc + gramsMatch + param }
