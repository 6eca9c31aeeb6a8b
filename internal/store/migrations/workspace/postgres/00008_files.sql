-- +goose Up
-- A file's name and kind; its bytes are the blob of that hash. Not attached yet = an upload that may lapse.
CREATE TABLE {file} (
    id          bigint NOT NULL PRIMARY KEY,
    hash        text NOT NULL,
    name        text NOT NULL,
    type        text NOT NULL,
    size        bigint NOT NULL,
    created_by  bigint,
    created_at  bigint NOT NULL,
    attached_at bigint
);
CREATE INDEX file_hash ON {file} (hash);
CREATE INDEX file_upload ON {file} (created_at) WHERE attached_at IS NULL;
