-- +goose Up
-- Effects that wait for the commit. Pending = neither done nor given up.
CREATE TABLE outbox (
    id         INTEGER NOT NULL PRIMARY KEY,
    kind       TEXT NOT NULL,
    payload    TEXT NOT NULL,
    actor      INTEGER,
    door       TEXT NOT NULL DEFAULT '',
    created_at INTEGER NOT NULL,
    not_before INTEGER NOT NULL,
    attempt    INTEGER NOT NULL DEFAULT 0,
    last_error TEXT,
    queued_at  INTEGER,
    done_at    INTEGER,
    failed_at  INTEGER
) STRICT;
CREATE INDEX outbox_pending ON outbox (not_before, id) WHERE done_at IS NULL AND failed_at IS NULL;
CREATE INDEX outbox_done ON outbox (done_at) WHERE done_at IS NOT NULL;

-- The answer given to a call, so that its repetition gets the same one.
CREATE TABLE idempotency (
    member       INTEGER NOT NULL,
    key          TEXT NOT NULL,
    method       TEXT NOT NULL,
    path         TEXT NOT NULL,
    request_hash BLOB NOT NULL,
    status       INTEGER,
    body         TEXT,
    created_at   INTEGER NOT NULL,
    PRIMARY KEY (member, key)
) STRICT;
CREATE INDEX idempotency_created ON idempotency (created_at);
