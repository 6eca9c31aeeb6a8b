-- +goose Up
-- What the forecast was at the end of each day. class is the category, or past; amounts are of one currency, base in the workspace's.
CREATE TABLE forecast_day (
    day     TEXT NOT NULL PRIMARY KEY,
    made_up INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE TABLE forecast_snapshot (
    day      TEXT NOT NULL,
    owner_id INTEGER NOT NULL DEFAULT 0,
    month    TEXT NOT NULL,
    class    TEXT NOT NULL,
    currency TEXT NOT NULL DEFAULT '',
    n        INTEGER NOT NULL,
    amount   INTEGER NOT NULL DEFAULT 0,
    base     INTEGER NOT NULL DEFAULT 0,
    weighted INTEGER NOT NULL DEFAULT 0,
    missing  INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (day, month, owner_id, class, currency)
) STRICT, WITHOUT ROWID;
