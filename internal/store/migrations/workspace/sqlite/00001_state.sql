-- +goose Up
-- Exactly one row, written by every change of schema or access; nodes compare it with what they hold.
CREATE TABLE workspace_state (
    key            INTEGER NOT NULL PRIMARY KEY CHECK (key = 1),
    schema_version INTEGER NOT NULL,
    access_version INTEGER NOT NULL
) STRICT;
INSERT INTO workspace_state (key, schema_version, access_version) VALUES (1, 0, 0);

CREATE TABLE setting (
    key   TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
