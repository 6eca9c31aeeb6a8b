package value

// Printable makes wrong input fit for a message: valid UTF-8, short, one line.
func Printable(s string) string { return shown(s) }
