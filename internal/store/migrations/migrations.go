// Package migrations holds the fixed tables: numbered SQL files, forward only, one folder a kind of
// database and dialect. Files for PostgreSQL write {table}; the schema's name is put in before they run.
package migrations

import "embed"

// Files are the folders control and workspace, each with sqlite and postgres.
//
//go:embed control workspace
var Files embed.FS
