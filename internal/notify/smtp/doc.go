// Package smtp gives mails to the company's mail server. It knows where that
// server is and how to speak to it, and nothing of what is written.
package smtp
