-- +goose Up
-- How records came through the states of a tracked link. passage_way is the states that a record was in, in the order in which it
-- last came to them, with a point behind where it is in none of them any more. ms is how long a record that left a state was there.
CREATE TABLE {passage_way} (
    id   bigint NOT NULL PRIMARY KEY,
    path text NOT NULL UNIQUE
);

CREATE TABLE {passage} (
    record   bigint NOT NULL,
    state    bigint NOT NULL,
    way      bigint NOT NULL,
    owner_id bigint NOT NULL,
    made_ms  bigint NOT NULL,
    first_ms bigint NOT NULL,
    ms       bigint,
    PRIMARY KEY (record, state)
);
CREATE INDEX passage_first ON {passage} (state, first_ms, way, owner_id, ms);
CREATE INDEX passage_made ON {passage} (state, made_ms, way, owner_id, ms);

-- The same added up by blocks of time, of when a state was first entered or, of a cohort, the record made. owner_id -1 is everybody's.
CREATE TABLE {passage_sum} (
    cohort   bigint NOT NULL,
    state    bigint NOT NULL,
    owner_id bigint NOT NULL,
    block    bigint NOT NULL,
    way      bigint NOT NULL,
    n        bigint NOT NULL,
    timed    bigint NOT NULL,
    ms       bigint NOT NULL,
    PRIMARY KEY (cohort, state, owner_id, block, way)
);
CREATE INDEX passage_sum_none ON {passage_sum} (n) WHERE n = 0;

-- Records that changed since.
CREATE TABLE {passage_changed} (
    id     bigint NOT NULL PRIMARY KEY,
    object text NOT NULL,
    record bigint NOT NULL
);
