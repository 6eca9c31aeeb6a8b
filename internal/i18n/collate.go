package i18n

import (
	"slices"
	"sync"
	"unicode/utf8"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"

	"wellmet/internal/fault"
)

// Collation is the order of names in one workspace, the same on every database.
// It is safe for concurrent use.
type Collation struct {
	tag  string
	pool sync.Pool
}

const (
	// keyRunes and keyBytes bound a key: an index row of PostgreSQL holds 2,700
	// bytes. Names that agree so far are equal to the sort, and the id decides.
	keyRunes = 200
	keyBytes = 1000
)

type collator struct {
	order  *collate.Collator
	buffer collate.Buffer
}

// NewCollation takes a BCP 47 tag, "und" or "" for the root order, also with
// -u-co-: "zh-u-co-stroke".
func NewCollation(tag string) (*Collation, error) {
	if tag == "" {
		tag = "und"
	}
	parsed, err := language.Parse(tag)
	if err != nil {
		return nil, fault.New(fault.Invalid, "i18n.collation", fault.Args{"value": tag}).Because(err)
	}
	c := &Collation{tag: parsed.String()}
	c.pool.New = func() any { return &collator{order: collate.New(parsed)} }
	return c, nil
}

// Tag is the canonical tag of the order; keys of two tags do not compare.
func (c *Collation) Tag() string { return c.tag }

// Key answers bytes whose order is the order of the texts, nil for "". Equal
// keys do not mean equal texts.
func (c *Collation) Key(s string) []byte {
	if s == "" {
		return nil
	}
	one := c.pool.Get().(*collator)
	defer c.pool.Put(one)
	one.buffer.Reset()
	key := one.order.KeyFromString(&one.buffer, firstRunes(s, keyRunes))
	return slices.Clone(key[:min(len(key), keyBytes)])
}

func firstRunes(s string, n int) string {
	if len(s) <= n {
		return s
	}
	at := 0
	for ; n > 0 && at < len(s); n-- {
		_, size := utf8.DecodeRuneInString(s[at:])
		at += size
	}
	return s[:at]
}
