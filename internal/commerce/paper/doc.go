// Package paper makes a PDF of a document whose texts are there already, in the
// language of its reader. It knows no contracts and no databases.
//
// Each run of letters gets a font that has them: DejaVu Sans Condensed for
// Latin, Cyrillic and Greek, Droid Sans Fallback for Han, Kana and Hangul. Only
// the letters that are used go into the file.
package paper
