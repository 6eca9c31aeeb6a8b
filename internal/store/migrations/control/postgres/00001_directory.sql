-- +goose Up
-- Where each workspace lives. "dirty" = its outbox may hold rows that nobody has seen yet.
CREATE TABLE {workspace} (
    slug       text NOT NULL PRIMARY KEY,
    dsn        text NOT NULL DEFAULT '',
    schema     text NOT NULL DEFAULT '',
    dirty      boolean NOT NULL DEFAULT false,
    created_at bigint NOT NULL
);

-- One change of a workspace's schema at a time, over all nodes.
CREATE TABLE {schema_lock} (
    workspace text NOT NULL PRIMARY KEY,
    holder    text NOT NULL,
    until     bigint NOT NULL
);

-- What only one node does at a time.
CREATE TABLE {lease} (
    name   text NOT NULL PRIMARY KEY,
    holder text NOT NULL,
    until  bigint NOT NULL
);
