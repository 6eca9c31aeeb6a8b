// Package webtest opens whole installations with their pages for tests, over
// HTTP and in a real browser. A test in the browser fails on any error in the
// console and on any breach of the content policy.
//
// Tests over HTTP run on both databases (Each). A browser is costly, and what it
// proves seldom depends on the database: its tests open one site (Open, Sample)
// on SQLite, or on PostgreSQL where the environment says so:
//
//	WELLMET_BROWSER_DATABASE=postgres WELLMET_TEST_POSTGRES=postgres://… go test ./internal/web/...
package webtest
