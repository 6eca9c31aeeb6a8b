-- +goose Up
-- Records shared beyond their owner. A share with a team is one row a member, with the team in "team", so
-- that reading asks one index; 0 = shared with the member himself.
CREATE TABLE {extra_access} (
    object     text NOT NULL,
    record     bigint NOT NULL,
    member     bigint NOT NULL,
    team       bigint NOT NULL DEFAULT 0,
    level      text NOT NULL,
    until      bigint,
    granted_by bigint,
    granted_at bigint NOT NULL,
    PRIMARY KEY (object, record, member, team)
);
CREATE INDEX extra_access_member ON {extra_access} (member, object, record);
CREATE INDEX extra_access_team ON {extra_access} (team, object, record) WHERE team <> 0;

-- Each team with itself and every team under it.
CREATE TABLE {team_below} (
    team  bigint NOT NULL,
    below bigint NOT NULL,
    PRIMARY KEY (team, below)
);
CREATE INDEX team_below_below ON {team_below} (below, team);

-- Each team with every member in it or under it.
CREATE TABLE {reach} (
    team   bigint NOT NULL,
    member bigint NOT NULL,
    PRIMARY KEY (team, member)
);
CREATE INDEX reach_member ON {reach} (member, team);
