// Package exchange brings records in from files and takes them out.
//
// An import is an ordinary user of the engine: each chunk of rows is one
// record.Batch in one act under the import's act, so permission, rules,
// history, search and undo are those of every other write. The room adds what
// only files need: matching headers to fields, reading people's spellings,
// finding linked records by a key, telling per row what is wrong, and going on
// after a crash where the last chunk ended.
//
// It knows no object by name. Reading and writing tables is the private room
// sheet.
package exchange
