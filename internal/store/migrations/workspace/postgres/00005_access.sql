-- +goose Up
-- Records shared beyond their owner. A share with a team is one row a member, with the team in "team", so
-- that reading asks one index; 0 = shared with the member himself. Member 0 is the share with the team as such.
CREATE TABLE {extra_access} (
    object     text NOT NULL,
    record     bigint NOT NULL,
    member     bigint NOT NULL,
    team       bigint NOT NULL DEFAULT 0,
    level      bigint NOT NULL,
    until      bigint,
    granted_by bigint,
    granted_at bigint NOT NULL,
    PRIMARY KEY (object, record, member, team)
);
CREATE INDEX extra_access_member ON {extra_access} (member, object, record);
CREATE INDEX extra_access_team ON {extra_access} (team, object, record) WHERE team <> 0;

-- Who has rows in extra_access at all: queries of everybody else do without that branch.
CREATE TABLE {extra_holder} (
    member bigint NOT NULL,
    object text NOT NULL,
    level  bigint NOT NULL,
    PRIMARY KEY (member, object, level)
);

-- Each team with itself and every team under it.
CREATE TABLE {team_below} (
    team  bigint NOT NULL,
    below bigint NOT NULL,
    PRIMARY KEY (team, below)
);
CREATE INDEX team_below_below ON {team_below} (below, team);

-- Each team with every member in it or under it; direct = in the team itself.
CREATE TABLE {reach} (
    team   bigint NOT NULL,
    member bigint NOT NULL,
    direct boolean NOT NULL DEFAULT false,
    PRIMARY KEY (team, member)
);
CREATE INDEX reach_member ON {reach} (member, team);
