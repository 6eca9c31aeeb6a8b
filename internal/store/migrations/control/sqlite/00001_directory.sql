-- +goose Up
-- Where each workspace lives. "dirty" = its outbox may hold rows that nobody has seen yet.
CREATE TABLE workspace (
    slug       TEXT NOT NULL PRIMARY KEY,
    dsn        TEXT NOT NULL DEFAULT '',
    schema     TEXT NOT NULL DEFAULT '',
    dirty      INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL
) STRICT;

-- One change of a workspace's schema at a time, over all nodes.
CREATE TABLE schema_lock (
    workspace TEXT NOT NULL PRIMARY KEY,
    holder    TEXT NOT NULL,
    until     INTEGER NOT NULL
) STRICT;

-- What only one node does at a time.
CREATE TABLE lease (
    name   TEXT NOT NULL PRIMARY KEY,
    holder TEXT NOT NULL,
    until  INTEGER NOT NULL
) STRICT;
