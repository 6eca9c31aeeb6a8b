package api

import (
	"encoding/json"
	"strconv"

	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// The operations of a batch. Upsert is a create that changes the record with
// the same key where there is one.
const (
	opCreate = "create"
	opUpdate = "update"
	opDelete = "delete"
	opUpsert = "upsert"
)

// replaceWith names the record that takes the place of deleted ones.
const replaceWith = "replace_with"

var writeMembers = []member{
	may("op", kindText, "", opCreate, opUpdate, opDelete, opUpsert), may("id", kindID, ""),
	may("version", kindWhole, ""), may("values", kindObject, ""),
}

// row is one write of a batch.
type row struct {
	op      string
	id      value.ID
	version int64
	values  record.Values

	outcome record.Outcome
	done    string // what became of it
}

// batch carries out up to 1,000 writes of one object in one act.
func (c *call) batch() error {
	rows, err := c.rows()
	if err != nil {
		return err
	}
	perRow := c.yes("per_row")
	return c.write(func(s *record.Session) error {
		o, err := c.object(s)
		if err != nil {
			return err
		}
		if err := c.match(s, o, rows); err != nil {
			return err
		}
		for from := 0; from < len(rows); {
			to := from + 1
			for to < len(rows) && (rows[to].op == opDelete) == (rows[from].op == opDelete) {
				to++
			}
			if err := c.carryOut(s, o, rows[from:to]); err != nil {
				return err
			}
			from = to
		}
		if err := refusals(rows); err != nil && !perRow {
			return err
		}
		c.out = c.appendRows(c.out, rows, s.Act())
		return nil
	})
}

// rows reads the writes of the body.
func (c *call) rows() ([]row, error) {
	list, _ := c.fields["writes"].([]any)
	if len(list) > record.MaxBatch {
		return nil, fault.New(fault.TooLarge, "record.batch_too_large", fault.Args{"max": record.MaxBatch})
	}
	rows := make([]row, len(list))
	for i, x := range list {
		m, ok := x.(map[string]any)
		if !ok {
			return nil, fault.New(fault.Invalid, "api.bad_body", nil).
				With(fault.Field{Path: within(i, ""), Key: "api.wants.object", Row: i})
		}
		if err := checkMembers(writeMembers, m, within(i, ".")); err != nil {
			return nil, err
		}
		if err := rows[i].take(m, c.textOf("match") != "", i); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

func within(i int, rest string) string { return "writes[" + strconv.Itoa(i) + "]" + rest }

// take fills the row; the operation may be left out, where the id tells.
func (r *row) take(m map[string]any, match bool, i int) error {
	text, _ := m["id"].(string)
	r.id, _ = value.ParseID(text)
	n, _ := m["version"].(json.Number)
	r.version, _ = n.Int64()
	r.values, _ = m["values"].(map[string]any)
	if r.op, _ = m["op"].(string); r.op == "" {
		switch {
		case r.id != 0:
			r.op = opUpdate
		case match:
			r.op = opUpsert
		default:
			r.op = opCreate
		}
	}
	missing := ""
	switch {
	case r.id == 0 && (r.op == opUpdate || r.op == opDelete):
		missing = "id"
	case r.op == opUpsert && !match:
		missing = "match"
	}
	if missing == "" {
		return nil
	}
	return fault.New(fault.Invalid, "api.bad_body", nil).With(fault.Field{Path: within(i, "."+missing), Row: i,
		Key: "field.required", Args: fault.Args{"field": missing}})
}

// match finds the records that upserts change. One that the caller may not see
// is not found, and its key then "already in use".
func (c *call) match(s *record.Session, o *schema.Object, rows []row) error {
	name := c.textOf("match")
	if name == "" {
		return nil
	}
	f, ok := o.Field(name)
	if !ok || !s.Sees(f) {
		return schema.UnknownField(o, value.Printable(name), s.Sees)
	}
	if !f.Unique {
		return fault.New(fault.Invalid, "api.match_not_unique", fault.Args{"field": name}).
			With(fault.Field{Path: "match", Key: "api.match_not_unique", Args: fault.Args{"field": name}})
	}
	texts := make([]string, 0, len(rows))
	for i := range rows {
		if text, ok := rows[i].values[name].(string); ok && rows[i].op == opUpsert {
			texts = append(texts, text)
		}
	}
	found, err := s.FindBy(c.ctx, o, f, texts)
	if err != nil {
		return err
	}
	for i := range rows {
		if rows[i].op != opUpsert {
			continue
		}
		rows[i].id = 0 // the function may run twice
		text, _ := rows[i].values[name].(string)
		if ids := found[text]; len(ids) > 0 {
			rows[i].id = ids[0]
		}
	}
	return nil
}

// carryOut writes rows that all save, or all delete: those that can be. So each
// knows its own refusal, also where one refuses all.
func (c *call) carryOut(s *record.Session, o *schema.Object, rows []row) error {
	var outcomes []record.Outcome
	var err error
	if rows[0].op == opDelete {
		ids := make([]value.ID, len(rows))
		for i, r := range rows {
			ids[i] = r.id
		}
		outcomes, err = s.Remove(c.ctx, record.Removal{Object: o.Name, IDs: ids, PerRow: true, Into: c.idOf(replaceWith)})
	} else {
		b := record.Batch{Object: o.Name, PerRow: true, Changes: make([]record.Change, len(rows))}
		for i, r := range rows {
			b.Changes[i] = record.Change{ID: r.id, Version: r.version, Values: r.values}
		}
		outcomes, err = s.Save(c.ctx, b)
	}
	if err != nil {
		return err
	}
	for i := range rows {
		rows[i].outcome = outcomes[i]
		rows[i].done = doneOf(rows[i].op, outcomes[i])
	}
	return nil
}

func doneOf(op string, out record.Outcome) string {
	switch {
	case out.Err != nil:
		return "failed"
	case op == opDelete:
		return "deleted"
	case out.Created:
		return "created"
	}
	return "updated"
}

// refusals is one fault of all rows that were refused, nil without any. Its kind
// is that of the first.
func refusals(rows []row) error {
	var all *fault.Error
	for i := range rows {
		err := rows[i].outcome.Err
		if err == nil {
			continue
		}
		e, ok := fault.As(err)
		if !ok {
			return err
		}
		if all == nil {
			all = fault.New(e.Kind, e.Key, e.Args)
		}
		if len(e.Fields) == 0 {
			all = all.With(fault.Field{Key: e.Key, Args: e.Args, Row: i})
		}
		for _, f := range e.Fields {
			f.Row = i
			all = all.With(f)
		}
		if len(all.Fields) >= maxFails {
			break
		}
	}
	if all == nil {
		return nil
	}
	return all
}

// appendRows tells of every row what became of it, and sums up.
func (c *call) appendRows(dst []byte, rows []row, act value.ID) []byte {
	figures := map[string]int64{}
	dst = append(dst, `{"items":[`...)
	for i := range rows {
		r := &rows[i]
		figures[r.done]++
		dst = append(appendNext(dst), '{')
		if r.outcome.ID != 0 {
			dst = appendInt(appendID(dst, "id", r.outcome.ID), "version", r.outcome.Version)
		}
		dst = appendText(dst, "status", r.done)
		if r.outcome.Err != nil {
			dst = append(appendName(dst, "problem"), c.rowProblem(r.outcome.Err)...)
		}
		dst = append(dst, '}')
	}
	dst = append(dst, ']')
	for _, name := range []string{"created", "updated", "deleted", "failed"} {
		dst = appendInt(dst, name, figures[name])
	}
	if act != 0 {
		dst = appendID(dst, "act", act)
	}
	return append(dst, '}')
}

// rowProblem is a refusal inside an answer that is none.
func (c *call) rowProblem(err error) []byte {
	p := c.problem(err)
	for i := range p.Errors {
		p.Errors[i].Row = nil
	}
	text, err := json.Marshal(p)
	if err != nil {
		return []byte("null")
	}
	return text
}
