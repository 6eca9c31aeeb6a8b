// Package notify knows who is told what, and by which way: in the inbox, live
// on the pages that are open, and by mail where the company has a mail server.
//
// Whoever has something to tell calls Send in the transaction that makes it
// true, so that nothing is told that did not happen. Nobody is told about a
// record that he may not read, then or later: a notice keeps the record's id
// and no word of it, and its name is read under the reader's own rights.
package notify
