package exchange

import (
	"context"
	"slices"
	"strings"

	"wellmet/internal/exchange/sheet"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// sight is what the values of a file show of its columns, beyond what they are
// called.
type sight struct {
	columns map[string]sheet.Profile // by header
	env     func(header string) *schema.Env
	find    func(o *schema.Object, key *schema.FieldDef, texts []string) (map[string][]value.ID, error)
	err     error // of the first question that the database did not answer
}

// fewNames is how many values of a column are looked up.
const fewNames = 20

// sighted is Guess with a look at the values and at the records that the
// importer may read.
func (m Mapping) sighted(ctx context.Context, s *record.Session, o *schema.Object, profiles []sheet.Profile) (map[string]string, error) {
	see := &sight{columns: map[string]sheet.Profile{}}
	for i, h := range headersOf(profiles) {
		see.columns[h] = profiles[i]
	}
	see.env = func(header string) *schema.Env {
		env := *s.StoreEnv()
		env.Input = m.input(header, see.columns[header])
		env.Input.Zone = s.Env().Zone
		return &env
	}
	see.find = func(to *schema.Object, key *schema.FieldDef, texts []string) (map[string][]value.ID, error) {
		if !s.Actor().CanFilter(key) {
			return nil, nil
		}
		return s.FindBy(ctx, to, key, texts)
	}
	paths := m.guess(o, s.Schema(), headersOf(profiles), see)
	return paths, see.err
}

// seen is a column's profile; false where nothing is known of its values.
func (g *guesser) seen(header string) (sheet.Profile, bool) {
	if g.see == nil {
		return sheet.Profile{}, false
	}
	p, ok := g.see.columns[header]
	return p, ok && p.Filled > 0
}

// fits reports whether a column's values can be those of a field, as far as
// they are known: half of them, since files have mistakes.
func (g *guesser) fits(header, path string) bool {
	p, known := g.seen(header)
	c := column{path: path}
	if !known || c.find(g.object, g.schema, nil) != nil || c.key != nil {
		return true
	}
	f := c.field
	if c.own != nil {
		f = c.own
	}
	read := func(text string) error { _, err := f.Parse(text, g.see.env(header)); return err }
	switch {
	case c.part == "country":
		read = func(text string) error { _, err := value.ParseCountry(text); return err }
	case c.part != "", isText(f), f.Kind == schema.KindAddress, f.ValueKind() == schema.KindChoice:
		return true
	}
	good := 0
	for _, text := range p.Values {
		if read(text) == nil {
			good++
		}
	}
	return good*2 >= len(p.Values)
}

// records tells how many of a column's values, of how many looked up, are what
// a key of an object's records says.
func (g *guesser) records(header string, o *schema.Object, key *schema.FieldDef) (found, of int) {
	p, known := g.seen(header)
	if !known || g.see.err != nil {
		return 0, 0
	}
	texts := p.Values[:min(fewNames, len(p.Values))]
	hits, err := g.see.find(o, key, texts)
	if err != nil {
		g.see.err = err
	}
	return len(hits), len(texts)
}

// among reports whether a column holds what the records of a path are called.
func (g *guesser) among(header, path string) bool {
	c := column{path: path}
	if c.find(g.object, g.schema, nil) != nil || c.key == nil {
		return false
	}
	found, of := g.records(header, c.target, c.key)
	return found > 0 && found*3 >= of*2
}

// hinted matches days and numbers by the words of their header: "Engage date"
// is a day on which work began, "Total contract value" an amount. Every word
// must be a known one: a weighted value is something else.
func (g *guesser) hinted(header string) string {
	p, known := g.seen(header)
	if !known {
		return ""
	}
	bare := g.withoutObject(plainName(header))
	if slices.Contains(seats, bare) {
		if path := g.placePath("", "country"); path != "" && g.fits(header, path) {
			return path
		}
	}
	words := strings.Fields(bare)
	for _, hint := range hints {
		f, ok := g.object.Field(hint.field)
		days := p.Kind == sheet.KindDate || p.Kind == sheet.KindMoment
		numbers := p.Kind == sheet.KindMoney || p.Kind == sheet.KindWhole || p.Kind == sheet.KindDecimal
		if !ok || !f.Writable() || f.Hidden || g.taken[f.Name] || f.Kind == schema.KindDate && !days || f.Kind == schema.KindMoney && !numbers {
			continue
		}
		said := false
		other := slices.ContainsFunc(words, func(word string) bool {
			if slices.Contains(hint.words, word) {
				said = true
				return false
			}
			_, err := value.ParseCurrency(strings.ToUpper(word))
			return !slices.Contains(neutralWords, word) && err != nil
		})
		if said && !other && g.fits(header, f.Name) {
			return f.Name
		}
	}
	return ""
}

// bySight matches columns by their values alone, whatever they are called:
// where exactly one is left that holds names of accounts, it says the account.
func (g *guesser) bySight(open []string) {
	if g.see == nil {
		return
	}
	for _, path := range g.linkPaths() {
		if g.taken[g.slot(path)] {
			continue
		}
		g.only(path, open, func(h string, p sheet.Profile) bool {
			return (p.Kind == sheet.KindText || p.Kind == sheet.KindChoice || p.Kind == sheet.KindEmail) && p.Longest <= 200 && g.among(h, path)
		})
	}
	var emails []string
	for _, f := range g.object.Fields {
		if f.Kind == schema.KindEmail && !f.Many && g.path(f.Name) != "" {
			emails = append(emails, f.Name)
		}
	}
	if len(emails) == 1 && !g.taken[emails[0]] {
		g.only(emails[0], open, func(_ string, p sheet.Profile) bool { return p.Kind == sheet.KindEmail })
	}
}

// only gives a path to the one column that is left for it.
func (g *guesser) only(path string, open []string, fits func(header string, p sheet.Profile) bool) {
	var list []string
	for _, h := range open {
		if p, known := g.seen(h); known && g.paths[h] == "" && !g.elsewhere(h) && fits(h, p) {
			list = append(list, h)
		}
	}
	if len(list) == 1 {
		g.take(list[0], path)
	}
}

// linkPaths are the links that values can show: the owner, by name and by
// e-mail address, and each other object that one link leads to. A link to the
// object itself is not one: of two accounts in a row, nothing tells how they
// stand to each other.
func (g *guesser) linkPaths() []string {
	var paths []string
	to := map[string]int{}
	for _, f := range g.object.Fields {
		if f.IsLink() && !f.Many && g.path(f.Name) != "" {
			to[f.Target]++
		}
	}
	for _, f := range g.object.Fields {
		if !f.IsLink() || f.Many || g.path(f.Name) == "" || f.Target == g.object.Name {
			continue
		}
		switch {
		case f.Name == "owner":
			paths = append(paths, g.path(f.Name), "owner.email")
		case f.Kind != schema.KindPerson && to[f.Target] == 1:
			paths = append(paths, g.path(f.Name))
		}
	}
	for _, name := range g.object.Backs() {
		back, ok := g.object.Back(name)
		if !ok || back.Object.Access != schema.Child {
			continue
		}
		for _, f := range back.Object.Fields {
			if f != back && f.IsLink() && !f.Many && !f.Hidden && f.Writable() && to[f.Target] == 0 {
				path := name + "." + f.Name + "." + g.schema.Target(f).Title
				if !g.lined(name) {
					paths = append(paths, path)
				}
			}
		}
	}
	return paths
}

// elsewhere reports whether a header speaks of somebody or something beside the
// record: who created it, its former owner, the partner's e-mail address.
func (g *guesser) elsewhere(header string) bool {
	return slices.ContainsFunc(strings.Fields(plainName(header)), func(word string) bool { return slices.Contains(otherWords, word) })
}
