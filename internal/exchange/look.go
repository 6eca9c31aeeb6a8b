package exchange

import (
	"context"
	"slices"
	"strings"

	"wellmet/internal/exchange/sheet"
	"wellmet/internal/fault"
	"wellmet/internal/i18n"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// Preview is what the file of a draft holds, and how it would be read: what a
// person needs to see to match the columns.
type Preview struct {
	Run        *Run
	Format     sheet.Format
	Encoding   string
	Separator  rune
	HeaderRow  int
	Sheet      string
	Sheets     []string
	Size       int64
	Notes      []fault.Field // what was repaired or assumed
	Columns    []PreviewColumn
	Remembered bool // files with these headers were matched before
}

// PreviewColumn is one column: a look at its values, and what they mean.
type PreviewColumn struct {
	sheet.Profile
	Header  string
	Path    string // "" when it matches nothing
	Ignored bool
	New     bool        // a field is made for it
	Kind    schema.Kind // of the field that would be made
	// Field is the field behind the path, Target the object that the path links
	// to and Key the field that finds its records.
	Field  *schema.FieldDef
	Target *schema.Object
	Key    *schema.FieldDef
	Create bool // missing targets are made
	// Strange are values that are no option or no record there; Choices what
	// they can be replaced by, and Values what they are replaced by now.
	Strange []string
	Choices []Choice
	Values  map[string]string
	Input   schema.Input
}

// Choice is what a value of a file can be replaced by.
type Choice struct{ Value, Label string }

const (
	looked      = 10_000 // rows that a preview looks at
	mostChoices = 100    // records among which a value can be chosen
)

// Look reads the file of an import for its preview.
func (im *Importer) Look(ctx context.Context, who record.Who, id value.ID) (*Preview, error) {
	var run *Run
	var opts options
	err := im.engine.Read(ctx, who, func(s *record.Session) error {
		var err error
		if run, err = im.load(ctx, s, id); err != nil {
			return err
		}
		opts, err = readOptions(ctx, s.Tx(), id)
		return err
	})
	if err != nil {
		return nil, err
	}
	table, err := im.open(ctx, opts.Hash, run.Name, opts.Mapping.sheetOptions())
	if err != nil {
		return nil, err
	}
	defer table.Close()
	profiles, err := table.Survey(looked)
	if err != nil {
		return nil, err
	}
	p := &Preview{Run: run, Format: table.Format, Encoding: table.Encoding, Separator: table.Separator, HeaderRow: table.HeaderRow,
		Sheet: table.Sheet, Sheets: table.Sheets, Size: table.Size(), Notes: table.Notes}
	if err := im.engine.Read(ctx, who, func(s *record.Session) error { return p.match(ctx, s, opts.Mapping, profiles) }); err != nil {
		return nil, err
	}
	return p, p.within(table.Table)
}

// within takes from the values that no record has those that the file itself
// brings, in this row or further down: a parent company beside its subsidiary.
func (p *Preview) within(table *sheet.Table) error {
	var links []*PreviewColumn
	var own []column
	for i := range p.Columns {
		c := &p.Columns[i]
		if c.Target == nil || c.Target.Name != p.Run.Object || len(c.Strange) == 0 {
			continue
		}
		at := slices.IndexFunc(p.Columns, func(x PreviewColumn) bool { return x.Field == c.Key && x.Key == nil && !x.Ignored })
		if at >= 0 {
			links, own = append(links, c), append(own, column{index: at, field: c.Key, values: p.Columns[at].Values})
		}
	}
	if len(links) == 0 {
		return nil
	}
	keys, err := keysOf(table, surveyed, own)
	for i, c := range links {
		c.Strange = slices.DeleteFunc(c.Strange, func(text string) bool { return keys[i] == nil || keys[i].has(text) })
	}
	return err
}

// match resolves the mapping as far as it goes: a path that leads nowhere by
// now is one that nobody has chosen.
func (p *Preview) match(ctx context.Context, s *record.Session, m Mapping, profiles []sheet.Profile) error {
	o, err := s.Object(p.Run.Object)
	if err != nil {
		return err
	}
	if err := mayImport(s, o); err != nil {
		return err
	}
	headers := headersOf(profiles)
	told := len(m.Columns) + len(m.Ignore) + len(m.NewFields)
	if m, err = m.recall(ctx, s, o, headers); err != nil {
		return err
	}
	p.Remembered = told == 0 && len(m.seen.Columns) > 0
	p.Run.Mapping = m
	guesses, err := m.sighted(ctx, s, o, profiles)
	if err != nil {
		return err
	}
	p.Columns = nil
	for i, profile := range profiles {
		h := headers[i]
		c := PreviewColumn{Profile: profile, Header: h, Path: guesses[h], Kind: fieldKind(profile.Kind), New: slices.Contains(m.NewFields, h),
			Ignored: slices.Contains(m.Ignore, h) || h == errorColumn, Input: m.input(h, profile)}
		if profile.Kind == sheet.KindChoice && profile.More {
			c.Kind = schema.KindText
		}
		if err := c.resolve(ctx, s, o, m); err != nil {
			return err
		}
		p.Columns = append(p.Columns, c)
	}
	return nil
}

func (c *PreviewColumn) resolve(ctx context.Context, s *record.Session, o *schema.Object, m Mapping) error {
	if c.Path == "" || c.Path == "id" {
		return nil
	}
	at := column{path: c.Path, values: m.Values[c.Path]}
	if at.find(o, s.Schema(), m.Create) != nil {
		c.Path = ""
		return nil
	}
	c.Field, c.Target, c.Key, c.Create, c.Values = at.field, at.target, at.key, at.create, at.values
	if at.own != nil {
		c.Field = at.own
	}
	if c.Key != nil {
		return c.strangers(ctx, s)
	}
	if c.Field.Kind == schema.KindChoice && at.part == "" {
		c.strangeOptions(s)
	}
	return nil
}

// strangeOptions are values that are no option.
func (c *PreviewColumn) strangeOptions(s *record.Session) {
	for _, x := range c.Field.Options {
		if !x.Hidden {
			c.Choices = append(c.Choices, Choice{x.Key, c.Field.OptionLabel(x.Key, s.Who().Locale)})
		}
	}
	env := *s.StoreEnv()
	env.Input = c.Input
	for _, text := range c.Profile.Values {
		if _, err := c.Field.Parse(text, &env); err != nil {
			c.Strange = append(c.Strange, text)
		}
	}
}

// strangers are values that no record of a short list has: stages, products,
// colleagues. With missing records made, there is nothing to replace.
func (c *PreviewColumn) strangers(ctx context.Context, s *record.Session) error {
	if c.Create || c.Profile.More || len(c.Profile.Values) == 0 || c.Key.Name != c.Target.Title {
		return nil
	}
	found, err := s.FindBy(ctx, c.Target, c.Key, c.Profile.Values)
	if err != nil {
		return err
	}
	for _, text := range c.Profile.Values {
		if len(found[text]) == 0 {
			c.Strange = append(c.Strange, text)
		}
	}
	if len(c.Strange) == 0 {
		return nil
	}
	page, err := s.Query(ctx, record.Query{Object: c.Target.Name, Fields: []string{c.Key.Name}, Limit: mostChoices})
	if err != nil {
		return err
	}
	for _, r := range page.Records {
		if text, _ := r.Value(c.Key).(string); text != "" && !slices.Contains(c.Choices, Choice{text, text}) {
			c.Choices = append(c.Choices, Choice{text, text})
		}
	}
	slices.SortFunc(c.Choices, func(a, b Choice) int { return strings.Compare(i18n.Fold(a.Label), i18n.Fold(b.Label)) })
	return nil
}

// Samples are up to three values of the column.
func (c PreviewColumn) Samples() []string { return c.Profile.Values[:min(3, len(c.Profile.Values))] }
