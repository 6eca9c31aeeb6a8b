package sheet

import (
	"bytes"
	"io"

	"wellmet/internal/fault"
)

// bounded stops a part that unpacks to far more than it should: in all, or as
// one text without a tag, which the XML decoder would gather in memory.
type bounded struct {
	in   io.Reader
	left int64
	text int // bytes allowed between two tags
	run  int
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.in.Read(p)
	b.left -= int64(n)
	if i := bytes.LastIndexByte(p[:n], '<'); i >= 0 {
		b.run = n - i
	} else {
		b.run += n
	}
	if b.left < 0 || b.run > b.text {
		return n, fault.New(fault.TooLarge, "sheet.workbook_too_large", nil)
	}
	return n, err
}
