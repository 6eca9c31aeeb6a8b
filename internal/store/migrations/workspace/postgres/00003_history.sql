-- +goose Up
CREATE TABLE {act} (
    id         bigint NOT NULL PRIMARY KEY,
    at         bigint NOT NULL,
    actor      bigint,
    cause      text NOT NULL,
    door       text NOT NULL,
    parent_act bigint,
    note       text,
    undone_by  bigint
);
CREATE INDEX act_parent ON {act} (parent_act, id) WHERE parent_act IS NOT NULL;

-- The key begins with the record: a timeline reads one record's rows, newest version first. Record ids are
-- unique over all objects, and every change makes a version.
CREATE TABLE {history} (
    record  bigint NOT NULL,
    act     bigint NOT NULL,
    object  text NOT NULL,
    version bigint NOT NULL,
    kind    text NOT NULL,
    changes text NOT NULL,
    PRIMARY KEY (record, version)
);
CREATE INDEX history_act ON {history} (act);
