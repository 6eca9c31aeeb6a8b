-- +goose Up
-- What an activity, note or file is about; the index is the timeline of a record.
CREATE TABLE {link_about} (
    activity bigint NOT NULL,
    object   text NOT NULL,
    record   bigint NOT NULL,
    at_ms    bigint NOT NULL,
    kind     text NOT NULL,
    PRIMARY KEY (activity, object, record)
);
CREATE INDEX link_about_record ON {link_about} (object, record, at_ms DESC, activity);

-- Fields that link to many records.
CREATE TABLE {record_link} (
    field   text NOT NULL,
    from_id bigint NOT NULL,
    to_id   bigint NOT NULL,
    role    text,
    PRIMARY KEY (field, from_id, to_id)
);
CREATE INDEX record_link_to ON {record_link} (field, to_id, from_id);
