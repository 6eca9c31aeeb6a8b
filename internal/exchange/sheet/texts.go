package sheet

import (
	"bufio"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"strconv"
	"strings"
)

// textsInMemory is how many bytes of shared texts stay in memory; the rest goes
// to a temporary file, so that a workbook of any size reads in flat memory.
const textsInMemory = 32 << 20

// sharedTexts are the texts that cells of a workbook point to by number.
type sharedTexts struct {
	memory  []string
	file    *os.File
	offsets []int64 // where text len(memory)+i begins; one more at the end
}

func (s *sharedTexts) at(i int) (string, bool) {
	switch {
	case i < 0:
		return "", false
	case i < len(s.memory):
		return s.memory[i], true
	}
	i -= len(s.memory)
	if i+1 >= len(s.offsets) {
		return "", false
	}
	text := make([]byte, s.offsets[i+1]-s.offsets[i])
	if _, err := s.file.ReadAt(text, s.offsets[i]); err != nil {
		return "", false
	}
	return string(text), true
}

func (s *sharedTexts) close() error {
	if s == nil || s.file == nil {
		return nil
	}
	return errors.Join(s.file.Close(), os.Remove(s.file.Name()))
}

// loadTexts reads the part once; a workbook without texts has none.
func (w *workbook) loadTexts(part string) (*sharedTexts, error) {
	texts := &sharedTexts{}
	r, err := w.part(part)
	if errors.Is(err, errNoPart) {
		return texts, nil
	}
	if err != nil {
		return nil, err
	}
	defer r.Close()
	if err := texts.load(xml.NewDecoder(bufio.NewReaderSize(r, 64<<10))); err != nil {
		return nil, errors.Join(err, texts.close())
	}
	return texts, nil
}

func (s *sharedTexts) load(d *xml.Decoder) error {
	size := 0
	var spill *bufio.Writer
	for {
		token, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		start, ok := token.(xml.StartElement)
		if !ok || start.Name.Local != "si" {
			continue
		}
		text, err := richText(d, "si")
		if err != nil {
			return err
		}
		size += len(text) + 16
		if size <= textsInMemory {
			s.memory = append(s.memory, text)
			continue
		}
		if spill == nil {
			if s.file, err = os.CreateTemp("", "wellmet-texts-*"); err != nil {
				return err
			}
			spill, s.offsets = bufio.NewWriterSize(s.file, 64<<10), []int64{0}
		}
		if _, err := spill.WriteString(text); err != nil {
			return err
		}
		s.offsets = append(s.offsets, s.offsets[len(s.offsets)-1]+int64(len(text)))
	}
	if spill != nil {
		return spill.Flush()
	}
	return nil
}

// richText joins the runs of a text up to the end of its element. Readings of
// Japanese words (rPh) stand beside the text and are left out.
func richText(d *xml.Decoder, element string) (string, error) {
	var text strings.Builder
	inside, aside := false, false
	for {
		token, err := d.RawToken()
		if err != nil {
			return "", unexpected(err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			inside = t.Name.Local == "t"
			aside = aside || t.Name.Local == "rPh"
		case xml.EndElement:
			inside = false
			switch t.Name.Local {
			case "rPh":
				aside = false
			case element:
				return unescape(text.String()), nil
			}
		case xml.CharData:
			if inside && !aside {
				text.Write(t)
			}
		}
	}
}

func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// unescape reads _x000D_, the way of this format to hold signs that XML cannot.
func unescape(text string) string {
	if !strings.Contains(text, "_x") {
		return text
	}
	var b strings.Builder
	for {
		i := strings.Index(text, "_x")
		if i < 0 || len(text) < i+7 {
			break
		}
		code, err := strconv.ParseUint(text[i+2:i+6], 16, 16)
		if err != nil || text[i+6] != '_' || (code >= 0xd800 && code < 0xe000) {
			b.WriteString(text[:i+2])
			text = text[i+2:]
			continue
		}
		b.WriteString(text[:i])
		if code != 0 {
			b.WriteRune(rune(code))
		}
		text = text[i+7:]
	}
	b.WriteString(text)
	return b.String()
}
