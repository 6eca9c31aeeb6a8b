-- +goose Up
-- Texts arrive normalised (folded, Han in bigrams) and as finished vectors: no text search configuration of
-- the server takes part.
CREATE TABLE {search_doc} (
    id       bigint NOT NULL PRIMARY KEY,
    object   text NOT NULL,
    owner_id bigint,
    words    tsvector NOT NULL,
    grams    text NOT NULL
);
CREATE INDEX search_doc_owner ON {search_doc} (owner_id, object);
CREATE INDEX search_doc_words ON {search_doc} USING gin (words) WITH (fastupdate = off);
CREATE INDEX search_doc_grams ON {search_doc} USING gin (grams {gin_trgm_ops}) WITH (fastupdate = off);
