// Package wire knows what both doors, API and pages, know of HTTP: how it spells
// a fault, where a caller comes from, which paths are text, and the cookie that
// holds a session, since one sign-in serves both. It answers no request.
package wire
