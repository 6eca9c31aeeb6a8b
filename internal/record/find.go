package record

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"wellmet/internal/access"
	"wellmet/internal/expr"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// FindBy finds the living records whose field has one of the texts, as the
// actor may read them: the ids by text as it was asked for. Texts compare
// folded where the field is searched folded.
func (s *Session) FindBy(ctx context.Context, o *schema.Object, f *schema.FieldDef, texts []string) (map[string][]value.ID, error) {
	out := map[string][]value.ID{}
	if !s.actor.CanFilter(f) || len(f.Columns()) == 0 {
		return out, schema.UnknownField(o, f.Name, s.Sees)
	}
	asked := map[string][]string{} // stored form -> as asked
	var args []any
	for _, text := range texts {
		v, err := f.Parse(text, s.store)
		if err != nil || v == nil { // what cannot be such a value is not found
			continue
		}
		arg := s.uniqueArg(f, v)
		if arg == nil {
			continue
		}
		key := uniqueKey(arg)
		if asked[key] == nil {
			args = append(args, arg)
		}
		asked[key] = append(asked[key], text)
	}
	for chunk := range slices.Chunk(args, 500) {
		if err := s.findChunk(ctx, o, f, chunk, asked, out); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (s *Session) findChunk(ctx context.Context, o *schema.Object, f *schema.FieldDef, keys []any, asked map[string][]string, out map[string][]value.ID) error {
	args := s.args()
	column := "t." + s.tx.Dialect().Quote(f.UniqueColumn())
	holders := make([]string, len(keys))
	for i, k := range keys {
		holders[i] = args.Add(k, sqlType(f.Columns()[0].Type))
	}
	sql := "SELECT t.id, " + column + " FROM {" + o.Table + "} t WHERE " + column + " IN (" + strings.Join(holders, ", ") + ") AND t.deleted_at IS NULL"
	if rule := s.may(o, access.Read, "t", args); rule != "" {
		sql += " AND " + rule
	}
	rows, err := s.tx.Query(ctx, sql+" ORDER BY t.id", args.Values()...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		id, _ := rows.ID(0)
		key, _ := rows.Text(1)
		for _, text := range asked[key] {
			out[text] = append(out[text], id)
		}
	}
	return rows.Err()
}

// HasChildren tells which of some records have living records that link to
// them by the field, whoever may see those.
func (s *Session) HasChildren(ctx context.Context, link *schema.FieldDef, ids []value.ID) (map[value.ID]bool, error) {
	has := map[value.ID]bool{}
	column := s.tx.Dialect().Quote(link.Column)
	for chunk := range slices.Chunk(ids, 500) {
		args := s.args()
		found, err := s.tx.IDs(ctx, "SELECT DISTINCT t."+column+" FROM {"+link.Object.Table+"} t WHERE t."+column+
			" IN ("+idList(chunk, args)+") AND t.deleted_at IS NULL", args.Values()...)
		if err != nil {
			return nil, err
		}
		for _, id := range found {
			has[id] = true
		}
	}
	return has, nil
}

// BeginAct begins the session's act before anything has changed, for work
// whose parts are acts under it (imports).
func (s *Session) BeginAct(ctx context.Context) (value.ID, error) { return s.actID(ctx) }

// After reads records of an object in the order of their ids, after one of
// them, for work that goes through all of them in parts. Fields that link to
// many are left empty.
func (s *Session) After(ctx context.Context, object string, where *expr.Expr, after value.ID, limit int) ([]*Record, error) {
	o, err := s.Object(object)
	if err != nil {
		return nil, err
	}
	args := s.args()
	l := layoutOf(o, s.tx.Dialect())
	sql := "SELECT " + l.sql + " FROM {" + o.Table + "} t WHERE t.id > " + args.Add(int64(after), "bigint") + " AND " + columns{s}.Rule(o.Name, "t", args)
	if where != nil {
		condition, err := where.SQL(columns{s}, s.env, "t", args)
		if err != nil {
			return nil, err
		}
		sql += " AND (" + condition + ")"
	}
	rows, err := s.tx.Query(ctx, sql+" ORDER BY t.id LIMIT "+strconv.Itoa(limit), args.Values()...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []*Record
	for rows.Next() {
		list = append(list, l.record(o, rows))
	}
	return list, rows.Close()
}
