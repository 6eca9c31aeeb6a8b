// Package webtest opens whole installations with their pages for tests, over
// HTTP and in a real browser. A test in the browser fails on any error in the
// console and on any breach of the content policy.
package webtest
