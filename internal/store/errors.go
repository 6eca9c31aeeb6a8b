package store

import (
	"context"
	"errors"

	"wellmet/internal/fault"
)

// What the databases report, in our words. Room owners test for these with IsUnique and IsBusy rather than
// by key, so that the keys stay texts.
const (
	keyUnique    = "store.unique"
	keyReference = "store.reference"
	keyBusy      = "store.busy"
	keyLost      = "store.lost"
	keyTimeout   = "store.timeout"
	keyUnknown   = "store.commit_unknown"
	keyFull      = "store.disk_full"
	keyNewer     = "store.newer"
	keyInUse     = "store.in_use"
)

// IsUnique reports whether err is a broken unique index, and which: the index name, on both databases, and
// "" for a primary key.
func IsUnique(err error) (index string, ok bool) {
	f, ok := fault.As(err)
	if !ok || f.Key != keyUnique {
		return "", false
	}
	index, _ = f.Args["index"].(string)
	return index, true
}

// IsUnknown reports whether err left it open if the transaction happened: the connection broke during
// COMMIT. Whoever repeats it needs an idempotency key.
func IsUnknown(err error) bool {
	f, ok := fault.As(err)
	return ok && f.Key == keyUnknown
}

// retryable marks, from the session up to DB.repeat, an error after which nothing is committed and a
// repetition of the whole transaction may work.
type retryable struct{ error }

func (r retryable) Unwrap() error { return r.error }

func mayRetry(err error) bool {
	var r retryable
	return errors.As(err, &r)
}

// ended translates the end of the context; the driver's own words for it differ.
func ended(ctx context.Context, err error) (error, bool) {
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return fault.New(fault.Unavailable, keyTimeout, nil).Because(errors.Join(context.DeadlineExceeded, err)), true
	case ctx.Err() != nil:
		return errors.Join(context.Canceled, err), true
	}
	return nil, false
}
