-- +goose Up
-- Texts arrive normalised (folded, Han in bigrams), so the tokenizer only splits. Positions are kept,
-- because a word that the tokenizer splits after all becomes a phrase. Contentless: the records are the content.
CREATE TABLE search_doc (
    id       INTEGER NOT NULL PRIMARY KEY,
    object   TEXT NOT NULL,
    owner_id INTEGER
) STRICT;
CREATE INDEX search_doc_owner ON search_doc (owner_id, object);

CREATE VIRTUAL TABLE search_words USING fts5 (
    tags, words,
    content = '', contentless_delete = 1, prefix = '2 3',
    tokenize = "unicode61 remove_diacritics 0 categories 'L* N* Co Mn Mc'"
);

-- Fragments of names, numbers, phones and e-mails; a fragment is a phrase of trigrams, so positions stay.
CREATE VIRTUAL TABLE search_grams USING fts5 (
    grams,
    content = '', contentless_delete = 1,
    tokenize = 'trigram case_sensitive 1'
);

-- Every commit leaves a small piece of index, and pieces are merged once this many lie on a level. The
-- usual 4 makes merging two fifths of what a single new record costs; 8 costs searches nothing measurable.
INSERT INTO search_words (search_words, rank) VALUES ('automerge', 8);
INSERT INTO search_grams (search_grams, rank) VALUES ('automerge', 8);
