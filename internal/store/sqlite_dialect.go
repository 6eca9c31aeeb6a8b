package store

import (
	"strconv"
	"strings"
)

type sqliteDialect struct{}

func (sqliteDialect) Name() string                   { return "sqlite" }
func (sqliteDialect) Quote(identifier string) string { return quote(identifier) }
func (sqliteDialect) Param(i int, _ Type) string     { return "$" + strconv.Itoa(i) }
func (sqliteDialect) TableOptions() string           { return " STRICT" }
func (sqliteDialect) ForUpdate() string              { return "" }
func (sqliteDialect) ForShare() string               { return "" }
func (sqliteDialect) ForUpdateFree() string          { return "" }
func (sqliteDialect) Concurrent() bool               { return false }

func (sqliteDialect) ColumnType(t Type) string {
	switch t {
	case Int, Bool:
		return "INTEGER"
	case Bytes:
		return "BLOB"
	}
	return "TEXT"
}

func (sqliteDialect) IndexHint(index string) string { return " INDEXED BY " + quote(index) }

func (sqliteDialect) AnyOf(expr, param string) string {
	return expr + " IN (SELECT any_of.value FROM json_each(" + param + ") any_of)"
}

func (sqliteDialect) SumParts(column string) (high, low string) {
	return "sum(" + column + " >> 32)", "sum(" + column + " & 4294967295)"
}

func (sqliteDialect) CreateIndex(schema string, x Index) string {
	return createIndex("INDEX IF NOT EXISTS "+quote(schema)+"."+quote(x.Name), quote(x.Table), x)
}

func (sqliteDialect) DropIndex(schema, name string) string {
	return "DROP INDEX IF EXISTS " + quote(schema) + "." + quote(name)
}

func createIndex(what, table string, x Index) string {
	unique := ""
	if x.Unique {
		unique = "UNIQUE "
	}
	sql := "CREATE " + unique + what + " ON " + table + " (" + strings.Join(x.Columns, ", ") + ")"
	if x.Where != "" {
		sql += " WHERE " + x.Where
	}
	return sql
}

func (sqliteDialect) MatchWords(doc, param string) string {
	return doc + `."id" IN (SELECT w.rowid FROM {search_words} w WHERE w.search_words MATCH ` + param + ")"
}

func (sqliteDialect) MatchGrams(doc, param string) string {
	return doc + `."id" IN (SELECT g.rowid FROM {search_grams} g WHERE g.search_grams MATCH ` + param + ")"
}
