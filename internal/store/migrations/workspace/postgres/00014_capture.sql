-- +goose Up
-- Who came to us lately, by e-mail address or phone number: two captures of one person at once take turns.
CREATE TABLE {lead_capture} (
    key     text NOT NULL PRIMARY KEY,
    lead    bigint NOT NULL,
    at_ms   bigint NOT NULL
);
