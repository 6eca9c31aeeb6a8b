-- +goose Up
-- Files that came to records and were taken off them, as they were called then. version is the one that the record had, which places
-- the line among those of history.
CREATE TABLE file_deed (
    id      INTEGER NOT NULL PRIMARY KEY,
    act     INTEGER NOT NULL,
    object  TEXT NOT NULL,
    record  INTEGER NOT NULL,
    version INTEGER NOT NULL,
    kind    TEXT NOT NULL,
    file    INTEGER NOT NULL,
    name    TEXT NOT NULL,
    size    INTEGER NOT NULL
) STRICT;
CREATE INDEX file_deed_record ON file_deed (record, version);
