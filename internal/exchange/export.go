package exchange

import (
	"context"
	"errors"
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
// Who took out what is logged before the first row leaves, and how many rows it
// came to afterwards: whoever breaks off is in the log as well.
func (im *Importer) Export(ctx context.Context, who record.Who, r ExportRequest, w io.Writer) (rows int, err error) {
	act, err := im.logExport(ctx, who, &r)
	if err != nil {
		return 0, err
	}
	err = im.engine.Read(ctx, who, func(s *record.Session) error {
		o, err := mayExport(s, r.Object)
		if err != nil {
			return err
		}
		rows, err = write(ctx, s, o, r, w)
		return err
	}, store.Export)
	return rows, errors.Join(err, im.countExport(context.WithoutCancel(ctx), act, rows))
}

func mayExport(s *record.Session, object string) (*schema.Object, error) {
	o, err := s.Object(object)
	if err != nil {
		return nil, err
	}
	if s.Actor().Scope(o, access.Export) == access.None {
		return nil, fault.New(fault.Forbidden, "export.not_allowed", fault.Args{"object": o.Name})
	}
	return o, nil
}

// write streams: no more than one batch of records is in memory.
func write(ctx context.Context, s *record.Session, o *schema.Object, r ExportRequest, w io.Writer) (n int, err error) {
	columns := make([]sheet.OutColumn, len(r.Fields))
	for i, p := range r.Fields {
		columns[i] = sheet.OutColumn{Name: p, Text: textual(o, p)}
	}
	var out sheet.Writer
	begin := func() error { // not before the query has been found sound
		if out == nil {
			out, err = sheet.NewWriter(w, r.Format, columns, sheet.WriteOptions{Zone: s.Env().Zone, BOM: r.Format == sheet.Delimited})
		}
		return err
	}
	cells := make([]any, len(r.Fields))
	err = s.Each(ctx, r.query(), func(rec *record.Record) error {
		if err := begin(); err != nil {
			return err
		}
		for i, p := range r.Fields {
			cells[i] = cell(rec.Path(p))
		}
		n++
		return out.Write(cells)
	})
	if err == nil {
		err = begin()
	}
	if err != nil {
		return n, err
	}
	return n, out.Close()
}

func (r ExportRequest) query() record.Query {
	return record.Query{Object: r.Object, Filter: r.Filter, Sort: r.Sort, Text: r.Text, Fields: r.Fields, Export: true}
}

// cell is a value as a file holds it: lists and places are texts.
func cell(v any) any {
	switch v := v.(type) {
	case []string, []value.ID, value.Address, value.Point, []schema.Ref:
		return schema.Neutral(v)
	default:
		return v
	}
}

// exportPaths are all readable fields, links by their title, in a form that an
// import reads back.
func exportPaths(s *record.Session, o *schema.Object) []string {
	paths := []string{"id"}
	for _, f := range o.Fields {
		switch {
		case f.Name == "id" || f.Hidden || !s.Actor().Sees(f) || f.Kind == schema.KindAbout:
		case f.IsLink() && f.ValueKind() != schema.KindFile:
			paths = append(paths, linkPath(s, f))
		case f.ValueKind() == schema.KindAddress:
			paths = append(paths, f.AddressPaths()...)
		default:
			paths = append(paths, f.Name)
		}
	}
	return paths
}

// linkPath shows a link by its target's title, or as the id where that is not
// to be seen.
func linkPath(s *record.Session, f *schema.FieldDef) string {
	to := s.Schema().Target(f)
	title, ok := to.Field(to.Title)
	if !ok || to.Title == "id" || !s.Actor().Sees(title) || s.Actor().Field(f) < access.ReadField {
		return f.Name
	}
	return f.Name + "." + to.Title
}

// textual tells the columns whose cells hold what somebody typed, so that the
// writer keeps them from being formulas.
func textual(o *schema.Object, path string) bool {
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

// logExport writes who is about to take what out, once it is clear that he may
// and that the request makes sense. It fills the fields.
func (im *Importer) logExport(ctx context.Context, who record.Who, r *ExportRequest) (act value.ID, err error) {
	who.Cause = "export " + r.Object
	who.Note = r.Filter
	err = im.engine.Write(ctx, who, func(s *record.Session) error {
		o, err := mayExport(s, r.Object)
		if err != nil {
			return err
		}
		r.Object = o.Name
		if r.Fields == nil {
			r.Fields = exportPaths(s, o)
		}
		if _, _, err := s.Count(ctx, r.query()); err != nil {
			return err
		}
		if act, err = s.BeginAct(ctx); err != nil {
			return err
		}
		_, err = s.Tx().Exec(ctx, `INSERT INTO {export_log} (act, object, filter, rows, format) VALUES ($1, $2, $3, 0, $4)`,
			act, o.Name, r.Filter, r.Format.String())
		return err
	})
	return act, err
}

func (im *Importer) countExport(ctx context.Context, act value.ID, rows int) error {
	return im.engine.DB().Write(ctx, func(tx *store.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE {export_log} SET rows = $1 WHERE act = $2`, int64(rows), act)
		return err
	})
}
