package parts

import (
	"strconv"
	"strings"

	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/web/kit"
)

// OnPath says what a state is to a record on its path.
func OnPath(v *kit.View, on record.OnPath, retired bool) string {
	text := ""
	switch on {
	case record.PathPassed:
		text = v.T("web.parts.path_passed")
	case record.PathJumped:
		text = v.T("web.parts.path_jumped")
	case record.PathCurrent:
		text = v.T("web.parts.path_current")
	case record.PathAhead:
		text = v.T("web.parts.path_ahead")
	default:
		text = v.T("web.parts.path_unknown")
	}
	if retired {
		text += ", " + v.T("web.parts.path_retired")
	}
	return text
}

// fewSteps is how many stages a small path draws; of a longer one it says where
// the record is.
const fewSteps = 20

// pathInk is how each kind of stage is drawn: as high as it weighs, so that no
// colour alone tells them apart.
var pathInk = []struct {
	on          record.OnPath
	top, height int
	paint       string
}{
	{record.PathPassed, 2, 4, `fill="var(--ok)"`},
	{record.PathCurrent, 0, 8, `fill="var(--accent-solid)"`},
	{record.PathJumped, 2, 4, `fill="none" stroke="var(--warn)"`},
	{record.PathAhead, 3, 2, `fill="var(--line-strong)"`},
	{record.PathUnknown, 3, 2, `fill="none" stroke="var(--line-strong)" stroke-dasharray="2"`},
}

// Path is the way of a deal or lead through its stages, small: a bar each, with
// their names and what they are for who points at it or listens. Width is as SVG
// has it.
func Path(v *kit.View, path []sales.PathStage, width string) kit.Markup {
	if len(path) == 0 {
		return ""
	}
	words, at := make([]string, len(path)), len(path)
	for i, x := range path {
		words[i] = v.T("web.parts.path_stage", "stage", x.Name, "state", OnPath(v, x.State, x.Retired))
		if x.State == record.PathCurrent {
			at = i + 1
		}
	}
	start := `<span role="img" title="` + kit.Text(v.T("web.parts.path", "stages", strings.Join(words, " · "))) + `">`
	if len(path) > fewSteps {
		return start + kit.Text(v.T("web.parts.path_at", "n", v.Int(int64(at)), "of", v.Int(int64(len(path))))) + "</span>"
	}
	return start + bars(path, width) + "</span>"
}

// bars draws a path, each kind of stage in one shape.
func bars(path []sales.PathStage, width string) kit.Markup {
	const whole, gap = 120, 3
	each := whole / len(path)
	svg := kit.Markup(`<svg width="` + width + `" height="8" viewBox="0 0 ` + strconv.Itoa(each*len(path)) + ` 8" preserveAspectRatio="none" aria-hidden="true">`)
	for _, ink := range pathInk {
		shape := ""
		for i, x := range path {
			if x.State == ink.on {
				shape += "M" + strconv.Itoa(i*each+1) + " " + strconv.Itoa(ink.top) + "h" + strconv.Itoa(each-gap) + "v" + strconv.Itoa(ink.height) + "h-" + strconv.Itoa(each-gap) + "z"
			}
		}
		if shape != "" {
			svg += kit.Markup(`<path d="` + shape + `" ` + ink.paint + `/>`)
		}
	}
	return svg + "</svg>"
}
