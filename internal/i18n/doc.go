// Package i18n knows what differs between languages: the sentences of faults and
// pages, plural forms, how numbers, money and days are written and typed, the
// order of names, and which letters count as the same when somebody searches.
//
// Choose picks the locale for a user; FormatFor writes figures and days as people
// there do, and reads what they type. The data stands in locale_<language>.go, a
// small part of CLDR. Spaces inside figures and before signs do not break.
//
// Sorting and searching must not depend on the database, so their shadow columns
// are filled from here: Collation.Key for <field>_k, Fold for <field>_s, and
// SearchText for the full-text index, whose queries go through QueryTerms.
//
// A sentence stands in messages/<language>/<room>.json, written by the room that
// uses it, as key and text with {names} of arguments; English must be complete,
// and the others follow it file by file. A brace of the text itself is doubled:
// {{"amount": …}}. Where the number counts, {"by": "rows", "one": "…", "other":
// "…"} holds the plural forms. What built-in objects, fields and options are
// called stands in labels.json, except for English, which the declarations give.
//
// A test compares the keys with the whole tree. It finds keys that are written
// as literals or constants, also when they pass through a function parameter
// named key or into a method T, by which pages take their texts. A key put
// together at run time begins with a literal that ends in a dot
// ("field.kind."+name); then every text below that prefix counts as used.
package i18n
