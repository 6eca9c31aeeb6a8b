-- +goose Up
CREATE TABLE {import_run} (
    id          bigint NOT NULL PRIMARY KEY,
    object      text NOT NULL,
    name        text NOT NULL DEFAULT '',
    state       text NOT NULL,
    options     text NOT NULL,
    counts      text NOT NULL DEFAULT '{}',
    error       text,
    file        bigint,
    act         bigint,
    undo_act    bigint,
    created_by  bigint,
    created_at  bigint NOT NULL,
    started_at  bigint,
    finished_at bigint
);

-- Rows worth remembering: what became of them, and the line itself where it has to be shown or repeated.
CREATE TABLE {import_row} (
    run    bigint NOT NULL,
    row    bigint NOT NULL,
    status text NOT NULL,
    record bigint,
    errors text,
    raw    text,
    PRIMARY KEY (run, row)
);
CREATE INDEX import_row_status ON {import_row} (run, status, row);

-- How the headers of a file were matched last time.
CREATE TABLE {import_mapping} (
    object     text NOT NULL,
    headers    text NOT NULL,
    mapping    text NOT NULL,
    used_at    bigint NOT NULL,
    PRIMARY KEY (object, headers)
);

-- What was taken out, by the act that says who and when.
CREATE TABLE {export_log} (
    act    bigint NOT NULL PRIMARY KEY,
    object text NOT NULL,
    filter text NOT NULL,
    rows   bigint NOT NULL,
    format text NOT NULL
);
