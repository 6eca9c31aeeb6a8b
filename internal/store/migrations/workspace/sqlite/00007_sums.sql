-- +goose Up
-- Signed changes of sums, inserted by every business transaction and folded by one job: no row is hot.
CREATE TABLE sum_delta (
    id        INTEGER NOT NULL PRIMARY KEY,
    object    TEXT NOT NULL,
    field     TEXT NOT NULL DEFAULT '',
    owner_id  INTEGER NOT NULL DEFAULT 0,
    group_key TEXT NOT NULL,
    currency  TEXT NOT NULL DEFAULT '',
    n         INTEGER NOT NULL,
    amount    INTEGER NOT NULL DEFAULT 0,
    base      INTEGER NOT NULL DEFAULT 0,
    missing   INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX sum_delta_object ON sum_delta (object, field);

CREATE TABLE sum_owner (
    object    TEXT NOT NULL,
    field     TEXT NOT NULL DEFAULT '',
    owner_id  INTEGER NOT NULL DEFAULT 0,
    group_key TEXT NOT NULL,
    currency  TEXT NOT NULL DEFAULT '',
    n         INTEGER NOT NULL,
    amount    INTEGER NOT NULL DEFAULT 0,
    base      INTEGER NOT NULL DEFAULT 0,
    missing   INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (object, field, owner_id, group_key, currency)
) STRICT, WITHOUT ROWID;

-- The sums of a team's whole subtree; team 0 is everybody.
CREATE TABLE sum_team (
    object    TEXT NOT NULL,
    field     TEXT NOT NULL DEFAULT '',
    team      INTEGER NOT NULL,
    group_key TEXT NOT NULL,
    currency  TEXT NOT NULL DEFAULT '',
    n         INTEGER NOT NULL,
    amount    INTEGER NOT NULL DEFAULT 0,
    base      INTEGER NOT NULL DEFAULT 0,
    missing   INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (object, field, team, group_key, currency)
) STRICT, WITHOUT ROWID;

-- Numbers given out by automatic fields, per prefix (a year, a month).
CREATE TABLE number_sequence (
    field  TEXT NOT NULL,
    prefix TEXT NOT NULL DEFAULT '',
    next   INTEGER NOT NULL,
    PRIMARY KEY (field, prefix)
) STRICT, WITHOUT ROWID;
