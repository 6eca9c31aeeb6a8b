-- +goose Up
-- The same change of many records, done by a job: what was asked for, in whose name, and how far it is.
CREATE TABLE bulk_run (
    id          INTEGER NOT NULL PRIMARY KEY,
    object      TEXT NOT NULL,
    request     TEXT NOT NULL,
    who         TEXT NOT NULL,
    state       TEXT NOT NULL,
    total       INTEGER NOT NULL,
    last        INTEGER NOT NULL,
    result      TEXT NOT NULL,
    act         INTEGER NOT NULL,
    created_by  INTEGER,
    created_at  INTEGER NOT NULL,
    finished_at INTEGER,
    error       TEXT
) STRICT;
CREATE INDEX bulk_run_by ON bulk_run (created_by, id);
CREATE INDEX bulk_run_act ON bulk_run (act);

-- Behind which line of the act a long undo goes on.
ALTER TABLE undo_run ADD COLUMN at TEXT NOT NULL DEFAULT '';
