-- +goose Up
-- A file's name and kind; its bytes are the blob of that hash. Not attached yet = an upload that may lapse.
CREATE TABLE file (
    id          INTEGER NOT NULL PRIMARY KEY,
    hash        TEXT NOT NULL,
    name        TEXT NOT NULL,
    type        TEXT NOT NULL,
    size        INTEGER NOT NULL,
    created_by  INTEGER,
    created_at  INTEGER NOT NULL,
    attached_at INTEGER
) STRICT;
CREATE INDEX file_hash ON file (hash);
CREATE INDEX file_upload ON file (created_at) WHERE attached_at IS NULL;
