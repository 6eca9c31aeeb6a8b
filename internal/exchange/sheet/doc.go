// Package sheet reads and writes tables: CSV and its relatives, XLSX, JSON
// lines. It knows nothing of records, fields or people; the exchange room does.
//
// Reading. Open recognises what a file is by its content, whatever its name
// says, then its encoding, separator, quote and header row. Every guess stands
// in Table and can be overruled by Options. Next answers one row at a time, so
// memory stays flat however long the file is. A row that cannot be trusted (an
// open quote, broken bytes, more cells than columns, a cell over the limit)
// comes with its Fault and reading goes on behind it; an error from Next other
// than io.EOF is final. Survey reads the whole table once more on the side and
// says for each column its kind, date style and number style.
//
// Row numbers are those a spreadsheet shows: the header of an ordinary file is
// row 1, and a record that spans three lines of text is one row.
//
// XLSX is read by our own stream over the sheet's XML, not by excelize's row
// iterator: that one hides each cell's style, so that a day cannot be told from
// a number, and it needs the whole sheet in memory to know merged cells.
// Writing uses excelize's stream writer.
//
// # The apostrophe rule
//
// A spreadsheet runs a CSV cell that starts with = + - @ TAB or CR as a formula.
// So a text cell that matches ^'*[=+\-@\t\r\n] (full-width ＝＋－＠ too) is
// written with one apostrophe more in front, and the reader takes one away from
// every cell that matches ^'+[=+\-@\t\r\n]. Both ways it is one to one: text
// comes back unchanged, also text that had apostrophes of its own. Cells of
// columns that are not text (numbers, days) are written bare. Other programs
// follow the same custom, so the reader does this for every CSV file unless
// Options.KeepApostrophes. XLSX and JSON lines carry types and need no rule.
package sheet
