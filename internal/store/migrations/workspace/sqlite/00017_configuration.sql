-- +goose Up
-- Which acts changed how the company works, and what of it: the id of the object whose records say so, the
-- schema (with the version that came of it), or a setting (with those of its values that changed, before and after).
CREATE TABLE configuration_act (
    act     INTEGER NOT NULL,
    subject TEXT NOT NULL,
    version INTEGER,
    was     TEXT,
    became  TEXT,
    PRIMARY KEY (act, subject)
) STRICT, WITHOUT ROWID;
CREATE INDEX configuration_act_subject ON configuration_act (subject, act);

-- What an act took back, if it did.
CREATE INDEX act_undone ON act (undone_by) WHERE undone_by IS NOT NULL;
