package record

import (
	"strings"

	"wellmet/internal/access"
	"wellmet/internal/expr"
)

// inReach is the condition that an owner in the scope has the row. Many owners
// are asked for one by one in the table of reach, so that nothing is gathered
// for a statement that looks at few rows.
func (s *Session) inReach(r access.Reach, alias string, args *expr.Args) string {
	column := alias + ".owner_id"
	switch {
	case r.None:
		return "1 = 0"
	case len(r.Owners) == 1:
		return column + " = " + args.Add(int64(r.Owners[0]), "bigint")
	case r.Owners != nil:
		return column + " IN (" + idList(r.Owners, args) + ")"
	}
	m := args.Alias()
	sql := "EXISTS (SELECT 1 FROM {reach} " + m + " WHERE " + m + ".team = " + args.Add(int64(r.Team), "bigint") +
		" AND " + m + ".member = " + column
	return sql + s.directly(r, m) + ")"
}

// directly leaves the teams below out, where the scope is one team alone.
func (s *Session) directly(r access.Reach, m string) string {
	if !r.Direct {
		return ""
	}
	if s.tx.Dialect().Name() == "sqlite" {
		return " AND " + m + ".direct = 1"
	}
	return " AND " + m + ".direct"
}

// shared is the condition that the row, or for a child the record it belongs
// to, is shared with the actor.
func (s *Session) shared(r access.Reach, alias string, args *expr.Args) string {
	c := columns{s}
	var b, end strings.Builder
	column := alias + ".id"
	for _, link := range r.Via {
		inner := args.Alias()
		if column != alias+".id" {
			b.WriteString(column + " IN (SELECT " + inner + ".id FROM " + c.Table(link.Object.Name) + " " + inner + " WHERE ")
			end.WriteString(")")
			column = inner + "." + c.quote(link.Column)
			continue
		}
		column = alias + "." + c.quote(link.Column)
	}
	m := args.Alias()
	b.WriteString(column + " IN (SELECT " + m + ".record FROM {extra_access} " + m +
		" WHERE " + m + ".member = " + args.Add(int64(s.actor.Member()), "bigint") +
		" AND " + m + ".object = " + args.Add(r.Object, "text") +
		" AND " + m + ".level >= " + args.Add(r.Level, "bigint") +
		" AND (" + m + ".until IS NULL OR " + m + ".until > " + args.Add(s.now.UnixMilli(), "bigint") + "))")
	return b.String() + end.String()
}

// shown is the condition that the owner shows the row to the actor: to
// everybody, or to his team and those below it.
func (s *Session) shown(r access.Reach, alias string, args *expr.Args) string {
	column := alias + "." + columns{s}.quote(r.Shown)
	if r.ShownAll {
		return column + " IN ('team', 'all')"
	}
	all := column + " = 'all'"
	if s.actor.Team() == 0 {
		return all
	}
	m, b := args.Alias(), args.Alias()
	return "(" + all + " OR " + column + " = 'team' AND EXISTS (SELECT 1 FROM {member} " + m + " JOIN {team_below} " + b +
		" ON " + b + ".team = " + m + ".team_id WHERE " + m + ".id = " + alias + ".owner_id AND " + b + ".below = " +
		args.Add(int64(s.actor.Team()), "bigint") + "))"
}
