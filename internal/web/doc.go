// Package web is the pages: server-rendered, one fragment or page an answer,
// working without script where a form suffices.
//
// Three shelves hold what pages are made of. kit is the design language: parts
// that know nothing of records. parts shows and edits fields and records by
// their metadata. Each area (a folder) has the handlers and components of one
// subject; door is how a request becomes a session of a room and an answer.
package web
