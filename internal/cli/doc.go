// Package cli is the command line: serve, demo, import, export, figures,
// people, the schema, backup and what else an operator does.
//
// A command parses its flags, opens the installation (shell), calls one room
// and prints the answer as a table for people or, with --json, for programs.
// It decides nothing: permission is the record room's, and so are rules. What
// goes wrong is told in one sentence and, where fields are at fault, a line for
// each.
//
// On SQLite one process holds the data folder. A command that only reads then
// opens the databases beside it; one that writes is handed to the running
// server over a socket in the folder (door.go), so that nobody has to stop a
// server in order to add a colleague.
//
// cmd/wellmet calls Main.
package cli
