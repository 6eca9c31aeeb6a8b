package record

import (
	"slices"
	"strings"
)

// MeasureText is a measure as Aggregate.Measures has it, taken apart:
// "function:of{only}", and of a rate "rate{only / among}".
type MeasureText struct {
	Function string
	Of       string // "" = the records themselves
	Only     string // condition, "" = all
	Among    string // rate: what the share is of, "" = all
}

// ReadMeasure takes a measure apart; false for what has no shape of one. What
// stands in it is not checked.
func ReadMeasure(text string) (MeasureText, bool) {
	body, cond, ok := cutBraces(text)
	function, of, _ := strings.Cut(body, ":")
	m := MeasureText{Function: strings.TrimSpace(function), Of: strings.TrimSpace(of), Only: strings.TrimSpace(cond)}
	if m.Function == "rate" {
		only, among := cutSlash(cond)
		m.Only, m.Among = strings.TrimSpace(only), strings.TrimSpace(among)
	}
	return m, ok && slices.Contains(functions, m.Function)
}

// String is the measure in one piece.
func (m MeasureText) String() string {
	text := m.Function
	if m.Of != "" {
		text += ":" + m.Of
	}
	switch {
	case m.Function == "rate" && m.Among != "":
		return text + "{" + m.Only + " / " + m.Among + "}"
	case m.Only != "":
		return text + "{" + m.Only + "}"
	}
	return text
}

// Behind is the condition of the records that the figure is made of; those of a
// rate are all that it is a share of.
func (m MeasureText) Behind() string {
	if m.Function == "rate" {
		return m.Among
	}
	return m.Only
}

// MeasureFunctions are what measures can be made with.
func MeasureFunctions() []string { return slices.Clone(functions) }

// Periods are the periods that groups by day or moment can be cut into.
func Periods() []string {
	names := make([]string, len(bucketNames))
	for i, b := range bucketNames {
		names[i] = string(b)
	}
	return names
}

// SplitGroup takes "close_date:month" apart.
func SplitGroup(text string) (path, period string) {
	text = strings.TrimSpace(text)
	if i := strings.LastIndexByte(text, ':'); i >= 0 {
		return strings.TrimSpace(text[:i]), strings.TrimSpace(text[i+1:])
	}
	return text, ""
}

// SplitList takes groups or an order apart at their commas, those inside
// quotes, brackets and braces left alone.
func SplitList(text string) (parts []string) {
	for _, part := range splitOutside(text) {
		if part = strings.TrimSpace(part); part != "" {
			parts = append(parts, part)
		}
	}
	return parts
}
