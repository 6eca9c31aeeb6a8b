package exchange

import (
	"maps"
	"slices"
	"strings"

	"wellmet/internal/exchange"
	"wellmet/internal/record"
)

// figure is one number of an import.
type figure struct {
	n     int
	label string
	class string
}

// figures are what has become of the rows. A number that cannot be anything but
// nought is left out.
func (p *place) figures() []figure {
	v, run := p.v, p.run
	list := []figure{{run.Created, v.T("web.exchange.created"), ""}, {run.Updated, v.T("web.exchange.updated"), ""}}
	if run.DryRun {
		list = []figure{{run.Created, v.T("web.exchange.new_ones"), ""}, {run.Updated, v.T("web.exchange.updates"), ""}}
	}
	if run.Skipped > 0 {
		list = append(list, figure{run.Skipped, v.T("web.exchange.unchanged"), ""})
	}
	if run.DryRun {
		list = append(list, figure{run.Duplicates, v.T("web.exchange.duplicates"), amber(run.Duplicates)})
	}
	if run.Incomplete > 0 {
		list = append(list, figure{run.Incomplete, v.T("web.exchange.are_incomplete"), "warn-t"})
	}
	if run.Warned > 0 {
		list = append(list, figure{run.Warned, v.T("web.exchange.warned"), "warn-t"})
	}
	return append(list, figure{run.Failed, v.T("web.exchange.need_fix"), amber(run.Failed)})
}

func amber(n int) string {
	if n > 0 {
		return "warn-t"
	}
	return ""
}

func (p *place) progressText() string {
	run, v := p.run, p.v
	switch {
	case run.State == exchange.Waiting:
		return v.T("web.exchange.waiting")
	case run.State == exchange.Undoing:
		return v.T("web.exchange.undo_parts", "done", v.Int(int64(p.undone)), "all", v.Int(int64(p.acts)))
	case !p.busy():
		return v.T("web.exchange.rows", "count", run.Rows, "n", v.Int(int64(run.Rows)))
	case run.Total > 0:
		return v.T("web.exchange.rows_of", "done", v.Int(int64(run.Rows)), "all", v.Int(int64(run.Total)))
	}
	return v.T("web.exchange.rows", "count", run.Rows, "n", v.Int(int64(run.Rows)))
}

// paceText is how fast it goes and how long it will take.
func (p *place) paceText() string {
	v := p.v
	if p.run.State != exchange.Running || p.share() < 0 {
		return ""
	}
	percent := v.T("web.exchange.percent", "percent", v.Int(int64(p.share())))
	if p.rate() == 0 || p.left() == 0 {
		return percent
	}
	return v.T("web.exchange.pace", "percent", percent, "left", v.Duration(p.left()), "rate", v.Int(p.rate()))
}

// cameAlong says which linked records were made.
func (p *place) cameAlong() []string {
	var list []string
	for _, name := range slices.Sorted(maps.Keys(p.linkNames)) {
		if n := p.run.Links[name]; n > 0 && p.run.DryRun {
			list = append(list, p.v.T("web.exchange.links_would", "n", p.v.Int(int64(n)), "objects", p.linkNames[name]))
		} else if n > 0 {
			list = append(list, p.v.T("web.exchange.links_made", "n", p.v.Int(int64(n)), "objects", p.linkNames[name]))
		}
	}
	return list
}

// canUndo reports whether there is something to take back.
func (p *place) canUndo() bool {
	switch {
	case p.run.DryRun:
		return false
	case p.run.State == exchange.Running:
		return true
	case p.run.State == exchange.Done, p.run.State == exchange.Stopped, p.run.State == exchange.Failed:
		return p.undoUntil() != "" || p.run.Finished == nil && p.run.Rows > 0
	}
	return false
}

func (p *place) plural(object string) string {
	if object == p.object.Name {
		return p.object.Plural
	}
	return strings.TrimSuffix(object, "s") + "s"
}

// keptText says what was left alone, and why.
func (p *place) keptText(k record.Kept) string {
	what := k.Object
	if k.Object == p.object.Name {
		what = p.label.One
	}
	if k.Field == "" {
		return p.v.T("web.exchange.kept_record", "object", what, "id", k.ID.String())
	}
	name := k.Field
	if f, ok := p.object.Field(k.Field); ok && k.Object == p.object.Name {
		name = f.Label(p.v.Lang)
	}
	return p.v.T("web.exchange.kept_field", "object", what, "field", name, "id", k.ID.String())
}
