package sheet

import (
	"strings"
	"unicode"

	"wellmet/internal/value"
)

// shape is a rough look at one cell, enough to tell a header from data.
type shape uint8

const (
	shapeEmpty shape = iota
	shapeText
	shapeNumber
	shapeDay
	shapeEmail
	shapeURL
)

func shapeOf(c Cell) shape {
	text := strings.TrimSpace(c.Text)
	switch {
	case text == "":
		return shapeEmpty
	case c.Kind == Day || c.Kind == Moment || c.Kind == Clock:
		return shapeDay
	case c.Kind == Number || c.Kind == Percent || c.Kind == Currency:
		return shapeNumber
	case strings.Contains(text, "@"):
		if _, err := value.ParseEmail(text); err == nil {
			return shapeEmail
		}
	case strings.HasPrefix(text, "http://") || strings.HasPrefix(text, "https://"):
		return shapeURL
	}
	return numericShape(text)
}

// numericShape: digits with signs between are a number or, with two separators
// of a kind between short groups, a day.
func numericShape(text string) shape {
	digits, others, marks := 0, 0, 0
	for _, r := range text {
		switch {
		case unicode.IsDigit(r):
			digits++
		case strings.ContainsRune("-/.:", r):
			marks++
		case strings.ContainsRune(" ,+()%'\u00a0\u202f", r) || unicode.Is(unicode.Sc, r):
		default:
			others++
		}
	}
	switch {
	case digits == 0 || others > 1:
		return shapeText
	case digits >= 6 && marks >= 2 && text[0] != '-':
		return shapeDay
	case others == 0:
		return shapeNumber
	}
	return shapeText
}
