-- +goose Up
-- Acts too large to be taken back within one request, by the act that is taken back: how far that is.
CREATE TABLE {undo_run} (
    act      bigint NOT NULL PRIMARY KEY,
    by_act   bigint NOT NULL,
    state    text NOT NULL,
    who      text NOT NULL,
    total    bigint NOT NULL,
    done     bigint NOT NULL,
    result   text NOT NULL,
    error    text
);
