// Package eventbus carries hints after commit: "something about this record has changed". Receivers read
// the record again; a hint may come twice, and a burst of hints about one record comes as one. A hint lost
// with a broken connection is not sent again, so whoever shows records for long asks again now and then.
//
// Hints are published after the commit (store.Tx.OnCommit), never inside a transaction: NOTIFY there
// serialises all commits.
package eventbus
