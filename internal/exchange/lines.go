package exchange

import (
	"context"
	"errors"

	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

var errLines = errors.New("a line was refused")

// save hands the good rows to the engine, with their lines. A refused line
// refuses its row: both are taken back and the others written again without it.
func (w *worker) save(ctx context.Context, s *record.Session, items []*item) error {
	link := w.lineLink()
	if link == nil {
		return w.saveRows(ctx, s, items)
	}
	if _, err := s.BeginAct(ctx); err != nil { // so that it is not taken back as well
		return err
	}
	for {
		err := s.Tx().Try(ctx, func() error {
			if err := w.saveRows(ctx, s, items); err != nil {
				return err
			}
			return w.saveLines(ctx, s, link, items)
		})
		if !errors.Is(err, errLines) {
			return err
		}
	}
}

func (w *worker) saveRows(ctx context.Context, s *record.Session, items []*item) error {
	b := record.Batch{Object: w.layout.object.Name, PerRow: true, Accept: len(w.mapping.AcceptIncomplete) > 0, OwnersByRule: w.mapping.AssignOwners}
	var sent []*item
	for _, it := range items {
		it.saved, it.created, it.changed, it.warned = 0, false, false, nil
		if it.err == nil {
			b.Changes = append(b.Changes, it.change)
			sent = append(sent, it)
		}
	}
	out, err := s.Save(ctx, b)
	if err != nil {
		return err
	}
	for i, it := range sent {
		o := out[i]
		if o.Err != nil {
			it.err = o.Err
			continue
		}
		it.saved, it.created, it.changed, it.warned = o.ID, o.Created, o.Changed, o.Warned
	}
	return nil
}

// saveLines makes the lines of records that have none yet.
func (w *worker) saveLines(ctx context.Context, s *record.Session, link *schema.FieldDef, items []*item) error {
	var ids []value.ID
	for _, it := range items {
		if it.err == nil && len(it.lines) > 0 {
			ids = append(ids, it.saved)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	has, err := s.HasChildren(ctx, link, ids)
	if err != nil {
		return err
	}
	b := record.Batch{Object: link.Object.Name, PerRow: true, Accept: true}
	var owners []*item
	for _, it := range items {
		if it.err != nil || has[it.saved] {
			continue
		}
		for _, v := range it.lines {
			v[link.Name] = it.saved
			w.priceLine(link.Object, it, v)
			b.Changes = append(b.Changes, record.Change{Values: v})
			owners = append(owners, it)
		}
	}
	out, err := s.Save(ctx, b)
	if err != nil {
		return err
	}
	refused := false
	for i, o := range out {
		owners[i].changed = true
		if o.Err != nil {
			owners[i].err = w.lineFault(o.Err)
			refused = true
		}
	}
	if refused {
		return errLines
	}
	return nil
}

// lineFault names the columns of the line.
func (w *worker) lineFault(err error) error {
	e, ok := fault.As(err)
	if !ok || len(e.Fields) == 0 {
		return err
	}
	fields := make([]fault.Field, len(e.Fields))
	for i, f := range e.Fields {
		for _, c := range w.layout.columns {
			if c.own != nil && c.own.Name == f.Path {
				f.Path = c.header
				break
			}
		}
		fields[i] = f
	}
	return fault.New(e.Kind, e.Key, e.Args).With(fields...)
}

func (w *worker) lineLink() *schema.FieldDef {
	for _, c := range w.layout.columns {
		if c.line != nil {
			return c.field
		}
	}
	return nil
}
