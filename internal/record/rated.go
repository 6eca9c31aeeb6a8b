package record

import (
	"context"
	"maps"
	"slices"

	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// Amounts follow the rates of the day while their record is open. Those of an
// object that declares a day of its own are worth the rate of that day, once it
// has come.

// ratedOn is the day whose rates say what a record's amounts are worth to who
// looks on another.
func (s *Session) ratedOn(r *Record, looking value.Date) value.Date {
	if r.Object.RatedOn == "" {
		return looking
	}
	if f, ok := r.Object.Field(r.Object.RatedOn); ok {
		if day, ok := r.Value(f).(value.Date); ok {
			return min(day, looking)
		}
	}
	return looking
}

// worth is what an amount of a record is in the workspace's currency today;
// false without a rate.
func (s *Session) worth(r *Record, m value.Money) (int64, bool) {
	return s.BaseOn(m, s.ratedOn(r, s.Today()))
}

// storing is how values of a record are stored: its amounts by the rates of its
// day.
func (s *Session) storing(r *Record) *schema.Env { return s.storingOn(s.ratedOn(r, s.Today())) }

func (s *Session) storingOn(day value.Date) *schema.Env {
	if day >= s.Today() {
		return s.store
	}
	env := *s.store
	env.Base = func(m value.Money) (int64, bool) { return s.BaseOn(m, day) }
	return &env
}

// storingOf is how amounts of some records are stored that only their ids are
// known of; those that it leaves out are stored as any.
func (s *Session) storingOf(ctx context.Context, o *schema.Object, fields []*schema.FieldDef, ids []value.ID) (map[value.ID]*schema.Env, error) {
	f, ok := o.Field(o.RatedOn)
	if !ok || !slices.ContainsFunc(fields, (*schema.FieldDef).InMoney) {
		return nil, nil
	}
	d := s.tx.Dialect()
	rows, err := s.tx.Query(ctx, "SELECT t.id, t."+d.Quote(f.Column)+" FROM {"+o.Table+"} t WHERE "+d.AnyOf("t.id", d.Param(1, store.IDList)), store.IDs(d, ids))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	envs := make(map[value.ID]*schema.Env, len(ids))
	for rows.Next() {
		id, _ := rows.ID(0)
		if day, ok := rows.Date(1); ok {
			envs[id] = s.storingOn(day)
		}
	}
	return envs, rows.Err()
}

// rerated reports whether a change moves the day whose rates the record's amounts
// are worth.
func (d *Draft) rerated() bool {
	f, ok := d.Object.Field(d.Object.RatedOn)
	return ok && d.changed[d.Object.Slot(f)]
}

// ratedBy says by which day the stored amounts of objects are valued.
var ratedBy = store.Setting[map[string]string]{Key: "rated_by"}

// rateAnew values the amounts of objects that an older program valued by the rates
// of another day.
func (e *Engine) rateAnew(ctx context.Context) error {
	var was map[string]string
	if err := e.needs.DB.Read(ctx, func(tx *store.Tx) (err error) {
		was, err = ratedBy.Get(ctx, tx)
		return err
	}); err != nil {
		return err
	}
	is, st := map[string]string{}, e.current.Load()
	for _, o := range st.schema.Objects() {
		if o.RatedOn != "" {
			is[o.Name] = o.RatedOn
		}
		if was[o.Name] == o.RatedOn {
			continue
		}
		for _, currency := range slices.Sorted(maps.Keys(st.rates.by)) {
			if err := e.revalueObject(ctx, o, currency); err != nil {
				return err
			}
		}
	}
	if maps.Equal(was, is) {
		return nil
	}
	return e.needs.DB.Write(ctx, func(tx *store.Tx) error { return ratedBy.Set(ctx, tx, is) })
}

// ratesUntil is the last day whose rates open records are valued by.
var ratesUntil = store.Setting[value.Date]{Key: "rates_until"}

// BeginRates has open records valued by rates that were written down ahead and
// have begun since it was last asked.
func (e *Engine) BeginRates(ctx context.Context) error {
	ask := func(s *Session) (until value.Date, err error) { return ratesUntil.Get(ctx, s.tx) }
	due := false
	if err := e.Read(ctx, AsSystem("rates begin"), func(s *Session) error {
		until, err := ask(s)
		due = until < s.Today()
		return err
	}); err != nil || !due {
		return err
	}
	return e.Write(ctx, AsSystem("rates begin"), func(s *Session) error {
		until, err := ask(s)
		if err != nil || until >= s.Today() {
			return err
		}
		for _, currency := range slices.Sorted(maps.Keys(s.state.rates.by)) {
			begun := func(x rate) bool { return x.day > until && x.day <= s.Today() }
			if !slices.ContainsFunc(s.state.rates.by[currency], begun) {
				continue
			}
			if err := s.Later(Revalue{Currency: currency}); err != nil {
				return err
			}
		}
		return ratesUntil.Set(ctx, s.tx, s.Today())
	})
}
