-- +goose Up
-- With what the secrets of workspaces are sealed: passwords of servers that we must be able to read again. It
-- is not in the workspaces, so that a copy of one tells no secret.
CREATE TABLE {seal} (
    id  bigint NOT NULL PRIMARY KEY CHECK (id = 1),
    key bytea NOT NULL
);
