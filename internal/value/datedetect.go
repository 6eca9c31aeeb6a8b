package value

import "strings"

// DetectDateStyle works out how the days of a column are written from some of
// them. It is ambiguous when the samples leave two orders open, or contradict
// each other: then the style is only the likelier one and a person should be
// asked. Samples that are no day count for nothing; without any day among them
// the style is DateUnknown.
func DetectDateStyle(samples []string) (style DateStyle, ambiguous bool) {
	var seen styleVotes
	for _, sample := range samples {
		if date, _ := splitClock(narrow(sample)); date != "" {
			seen.add(date)
		}
	}
	return seen.decide()
}

// openStyles are the orders that samples decide between, the commonest first.
var openStyles = [...]DateStyle{DateDMY, DateMDY, DateYMD}

// styleVotes counts over the samples that depend on a style.
type styleVotes struct {
	plain  int // samples read without any style
	reads  [DateMDY + 1]int
	alone  [DateMDY + 1][DateMDY + 1]bool // [a][b]: a reads a sample that b refuses
	differ [DateMDY + 1][DateMDY + 1]bool // both read it, as two days
	other  bool                           // a sample without points
}

func (v *styleVotes) add(date string) {
	if _, err := styledDate("", date, DateISO); err == nil {
		v.plain++
		return
	}
	var days [DateMDY + 1]Date
	var ok [DateMDY + 1]bool
	for _, style := range openStyles {
		day, err := styledDate("", date, style)
		days[style], ok[style] = day, err == nil
		if ok[style] {
			v.reads[style]++
			v.other = v.other || strings.Count(date, ".") != 2
		}
	}
	for _, a := range openStyles {
		for _, b := range openStyles {
			v.alone[a][b] = v.alone[a][b] || ok[a] && !ok[b]
			v.differ[a][b] = v.differ[a][b] || ok[a] && ok[b] && days[a] != days[b]
		}
	}
}

func (v *styleVotes) decide() (DateStyle, bool) {
	best := DateDMY
	for _, style := range openStyles {
		if v.reads[style] > v.reads[best] {
			best = style
		}
	}
	if v.reads[best] == 0 {
		if v.plain > 0 {
			return DateISO, false
		}
		return DateUnknown, false
	}
	for _, rival := range openStyles {
		if v.alone[rival][best] || v.differ[rival][best] && !v.alone[best][rival] && !v.pointed(best) {
			return best, true
		}
	}
	return best, false
}

// pointed settles a tie: points stand between day, month and year, in this
// order, nearly everywhere that they are used.
func (v *styleVotes) pointed(best DateStyle) bool { return best == DateDMY && !v.other }
