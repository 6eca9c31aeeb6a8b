-- +goose Up
-- Exactly one row, written by every change of schema or access; nodes compare it with what they hold.
CREATE TABLE {workspace_state} (
    key            bigint NOT NULL PRIMARY KEY CHECK (key = 1),
    schema_version bigint NOT NULL,
    access_version bigint NOT NULL
);
INSERT INTO {workspace_state} (key, schema_version, access_version) VALUES (1, 0, 0);

CREATE TABLE {setting} (
    key   text NOT NULL PRIMARY KEY,
    value text NOT NULL
);
