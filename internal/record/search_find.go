package record

import (
	"context"
	"strconv"
	"strings"

	"wellmet/internal/access"
	"wellmet/internal/expr"
	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// fewShares is up to how many records shared with the actor are looked at one
// by one instead of being asked of the index.
const fewShares = 200

// candidate is a document that the index offers.
type candidate struct {
	id     value.ID
	object string // id of its object
}

// candidates asks the index within every scope of the actor; full says that an
// answer was cut off.
func (f *finder) candidates(ctx context.Context, step searchStep) (all []candidate, full bool, err error) {
	var inside []searchScope
	add := func(found []candidate, err error) error {
		all, full = append(all, found...), full || len(found) == f.most()
		return err
	}
	for _, c := range f.scopes {
		if c.byTokens() {
			inside = append(inside, c)
			continue
		}
		if err := add(f.within(ctx, step, []searchScope{{objects: c.objects, reach: access.Reach{All: true}}}, &c)); err != nil {
			return nil, false, err
		}
	}
	if len(inside) > 0 {
		if err := add(f.within(ctx, step, inside, nil)); err != nil {
			return nil, false, err
		}
	}
	shared, err := f.shared(ctx, step)
	return append(all, shared...), full, err
}

// most is how many candidates a question may yield: some fall away when they
// are looked at.
func (f *finder) most() int { return 2*f.limit + 10 }

// within puts one question to the index: what inside allows by tokens and, if
// there is one, the outer scope by a join under the scan budget. The newest
// come first.
func (f *finder) within(ctx context.Context, step searchStep, inside []searchScope, outer *searchScope) ([]candidate, error) {
	if f.s.tx.Dialect().Name() == "sqlite" {
		return f.withinSQLite(ctx, step, inside, outer)
	}
	return f.withinPostgres(ctx, step, inside, outer)
}

// peekedPostings is how many of the newest documents that have the text are
// checked one by one before the index is asked for the actor's own: a look at
// one costs microseconds, while every tag is a list that the index walks along.
const peekedPostings = 500

// withinSQLite reads the index itself from its newest end, as far as needed.
func (f *finder) withinSQLite(ctx context.Context, step searchStep, inside []searchScope, outer *searchScope) ([]candidate, error) {
	scopes, budget := inside, peekedPostings
	switch {
	case outer != nil:
		scopes, budget = []searchScope{*outer}, scanBudget
	case inside[0].every:
		budget = f.most()
	}
	found, below, err := f.scanSQLite(ctx, step, scopes, budget)
	if err != nil || below == 0 || len(found) == f.most() {
		return found, err
	}
	if outer != nil {
		f.more = true // what lies further is not looked for
		return found, nil
	}
	rest, err := f.taggedSQLite(ctx, step, inside, below, f.most()-len(found))
	return append(found, rest...), err
}

// scanSQLite checks up to budget documents that have the text, the newest
// first, and stops when it has enough; below is the last one when the budget
// ended the scan, and 0 when there are no more.
func (f *finder) scanSQLite(ctx context.Context, step searchStep, scopes []searchScope, budget int) (found []candidate, below value.ID, err error) {
	args := f.s.args()
	table, query := step.fts5(f.s.tx.Dialect(), nil)
	rows, err := f.s.tx.Query(ctx, "SELECT c.id, d.object, "+f.anyDocs(scopes, args)+" FROM (SELECT w.rowid AS id FROM {"+table+"} w WHERE w."+table+
		" MATCH "+args.Add(query, "text")+" ORDER BY w.rowid DESC LIMIT "+args.Add(int64(budget), "bigint")+") c LEFT JOIN {search_doc} d ON d.id = c.id",
		args.Values()...)
	if err != nil {
		return nil, 0, err
	}
	defer rows.Close()
	n, last := 0, value.ID(0)
	for len(found) < f.most() && rows.Next() {
		n++
		last, _ = rows.ID(0)
		if yes, _ := rows.Int(2); yes != 0 {
			object, _ := rows.Text(1)
			found = append(found, candidate{last, strings.Clone(object)})
		}
	}
	if n == budget {
		below = last
	}
	return found, below, rows.Err()
}

// taggedSQLite lets the index find the actor's documents below an id by their
// tags. Of a scope with owners their tags are asked for alone, since most
// documents have the tag of their object, and the object is checked afterwards.
func (f *finder) taggedSQLite(ctx context.Context, step searchStep, inside []searchScope, below value.ID, most int) ([]candidate, error) {
	args := f.s.args()
	table, query := step.fts5(f.s.tx.Dialect(), inside)
	sql := "SELECT d.id, d.object FROM (SELECT w.rowid AS id FROM {" + table + "} w WHERE w." + table + " MATCH " + args.Add(query, "text") +
		" AND w.rowid < " + args.Add(int64(below), "bigint") + " ORDER BY w.rowid DESC LIMIT " + args.Add(int64(scanBudget), "bigint") +
		") c CROSS JOIN {search_doc} d ON d.id = c.id WHERE " + f.anyDocs(inside, args)
	return f.read(ctx, sql+" LIMIT "+args.Add(int64(most), "bigint"), args.Values())
}

// anyDocs is true of a row d of search_doc that one of the scopes holds.
func (f *finder) anyDocs(scopes []searchScope, args *expr.Args) string {
	any := make([]string, len(scopes))
	for i, c := range scopes {
		any[i] = "(" + c.docs(f.s, "d", args) + ")"
	}
	return "(" + strings.Join(any, " OR ") + ")"
}

// newestWindow is how many of the newest documents PostgreSQL is asked to try
// one by one: texts that a hundredth of all has are found there within 1 ms.
const newestWindow = 5_000

// withinPostgres tries the newest documents first, since the index gathers all
// that match before it can order them, and asks it only for what is rare. The
// OFFSET keeps the planner from walking all documents backwards in the hope of
// a match.
func (f *finder) withinPostgres(ctx context.Context, step searchStep, inside []searchScope, outer *searchScope) ([]candidate, error) {
	if outer != nil || inside[0].reach.All {
		sql, args := f.askPostgres(step, inside, outer, "(SELECT n.id, n.object, n.owner_id, n.words, n.grams FROM {search_doc} n ORDER BY n.id DESC LIMIT "+
			strconv.Itoa(newestWindow)+")", "")
		found, err := f.read(ctx, sql, args)
		if err != nil || len(found) == f.most() {
			return found, err
		}
	}
	sql, args := f.askPostgres(step, inside, outer, "{search_doc}", " OFFSET 0")
	return f.read(ctx, sql, args)
}

func (f *finder) askPostgres(step searchStep, inside []searchScope, outer *searchScope, from, fence string) (string, []any) {
	s, args := f.s, f.s.args()
	where := step.postgres(s.tx.Dialect(), inside, args)
	scopes := inside
	if outer != nil {
		scopes = []searchScope{*outer}
	}
	any := f.anyDocs(scopes, args)
	return "SELECT x.id, x.object FROM (SELECT d.id, d.object FROM " + from + " d WHERE " + where + " AND " + any + fence +
		") x ORDER BY x.id DESC LIMIT " + args.Add(int64(f.most()), "bigint"), args.Values()
}

func (f *finder) read(ctx context.Context, sql string, args []any) ([]candidate, error) {
	rows, err := f.s.tx.Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var found []candidate
	for rows.Next() {
		id, _ := rows.ID(0)
		object, _ := rows.Text(1)
		found = append(found, candidate{id, strings.Clone(object)})
	}
	return found, rows.Err()
}

// fts5 writes the step for SQLite: the table to ask, and the question.
func (st searchStep) fts5(d store.Dialect, scopes []searchScope) (table, query string) {
	if len(st.fragments) == 0 {
		query = st.wordsQuery(d, nil)
		if scope := tokens(scopes, func(tags []string) string {
			return store.WordsQuery(d, store.SearchQuery{Tags: [][]string{tags}})
		}, "", " OR "); scope != "" {
			query += " AND " + scope
		}
		return "search_words", query
	}
	var any []string
	for _, all := range st.fragments {
		quoted := make([]string, len(all))
		for i, piece := range all {
			quoted[i], _ = store.GramsQuery(d, piece)
		}
		any = append(any, "("+strings.Join(quoted, " AND ")+")")
	}
	query = "(" + strings.Join(any, " OR ") + ")"
	if scope := tokens(scopes, gramTags, "", " OR "); scope != "" {
		query += " AND " + scope
	}
	return "search_grams", query
}

func gramTags(tags []string) string {
	quoted := make([]string, len(tags))
	for i, tag := range tags {
		quoted[i] = `"` + gramTag(tag) + `"`
	}
	return "(" + strings.Join(quoted, " OR ") + ")"
}

// postgres writes the step as a condition on search_doc. Scopes of few owners
// stand in the vector, too, so that the index narrows to them.
func (st searchStep) postgres(d store.Dialect, scopes []searchScope, args *expr.Args) string {
	if len(st.fragments) == 0 {
		query := st.wordsQuery(d, nil)
		if scope := tokens(scopes, func(tags []string) string {
			return store.WordsQuery(d, store.SearchQuery{Tags: [][]string{tags}})
		}, " & ", " | "); scope != "" {
			query += " & " + scope
		}
		return d.MatchWords("d", args.Add(query, "tsquery"))
	}
	var any []string
	for _, all := range st.fragments {
		likes := make([]string, len(all))
		for i, piece := range all {
			pattern, _ := store.GramsQuery(d, piece)
			likes[i] = d.MatchGrams("d", args.Add(pattern, "text"))
		}
		any = append(any, "("+strings.Join(likes, " AND ")+")")
	}
	return "(" + strings.Join(any, " OR ") + ")"
}

// shared offers the records that are shared with the actor: all of them, to be
// looked at, while they are few, otherwise those that the index finds.
func (f *finder) shared(ctx context.Context, step searchStep) ([]candidate, error) {
	var all []candidate
	for _, c := range f.scopes {
		for _, o := range c.objects {
			r := f.s.actor.Reach(o, access.Read)
			if !r.Extra {
				continue
			}
			found, err := f.sharedOf(ctx, step, o, r)
			if err != nil {
				return nil, err
			}
			all = append(all, found...)
		}
	}
	return all, nil
}

func (f *finder) sharedOf(ctx context.Context, step searchStep, o *schema.Object, r access.Reach) ([]candidate, error) {
	s := f.s
	args := s.args()
	object := args.Add(o.ID, "text")
	sql := "SELECT t.id, " + object + " FROM {" + o.Table + "} t WHERE " + s.shared(r, "t", args) + " AND t.deleted_at IS NULL LIMIT " +
		args.Add(int64(fewShares+1), "bigint")
	few, err := f.read(ctx, sql, args.Values())
	if err != nil || len(few) <= fewShares {
		return few, err
	}
	args = s.args()
	object = args.Add(o.ID, "text")
	most := args.Add(int64(f.most()), "bigint")
	d := s.tx.Dialect()
	scope := []searchScope{{objects: []*schema.Object{o}, reach: access.Reach{All: true}}}
	if d.Name() == "sqlite" {
		table, query := step.fts5(d, scope)
		sql = "SELECT t.id, " + object + " FROM (SELECT w.rowid AS id FROM {" + table + "} w WHERE w." + table + " MATCH " + args.Add(query, "text") +
			" ORDER BY w.rowid DESC LIMIT " + args.Add(int64(scanBudget), "bigint") + ") c JOIN {" + o.Table + "} t ON t.id = c.id WHERE " + s.shared(r, "t", args) +
			" LIMIT " + most
	} else {
		sql = "SELECT t.id, " + object + " FROM {search_doc} d JOIN {" + o.Table + "} t ON t.id = d.id WHERE " +
			step.postgres(d, scope, args) + " AND " + s.shared(r, "t", args) + " ORDER BY d.id DESC LIMIT " + most
	}
	return f.read(ctx, sql, args.Values())
}
