-- +goose Up
-- What members are told. A row that is not for the inbox only waits to be mailed. Kept for a season, then tidied.
CREATE TABLE notice (
    id      INTEGER NOT NULL PRIMARY KEY,
    member  INTEGER NOT NULL,
    kind    TEXT NOT NULL,
    key     TEXT NOT NULL,
    args    TEXT NOT NULL DEFAULT '{}',
    actor   INTEGER,
    object  TEXT NOT NULL DEFAULT '',
    record  INTEGER NOT NULL DEFAULT 0,
    link    TEXT NOT NULL DEFAULT '',
    inbox   INTEGER NOT NULL DEFAULT 1,
    blind   INTEGER NOT NULL DEFAULT 0,
    state   TEXT NOT NULL DEFAULT '',
    once    TEXT,
    at      INTEGER NOT NULL,
    read_at INTEGER
) STRICT;
CREATE INDEX notice_member ON notice (member, id);
CREATE INDEX notice_unread ON notice (member, id) WHERE read_at IS NULL;
CREATE UNIQUE INDEX notice_once ON notice (member, once) WHERE once IS NOT NULL;
CREATE INDEX notice_at ON notice (at);

-- Which kinds a member wants, and how; without a row, as the kind has it.
CREATE TABLE notice_choice (
    member INTEGER NOT NULL,
    kind   TEXT NOT NULL,
    inbox  INTEGER NOT NULL,
    mail   INTEGER NOT NULL,
    PRIMARY KEY (member, kind)
) STRICT, WITHOUT ROWID;

-- Records that went into others: whoever asks for one is led to the other. Rest is what a merge moved beside
-- records, so that it can be moved back; of a large merge, how far it is.
CREATE TABLE merged (
    loser  INTEGER NOT NULL PRIMARY KEY,
    winner INTEGER NOT NULL,
    object TEXT NOT NULL,
    act    INTEGER NOT NULL,
    state  TEXT NOT NULL,
    at     INTEGER NOT NULL,
    by_member INTEGER,
    rest   TEXT NOT NULL DEFAULT '{}',
    error  TEXT
) STRICT;
CREATE INDEX merged_winner ON merged (winner);
