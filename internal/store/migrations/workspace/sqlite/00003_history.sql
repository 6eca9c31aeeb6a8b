-- +goose Up
CREATE TABLE act (
    id         INTEGER NOT NULL PRIMARY KEY,
    at         INTEGER NOT NULL,
    actor      INTEGER,
    cause      TEXT NOT NULL,
    door       TEXT NOT NULL,
    parent_act INTEGER,
    note       TEXT,
    undone_by  INTEGER
) STRICT;
CREATE INDEX act_parent ON act (parent_act, id) WHERE parent_act IS NOT NULL;

-- The key begins with the record: a timeline reads one record's rows, newest version first. Record ids are
-- unique over all objects, and every change makes a version.
CREATE TABLE history (
    record  INTEGER NOT NULL,
    act     INTEGER NOT NULL,
    object  TEXT NOT NULL,
    version INTEGER NOT NULL,
    kind    TEXT NOT NULL,
    changes TEXT NOT NULL,
    PRIMARY KEY (record, version)
) STRICT, WITHOUT ROWID;
CREATE INDEX history_act ON history (act);
