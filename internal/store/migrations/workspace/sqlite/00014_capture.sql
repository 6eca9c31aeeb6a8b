-- +goose Up
-- Who came to us lately, by e-mail address or phone number: two captures of one person at once take turns.
CREATE TABLE lead_capture (
    key     TEXT NOT NULL PRIMARY KEY,
    lead    INTEGER NOT NULL,
    at_ms   INTEGER NOT NULL
) STRICT;
