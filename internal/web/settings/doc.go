// Package settings is what all pages of settings have in common: the one list of
// subjects, the frame that every page stands in, the index with its search, and
// the pages of subjects that belong to no other area.
package settings
