package sheet

import (
	"errors"
	"strings"
	"unicode"
)

type xmlStyles struct {
	Formats []struct {
		ID   int    `xml:"numFmtId,attr"`
		Code string `xml:"formatCode,attr"`
	} `xml:"numFmts>numFmt"`
	Cells []struct {
		Format int `xml:"numFmtId,attr"`
	} `xml:"cellXfs>xf"`
}

// loadStyles keeps one thing of each style: what its numbers mean.
func (w *workbook) loadStyles(part string) error {
	var styles xmlStyles
	if err := w.decode(part, &styles); err != nil {
		if errors.Is(err, errNoPart) {
			return nil
		}
		return err
	}
	codes := map[int]string{}
	for _, f := range styles.Formats {
		codes[f.ID] = f.Code
	}
	for _, cell := range styles.Cells {
		kind := builtInFormat(cell.Format)
		if code, ok := codes[cell.Format]; ok {
			kind = formatKind(code)
		}
		w.styles = append(w.styles, kind)
	}
	return nil
}

// builtInFormat knows the formats that files name by number only.
func builtInFormat(id int) CellKind {
	switch {
	case id >= 14 && id <= 17, id >= 27 && id <= 31, id == 34, id == 35, id == 36, id >= 50 && id <= 58:
		return Day
	case id == 22:
		return Moment
	case id >= 18 && id <= 21, id == 32, id == 33, id >= 45 && id <= 47:
		return Clock
	case id == 9, id == 10:
		return Percent
	case id >= 5 && id <= 8, id == 42, id == 44:
		return Currency
	}
	return Number
}

// formatKind reads a format code such as yyyy\-mm\-dd;@ or [$€-407] #,##0.00.
func formatKind(code string) CellKind {
	plain, money := bareFormat(code)
	lower := strings.ToLower(plain)
	if strings.Contains(lower, "general") {
		return Number
	}
	hasTime := strings.ContainsAny(lower, "hs") || strings.Contains(lower, "am/pm")
	lower = strings.ReplaceAll(strings.ReplaceAll(lower, "am/pm", ""), "a/p", "")
	hasDay := strings.ContainsAny(lower, "yd") || (strings.Contains(lower, "m") && !hasTime)
	switch {
	case hasDay && hasTime:
		return Moment
	case hasDay:
		return Day
	case hasTime:
		return Clock
	case strings.Contains(lower, "%"):
		return Percent
	case money:
		return Currency
	}
	return Number
}

// bareFormat is the code's first section without texts, escapes and brackets;
// [h] stays, and money says that some sign of a currency stood there.
func bareFormat(code string) (plain string, money bool) {
	var b strings.Builder
	runes := []rune(code)
	for i := 0; i < len(runes); i++ {
		switch r := runes[i]; r {
		case ';':
			return b.String(), money
		case '\\', '_', '*':
			i++
			money = money || (i < len(runes) && r == '\\' && unicode.Is(unicode.Sc, runes[i]))
		case '"', '[':
			end := i + 1
			for end < len(runes) && runes[end] != map[rune]rune{'"': '"', '[': ']'}[r] {
				end++
			}
			inner := string(runes[i+1 : min(end, len(runes))])
			i = end
			switch {
			case strings.IndexFunc(inner, isCurrencySign) >= 0:
				money = money || r == '"' || !strings.HasPrefix(inner, "$-")
			case r == '[' && strings.Trim(strings.ToLower(inner), "hms") == "":
				b.WriteString(inner)
			}
		default:
			money = money || unicode.Is(unicode.Sc, r)
			b.WriteRune(r)
		}
	}
	return b.String(), money
}

func isCurrencySign(r rune) bool { return unicode.Is(unicode.Sc, r) }
