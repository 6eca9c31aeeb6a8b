package exchange

import (
	"slices"
	"strings"
	"unicode"

	"wellmet/internal/i18n"
	"wellmet/internal/schema"
)

// Guess proposes a path for each header that the mapping does not name, "" for
// those that match nothing. Fields' own names and labels go first, then what
// other programs and languages call them, so that a vague header never takes
// the place of an exact one.
func (m Mapping) Guess(o *schema.Object, s *schema.Schema, headers []string) map[string]string {
	return m.guess(o, s, headers, nil)
}

// guess is Guess with a look at the values: a header that means money over a
// column of words means something else, and names of accounts tell what a
// column holds whatever it is called. see is nil where only headers are known.
func (m Mapping) guess(o *schema.Object, s *schema.Schema, headers []string, see *sight) map[string]string {
	g := guesser{object: o, schema: s, see: see, taken: map[string]bool{}, paths: make(map[string]string, len(headers)), labels: labels(o)}
	for _, path := range m.Columns {
		g.taken[g.slot(path)] = true
	}
	var open []string
	for _, h := range headers {
		if path, ok := m.Columns[h]; ok {
			g.paths[h] = path
		} else if m.Match == "id" && plainName(h) == "id" {
			g.take(h, "id")
		} else if slices.Contains(m.NewFields, h) {
			g.paths[h] = ""
		} else if !slices.Contains(m.Ignore, h) {
			g.paths[h] = ""
			open = append(open, h)
		}
	}
	hows := []func(header string) string{g.exact, g.label, g.synonym, g.line, g.place}
	if !m.CreateFields {
		hows = append(hows, g.hinted)
	}
	for _, how := range hows {
		for _, h := range open {
			if g.paths[h] == "" {
				g.take(h, how(h))
			}
		}
	}
	g.joinNames(open)
	if !m.CreateFields {
		g.bySight(open)
	}
	return g.paths
}

// guesser matches the headers of one file.
type guesser struct {
	object *schema.Object
	schema *schema.Schema
	see    *sight
	taken  map[string]bool
	paths  map[string]string
	labels map[string]string // plain label in any language -> field
}

func (g *guesser) take(header, path string) {
	if path == "" || g.taken[g.slot(path)] {
		return
	}
	g.taken[g.slot(path)] = true
	g.paths[header] = path
}

// slot is what only one column can fill: a link has one target, whatever field
// finds it.
func (g *guesser) slot(path string) string {
	if stem, _, dotted := strings.Cut(path, "."); dotted {
		if _, ok := g.object.Field(stem); ok {
			return stem
		}
	}
	return path
}

// exact matches the field's API name or one of its own labels, and paths.
func (g *guesser) exact(header string) string {
	if stem, rest, ok := strings.Cut(strings.TrimSpace(header), "."); ok {
		if f, found := g.object.Field(stem); found && f.IsLink() && f.Writable() {
			if _, has := g.schema.Target(f).Field(rest); has {
				return stem + "." + rest
			}
		}
	}
	plain := plainName(header)
	for _, f := range g.object.Fields {
		if plain != "" && named(f, plain) {
			if path := g.path(f.Name); path != "" {
				return path
			}
		}
	}
	if f, part, ok := g.object.AddressPart(strings.ReplaceAll(plain, " ", "_")); ok && f.Writable() {
		return f.Name + "_" + part
	}
	return ""
}

// labels are what an object's fields are called in the languages there are, the
// first field of a name.
func labels(o *schema.Object) map[string]string {
	all := map[string]string{}
	for _, language := range i18n.Languages() {
		for _, f := range o.Fields {
			if plain := plainName(f.Label(language)); plain != "" && all[plain] == "" && !f.Hidden {
				all[plain] = f.Name
			}
		}
	}
	return all
}

// label matches what any language calls a field. A word may be another one
// elsewhere, so the values must fit.
func (g *guesser) label(header string) string {
	if path := g.path(g.labels[plainName(header)]); path != "" && g.fits(header, path) {
		return path
	}
	return ""
}

// path leads to a field that people may set; to a link by its target's title.
func (g *guesser) path(name string) string {
	f, ok := g.object.Field(name)
	switch {
	case !ok || f.Hidden || !f.Writable() || f.Kind == schema.KindAbout || f.ValueKind() == schema.KindFile:
		return ""
	case f.IsLink():
		return f.Name + "." + g.schema.Target(f).Title
	}
	return f.Name
}

// synonym matches what other programs call a field. A header may begin with
// what they call the object: "Deal - Title", "Opportunity Name".
func (g *guesser) synonym(header string) string {
	plain := plainName(header)
	bare := g.withoutObject(plain)
	if bare == "" { // the object's own name is its title: "Product"
		return g.path(g.object.Title)
	}
	for _, words := range []string{plain, bare} {
		for _, name := range synonyms[words] {
			name, unsure := strings.CutSuffix(name, "?")
			if path := g.path(name); path != "" && g.fits(header, path) && (!unsure || g.among(header, path)) {
				return path
			}
		}
	}
	if bare == plain {
		return ""
	}
	if path := g.exact(bare); path != "" {
		return path
	}
	return g.label(bare)
}

// line matches what the lines of a record hold: the product of a deal, and
// beside it how many.
func (g *guesser) line(header string) string {
	plain := plainName(header)
	for _, name := range g.object.Backs() {
		back, ok := g.object.Back(name)
		if !ok || back.Object.Access != schema.Child {
			continue
		}
		for _, f := range back.Object.Fields {
			if f == back || f.Hidden || !f.Writable() {
				continue
			}
			if f.IsLink() && f.Target != "" && slices.Contains([]string{plain, strings.TrimSuffix(plain, " name")}, plainName(f.Name)) {
				return name + "." + f.Name + "." + g.schema.Target(f).Title
			}
			if f.Kind == schema.KindDecimal && plainName(f.Name) == plain && g.lined(name) {
				return name + "." + f.Name
			}
		}
	}
	return ""
}

// lined reports whether a column says what the lines are of.
func (g *guesser) lined(back string) bool {
	for path := range g.taken {
		if strings.HasPrefix(path, back+".") {
			return true
		}
	}
	return false
}

// withoutObject takes the object's name from the front of a header.
func (g *guesser) withoutObject(plain string) string {
	own := []string{plainName(g.object.Name)}
	for _, language := range i18n.Languages() {
		own = append(own, plainName(g.object.Label(language).One))
	}
	own = append(own, aliases[g.object.Name]...)
	for _, name := range own {
		if plain == name {
			return ""
		}
		if rest, ok := strings.CutPrefix(plain, name+" "); ok {
			return rest
		}
	}
	return plain
}

// place matches the parts of addresses.
func (g *guesser) place(header string) string {
	plain := plainName(header)
	for _, words := range []string{plain, g.withoutObject(plain)} {
		for _, p := range placeParts {
			for _, name := range p.names {
				prefix, ok := strings.CutSuffix(words, name)
				if !ok || prefix != "" && !strings.HasSuffix(prefix, " ") || prefix == "" && name == "code" {
					continue
				}
				if path := g.placePath(strings.TrimSpace(prefix), p.part); path != "" && g.fits(header, path) {
					return path
				}
			}
		}
	}
	return ""
}

func (g *guesser) placePath(prefix, part string) string {
	for _, name := range placePrefixes[prefix] {
		path := name + "_" + part
		if f, _, ok := g.object.AddressPart(path); ok && f.Writable() && !g.taken[path] {
			return path
		}
	}
	return ""
}

// joinNames lets first and last name make the one name of an object that keeps
// no parts: several columns of one text field are joined.
func (g *guesser) joinNames(open []string) {
	path := g.path("name")
	if path == "" || g.taken[path] {
		return
	}
	for _, h := range open {
		if g.paths[h] == "" && slices.Contains([]string{"first name", "given name", "last name", "family name", "surname"}, plainName(h)) {
			g.paths[h] = path
		}
	}
}

func named(f *schema.FieldDef, plain string) bool {
	if plainName(f.Name) == plain {
		return true
	}
	for _, label := range f.Labels {
		if plainName(label) == plain {
			return true
		}
	}
	return false
}

// plainName is a header as words: without case, accents and punctuation, and
// with the words of camelCase apart.
func plainName(s string) string {
	var b strings.Builder
	lower := false
	for _, r := range s {
		if unicode.IsUpper(r) && lower {
			b.WriteByte(' ')
		}
		lower = unicode.IsLower(r)
		b.WriteRune(r)
	}
	words := strings.FieldsFunc(i18n.Fold(b.String()), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r)
	})
	return strings.ReplaceAll(strings.Join(words, " "), "e mail", "email")
}
