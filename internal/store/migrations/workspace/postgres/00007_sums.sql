-- +goose Up
-- Signed changes of sums, inserted by every business transaction and folded by one job: no row is hot.
CREATE TABLE {sum_delta} (
    id        bigint NOT NULL PRIMARY KEY,
    object    text NOT NULL,
    field     text NOT NULL DEFAULT '',
    owner_id  bigint NOT NULL DEFAULT 0,
    group_key text NOT NULL,
    currency  text NOT NULL DEFAULT '',
    n         bigint NOT NULL,
    amount    bigint NOT NULL DEFAULT 0,
    base      bigint NOT NULL DEFAULT 0,
    missing   bigint NOT NULL DEFAULT 0
);
CREATE INDEX sum_delta_object ON {sum_delta} (object, field);

CREATE TABLE {sum_owner} (
    object    text NOT NULL,
    field     text NOT NULL DEFAULT '',
    owner_id  bigint NOT NULL DEFAULT 0,
    group_key text NOT NULL,
    currency  text NOT NULL DEFAULT '',
    n         bigint NOT NULL,
    amount    bigint NOT NULL DEFAULT 0,
    base      bigint NOT NULL DEFAULT 0,
    missing   bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (object, field, owner_id, group_key, currency)
);

-- The sums of a team's whole subtree; team 0 is everybody.
CREATE TABLE {sum_team} (
    object    text NOT NULL,
    field     text NOT NULL DEFAULT '',
    team      bigint NOT NULL,
    group_key text NOT NULL,
    currency  text NOT NULL DEFAULT '',
    n         bigint NOT NULL,
    amount    bigint NOT NULL DEFAULT 0,
    base      bigint NOT NULL DEFAULT 0,
    missing   bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (object, field, team, group_key, currency)
);

-- Numbers given out by automatic fields, per prefix (a year, a month).
CREATE TABLE {number_sequence} (
    field  text NOT NULL,
    prefix text NOT NULL DEFAULT '',
    next   bigint NOT NULL,
    PRIMARY KEY (field, prefix)
);
