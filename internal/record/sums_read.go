package record

import (
	"context"
	"strings"

	"wellmet/internal/access"
	"wellmet/internal/expr"
	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// sumsExtraMost is up to how many records outside his scope an actor's shares
// are added to maintained sums one by one; beyond, the records are counted.
const sumsExtraMost = 1_000

// sumSource reads maintained sums in place of records.
type sumSource struct {
	s       *Session
	o       *schema.Object
	group   *schema.FieldDef
	owner   *schema.FieldDef   // nil where there is none
	fields  []*schema.FieldDef // the amounts that are read; the first counts the records
	reach   access.Reach
	team    value.ID   // of sum_team, when byTeam
	byTeam  bool       // else of sum_owner
	byOwner bool       // rows tell whose they are
	of      *expr.Expr // whose sums are read, nil = of all in reach
	where   *expr.Expr // what rows must fulfil when they are added up
}

// links are what the rows must tell for the condition.
func (src *sumSource) links() []*schema.FieldDef {
	var links []*schema.FieldDef
	for _, ref := range src.where.Fields() {
		if f, ok := src.o.Field(ref.Path[0]); ok {
			links = append(links, f)
		}
	}
	return links
}

// fewExtra reports whether the records shared with the actor are few enough to
// be added one by one.
func (s *Session) fewExtra(ctx context.Context, src *sumSource) (bool, error) {
	args := s.args()
	sql := "SELECT count(*) FROM (SELECT t.id FROM {" + src.o.Table + "} t WHERE " + s.shared(src.reach, "t", args) +
		" LIMIT " + args.Add(int64(sumsExtraMost+1), "bigint") + ") few"
	var n int64
	_, err := s.tx.Row(ctx, sql, args.Values(), &n)
	return n <= sumsExtraMost, err
}

// sql selects rows of sums: what is folded, what is not yet, and the shared
// records outside the actor's scope.
func (src *sumSource) sql(args *expr.Args) (string, error) {
	table := "{sum_owner}"
	if src.byTeam {
		table = "{sum_team}"
	}
	var parts []string
	for _, from := range [][2]string{{table, "f"}, {"{sum_delta}", "d"}} {
		whose, err := src.whose(from[1], args)
		if err != nil {
			return "", err
		}
		parts = append(parts, "SELECT "+src.columns(from[1])+" FROM "+from[0]+" "+from[1]+" WHERE "+src.ofFields(from[1], args)+whose)
	}
	if src.reach.Extra {
		for _, f := range src.fields {
			sql, err := src.extraSQL(f, args)
			if err != nil {
				return "", err
			}
			parts = append(parts, sql)
		}
	}
	return strings.Join(parts, " UNION ALL "), nil
}

func (src *sumSource) columns(alias string) string {
	names := []string{"group_key", "currency", "n", "amount", "base", "missing"}
	if src.several() {
		names = append(names, "field")
	}
	if src.byOwner {
		names = append(names, "owner_id")
	}
	return alias + "." + strings.Join(names, ", "+alias+".")
}

// several reports whether rows of more than one amount are read, and must be
// told apart.
func (src *sumSource) several() bool { return len(src.fields) > 1 }

func (src *sumSource) ofFields(alias string, args *expr.Args) string {
	sql := alias + ".object = " + args.Add(src.o.ID, "text") + " AND " + alias + ".field "
	if !src.several() {
		return sql + "= " + args.Add(src.fields[0].ID, "text")
	}
	ids := make([]string, len(src.fields))
	for i, f := range src.fields {
		ids[i] = args.Add(f.ID, "text")
	}
	return sql + "IN (" + strings.Join(ids, ", ") + ")"
}

// whose narrows rows to the owners in reach and asked for.
func (src *sumSource) whose(alias string, args *expr.Args) (string, error) {
	s, sql := src.s, ""
	switch {
	case src.byTeam && alias == "f":
		return " AND f.team = " + args.Add(int64(src.team), "bigint"), nil
	case src.byTeam && src.team == everybody, src.reach.All:
	case src.byTeam:
		sql = " AND " + alias + ".owner_id IN (SELECT m.member FROM {reach} m WHERE m.team = " + args.Add(int64(src.team), "bigint") + ")"
	case src.reach.Owners != nil:
		d := s.tx.Dialect()
		sql = " AND " + d.AnyOf(alias+".owner_id", args.Add(store.IDs(d, src.reach.Owners), "bigint[]"))
	default:
		sql = " AND " + s.inReach(src.reach, alias, args)
	}
	of, err := src.ofSQL(alias, args)
	return sql + of, err
}

func (src *sumSource) ofSQL(alias string, args *expr.Args) (string, error) {
	if src.of == nil {
		return "", nil
	}
	cond, err := src.of.SQL(columns{src.s}, src.s.env, alias, args)
	return " AND (" + cond + ")", err
}

// extraSQL counts the shared records whose owner is out of reach, or nobody.
func (src *sumSource) extraSQL(f *schema.FieldDef, args *expr.Args) (string, error) {
	s, d := src.s, src.s.tx.Dialect()
	key, amount := "t."+d.Quote(src.group.Column), "t."+d.Quote(f.Column)
	currency, base := "t."+d.Quote(f.Column+"_c"), "t."+d.Quote(f.Column+"_b")
	if src.group.IsLink() {
		key = "CAST(" + key + " AS text)"
	}
	list := "coalesce(" + key + ", ''), coalesce(" + currency + ", ''), 1, coalesce(" + amount + ", 0), coalesce(" + base +
		", 0), CASE WHEN " + amount + " IS NOT NULL AND " + base + " IS NULL THEN 1 ELSE 0 END"
	if src.several() {
		list += ", " + args.Add(f.ID, "text")
	}
	if src.byOwner {
		list += ", coalesce(t.owner_id, 0)"
	}
	of, err := src.ofSQL("t", args)
	return "SELECT " + list + " FROM {" + src.o.Table + "} t WHERE t.deleted_at IS NULL AND " + s.shared(src.reach, "t", args) +
		" AND (" + s.inReach(src.reach, "t", args) + ") IS NOT TRUE" + of, err
}
