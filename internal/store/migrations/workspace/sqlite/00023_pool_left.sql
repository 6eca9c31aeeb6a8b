-- +goose Up
-- With which pool a record was shared when an act took it out, so that undoing the act puts it back.
CREATE TABLE pool_left (
    act        INTEGER NOT NULL,
    record     INTEGER NOT NULL,
    team       INTEGER NOT NULL,
    level      INTEGER NOT NULL,
    until      INTEGER,
    granted_by INTEGER NOT NULL,
    granted_at INTEGER NOT NULL,
    PRIMARY KEY (record, act, team)
) STRICT;
