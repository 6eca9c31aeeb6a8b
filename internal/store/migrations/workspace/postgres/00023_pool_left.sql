-- +goose Up
-- With which pool a record was shared when an act took it out, so that undoing the act puts it back.
CREATE TABLE {pool_left} (
    act        bigint NOT NULL,
    record     bigint NOT NULL,
    team       bigint NOT NULL,
    level      bigint NOT NULL,
    until      bigint,
    granted_by bigint NOT NULL,
    granted_at bigint NOT NULL,
    PRIMARY KEY (record, act, team)
);
