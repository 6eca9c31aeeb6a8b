package sheet

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// typed turns the number of a cell into the text of its kind. A number that
// cannot be a day stays a number.
func (w *workbook) typed(raw string, kind CellKind) Cell {
	raw = strings.TrimSpace(raw)
	if raw == "" {
		return Cell{}
	}
	number, err := strconv.ParseFloat(raw, 64)
	if err != nil || math.IsInf(number, 0) || math.IsNaN(number) {
		return Cell{Text: raw}
	}
	switch kind {
	case Day, Moment, Clock:
		if text, ok := w.moment(number, kind); ok {
			return Cell{Text: text, Kind: kind}
		}
		return Cell{Text: plainNumber(raw, number), Kind: Number}
	case Percent:
		return Cell{Text: plainNumber("", number*100) + "%", Kind: Percent}
	}
	return Cell{Text: plainNumber(raw, number), Kind: kind}
}

// plainNumber writes no exponent. Files hold 12345.678900000001 for 12345.6789:
// spreadsheets keep 15 digits, so more than that are noise of the binary
// fraction. Whole numbers stand as they are: a long one is somebody's id.
func plainNumber(raw string, number float64) string {
	if raw != "" && !strings.ContainsAny(raw, ".eE") {
		return raw
	}
	rounded, err := strconv.ParseFloat(strconv.FormatFloat(number, 'g', 15, 64), 64)
	if err != nil {
		rounded = number
	}
	return strconv.FormatFloat(rounded, 'f', -1, 64)
}

// lastSerial is 9999-12-31.
const lastSerial = 2958465

// moment reads a serial number: days since the end of 1899, or since the start
// of 1904. The 1900 count has a 29 February 1900 that never was, as number 60.
func (w *workbook) moment(serial float64, kind CellKind) (string, bool) {
	if kind == Clock {
		seconds := int64(math.Round(serial * 86400))
		if seconds < 0 {
			return "", false
		}
		return fmt.Sprintf("%02d:%02d:%02d", seconds/3600, seconds/60%60, seconds%60), true
	}
	if serial < 0 || serial > lastSerial+1 {
		return "", false
	}
	base := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	switch {
	case w.date1904:
		base = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	case serial < 1:
		return "", false
	case serial < 61:
		base = base.AddDate(0, 0, 1)
	}
	days := math.Floor(serial)
	seconds := time.Duration(math.Round((serial-days)*86400)) * time.Second
	at := base.AddDate(0, 0, int(days)).Add(seconds)
	if kind == Day {
		return at.Format("2006-01-02"), true
	}
	return at.Format("2006-01-02T15:04:05"), true
}
