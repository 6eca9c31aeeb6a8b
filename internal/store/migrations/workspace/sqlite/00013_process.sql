-- +goose Up
-- Where a record stands in a blueprint: by which version of it, in which state since when, and when its time there is
-- over. next_at is when the clock must be looked at again; held and left_ms are the state that a pause interrupts and
-- how much of its time is left; autos counts moves that nobody made since somebody last did.
CREATE TABLE process_run (
    blueprint INTEGER NOT NULL,
    record    INTEGER NOT NULL,
    version   INTEGER NOT NULL,
    state     TEXT NOT NULL,
    since     INTEGER NOT NULL,
    due_at    INTEGER,
    next_at   INTEGER,
    level     INTEGER NOT NULL,
    held      TEXT NOT NULL,
    left_ms   INTEGER NOT NULL,
    autos     INTEGER NOT NULL,
    PRIMARY KEY (blueprint, record)
) STRICT, WITHOUT ROWID;
CREATE INDEX process_run_next ON process_run (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX process_run_version ON process_run (version, state);
CREATE INDEX process_run_record ON process_run (record);

-- The trace of a record through its process, as it was at the time; nobody edits it.
CREATE TABLE process_step (
    id        INTEGER NOT NULL PRIMARY KEY,
    object    TEXT NOT NULL,
    record    INTEGER NOT NULL,
    blueprint INTEGER NOT NULL,
    version   INTEGER NOT NULL,
    was       TEXT NOT NULL,
    was_label TEXT NOT NULL,
    state     TEXT NOT NULL,
    label     TEXT NOT NULL,
    move      TEXT NOT NULL,
    kind      TEXT NOT NULL,
    act       INTEGER NOT NULL,
    at        INTEGER NOT NULL,
    member    INTEGER,
    due_at    INTEGER,
    said      TEXT NOT NULL
) STRICT;
CREATE INDEX process_step_record ON process_step (record, id);
CREATE INDEX process_step_blueprint ON process_step (blueprint, at);

-- What rules and blueprints did, failed to do and were kept from.
CREATE TABLE rule_run (
    id      INTEGER NOT NULL PRIMARY KEY,
    source  INTEGER NOT NULL,
    object  TEXT NOT NULL,
    record  INTEGER NOT NULL,
    act     INTEGER,
    at      INTEGER NOT NULL,
    cause   TEXT NOT NULL,
    outcome TEXT NOT NULL,
    problem TEXT NOT NULL
) STRICT;
CREATE INDEX rule_run_source ON rule_run (source, id);
CREATE INDEX rule_run_record ON rule_run (record, id);
CREATE INDEX rule_run_at ON rule_run (at);

-- Up to when a rule about dates has looked, and where in a long look it is.
CREATE TABLE rule_mark (
    rule   INTEGER NOT NULL PRIMARY KEY,
    until  INTEGER NOT NULL,
    target INTEGER NOT NULL,
    last   INTEGER NOT NULL
) STRICT;

-- What a webhook signs with, sealed; the former secret signs too until it lapses.
CREATE TABLE webhook_secret (
    webhook      INTEGER NOT NULL PRIMARY KEY,
    secret       TEXT NOT NULL,
    former       TEXT NOT NULL,
    former_until INTEGER NOT NULL
) STRICT;

-- Whether somebody is at a webhook's deliveries, and until when a receiver that did not answer is left alone.
CREATE TABLE webhook_state (
    webhook    INTEGER NOT NULL PRIMARY KEY,
    busy_until INTEGER NOT NULL,
    wait_until INTEGER NOT NULL,
    failures   INTEGER NOT NULL
) STRICT;

CREATE TABLE webhook_delivery (
    id         INTEGER NOT NULL PRIMARY KEY,
    webhook    INTEGER NOT NULL,
    event      TEXT NOT NULL,
    record     INTEGER NOT NULL,
    payload    TEXT NOT NULL,
    state      TEXT NOT NULL,
    attempt    INTEGER NOT NULL,
    next_at    INTEGER NOT NULL,
    status     INTEGER,
    problem    TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    done_at    INTEGER
) STRICT;
CREATE INDEX webhook_delivery_waiting ON webhook_delivery (webhook, next_at, id) WHERE state = 'waiting';
CREATE INDEX webhook_delivery_state ON webhook_delivery (webhook, state, id);
CREATE INDEX webhook_delivery_done ON webhook_delivery (done_at) WHERE done_at IS NOT NULL;
