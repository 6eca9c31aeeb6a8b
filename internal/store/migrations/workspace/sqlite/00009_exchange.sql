-- +goose Up
CREATE TABLE import_run (
    id          INTEGER NOT NULL PRIMARY KEY,
    object      TEXT NOT NULL,
    name        TEXT NOT NULL DEFAULT '',
    state       TEXT NOT NULL,
    options     TEXT NOT NULL,
    counts      TEXT NOT NULL DEFAULT '{}',
    error       TEXT,
    file        INTEGER,
    act         INTEGER,
    undo_act    INTEGER,
    created_by  INTEGER,
    created_at  INTEGER NOT NULL,
    started_at  INTEGER,
    finished_at INTEGER
) STRICT;

-- Rows worth remembering: what became of them, and the line itself where it has to be shown or repeated.
CREATE TABLE import_row (
    run    INTEGER NOT NULL,
    row    INTEGER NOT NULL,
    status TEXT NOT NULL,
    record INTEGER,
    errors TEXT,
    raw    TEXT,
    PRIMARY KEY (run, row)
) STRICT, WITHOUT ROWID;
CREATE INDEX import_row_status ON import_row (run, status, row);

-- How the headers of a file were matched last time.
CREATE TABLE import_mapping (
    object     TEXT NOT NULL,
    headers    TEXT NOT NULL,
    mapping    TEXT NOT NULL,
    used_at    INTEGER NOT NULL,
    PRIMARY KEY (object, headers)
) STRICT, WITHOUT ROWID;

-- What was taken out, by the act that says who and when.
CREATE TABLE export_log (
    act    INTEGER NOT NULL PRIMARY KEY,
    object TEXT NOT NULL,
    filter TEXT NOT NULL,
    rows   INTEGER NOT NULL,
    format TEXT NOT NULL
) STRICT;
