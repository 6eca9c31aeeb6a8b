// Package value knows single values: money, numbers, days, moments, ids,
// addresses, e-mail, phone and web addresses. It parses what people and other
// programs write, refuses what it cannot keep exactly, and writes the neutral
// text that the API, exports and history use. How a value looks to a reader in
// his language belongs to i18n and the pages; fields and records to schema and
// record.
//
// A parser answers a *fault.Error of kind Invalid with a key "value.…" whose
// text says what would be right; fault.Error.At makes the field fault of it.
// Parsers trim, and read full-width and other scripts' digits, because people
// paste; they never guess between two meanings. The functions named …Style read
// the wider habits of spreadsheets and serve imports only.
//
// In the engine a value is an any: nil is empty; text and choice are a string
// (never ""), a whole number int64, decimal and percent decimal.Decimal, money
// Money, a day Date, a moment time.Time (UTC, milliseconds), yes/no bool, many
// choices []string, link, person and file ID, links []ID, address Address,
// place Point.
package value
