package store

import (
	"fmt"
	"strconv"
	"strings"
)

// expander rewrites the common SQL text for one database: {table} becomes the qualified, quoted name, and
// $n becomes the placeholder the driver binds fastest.
type expander struct {
	prefix       string // `"ws_x".` with the dot
	questionMark bool   // SQLite: $1 there is a *named* parameter
}

// expand leaves string literals and quoted identifiers alone, so that '{}' and '$1' stay text.
func (e expander) expand(sql string) (string, error) {
	var b strings.Builder
	highest := 0
	b.Grow(len(sql) + 8*(1+strings.Count(sql, "{")))
	for i := 0; i < len(sql); {
		next := strings.IndexAny(sql[i:], `{$'"`)
		if next < 0 {
			b.WriteString(sql[i:])
			break
		}
		b.WriteString(sql[i : i+next])
		i += next
		n, err := e.token(&b, sql[i:], &highest)
		if err != nil {
			return "", err
		}
		i += n
	}
	return b.String(), nil
}

// token writes what rest begins with and says how many bytes it took; highest is the highest parameter so
// far.
func (e expander) token(b *strings.Builder, rest string, highest *int) (int, error) {
	switch rest[0] {
	case '\'', '"':
		end := strings.IndexByte(rest[1:], rest[0])
		if end < 0 {
			return 0, fmt.Errorf("store: quote without end in %q", rest)
		}
		b.WriteString(rest[:end+2])
		return end + 2, nil
	case '{':
		end := strings.IndexByte(rest, '}')
		if end < 2 || !plainName(rest[1:end]) {
			return 0, fmt.Errorf("store: no table name in braces at %q", clip(rest))
		}
		b.WriteString(e.prefix)
		b.WriteByte('"')
		b.WriteString(rest[1:end])
		b.WriteByte('"')
		return end + 1, nil
	}
	end := 1
	for end < len(rest) && rest[end] >= '0' && rest[end] <= '9' {
		end++
	}
	if !e.questionMark || end == 1 {
		b.WriteString(rest[:end])
		return end, nil
	}
	n, err := strconv.Atoi(rest[1:end])
	if err != nil {
		return 0, fmt.Errorf("store: parameter %s: %w", rest[:end], err)
	}
	// A bare ? is the highest so far and one. It has no name, which saves the driver an allocation a
	// parameter a run; in bulk inserts that is a tenth of the time.
	b.WriteByte('?')
	if n != *highest+1 {
		b.WriteString(rest[1:end])
	}
	*highest = max(*highest, n)
	return end, nil
}

// plainName accepts the names the engine gives tables; whatever a user types never becomes one.
func plainName(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c != '_' && (c < 'a' || c > 'z') && (c < '0' || c > '9') {
			return false
		}
	}
	return s != ""
}

func clip(s string) string {
	if len(s) > 40 {
		return s[:40] + "…"
	}
	return s
}

// writeValues writes "($1, $2), ($3, $4)" for rows × cols parameters.
func writeValues(b *strings.Builder, rows, cols int) {
	n := 0
	for r := range rows {
		if r > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('(')
		for c := range cols {
			if c > 0 {
				b.WriteByte(',')
			}
			n++
			b.WriteByte('$')
			b.WriteString(strconv.Itoa(n))
		}
		b.WriteByte(')')
	}
}

func quote(identifier string) string {
	return `"` + strings.ReplaceAll(identifier, `"`, `""`) + `"`
}
