-- +goose Up
-- What the forecast was at the end of each day. class is the category, or past; amounts are of one currency, base in the workspace's.
CREATE TABLE {forecast_day} (
    day     date NOT NULL PRIMARY KEY,
    made_up bigint NOT NULL DEFAULT 0
);

CREATE TABLE {forecast_snapshot} (
    day      date NOT NULL,
    owner_id bigint NOT NULL DEFAULT 0,
    month    date NOT NULL,
    class    text NOT NULL,
    currency text NOT NULL DEFAULT '',
    n        bigint NOT NULL,
    amount   bigint NOT NULL DEFAULT 0,
    base     bigint NOT NULL DEFAULT 0,
    weighted bigint NOT NULL DEFAULT 0,
    missing  bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (day, month, owner_id, class, currency)
);
