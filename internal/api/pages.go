package api

import (
	"embed"
	"html/template"
	"net/http"
	"strings"
)

//go:embed pages
var pageFiles embed.FS

// pages is the one page that needs no other room, the description of the
// operations. It loads nothing from anywhere.
var pages = template.Must(template.ParseFS(pageFiles, "pages/*.html"))

// pagePolicy allows the page's own style and nothing else.
var pagePolicy = []string{"default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"}

func (a *API) registerPages() {
	a.fixed.HandleFunc("GET "+base+"/docs", a.page("docs.html", a.guide()))
	a.fixed.HandleFunc("GET "+base+"/docs/style.css", a.style)
	a.fixed.HandleFunc("GET /healthz", a.health)
	a.fixed.HandleFunc("GET /metrics", a.metrics)
	a.segments["docs"] = true
}

func (a *API) page(name string, data any) http.HandlerFunc {
	var b strings.Builder
	if err := pages.ExecuteTemplate(&b, name, data); err != nil {
		panic("api: " + name + " does not render: " + err.Error()) // at start, and in every test
	}
	content := []byte(b.String())
	return func(w http.ResponseWriter, _ *http.Request) {
		h := w.Header()
		h["Content-Security-Policy"] = pagePolicy
		h.Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(content)
	}
}

func (a *API) style(w http.ResponseWriter, _ *http.Request) {
	text, err := pageFiles.ReadFile("pages/style.css")
	if err != nil {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	_, _ = w.Write(text)
}

// guideGroup is a part of the page of operations.
type guideGroup struct {
	Name       string
	Operations []guideEntry
}

type guideEntry struct {
	Method, Path, Help string
	Query, Members     []guideArg
}

type guideArg struct {
	Name, Help string
	Required   bool
}

func guideArgs(op *operation) (query, members []guideArg) {
	for _, p := range op.query {
		query = append(query, guideArg{p.name, p.help, false})
	}
	for _, m := range op.body.members {
		members = append(members, guideArg{m.name, m.help, m.required})
	}
	return query, members
}

// guide puts the sitemap into the order of the page.
func (a *API) guide() []guideGroup {
	var groups []guideGroup
	for i := range a.operations {
		op := &a.operations[i]
		tag := op.tag
		if tag == "" {
			tag = "Records"
		}
		if len(groups) == 0 || groups[len(groups)-1].Name != tag {
			groups = append(groups, guideGroup{Name: tag})
		}
		g := &groups[len(groups)-1]
		e := guideEntry{Method: op.method, Path: base + op.path, Help: plainHelp(op.help, "record", "records")}
		e.Query, e.Members = guideArgs(op)
		g.Operations = append(g.Operations, e)
	}
	return groups
}

// plainHelp names what a sentence of the sitemap is about.
func plainHelp(help, one, many string) string {
	return strings.NewReplacer("{object}", one, "{objects}", many).Replace(help)
}
