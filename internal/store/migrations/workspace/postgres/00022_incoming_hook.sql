-- +goose Up
-- The address of an incoming hook: the hash of what it ends with, and how often and when it was called. What the
-- hook's callers sign with stands in webhook_secret.
CREATE TABLE {hook_address} (
    hook    bigint NOT NULL PRIMARY KEY,
    token   text NOT NULL,
    calls   bigint NOT NULL,
    last_at bigint
);
CREATE UNIQUE INDEX hook_address_token ON {hook_address} (token);

-- Calls as they came, and what became of each. message is the id that the caller gave one, empty where he gave none;
-- round says how many hooks have set off one another; version is the record's, as rules saw it; beyond counts the
-- refused ones that came after this one, of which nothing is kept.
CREATE TABLE {hook_call} (
    id      bigint NOT NULL PRIMARY KEY,
    hook    bigint NOT NULL,
    message text NOT NULL,
    body    text NOT NULL,
    round   bigint NOT NULL,
    state   text NOT NULL,
    attempt bigint NOT NULL,
    problem text NOT NULL,
    object  text NOT NULL,
    record  bigint,
    version bigint,
    did     text NOT NULL,
    beyond  bigint NOT NULL,
    at      bigint NOT NULL,
    done_at bigint
);
CREATE UNIQUE INDEX hook_call_message ON {hook_call} (hook, message) WHERE message <> '';
CREATE INDEX hook_call_waiting ON {hook_call} (hook, id) WHERE state = 'waiting';
CREATE INDEX hook_call_state ON {hook_call} (hook, state, id);
CREATE INDEX hook_call_at ON {hook_call} (at);

ALTER TABLE {webhook_delivery} ADD COLUMN round bigint NOT NULL DEFAULT 0;
