-- +goose Up
-- What an activity, note or file is about; the index is the timeline of a record.
CREATE TABLE link_about (
    activity INTEGER NOT NULL,
    object   TEXT NOT NULL,
    record   INTEGER NOT NULL,
    at_ms    INTEGER NOT NULL,
    kind     TEXT NOT NULL,
    PRIMARY KEY (activity, object, record)
) STRICT, WITHOUT ROWID;
CREATE INDEX link_about_record ON link_about (object, record, at_ms DESC, activity);

-- Fields that link to many records.
CREATE TABLE record_link (
    field   TEXT NOT NULL,
    from_id INTEGER NOT NULL,
    to_id   INTEGER NOT NULL,
    role    TEXT,
    PRIMARY KEY (field, from_id, to_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX record_link_to ON record_link (field, to_id, from_id);
