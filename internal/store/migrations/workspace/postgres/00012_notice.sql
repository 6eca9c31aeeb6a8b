-- +goose Up
-- What members are told. A row that is not for the inbox only waits to be mailed. Kept for a season, then tidied.
CREATE TABLE {notice} (
    id      bigint NOT NULL PRIMARY KEY,
    member  bigint NOT NULL,
    kind    text NOT NULL,
    key     text NOT NULL,
    args    text NOT NULL DEFAULT '{}',
    actor   bigint,
    object  text NOT NULL DEFAULT '',
    record  bigint NOT NULL DEFAULT 0,
    link    text NOT NULL DEFAULT '',
    inbox   boolean NOT NULL DEFAULT true,
    blind   boolean NOT NULL DEFAULT false,
    state   text NOT NULL DEFAULT '',
    once    text,
    at      bigint NOT NULL,
    read_at bigint
);
CREATE INDEX notice_member ON {notice} (member, id);
CREATE INDEX notice_unread ON {notice} (member, id) WHERE read_at IS NULL;
CREATE UNIQUE INDEX notice_once ON {notice} (member, once) WHERE once IS NOT NULL;
CREATE INDEX notice_at ON {notice} (at);

-- Which kinds a member wants, and how; without a row, as the kind has it.
CREATE TABLE {notice_choice} (
    member bigint NOT NULL,
    kind   text NOT NULL,
    inbox  boolean NOT NULL,
    mail   boolean NOT NULL,
    PRIMARY KEY (member, kind)
);

-- Records that went into others: whoever asks for one is led to the other. Rest is what a merge moved beside
-- records, so that it can be moved back; of a large merge, how far it is.
CREATE TABLE {merged} (
    loser  bigint NOT NULL PRIMARY KEY,
    winner bigint NOT NULL,
    object text NOT NULL,
    act    bigint NOT NULL,
    state  text NOT NULL,
    at     bigint NOT NULL,
    by_member bigint,
    rest   text NOT NULL DEFAULT '{}',
    error  text
);
CREATE INDEX merged_winner ON {merged} (winner);
