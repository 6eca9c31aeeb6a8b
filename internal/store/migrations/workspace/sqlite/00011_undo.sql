-- +goose Up
-- Acts too large to be taken back within one request, by the act that is taken back: how far that is.
CREATE TABLE undo_run (
    act      INTEGER NOT NULL PRIMARY KEY,
    by_act   INTEGER NOT NULL,
    state    TEXT NOT NULL,
    who      TEXT NOT NULL,
    total    INTEGER NOT NULL,
    done     INTEGER NOT NULL,
    result   TEXT NOT NULL,
    error    TEXT
) STRICT;
