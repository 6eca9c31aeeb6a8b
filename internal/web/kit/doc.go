// Package kit is the design language in code: the shell around every page,
// buttons, icons, tags, dialogs, notices. It knows languages and formats, and
// nothing of records, rooms or requests.
package kit
