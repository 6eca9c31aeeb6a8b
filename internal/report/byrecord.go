package report

import (
	"strings"

	"wellmet/internal/record"
	"wellmet/internal/schema"
)

// ByRecord groups by a record what is asked to be grouped by its name: two
// customers or colleagues of one name are two. Stages keep theirs, which several
// pipelines may share.
func (spec Spec) ByRecord(s *record.Session, o *schema.Object) Spec {
	group, sort := make([]string, len(spec.Group)), record.SplitList(spec.Sort)
	for i, text := range spec.Group {
		group[i] = text
		link, ok := named(s, o, text)
		if !ok {
			continue
		}
		group[i] = link
		for j, by := range sort {
			if stem, down := strings.CutPrefix(by, "-"); stem == text && down {
				sort[j] = "-" + link
			} else if stem == text {
				sort[j] = link
			}
		}
	}
	spec.Group, spec.Sort = group, strings.Join(sort, ", ")
	return spec
}

// named is the link behind a path to the name of a record; false for another path,
// and for a name that the reader may not know.
func named(s *record.Session, o *schema.Object, path string) (link string, ok bool) {
	at := strings.LastIndexByte(path, '.')
	if at < 0 {
		return "", false
	}
	f := Paths(s, o, []string{path[:at]})[0].Field
	if f == nil || !f.IsLink() {
		return "", false
	}
	to := s.Schema().Target(f)
	if to == nil || to.StateList || to.Title != path[at+1:] {
		return "", false
	}
	title, has := to.Field(to.Title)
	return path[:at], has && s.Actor().CanFilter(title) && s.Sees(title)
}
