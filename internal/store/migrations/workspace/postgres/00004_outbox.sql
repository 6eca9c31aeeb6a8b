-- +goose Up
-- Effects that wait for the commit. Pending = neither done nor given up.
CREATE TABLE {outbox} (
    id         bigint NOT NULL PRIMARY KEY,
    kind       text NOT NULL,
    payload    text NOT NULL,
    actor      bigint,
    door       text NOT NULL DEFAULT '',
    created_at bigint NOT NULL,
    not_before bigint NOT NULL,
    attempt    bigint NOT NULL DEFAULT 0,
    last_error text,
    queued_at  bigint,
    done_at    bigint,
    failed_at  bigint
);
CREATE INDEX outbox_pending ON {outbox} (not_before, id) WHERE done_at IS NULL AND failed_at IS NULL;
CREATE INDEX outbox_done ON {outbox} (done_at) WHERE done_at IS NOT NULL;

-- The answer given to a call, so that its repetition gets the same one.
CREATE TABLE {idempotency} (
    member       bigint NOT NULL,
    key          text NOT NULL,
    method       text NOT NULL,
    path         text NOT NULL,
    request_hash bytea NOT NULL,
    status       bigint,
    body         text,
    created_at   bigint NOT NULL,
    PRIMARY KEY (member, key)
);
CREATE INDEX idempotency_created ON {idempotency} (created_at);
