package sheet

import (
	"bytes"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/wlynxg/chardet"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"

	"wellmet/internal/fault"
)

// charset is one encoding with the name that users see. A nil decoder is UTF-8,
// which the CSV reader takes as it is, to find broken bytes row by row.
type charset struct {
	name    string
	decoder encoding.Encoding
	skip    int64 // bytes of the byte order mark
}

var utf8Charset = charset{name: "utf-8"}

// boms are longest first: the mark of UTF-32LE begins with that of UTF-16LE.
var boms = []struct {
	mark string
	charset
}{
	{"\xff\xfe\x00\x00", charset{"utf-32le", utf32.UTF32(utf32.LittleEndian, utf32.IgnoreBOM), 4}},
	{"\x00\x00\xfe\xff", charset{"utf-32be", utf32.UTF32(utf32.BigEndian, utf32.IgnoreBOM), 4}},
	{"\xef\xbb\xbf", charset{"utf-8", nil, 3}},
	{"\xff\xfe", charset{"utf-16le", unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), 2}},
	{"\xfe\xff", charset{"utf-16be", unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), 2}},
}

// detectEncoding tries a byte order mark, then strict UTF-8 over the whole file
// (one late é decides), and guesses only when both fail.
func detectEncoding(src *source, asked string) (charset, error) {
	head, err := src.head(4)
	if err != nil {
		return charset{}, err
	}
	marked := charset{}
	for _, b := range boms {
		if bytes.HasPrefix(head, []byte(b.mark)) {
			marked = b.charset
			break
		}
	}
	if asked != "" {
		return namedCharset(asked, marked)
	}
	if marked.name != "" {
		return marked, nil
	}
	seen, err := takeCensus(src.reader())
	if err != nil {
		return charset{}, err
	}
	return seen.charset(), nil
}

// namedCharset also drops the file's mark where it belongs to the asked name.
func namedCharset(asked string, marked charset) (charset, error) {
	name := strings.ToLower(strings.TrimSpace(asked))
	if name == marked.name || (name == "utf-16" && strings.HasPrefix(marked.name, name)) {
		return marked, nil
	}
	if name == "utf-8" || name == "utf8" {
		return utf8Charset, nil
	}
	enc, err := htmlindex.Get(name)
	if err != nil {
		return charset{}, fault.New(fault.Invalid, "sheet.unknown_encoding", fault.Args{"encoding": asked})
	}
	canonical, err := htmlindex.Name(enc)
	if err != nil {
		canonical = name
	}
	return charset{name: canonical, decoder: enc}, nil
}

// census counts what the bytes of a file look like.
type census struct {
	total, bad, multi int64 // bytes, bytes that are no UTF-8, good sequences of 2–4 bytes
	evenNUL, oddNUL   int64
	sample            []byte // pieces with bytes above 127, for guessing
}

const sampleSize = 64 << 10

func takeCensus(r io.Reader) (*census, error) {
	c := &census{}
	buf := make([]byte, 64<<10)
	kept := 0
	for {
		n, err := r.Read(buf[kept:])
		data := buf[:kept+n]
		done := err == io.EOF
		used := c.count(data, done)
		kept = copy(buf, data[used:])
		if done {
			return c, nil
		}
		if err != nil {
			return nil, err
		}
	}
}

// count answers how many bytes it used: a rune cut in two waits for the rest.
func (c *census) count(data []byte, last bool) int {
	high := false
	i := 0
	for i < len(data) {
		if b := data[i]; b < utf8.RuneSelf {
			if b == 0 {
				c.nul(c.total + int64(i))
			}
			i++
			continue
		}
		high = true
		if !last && !utf8.FullRune(data[i:]) {
			break
		}
		r, size := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && size == 1 {
			c.bad++
		} else {
			c.multi++
		}
		i += size
	}
	c.total += int64(i)
	if high && len(c.sample) < sampleSize {
		c.sample = append(c.sample, data[:i]...)
	}
	return i
}

func (c *census) nul(at int64) {
	if at%2 == 0 {
		c.evenNUL++
	} else {
		c.oddNUL++
	}
}

// charset decides. Text in UTF-16 without a mark betrays itself by zeros on one
// side. A few bad bytes among many good sequences are damage, not an encoding.
func (c *census) charset() charset {
	half := c.total / 2
	switch {
	case c.oddNUL > half*3/10 && c.evenNUL < half/10:
		return charset{"utf-16le", unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), 0}
	case c.evenNUL > half*3/10 && c.oddNUL < half/10:
		return charset{"utf-16be", unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), 0}
	case c.bad == 0 || c.multi >= 3*c.bad:
		return utf8Charset
	}
	return guess(c.sample)
}

// candidates are tried beside what chardet says, the likeliest first: it needs
// more text than a short list of names has.
var candidates = []string{"windows-1252", "windows-1251", "windows-1250", "gb18030", "shift_jis",
	"big5", "euc-jp", "euc-kr", "koi8-r", "ibm866", "macintosh", "windows-1253", "windows-1254"}

// guess takes chardet's answer unless the text reads clearly better otherwise.
func guess(sample []byte) charset {
	best, bestScore := utf8Charset, -1.0
	consider := func(name string, bonus float64) {
		cs, err := namedCharset(name, charset{})
		if err != nil || cs.decoder == nil {
			return
		}
		text, err := cs.decoder.NewDecoder().Bytes(sample)
		if err != nil {
			return
		}
		if score := readable(string(text)) + bonus; score > bestScore {
			best, bestScore = cs, score
		}
	}
	found := chardet.Detect(sample)
	name := strings.ToLower(found.Encoding)
	if name == "gb2312" || name == "gbk" {
		name = "gb18030"
	}
	consider(name, 0.2*found.Confidence)
	for n, name := range candidates {
		consider(name, 0.1-0.01*float64(n))
	}
	return best
}
