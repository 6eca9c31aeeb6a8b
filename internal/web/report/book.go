package report

import (
	"slices"
	"strings"

	"wellmet/internal/i18n"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
)

// book is all reports: dashboards, then those that people have saved, then the
// ready ones by what they are about.
type book struct {
	v     *kit.View
	asked string // words that are looked for
	parts []chapter
}

// chapter is reports under one heading.
type chapter struct {
	title string
	list  []entry
}

// entry is one report: what it is called and what it answers, or why it cannot.
type entry struct{ url, title, help, problem string }

// overview is the book of reports.
func overview(c *door.Call) error {
	b := &book{v: c.View, asked: strings.TrimSpace(c.R.URL.Query().Get("q"))}
	if err := c.Read(func(s *record.Session) error { return b.read(c, s) }); err != nil {
		return err
	}
	b.keep()
	return c.Show(kit.Page{Title: c.View.T("web.report.title"), Nav: "/reports", Body: bookPage(b)})
}

func (b *book) read(c *door.Call, s *record.Session) error {
	w := &report.Words{Format: b.v.Format, Lang: b.v.Lang}
	shown, err := c.App.Reports().Dashboards(c.Ctx, s)
	if err != nil {
		return err
	}
	boards := chapter{title: b.v.T("web.dashboard.title")}
	for _, d := range shown {
		boards.list = append(boards.list, entry{url: "/dashboards/" + d.Key, title: d.Title(w), help: d.Help(w)})
	}
	kept, err := report.SavedSpecs(c.Ctx, s)
	if err != nil {
		return err
	}
	saved := chapter{title: b.v.T("web.report.saved")}
	for _, spec := range kept {
		e := b.entry(spec)
		if spec.Problem != nil {
			e.problem = b.v.Fault(spec.Problem)
		}
		saved.list = append(saved.list, e)
	}
	b.parts = append(b.parts, boards, saved)
	b.ready(c.App.Reports().Specs(s), s)
	return nil
}

// ready adds the reports that the program ships, in chapters by what they are
// about, and those that have pages of their own.
func (b *book) ready(specs []report.Spec, s *record.Session) {
	at := map[string]int{}
	for _, spec := range specs {
		i, ok := at[spec.Object]
		if !ok {
			i = len(b.parts)
			at[spec.Object] = i
			b.parts = append(b.parts, chapter{title: s.Schema().MustObject(spec.Object).Label(b.v.Lang).Many})
		}
		b.parts[i].list = append(b.parts[i].list, b.entry(spec))
	}
	own := []entry{{url: "/reports/adherence", title: b.v.T("web.report.adherence"), help: b.v.T("web.report.adherence_help")}}
	if at["deal"] > 0 {
		own = append(own, entry{url: "/reports/prediction", title: b.v.T("web.predict.title"), help: b.v.T("web.predict.help")},
			entry{url: "/reports/what-works", title: b.v.T("web.predict.works"), help: b.v.T("web.predict.works_help")})
	}
	b.parts = append(b.parts, chapter{title: b.v.T("web.report.process"), list: own})
}

func (b *book) entry(spec report.Spec) entry {
	w := &report.Words{Format: b.v.Format, Lang: b.v.Lang, Spec: spec}
	return entry{url: "/reports/" + spec.Name, title: w.Title(spec.Name), help: w.Help(spec.Name)}
}

// keep leaves what all words that are looked for stand in, and no chapter that
// is empty.
func (b *book) keep() {
	words := strings.Fields(i18n.Fold(b.asked))
	for i := range b.parts {
		about := b.parts[i].title
		b.parts[i].list = slices.DeleteFunc(b.parts[i].list, func(e entry) bool {
			text := i18n.Fold(strings.Join([]string{about, e.title, e.help, e.problem}, " "))
			return slices.ContainsFunc(words, func(word string) bool { return !strings.Contains(text, word) })
		})
	}
	b.parts = slices.DeleteFunc(b.parts, func(p chapter) bool { return len(p.list) == 0 })
}
