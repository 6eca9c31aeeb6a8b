-- +goose Up
-- Files that came to records and were taken off them, as they were called then. version is the one that the record had, which places
-- the line among those of history.
CREATE TABLE {file_deed} (
    id      bigint NOT NULL PRIMARY KEY,
    act     bigint NOT NULL,
    object  text NOT NULL,
    record  bigint NOT NULL,
    version bigint NOT NULL,
    kind    text NOT NULL,
    file    bigint NOT NULL,
    name    text NOT NULL,
    size    bigint NOT NULL
);
CREATE INDEX file_deed_record ON {file_deed} (record, version);
