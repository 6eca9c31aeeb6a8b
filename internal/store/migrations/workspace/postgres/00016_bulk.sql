-- +goose Up
-- The same change of many records, done by a job: what was asked for, in whose name, and how far it is.
CREATE TABLE {bulk_run} (
    id          bigint NOT NULL PRIMARY KEY,
    object      text NOT NULL,
    request     text NOT NULL,
    who         text NOT NULL,
    state       text NOT NULL,
    total       bigint NOT NULL,
    last        bigint NOT NULL,
    result      text NOT NULL,
    act         bigint NOT NULL,
    created_by  bigint,
    created_at  bigint NOT NULL,
    finished_at bigint,
    error       text
);
CREATE INDEX bulk_run_by ON {bulk_run} (created_by, id);
CREATE INDEX bulk_run_act ON {bulk_run} (act);

-- Behind which line of the act a long undo goes on.
ALTER TABLE {undo_run} ADD COLUMN at text NOT NULL DEFAULT '';

-- An act's lines are read in order, part by part.
CREATE INDEX history_act_record ON {history} (act, record, version);
DROP INDEX {history_act};
