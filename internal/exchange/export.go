package exchange

import (
	"context"
	"io"
	"strings"

	"wellmet/internal/access"
	"wellmet/internal/exchange/sheet"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// ExportRequest asks for records as a file.
type ExportRequest struct {
	Object string
	Filter string
	Sort   string
	Text   string
	Fields []string // API paths; nil = all that the actor may read
	Format sheet.Format
}

// Formats by the names that users know.
var Formats = map[string]sheet.Format{"csv": sheet.Delimited, "xlsx": sheet.Workbook, "jsonl": sheet.JSONLines}

// Export writes the records that the actor may read and export, one row each.
// It is logged as an act with the number of rows, before the last of them
// leaves.
func (im *Importer) Export(ctx context.Context, who record.Who, r ExportRequest, w io.Writer) (rows int, err error) {
	err = im.engine.Read(ctx, who, func(s *record.Session) error {
		o, err := s.Object(r.Object)
		if err != nil {
			return err
		}
		if s.Actor().Scope(o, access.Export) == access.None {
			return fault.New(fault.Forbidden, "export.not_allowed", fault.Args{"object": o.Name})
		}
		paths := r.Fields
		if paths == nil {
			paths = exportPaths(s, o)
		}
		rows, err = im.write(ctx, s, o, r, paths, w)
		return err
	}, store.Export)
	if err != nil {
		return rows, err
	}
	return rows, im.logExport(ctx, who, r, rows)
}

func (im *Importer) write(ctx context.Context, s *record.Session, o *schema.Object, r ExportRequest, paths []string, w io.Writer) (int, error) {
	columns := make([]sheet.OutColumn, len(paths))
	for i, p := range paths {
		columns[i] = sheet.OutColumn{Name: p, Text: textual(s, o, p)}
	}
	out, err := sheet.NewWriter(w, r.Format, columns, sheet.WriteOptions{Zone: s.Env().Zone, BOM: r.Format == sheet.Delimited})
	if err != nil {
		return 0, err
	}
	q := record.Query{Object: o.Name, Filter: r.Filter, Sort: r.Sort, Text: r.Text, Fields: ownFields(paths), Export: true}
	linked := newTitles(s, o, paths)
	n := 0
	var page []*record.Record
	flush := func() error {
		if err := linked.load(ctx, page); err != nil {
			return err
		}
		for _, rec := range page {
			cells := make([]any, len(paths))
			for i, p := range paths {
				cells[i] = linked.cell(rec, p)
			}
			if err := out.Write(cells); err != nil {
				return err
			}
		}
		n += len(page)
		page = page[:0]
		return nil
	}
	err = s.Each(ctx, q, func(r *record.Record) error {
		if page = append(page, r); len(page) < 500 {
			return nil
		}
		return flush()
	})
	if err == nil {
		err = flush()
	}
	if err != nil {
		return n, err
	}
	return n, out.Close()
}

// exportPaths are all readable fields, links by their title, in a form that an
// import reads back.
func exportPaths(s *record.Session, o *schema.Object) []string {
	paths := []string{"id"}
	for _, f := range o.Fields {
		switch {
		case f.Name == "id" || f.Hidden || !s.Actor().Sees(f) || f.Kind == schema.KindAbout:
		case f.IsLink() && f.ValueKind() != schema.KindFile:
			if title := s.Schema().Target(f).Title; title != "id" {
				paths = append(paths, f.Name+"."+title)
			} else {
				paths = append(paths, f.Name)
			}
		case f.ValueKind() == schema.KindAddress:
			paths = append(paths, f.AddressPaths()...)
		default:
			paths = append(paths, f.Name)
		}
	}
	return paths
}

func ownFields(paths []string) []string {
	seen := map[string]bool{}
	var own []string
	for _, p := range paths {
		name, _, _ := strings.Cut(p, ".")
		if !seen[name] {
			seen[name] = true
			own = append(own, name)
		}
	}
	return own
}

// textual tells the columns whose cells hold what somebody typed, so that the
// writer keeps them from being formulas.
func textual(s *record.Session, o *schema.Object, path string) bool {
	name, _, dotted := strings.Cut(path, ".")
	f, ok := o.Field(name)
	if !ok || dotted {
		return true
	}
	switch f.ValueKind() {
	case schema.KindInt, schema.KindDecimal, schema.KindPercent, schema.KindMoney, schema.KindDate, schema.KindMoment, schema.KindBool, schema.KindLink, schema.KindPerson:
		return false
	}
	return true
}

// titles gives the names of linked records, a page at a time.
type titles struct {
	s     *record.Session
	o     *schema.Object
	paths map[string][2]string // path -> link, field of its target
	names map[value.ID]string
}

func newTitles(s *record.Session, o *schema.Object, paths []string) *titles {
	t := &titles{s: s, o: o, paths: map[string][2]string{}, names: map[value.ID]string{}}
	for _, p := range paths {
		if link, field, ok := strings.Cut(p, "."); ok {
			t.paths[p] = [2]string{link, field}
		}
	}
	return t
}

func (t *titles) load(ctx context.Context, page []*record.Record) error {
	clear(t.names)
	for _, pair := range t.paths {
		link, ok := t.o.Field(pair[0])
		if !ok || !link.IsLink() {
			return schema.UnknownField(t.o, pair[0], t.s.Sees)
		}
		var ids []value.ID
		for _, r := range page {
			if id, ok := r.Value(link).(value.ID); ok {
				ids = append(ids, id)
			}
		}
		if len(ids) == 0 {
			continue
		}
		found, err := t.s.GetMany(ctx, link.Target, ids)
		if err != nil {
			return err
		}
		for id, r := range found {
			if f, ok := r.Object.Field(pair[1]); ok && t.s.Actor().CanFilter(f) {
				t.names[id] = schema.Neutral(r.Value(f))
			}
		}
	}
	return nil
}

// cell is the value behind a path; lists and places are texts in files.
func (t *titles) cell(r *record.Record, path string) any {
	if pair, ok := t.paths[path]; ok {
		id, ok := r.Field(pair[0]).(value.ID)
		if !ok {
			return nil
		}
		return t.names[id]
	}
	if f, part, ok := t.o.AddressPart(path); ok {
		if a, has := r.Value(f).(value.Address); has {
			return schema.AddressText(a, part)
		}
		return nil
	}
	switch v := r.Field(path).(type) {
	case []string, []value.ID, value.Address, value.Point, []schema.Ref:
		return schema.Neutral(v)
	default:
		return v
	}
}

// logExport writes who took what out.
func (im *Importer) logExport(ctx context.Context, who record.Who, r ExportRequest, rows int) error {
	who.Cause = "export " + r.Object
	who.Note = r.Filter
	return im.engine.Write(ctx, who, func(s *record.Session) error {
		act, err := s.BeginAct(ctx)
		if err != nil {
			return err
		}
		_, err = s.Tx().Exec(ctx, `INSERT INTO {export_log} (act, object, filter, rows, format) VALUES ($1, $2, $3, $4, $5)`,
			act, r.Object, r.Filter, int64(rows), r.Format.String())
		return err
	})
}
