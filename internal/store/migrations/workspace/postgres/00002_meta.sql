-- +goose Up
-- Objects and fields as their JSON definitions; the columns beside def are what SQL has to find them by.
CREATE TABLE {meta_object} (
    id  text NOT NULL PRIMARY KEY,
    def text NOT NULL
);

CREATE TABLE {meta_field} (
    id       text NOT NULL PRIMARY KEY,
    object   text NOT NULL,
    position bigint NOT NULL,
    def      text NOT NULL
);
CREATE INDEX meta_field_object ON {meta_field} (object, position);

CREATE TABLE {schema_change} (
    version bigint NOT NULL PRIMARY KEY,
    at      bigint NOT NULL,
    actor   bigint,
    changes text NOT NULL
);
