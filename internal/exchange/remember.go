package exchange

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"wellmet/internal/exchange/sheet"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// remembered is what the next file with the same headers need not be told: what
// its columns mean, and how they spell days and numbers. What an import may do
// (make records, take incomplete ones, update by a key) is asked for each time.
type remembered struct {
	Columns map[string]string            `json:"columns,omitempty"`
	Values  map[string]map[string]string `json:"values,omitempty"`
	Ignore  []string                     `json:"ignore,omitempty"`
	Dates   map[string]string            `json:"dates,omitempty"`
	Decimal map[string]string            `json:"decimal,omitempty"`
}

// headersKey names a set of headers, in whatever order they stand.
func headersKey(headers []string) string {
	var own []string
	for _, h := range headers {
		if h != errorColumn && h != idColumn {
			own = append(own, h)
		}
	}
	slices.Sort(own)
	sum := sha256.Sum256([]byte(strings.Join(own, "\x00")))
	return hex.EncodeToString(sum[:])
}

// Remembered is the mapping that fits a file with these headers: as it was last
// time, else as the headers say. It is what a form offers before the import.
func (im *Importer) Remembered(ctx context.Context, who record.Who, object string, headers []string) (map[string]string, error) {
	var paths map[string]string
	err := im.engine.Read(ctx, who, func(s *record.Session) error {
		o, err := s.Object(object)
		if err != nil {
			return err
		}
		if err := mayImport(s, o); err != nil {
			return err
		}
		m, err := Mapping{}.recall(ctx, s, o, headers)
		paths = m.Guess(o, s.Schema(), headers)
		return err
	})
	return paths, err
}

// Columns reads a file and says what each of its headers would mean, "" for
// nothing: what an import without a mapping would make of it.
func (im *Importer) Columns(ctx context.Context, who record.Who, r Request) ([]Matched, error) {
	table, err := sheet.Open(r.File, r.Name, r.Mapping.sheetOptions())
	if err != nil {
		return nil, err
	}
	defer table.Close()
	profiles, err := table.Survey(looked)
	if err != nil {
		return nil, err
	}
	var list []Matched
	err = im.engine.Read(ctx, who, func(s *record.Session) error {
		o, err := s.Object(r.Object)
		if err != nil {
			return err
		}
		if err := mayImport(s, o); err != nil {
			return err
		}
		m, err := Mapping{}.recall(ctx, s, o, headersOf(profiles))
		if err != nil {
			return err
		}
		paths, err := m.sighted(ctx, s, o, profiles)
		list = nil
		for _, h := range headersOf(profiles) {
			list = append(list, Matched{Header: h, Field: paths[h]})
		}
		return err
	})
	return list, err
}

// recall fills what the mapping leaves open with what is remembered of files
// with the same headers. Paths that lead nowhere by now are forgotten.
func (m Mapping) recall(ctx context.Context, s *record.Session, o *schema.Object, headers []string) (Mapping, error) {
	var text string
	ok, err := s.Tx().Row(ctx, `SELECT mapping FROM {import_mapping} WHERE object = $1 AND headers = $2`, []any{o.ID, headersKey(headers)}, &text)
	if err != nil || !ok {
		return m, err
	}
	var seen remembered
	if err := json.Unmarshal([]byte(text), &seen); err != nil {
		return m, err
	}
	m.seen = seen
	taken := map[string]bool{}
	for _, path := range m.Columns {
		taken[path] = true
	}
	m.Columns = maps.Clone(m.Columns)
	if m.Columns == nil {
		m.Columns = map[string]string{}
	}
	for h, path := range seen.Columns {
		_, told := m.Columns[h]
		c := column{path: path}
		if !told && !taken[path] && !slices.Contains(m.Ignore, h) && !slices.Contains(m.NewFields, h) && c.find(o, s.Schema(), nil) == nil {
			m.Columns[h] = path
		}
	}
	for _, h := range seen.Ignore {
		if _, told := m.Columns[h]; !told && !m.CreateFields && !slices.Contains(m.NewFields, h) && slices.Contains(headers, h) {
			m.Ignore = append(slices.Clip(m.Ignore), h)
		}
	}
	values := maps.Clone(seen.Values)
	if values == nil {
		values = map[string]map[string]string{}
	}
	maps.Copy(values, m.Values)
	m.Values = values
	return m, nil
}

// remember keeps how an import that went well read its file.
func (w *worker) remember(ctx context.Context, s *record.Session) error {
	r := remembered{Columns: map[string]string{}, Values: w.mapping.Values, Dates: map[string]string{}, Decimal: map[string]string{}}
	for _, h := range w.mapping.Ignore {
		if h != errorColumn {
			r.Ignore = append(r.Ignore, h)
		}
	}
	for _, c := range w.layout.columns {
		r.Columns[c.header] = c.path
		if c.input.Dates != value.DateUnknown {
			r.Dates[c.header] = c.input.Dates.String()
		}
		if c.input.Decimal != 0 {
			r.Decimal[c.header] = string(c.input.Decimal)
		}
	}
	text, err := json.Marshal(r)
	if err != nil {
		return err
	}
	_, err = s.Tx().Exec(ctx, `INSERT INTO {import_mapping} (object, headers, mapping, used_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (object, headers) DO UPDATE SET mapping = excluded.mapping, used_at = excluded.used_at`,
		w.layout.object.ID, headersKey(w.layout.headers), string(text), s.Now())
	return err
}

func headersOf(profiles []sheet.Profile) []string {
	headers := make([]string, len(profiles))
	for i, p := range profiles {
		headers[i] = p.Column.Name
	}
	return headers
}
