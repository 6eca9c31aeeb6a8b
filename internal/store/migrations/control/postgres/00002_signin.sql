-- +goose Up
-- email is normalised by package value; password_hash is empty until the invitation is accepted.
CREATE TABLE {app_user} (
    id            bigint NOT NULL PRIMARY KEY,
    email         text NOT NULL,
    name          text NOT NULL,
    password_hash text,
    created_at    bigint NOT NULL,
    disabled_at   bigint
);
CREATE UNIQUE INDEX app_user_email ON {app_user} (email);

CREATE TABLE {membership} (
    user_id   bigint NOT NULL,
    workspace text NOT NULL,
    member    bigint NOT NULL,
    active    boolean NOT NULL DEFAULT true,
    PRIMARY KEY (user_id, workspace)
);
CREATE UNIQUE INDEX membership_member ON {membership} (workspace, member);

CREATE TABLE {session} (
    token_hash   bytea NOT NULL PRIMARY KEY,
    user_id      bigint NOT NULL,
    workspace    text,
    created_at   bigint NOT NULL,
    last_seen_at bigint NOT NULL,
    expires_at   bigint NOT NULL,
    ip           text,
    agent        text
);
CREATE INDEX session_by_user ON {session} (user_id);
CREATE INDEX session_by_expiry ON {session} (expires_at);

CREATE TABLE {api_token} (
    hash         bytea NOT NULL PRIMARY KEY,
    id           bigint NOT NULL,
    workspace    text NOT NULL,
    member       bigint NOT NULL,
    name         text NOT NULL,
    scopes       text NOT NULL,
    created_at   bigint NOT NULL,
    expires_at   bigint,
    last_used_at bigint,
    revoked_at   bigint
);
CREATE UNIQUE INDEX api_token_id ON {api_token} (id);
CREATE INDEX api_token_member ON {api_token} (workspace, member);

-- Failed sign-ins, counted by address typed and by network address.
CREATE TABLE {signin_attempt} (
    key           text NOT NULL PRIMARY KEY,
    failures      bigint NOT NULL,
    first_at      bigint NOT NULL,
    last_at       bigint NOT NULL,
    blocked_until bigint
);
CREATE INDEX signin_attempt_last ON {signin_attempt} (last_at);

-- Codes that work once: the first administrator's, invitations and new passwords.
CREATE TABLE {setup_code} (
    hash       bytea NOT NULL PRIMARY KEY,
    purpose    text NOT NULL DEFAULT 'setup',
    workspace  text NOT NULL DEFAULT '',
    user_id    bigint NOT NULL DEFAULT 0,
    created_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    used_at    bigint
);
