package mail

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"net/mail"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jhillyerd/enmime/v2"

	"wellmet/internal/fault"
	"wellmet/internal/value"
)

// Bounds of what is read of one message.
const (
	MaxSize       = 25 << 20 // bytes of the source
	maxText       = 60_000   // signs of the text that are kept
	maxSubject    = 250
	maxAddresses  = 100
	maxFiles      = 30
	maxIdentifier = 180
)

// Address is somebody who wrote or was written to. Email is normalised, ""
// where what stands in the header is none.
type Address struct{ Name, Email string }

// String is the address as a header spells it.
func (a Address) String() string {
	switch {
	case a.Name == "" || a.Name == a.Email:
		return a.Email
	case a.Email == "":
		return a.Name
	}
	return a.Name + " <" + a.Email + ">"
}

// File came along with a message.
type File struct {
	Name    string
	Content []byte
}

// Message is one mail that was read.
type Message struct {
	// ID is the Message-ID without its brackets, or a sum of the source where
	// there is none.
	ID      string
	Subject string
	From    []Address
	To, Cc  []Address
	// Date is when it was sent; zero when it does not say.
	Date  time.Time
	Text  string
	Files []File
	// Damaged says that parts could not be read as they were meant; Cut, that
	// the text or the list of files was too long to be kept whole.
	Damaged, Cut bool
}

var (
	errNoMail = fault.New(fault.Invalid, "mail.no_mail", nil)
	parser    = enmime.NewParser(enmime.SkipMalformedParts(true), enmime.MultipartWOBoundaryAsSinglePart(true),
		enmime.MaxStoredPartErrors(20), enmime.DisableTextConversion(true), enmime.SetReadPartErrorPolicy(enmime.AllowCorruptTextPartErrorPolicy))
)

// Read reads the source of a message, broken as it may be. What has none of
// the headers that mails have is no mail.
func Read(source []byte) (*Message, error) {
	if len(source) > MaxSize {
		return nil, fault.New(fault.TooLarge, "mail.too_large", fault.Args{"limit": MaxSize >> 20})
	}
	source = trimmed(source)
	env, err := parser.ReadEnvelope(bytes.NewReader(source))
	if err != nil {
		if env, err = bare(source); err != nil {
			return nil, errNoMail.Because(err)
		}
	}
	m := &Message{Subject: line(env.GetHeader("Subject"), maxSubject), From: addresses(env, "From"), To: addresses(env, "To"), Cc: addresses(env, "Cc"),
		Damaged: damaged(env)}
	m.Date = date(env)
	if m.Subject == "" && m.From == nil && m.To == nil && m.Date.IsZero() {
		return nil, errNoMail
	}
	m.ID = identifier(env.GetHeader("Message-Id"), source)
	m.Text = text(env)
	if m.Text, m.Cut = clipped(m.Text, maxText); m.Cut {
		m.Text += "\n…"
	}
	m.files(env)
	return m, nil
}

// trimmed takes away what programs put before the first header: a byte order
// mark, empty lines, the "From " line of mailboxes.
func trimmed(source []byte) []byte {
	source = bytes.TrimLeft(bytes.TrimPrefix(source, []byte("\xef\xbb\xbf")), "\r\n")
	if bytes.HasPrefix(source, []byte("From ")) {
		_, source, _ = bytes.Cut(source, []byte("\n"))
	}
	return source
}

// bare reads headers and text of what is too broken to be taken apart.
func bare(source []byte) (*enmime.Envelope, error) {
	head, body, _ := bytes.Cut(bytes.ReplaceAll(source, []byte("\r\n"), []byte("\n")), []byte("\n\n"))
	var kept [][]byte
	for l := range bytes.SplitSeq(head, []byte("\n")) {
		if plainHeader.Match(l) {
			kept = append(kept, l)
		}
	}
	head = append(bytes.Join(kept, []byte("\n")), "\n\n"...)
	env, err := parser.ReadEnvelope(bytes.NewReader(append(head, body...)))
	if err == nil {
		env.Errors = append(env.Errors, &enmime.Error{Severe: true})
	}
	return env, err
}

var plainHeader = regexp.MustCompile(`(?i)^(from|to|cc|subject|date|message-id):`)

func damaged(env *enmime.Envelope) bool {
	for _, e := range env.Errors {
		if e.Severe {
			return true
		}
	}
	return false
}

func date(env *enmime.Envelope) time.Time {
	t, err := mail.ParseDate(env.GetHeader("Date"))
	if err != nil || t.Year() < 1970 || t.Year() > 9000 {
		return time.Time{}
	}
	return t.UTC().Truncate(time.Millisecond)
}

// identifier tells a message from all others.
func identifier(header string, source []byte) string {
	id := strings.Trim(line(header, 4*maxIdentifier), "<> ")
	if id != "" && len(id) <= maxIdentifier {
		return id
	}
	if id == "" {
		id = string(bytes.TrimSpace(bytes.ReplaceAll(source, []byte("\r\n"), []byte("\n"))))
	}
	sum := sha256.Sum256([]byte(id))
	return "sha256:" + hex.EncodeToString(sum[:16])
}

// someAddress finds an address in a header that cannot be read otherwise.
var someAddress = regexp.MustCompile(`[^\s<>,;:"()\[\]]+@[^\s<>,;:"()\[\]]+`)

func addresses(env *enmime.Envelope, header string) []Address {
	var out []Address
	add := func(name, email string) {
		a := Address{Name: line(name, 120)}
		if e, err := value.ParseEmail(email); err == nil {
			a.Email = strings.ToLower(e)
		}
		if (a.Name != "" || a.Email != "") && len(out) < maxAddresses {
			out = append(out, a)
		}
	}
	list, err := env.AddressList(header)
	if err == nil {
		for _, a := range list {
			add(a.Name, a.Address)
		}
		return out
	}
	for _, raw := range env.GetHeaderValues(header) {
		for _, email := range someAddress.FindAllString(enmime.DecodeRFC2047(raw), maxAddresses) {
			add("", email)
		}
	}
	return out
}

// text is the message as plain text.
func text(env *enmime.Envelope) string {
	t := env.Text
	if strings.TrimSpace(t) == "" {
		t = htmlText(env.HTML)
	}
	return tidy(t)
}

// tidy makes lines end alike, takes out what does not print and empties at
// both ends, and allows two empty lines in a row at most.
func tidy(t string) string {
	t = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u00a0", " ", "\u200b", "", "\ufeff", "", "\x00", "").Replace(strings.ToValidUTF8(t, "\ufffd"))
	var lines []string
	empty := 0
	for l := range strings.SplitSeq(t, "\n") {
		l = strings.TrimRight(strings.Map(printing, l), " \t")
		if empty++; l != "" {
			empty = 0
		}
		if empty <= 2 {
			lines = append(lines, l)
		}
	}
	return strings.Trim(strings.Join(lines, "\n"), "\n")
}

func printing(r rune) rune {
	if r < ' ' && r != '\t' || r == 0x7f || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
		return -1
	}
	return r
}

// line is a text on one line, of so many signs at most.
func line(t string, most int) string {
	t, _ = clipped(strings.Join(strings.Fields(strings.Map(printing, strings.ToValidUTF8(t, "\ufffd"))), " "), most)
	return t
}

func clipped(t string, most int) (string, bool) {
	if len(t) <= most || utf8.RuneCountInString(t) <= most {
		return t, false
	}
	return string([]rune(t)[:most]), true
}
