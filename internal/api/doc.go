// Package api is the REST door: /api/v1 in JSON, described by an OpenAPI
// document that is made from the live schema.
//
// routes.go is the sitemap. The same table of operations serves requests,
// refuses what an operation does not know (parameters, members of a body) and
// becomes the document, so that the three cannot differ. Six generic handlers
// serve the records of every object, built-in and custom.
//
// A handler reads the request, calls one room and appends the answer; it takes
// no decision about rights, which are the record room's, and no fault of the
// caller ends as a 500. The room keeps one table of its own, the answers given
// to calls with an Idempotency-Key.
//
// cli serves the Handler; app supplies everything behind it.
package api
