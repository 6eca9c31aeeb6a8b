// Package store knows the databases: the control database (who may sign in, which workspaces exist) and
// one database a workspace (its metadata, records and history), each either a SQLite file or a PostgreSQL
// schema. It opens and migrates them, runs transactions, translates errors, and backs them up.
//
// It knows nothing of CRM, users or HTTP, and none of the SQL of other rooms: a room that owns a table
// writes its SQL in the common subset, with {table} for every table and $1… for parameters, and asks the
// Dialect where the two databases differ.
//
//	err := db.Write(ctx, func(tx *store.Tx) error {
//		_, err := tx.Exec(ctx, `UPDATE {setting} SET value = $1 WHERE key = $2`, "EUR", "currency")
//		return err
//	})
//
// What may surprise:
//   - A function given to Write may run twice (see DB.Write); effects outside the database belong into
//     OnCommit or the outbox.
//   - After a failed statement the transaction is over, on both databases; use Tx.Try where a failure is
//     expected.
//   - Text and byte slices read from Rows live until the next call of Next.
//   - float64 is no parameter: money and decimals are integers, see package value.
package store
