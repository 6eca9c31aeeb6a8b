package sales

import (
	"context"
	"fmt"
	"slices"
	"sort"
	"time"

	"wellmet/internal/record"
	"wellmet/internal/sales/predict"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

const dayMillis = int64(24 * time.Hour / time.Millisecond)

// results are what became of deals that ended, by owner and by account, each in
// the order of time.
type results struct {
	all     []result
	usual   float64 // the rate of all where they were not read
	owner   map[value.ID][]result
	account map[value.ID][]result
}

// result is the end of a deal; won counts up to it.
type result struct {
	at  int64
	won int
}

// endedDeals asks for deals that ended.
const endedDeals = `SELECT owner_id, account_id, closed_at, close_date, status FROM {deal} WHERE status IN ('won', 'lost') AND deleted_at IS NULL`

// readResults reads the ends of all deals, to be sorted when the snapshot is closed.
func readResults(ctx context.Context, s *record.Session) (*results, error) {
	x := &results{owner: map[value.ID][]result{}, account: map[value.ID][]result{}}
	rows, err := s.Tx().Query(ctx, endedDeals)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		owner, account, y := resultOf(s, rows)
		x.all = append(x.all, y)
		if owner != 0 {
			x.owner[owner] = append(x.owner[owner], y)
		}
		if account != 0 {
			x.account[account] = append(x.account[account], y)
		}
	}
	return x, rows.Err()
}

// readSomeResults reads those of some owners and accounts only.
func readSomeResults(ctx context.Context, s *record.Session, owners, accounts []value.ID, usual float64) (*results, error) {
	x := &results{owner: map[value.ID][]result{}, account: map[value.ID][]result{}, usual: usual}
	err := each(ctx, s, owners, func(in string) string { return endedDeals + ` AND owner_id IN (` + in + `)` }, func(rows *store.Rows) error {
		owner, _, y := resultOf(s, rows)
		x.owner[owner] = append(x.owner[owner], y)
		return nil
	})
	if err == nil {
		err = each(ctx, s, accounts, func(in string) string { return endedDeals + ` AND account_id IN (` + in + `)` }, func(rows *store.Rows) error {
			_, account, y := resultOf(s, rows)
			x.account[account] = append(x.account[account], y)
			return nil
		})
	}
	x.sort()
	return x, err
}

func resultOf(s *record.Session, rows *store.Rows) (owner, account value.ID, y result) {
	owner, _ = rows.ID(0)
	account, _ = rows.ID(1)
	at, ok := rows.Int(2)
	if day, has := rows.Date(3); !ok && has {
		at = endOf(day, s.Env().Zone)
	}
	y.at = at
	if status, _ := rows.Text(4); status == Won {
		y.won = 1
	}
	return owner, account, y
}

// endOf is when a deal of which only the day is known was closed.
func endOf(day value.Date, zone *time.Location) int64 {
	return day.Time(zone).Add(23 * time.Hour).UnixMilli()
}

func (x *results) sort() {
	x.all = inTime(x.all)
	for _, by := range []map[value.ID][]result{x.owner, x.account} {
		for id, list := range by {
			by[id] = inTime(list)
		}
	}
}

func inTime(list []result) []result {
	slices.SortFunc(list, func(a, b result) int { return int(min(1, max(-1, a.at-b.at))) })
	won := 0
	for i := range list {
		won += list[i].won
		list[i].won = won
	}
	return list
}

// endedBefore is how many ended before a moment, and how many of them were won.
func endedBefore(list []result, moment int64) (all, won int) {
	all = sort.Search(len(list), func(i int) bool { return list[i].at >= moment })
	if all > 0 {
		won = list[all-1].won
	}
	return all, won
}

// rate is the share that was won before a moment, drawn to that of everybody
// where there were few; ok is false where there were none.
func (x *results) rate(list []result, moment int64) (rate float64, ok bool) {
	all, won := endedBefore(list, moment)
	if all == 0 {
		return 0, false
	}
	usual := x.usual
	if everything, wins := endedBefore(x.all, moment); everything > 0 {
		usual = float64(wins) / float64(everything)
	}
	return (float64(won) + 5*usual) / (float64(all) + 5), true
}

// row is what was known of a deal at a moment, and the stage it was in.
func (r *pastReader) row(d *dealPast, moment int64) (predict.Row, value.ID) {
	row := r.look.blank()
	values := d.at(moment)
	if began, ok := values[0].(value.Date); ok && (d.brought || len(d.spans) == 0 || !d.spans[0].known) {
		r.look.number(row, WhatAge, daysBetween(began.Time(r.s.Env().Zone).UnixMilli(), moment))
	} else if len(d.spans) > 0 {
		r.look.number(row, WhatAge, daysBetween(d.spans[0].from, moment))
	}
	r.look.fill(row, r.look.deal, values[2:])
	var account value.ID
	if account, _ = values[1].(value.ID); r.accounts[account] != nil {
		r.look.fill(row, r.look.account, r.accounts[account].at(moment))
	}
	r.fillLines(row, d, moment)
	stage, owner := r.fillSpans(row, d, moment)
	if !d.brought {
		r.fillDeeds(row, d, moment)
	}
	for _, x := range []struct {
		key  string
		list []result
	}{{WhatOwner, r.results.owner[owner]}, {WhatAccount, r.results.account[account]}} {
		if rate, ok := r.results.rate(x.list, moment); ok {
			r.look.number(row, x.key, rate)
		} else if x.key == WhatAccount {
			r.look.number(row, x.key, predict.Empty)
		}
	}
	return row, stage
}

func daysBetween(from, to int64) float64 { return float64(max(0, to-from)) / float64(dayMillis) }

// fillLines: the lines of a deal that was brought in closed came with it.
func (r *pastReader) fillLines(row predict.Row, d *dealPast, moment int64) {
	count, product := 0.0, ""
	for _, x := range d.lines {
		if (x.from > moment && !d.brought) || x.gone <= moment {
			continue
		}
		if count++; product == "" {
			product = wordOf(x.at(moment)[0])
		}
	}
	r.look.number(row, WhatLines, count)
	r.look.word(row, WhatProduct, product)
}

// fillSpans tells of stage, owner, amount and close date, and how they changed
// until the moment.
func (r *pastReader) fillSpans(row predict.Row, d *dealPast, moment int64) (stage, owner value.ID) {
	if d.brought {
		return 0, d.spans[len(d.spans)-1].owner
	}
	var at *dealSpan
	var since int64
	moves, back, put, slip := 0.0, 0.0, 0.0, 0.0
	for i := range d.spans {
		x := &d.spans[i]
		if x.from > moment {
			break
		}
		if at == nil || x.stage != at.stage {
			since = x.from
			if at != nil {
				moves++
				if r.place(x.stage) < r.place(at.stage) {
					back++
				}
			}
		}
		if at != nil && at.open && x.open && at.close != 0 && x.close != 0 && at.close != x.close {
			put, slip = put+1, slip+float64(x.close-at.close)
		}
		at = x
	}
	if at == nil {
		return 0, 0
	}
	r.look.word(row, WhatStage, wordOf(at.stage))
	if at.known || moves > 0 {
		r.look.number(row, WhatStay, daysBetween(since, moment))
	}
	weeks := daysBetween(d.spans[0].from, moment)/7 + 1
	r.look.number(row, WhatSpeed, moves/weeks)
	r.look.number(row, WhatBack, back)
	r.look.number(row, WhatMoves, put)
	r.look.number(row, WhatSlip, slip)
	r.look.number(row, WhatAmount, at.amount)
	r.look.number(row, WhatDue, predict.Empty)
	if at.close != 0 {
		today := value.DateOf(time.UnixMilli(moment), r.s.Env().Zone)
		r.look.number(row, WhatDue, float64(at.close-today))
	}
	return at.stage, at.owner
}

// place is where a stage stands.
func (r *pastReader) place(stage value.ID) int64 { return r.book.byID[stage].position }

func (r *pastReader) fillDeeds(row predict.Row, d *dealPast, moment int64) {
	counts, last := make([]float64, len(countedKinds)), int64(0)
	for _, x := range d.deeds {
		if x.at > moment || x.gone <= moment {
			continue
		}
		last = max(last, x.at)
		if x.kind >= 0 {
			counts[x.kind]++
		}
	}
	for i, kind := range countedKinds {
		r.look.number(row, WhatDone+kind, counts[i])
	}
	r.look.number(row, WhatQuiet, predict.Empty)
	if last > 0 {
		r.look.number(row, WhatQuiet, daysBetween(last, moment))
	}
}

// ended finds out when a deal was closed for good, and whether anything is known
// from before that; false where there is nothing to learn from.
func (d *dealPast) ended() bool {
	if d.status != Won && d.status != Lost || len(d.spans) == 0 {
		return false
	}
	i := len(d.spans)
	for i > 0 && !d.spans[i-1].open {
		i--
	}
	if d.brought = i == 0 && !d.spans[0].known; d.brought {
		return d.closed != 0
	}
	if i == 0 || i == len(d.spans) {
		return false
	}
	d.closed = d.spans[i].from
	return true
}

// stride is how far apart the moments are at which a deal is looked at.
const stride = 10 * dayMillis

// mostMoments of one deal that are in no connection with what happened.
const mostMoments = 8

// moments are those at which the deal is an example: whenever it came into a
// stage, and every ten days, the first of them by chance. They must not follow
// from what was still to come: a share of the whole time would.
func (d *dealPast) moments(zone *time.Location) (list []int64) {
	begin := d.spans[0].from
	if began, ok := d.now[0].(value.Date); d.brought {
		if !ok {
			return nil
		}
		begin = began.Time(zone).UnixMilli()
		list = append(list, begin)
	}
	open := func(moment int64) bool {
		if d.brought {
			return moment < d.closed
		}
		i := sort.Search(len(d.spans), func(i int) bool { return d.spans[i].from > moment })
		return i > 0 && d.spans[i-1].open
	}
	var stage value.ID
	for _, x := range d.spans {
		if !d.brought && x.open && x.stage != stage {
			list = append(list, x.from)
		}
		stage = x.stage
	}
	first := begin + int64(uint64(d.id)*0x9E3779B97F4A7C15%uint64(stride))
	for n := range int64(mostMoments) {
		if at := first + n*stride; at < d.closed && open(at) {
			list = append(list, at)
		}
	}
	return slices.DeleteFunc(list, func(at int64) bool { return at >= d.closed })
}

// KnownOf writes down what the prediction knows of some deals at a moment: for
// whoever wants to see that nothing of it is from later.
func KnownOf(ctx context.Context, s *record.Session, ids []value.ID, moment time.Time) (map[value.ID]string, error) {
	past, err := newPastReader(ctx, s)
	if err != nil {
		return nil, err
	}
	if past.results, err = readResults(ctx, s); err != nil {
		return nil, err
	}
	past.results.sort()
	list, err := past.read(ctx, ids)
	known := map[value.ID]string{}
	for _, d := range list {
		row, _ := past.row(d, moment.UnixMilli())
		known[d.id] = fmt.Sprint(row.Numbers, row.Words)
	}
	return known, err
}
