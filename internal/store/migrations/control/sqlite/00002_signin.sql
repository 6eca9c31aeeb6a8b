-- +goose Up
-- email is normalised by package value; password_hash is empty until the invitation is accepted.
CREATE TABLE app_user (
    id            INTEGER NOT NULL PRIMARY KEY,
    email         TEXT NOT NULL,
    name          TEXT NOT NULL,
    password_hash TEXT,
    created_at    INTEGER NOT NULL,
    disabled_at   INTEGER
) STRICT;
CREATE UNIQUE INDEX app_user_email ON app_user (email);

CREATE TABLE membership (
    user_id   INTEGER NOT NULL,
    workspace TEXT NOT NULL,
    member    INTEGER NOT NULL,
    active    INTEGER NOT NULL DEFAULT 1,
    PRIMARY KEY (user_id, workspace)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX membership_member ON membership (workspace, member);

CREATE TABLE session (
    token_hash   BLOB NOT NULL PRIMARY KEY,
    user_id      INTEGER NOT NULL,
    workspace    TEXT,
    created_at   INTEGER NOT NULL,
    last_seen_at INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL,
    ip           TEXT,
    agent        TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX session_by_user ON session (user_id);
CREATE INDEX session_by_expiry ON session (expires_at);

CREATE TABLE api_token (
    hash         BLOB NOT NULL PRIMARY KEY,
    id           INTEGER NOT NULL,
    workspace    TEXT NOT NULL,
    member       INTEGER NOT NULL,
    name         TEXT NOT NULL,
    scopes       TEXT NOT NULL,
    created_at   INTEGER NOT NULL,
    expires_at   INTEGER,
    last_used_at INTEGER,
    revoked_at   INTEGER
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX api_token_id ON api_token (id);
CREATE INDEX api_token_member ON api_token (workspace, member);

-- Failed sign-ins, counted by address typed and by network address.
CREATE TABLE signin_attempt (
    key           TEXT NOT NULL PRIMARY KEY,
    failures      INTEGER NOT NULL,
    first_at      INTEGER NOT NULL,
    last_at       INTEGER NOT NULL,
    blocked_until INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX signin_attempt_last ON signin_attempt (last_at);

-- Codes that work once: the first administrator's, invitations and new passwords.
CREATE TABLE setup_code (
    hash       BLOB NOT NULL PRIMARY KEY,
    purpose    TEXT NOT NULL DEFAULT 'setup',
    workspace  TEXT NOT NULL DEFAULT '',
    user_id    INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at    INTEGER
) STRICT, WITHOUT ROWID;
