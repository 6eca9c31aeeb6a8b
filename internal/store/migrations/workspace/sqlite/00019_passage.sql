-- +goose Up
-- How records came through the states of a tracked link. passage_way is the states that a record was in, in the order in which it
-- last came to them, with a point behind where it is in none of them any more. ms is how long a record that left a state was there.
CREATE TABLE passage_way (
    id   INTEGER NOT NULL PRIMARY KEY,
    path TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE passage (
    record   INTEGER NOT NULL,
    state    INTEGER NOT NULL,
    way      INTEGER NOT NULL,
    owner_id INTEGER NOT NULL,
    made_ms  INTEGER NOT NULL,
    first_ms INTEGER NOT NULL,
    ms       INTEGER,
    PRIMARY KEY (record, state)
) STRICT, WITHOUT ROWID;
CREATE INDEX passage_first ON passage (state, first_ms, way, owner_id, ms);
CREATE INDEX passage_made ON passage (state, made_ms, way, owner_id, ms);

-- The same added up by blocks of time, of when a state was first entered or, of a cohort, the record made. owner_id -1 is everybody's.
CREATE TABLE passage_sum (
    cohort   INTEGER NOT NULL,
    state    INTEGER NOT NULL,
    owner_id INTEGER NOT NULL,
    block    INTEGER NOT NULL,
    way      INTEGER NOT NULL,
    n        INTEGER NOT NULL,
    timed    INTEGER NOT NULL,
    ms       INTEGER NOT NULL,
    PRIMARY KEY (cohort, state, owner_id, block, way)
) STRICT, WITHOUT ROWID;
CREATE INDEX passage_sum_none ON passage_sum (n) WHERE n = 0;

-- Records that changed since.
CREATE TABLE passage_changed (
    id     INTEGER NOT NULL PRIMARY KEY,
    object TEXT NOT NULL,
    record INTEGER NOT NULL
) STRICT;
