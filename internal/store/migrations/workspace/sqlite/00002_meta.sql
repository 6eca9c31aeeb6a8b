-- +goose Up
-- Objects and fields as their JSON definitions; the columns beside def are what SQL has to find them by.
CREATE TABLE meta_object (
    id  TEXT NOT NULL PRIMARY KEY,
    def TEXT NOT NULL
) STRICT;

CREATE TABLE meta_field (
    id       TEXT NOT NULL PRIMARY KEY,
    object   TEXT NOT NULL,
    position INTEGER NOT NULL,
    def      TEXT NOT NULL
) STRICT;
CREATE INDEX meta_field_object ON meta_field (object, position);

CREATE TABLE schema_change (
    version INTEGER NOT NULL PRIMARY KEY,
    at      INTEGER NOT NULL,
    actor   INTEGER,
    changes TEXT NOT NULL
) STRICT;
