// Package mail reads mail: a message as it travelled (MIME) becomes who wrote
// to whom, when, a plain text and files. It finds the records whose addresses
// took part and keeps the message as one activity about them, the same message
// never twice.
//
// It fetches and sends nothing. What a mail says is a stranger's: HTML becomes
// plain text, names and headers lose what does not print, sizes are bounded.
package mail
