// Package door is the way from a request to a room and back: who asks, in which
// workspace and language; a session to read or write with; a page, a fragment
// or an error as the answer.
package door
