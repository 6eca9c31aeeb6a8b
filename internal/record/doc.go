// Package record is the engine: everything a user lists, opens, changes,
// imports or reports on is a record, and every read and write of one goes
// through a Session of this room.
//
// A Session is one actor, one transaction and one moment. Reads AND the
// actor's rights into the statement; nothing is filtered after fetching.
// Writes go permission → prepare rules → check rules → SQL → history, spans,
// sums and search text → applied rules → outbox, in that transaction. A single
// save is a batch of one: the same code takes 1 … 1,000 drafts, so that an
// import needs no path of its own.
//
// The room knows no business: what is special about a deal stands in rules
// that upper rooms hand to app. It opens no database and no HTTP request.
package record
