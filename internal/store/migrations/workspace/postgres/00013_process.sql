-- +goose Up
-- Where a record stands in a blueprint: by which version of it, in which state since when, and when its time there is
-- over. next_at is when the clock must be looked at again; held and left_ms are the state that a pause interrupts and
-- how much of its time is left; autos counts moves that nobody made since somebody last did.
CREATE TABLE {process_run} (
    blueprint bigint NOT NULL,
    record    bigint NOT NULL,
    version   bigint NOT NULL,
    state     text NOT NULL,
    since     bigint NOT NULL,
    due_at    bigint,
    next_at   bigint,
    level     bigint NOT NULL,
    held      text NOT NULL,
    left_ms   bigint NOT NULL,
    autos     bigint NOT NULL,
    PRIMARY KEY (blueprint, record)
);
CREATE INDEX process_run_next ON {process_run} (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX process_run_version ON {process_run} (version, state);
CREATE INDEX process_run_record ON {process_run} (record);

-- The trace of a record through its process, as it was at the time; nobody edits it.
CREATE TABLE {process_step} (
    id        bigint NOT NULL PRIMARY KEY,
    object    text NOT NULL,
    record    bigint NOT NULL,
    blueprint bigint NOT NULL,
    version   bigint NOT NULL,
    was       text NOT NULL,
    was_label text NOT NULL,
    state     text NOT NULL,
    label     text NOT NULL,
    move      text NOT NULL,
    kind      text NOT NULL,
    act       bigint NOT NULL,
    at        bigint NOT NULL,
    member    bigint,
    due_at    bigint,
    said      text NOT NULL
);
CREATE INDEX process_step_record ON {process_step} (record, id);
CREATE INDEX process_step_blueprint ON {process_step} (blueprint, at);

-- What rules and blueprints did, failed to do and were kept from.
CREATE TABLE {rule_run} (
    id      bigint NOT NULL PRIMARY KEY,
    source  bigint NOT NULL,
    object  text NOT NULL,
    record  bigint NOT NULL,
    act     bigint,
    at      bigint NOT NULL,
    cause   text NOT NULL,
    outcome text NOT NULL,
    problem text NOT NULL
);
CREATE INDEX rule_run_source ON {rule_run} (source, id);
CREATE INDEX rule_run_record ON {rule_run} (record, id);
CREATE INDEX rule_run_at ON {rule_run} (at);

-- Up to when a rule about dates has looked, and where in a long look it is.
CREATE TABLE {rule_mark} (
    rule   bigint NOT NULL PRIMARY KEY,
    until  bigint NOT NULL,
    target bigint NOT NULL,
    last   bigint NOT NULL
);

-- What a webhook signs with, sealed; the former secret signs too until it lapses.
CREATE TABLE {webhook_secret} (
    webhook      bigint NOT NULL PRIMARY KEY,
    secret       text NOT NULL,
    former       text NOT NULL,
    former_until bigint NOT NULL
);

-- Whether somebody is at a webhook's deliveries, and until when a receiver that did not answer is left alone.
CREATE TABLE {webhook_state} (
    webhook    bigint NOT NULL PRIMARY KEY,
    busy_until bigint NOT NULL,
    wait_until bigint NOT NULL,
    failures   bigint NOT NULL
);

CREATE TABLE {webhook_delivery} (
    id         bigint NOT NULL PRIMARY KEY,
    webhook    bigint NOT NULL,
    event      text NOT NULL,
    record     bigint NOT NULL,
    payload    text NOT NULL,
    state      text NOT NULL,
    attempt    bigint NOT NULL,
    next_at    bigint NOT NULL,
    status     bigint,
    problem    text NOT NULL,
    created_at bigint NOT NULL,
    done_at    bigint
);
CREATE INDEX webhook_delivery_waiting ON {webhook_delivery} (webhook, next_at, id) WHERE state = 'waiting';
CREATE INDEX webhook_delivery_state ON {webhook_delivery} (webhook, state, id);
CREATE INDEX webhook_delivery_done ON {webhook_delivery} (done_at) WHERE done_at IS NOT NULL;
