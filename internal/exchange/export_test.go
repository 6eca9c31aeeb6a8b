package exchange

// SetChunk makes chunks small, so that short files have many.
func SetChunk(im *Importer, rows int) { im.rows = rows }
