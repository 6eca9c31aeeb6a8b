-- +goose Up
-- The address of an incoming hook: the hash of what it ends with, and how often and when it was called. What the
-- hook's callers sign with stands in webhook_secret.
CREATE TABLE hook_address (
    hook    INTEGER NOT NULL PRIMARY KEY,
    token   TEXT NOT NULL,
    calls   INTEGER NOT NULL,
    last_at INTEGER
) STRICT;
CREATE UNIQUE INDEX hook_address_token ON hook_address (token);

-- Calls as they came, and what became of each. message is the id that the caller gave one, empty where he gave none;
-- round says how many hooks have set off one another; version is the record's, as rules saw it; beyond counts the
-- refused ones that came after this one, of which nothing is kept.
CREATE TABLE hook_call (
    id      INTEGER NOT NULL PRIMARY KEY,
    hook    INTEGER NOT NULL,
    message TEXT NOT NULL,
    body    TEXT NOT NULL,
    round   INTEGER NOT NULL,
    state   TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    problem TEXT NOT NULL,
    object  TEXT NOT NULL,
    record  INTEGER,
    version INTEGER,
    did     TEXT NOT NULL,
    beyond  INTEGER NOT NULL,
    at      INTEGER NOT NULL,
    done_at INTEGER
) STRICT;
CREATE UNIQUE INDEX hook_call_message ON hook_call (hook, message) WHERE message <> '';
CREATE INDEX hook_call_waiting ON hook_call (hook, id) WHERE state = 'waiting';
CREATE INDEX hook_call_state ON hook_call (hook, state, id);
CREATE INDEX hook_call_at ON hook_call (at);

ALTER TABLE webhook_delivery ADD COLUMN round INTEGER NOT NULL DEFAULT 0;
