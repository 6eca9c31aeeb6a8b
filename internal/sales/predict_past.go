package sales

import (
	"context"
	"errors"
	"slices"
	"strings"

	"wellmet/internal/customer"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// dealPast is everything of a deal that the prediction may look at, with the
// moments since when it was so.
type dealPast struct {
	id, pipeline value.ID
	version      int64
	status       string
	closed       int64 // when it was closed for good; 0 = it is open
	life               // of began, account and the traits
	spans        []dealSpan
	deeds        []pastDeed
	lines        []*pastLine
	// brought deals were closed when they came in: nobody knows their stages and
	// amounts from before.
	brought bool
}

// dealSpan is a time in which nothing tracked changed.
type dealSpan struct {
	from, to     int64
	stage, owner value.ID
	amount       float64
	close        value.Date
	known        bool // since when it was so
	open         bool
}

type pastDeed struct {
	at, gone int64
	kind     int // of countedKinds, -1 = another
}

type pastLine struct {
	life
	id         value.ID
	from, gone int64
}

// pastReader reads deals with their past, some hundred at a time.
type pastReader struct {
	s        *record.Session
	look     *lookAt
	book     *stageBook
	results  *results
	accounts map[value.ID]*life
	// the first fields of a deal's life, before its traits
	fields []*schema.FieldDef
}

// mostAccounts is how many accounts a reader remembers.
const mostAccounts = 20_000

func newPastReader(ctx context.Context, s *record.Session) (*pastReader, error) {
	r := &pastReader{s: s.AsSystem("prediction"), look: looksAt(s.Schema()), accounts: map[value.ID]*life{}}
	o := s.Schema().MustObject(Deals.Name)
	for _, name := range []string{DealStartedOn.Name(), DealAccount.Name()} {
		f, _ := o.Field(name)
		r.fields = append(r.fields, f)
	}
	for _, t := range r.look.deal {
		r.fields = append(r.fields, t.field)
	}
	var err error
	r.book, err = bookOf(ctx, s)
	return r, err
}

// Reading runs fn on a snapshot of its own.
type Reading func(ctx context.Context, fn func(*record.Session) error) error

// errReshaped says that a field came or went between two portions.
var errReshaped = errors.New("sales: the schema changed while deals were read")

// portion runs fn on a snapshot of its own: thousands of deals are read in many, so
// that none stands open for long, which would keep a database from clearing away what
// others replace meanwhile. Every deal is read whole in one.
func (r *pastReader) portion(ctx context.Context, read Reading, fn func() error) error {
	was := r.s.Schema().Version
	return read(ctx, func(s *record.Session) error {
		if s.Schema().Version != was {
			return errReshaped
		}
		r.s = s.AsSystem("prediction")
		return fn()
	})
}

// read answers the past of some deals, in the order of their ids.
func (r *pastReader) read(ctx context.Context, ids []value.ID) ([]*dealPast, error) {
	by := map[value.ID]*dealPast{}
	found, err := lives(ctx, r.s, r.s.Schema().MustObject(Deals.Name), r.fields, ids, []string{"pipeline_id", "status", "closed_at", "close_date", "version"}, func(rows *store.Rows, l *life) {
		d := &dealPast{}
		d.id, _ = rows.ID(0)
		d.pipeline, _ = rows.ID(1)
		status, _ := rows.Text(2)
		d.status = strings.Clone(status)
		if d.closed, _ = rows.Int(3); d.closed == 0 {
			if day, ok := rows.Date(4); ok {
				d.closed = endOf(day, r.s.Env().Zone)
			}
		}
		if d.status == Open {
			d.closed = 0
		}
		d.version, _ = rows.Int(5)
		by[d.id] = d
	})
	if err != nil {
		return nil, err
	}
	list := make([]*dealPast, 0, len(by))
	var accounts []value.ID
	for _, id := range ids {
		if d := by[id]; d != nil {
			d.life = *found[id]
			list = append(list, d)
			accounts = append(accounts, accountsOf(&d.life)...)
		}
	}
	for _, step := range []func(context.Context, []value.ID, map[value.ID]*dealPast) error{r.readSpans, r.readDeeds, r.readLines} {
		if err := step(ctx, ids, by); err != nil {
			return nil, err
		}
	}
	return list, r.readAccounts(ctx, accounts)
}

// accountsOf are all accounts that a deal was ever of.
func accountsOf(l *life) (ids []value.ID) {
	if id, ok := l.now[1].(value.ID); ok {
		ids = append(ids, id)
	}
	for _, t := range l.turns {
		if id, ok := t.old.(value.ID); ok && t.field == 1 {
			ids = append(ids, id)
		}
	}
	return ids
}

func (r *pastReader) readAccounts(ctx context.Context, ids []value.ID) error {
	if len(r.accounts) > mostAccounts {
		clear(r.accounts)
	}
	slices.Sort(ids)
	ids = slices.DeleteFunc(slices.Compact(ids), func(id value.ID) bool { return r.accounts[id] != nil })
	var fields []*schema.FieldDef
	for _, t := range r.look.account {
		fields = append(fields, t.field)
	}
	found, err := lives(ctx, r.s, r.s.Schema().MustObject(customer.Accounts.Name), fields, ids, nil, nil)
	for id, l := range found {
		r.accounts[id] = l
	}
	return err
}

func (r *pastReader) readSpans(ctx context.Context, ids []value.ID, by map[value.ID]*dealPast) error {
	o := r.s.Schema().MustObject(Deals.Name)
	columns, places := []string{"sp.record", "sp.from_ms", "sp.to_ms", "a.door"}, map[string]int{}
	fields := map[string]*schema.FieldDef{}
	for _, name := range []string{DealStage.Name(), "owner", DealAmount.Name(), DealCloseDate.Name(), DealStatus.Name()} {
		fields[name], _ = o.Field(name)
		places[name] = len(columns)
		for _, c := range fields[name].ReadColumns() {
			columns = append(columns, "sp."+r.s.Tx().Dialect().Quote(c.Name))
		}
	}
	return each(ctx, r.s, ids, func(in string) string {
		return `SELECT ` + strings.Join(columns, ", ") + ` FROM {` + o.SpanTable() + `} sp JOIN {act} a ON a.id = sp.act WHERE sp.record IN (` + in + `) ORDER BY sp.record, sp.from_ms`
	}, func(rows *store.Rows) error {
		id, _ := rows.ID(0)
		d := by[id]
		if d == nil {
			return nil
		}
		load := func(name string) any { return fields[name].Load(rows, places[name]) }
		x := dealSpan{}
		x.from, _ = rows.Int(1)
		x.to, _ = rows.Int(2)
		door, _ := rows.Text(3)
		x.known = door != "import"
		x.stage, _ = load(DealStage.Name()).(value.ID)
		x.owner, _ = load("owner").(value.ID)
		m, has := load(DealAmount.Name()).(value.Money)
		x.amount = inBase(r.s, m, has)
		x.close, _ = load(DealCloseDate.Name()).(value.Date)
		x.open = load(DealStatus.Name()) == Open
		d.spans = append(d.spans, x)
		return nil
	})
}

func (r *pastReader) readDeeds(ctx context.Context, ids []value.ID, by map[value.ID]*dealPast) error {
	object := strings.ReplaceAll(r.s.Schema().MustObject(Deals.Name).ID, "'", "''")
	return each(ctx, r.s, ids, func(in string) string {
		return `SELECT l.record, a.kind, a."at", a.created_at, a.deleted_at FROM {link_about} l
			JOIN {activity} a ON a.id = l.activity AND a.done IS TRUE AND a.kind <> 'note'
			WHERE l.object = '` + object + `' AND l.kind <> 'file' AND l.record IN (` + in + `) ORDER BY l.record, a."at"`
	}, func(rows *store.Rows) error {
		id, _ := rows.ID(0)
		kind, _ := rows.Text(1)
		at, has := rows.Int(2)
		made, _ := rows.Int(3)
		gone, isGone := rows.Int(4)
		if d := by[id]; d != nil && has {
			x := pastDeed{at: max(at, made), gone: gone, kind: slices.Index(countedKinds, kind)}
			if !isGone {
				x.gone = 1 << 62
			}
			d.deeds = append(d.deeds, x)
		}
		return nil
	})
}

func (r *pastReader) readLines(ctx context.Context, ids []value.ID, by map[value.ID]*dealPast) error {
	o := r.s.Schema().MustObject(DealLines.Name)
	product, _ := o.Field(LineProduct.Name())
	column, fields := r.s.Tx().Dialect().Quote(product.Columns()[0].Name), []*schema.FieldDef{product}
	var lines []value.ID
	of := map[value.ID]*pastLine{}
	err := each(ctx, r.s, ids, func(in string) string {
		return `SELECT id, deal_id, created_at, deleted_at, ` + column + ` FROM {deal_line} WHERE deal_id IN (` + in + `) ORDER BY deal_id, position, id`
	}, func(rows *store.Rows) error {
		x := &pastLine{}
		x.id, _ = rows.ID(0)
		deal, _ := rows.ID(1)
		x.from, _ = rows.Int(2)
		gone, isGone := rows.Int(3)
		if x.gone = gone; !isGone {
			x.gone = 1 << 62
		}
		x.now = []any{product.Load(rows, 4)}
		if d := by[deal]; d != nil {
			d.lines, of[x.id], lines = append(d.lines, x), x, append(lines, x.id)
		}
		return nil
	})
	if err != nil {
		return err
	}
	past := map[value.ID]*life{}
	for id, x := range of {
		past[id] = &x.life
	}
	return turnBack(ctx, r.s, fields, lines, past)
}

// closedDeals is a chunk of the deals that are closed, the latest first. It walks
// down the ids: by an index of the status, which coalesce keeps a database from,
// all closed deals would be sorted anew for every chunk.
func closedDeals(ctx context.Context, s *record.Session, before value.ID, limit int) (ids []value.ID, err error) {
	rows, err := s.Tx().Query(ctx, `SELECT id FROM {deal} WHERE coalesce(status, '') IN ('won', 'lost') AND deleted_at IS NULL AND id < $1 ORDER BY id DESC LIMIT $2`, before, limit)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		id, _ := rows.ID(0)
		ids = append(ids, id)
	}
	return ids, rows.Err()
}
