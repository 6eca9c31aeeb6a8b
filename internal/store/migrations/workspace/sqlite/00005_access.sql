-- +goose Up
-- Records shared beyond their owner. A share with a team is one row a member, with the team in "team", so
-- that reading asks one index; 0 = shared with the member himself. Member 0 is the share with the team as such.
CREATE TABLE extra_access (
    object     TEXT NOT NULL,
    record     INTEGER NOT NULL,
    member     INTEGER NOT NULL,
    team       INTEGER NOT NULL DEFAULT 0,
    level      INTEGER NOT NULL,
    until      INTEGER,
    granted_by INTEGER,
    granted_at INTEGER NOT NULL,
    PRIMARY KEY (object, record, member, team)
) STRICT, WITHOUT ROWID;
CREATE INDEX extra_access_member ON extra_access (member, object, record);
CREATE INDEX extra_access_team ON extra_access (team, object, record) WHERE team <> 0;

-- Who has rows in extra_access at all: queries of everybody else do without that branch.
CREATE TABLE extra_holder (
    member INTEGER NOT NULL,
    object TEXT NOT NULL,
    level  INTEGER NOT NULL,
    PRIMARY KEY (member, object, level)
) STRICT, WITHOUT ROWID;

-- Each team with itself and every team under it.
CREATE TABLE team_below (
    team  INTEGER NOT NULL,
    below INTEGER NOT NULL,
    PRIMARY KEY (team, below)
) STRICT, WITHOUT ROWID;
CREATE INDEX team_below_below ON team_below (below, team);

-- Each team with every member in it or under it; direct = in the team itself.
CREATE TABLE reach (
    team   INTEGER NOT NULL,
    member INTEGER NOT NULL,
    direct INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (team, member)
) STRICT, WITHOUT ROWID;
CREATE INDEX reach_member ON reach (member, team);
