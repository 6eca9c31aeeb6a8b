package access

import (
	"context"
	"encoding/hex"
	"net/netip"
	"time"

	"wellmet/internal/fault"
	"wellmet/internal/store"
)

// allowance is how many failures a key may have within a window that begins
// with the first of them.
type allowance struct {
	key    string
	most   int64
	window time.Duration
}

// The allowances of sign-in. An account alone has the largest one, because
// whoever knows the address could otherwise keep its owner out.
const (
	mostFromHere    = 10  // one account from one address
	mostFromAddress = 50  // any accounts from one address
	mostForAccount  = 100 // one account from anywhere

	attemptWindow = 15 * time.Minute
	accountWindow = time.Hour
)

// allowances are the counters of one attempt. Accounts are counted by what was
// typed, hashed, whether or not there is such a user.
func allowances(email, ip string) []allowance {
	account := hex.EncodeToString(digest(email)[:16])
	from := Network(ip)
	return []allowance{
		{"both:" + account + " " + from, mostFromHere, attemptWindow},
		{"from:" + from, mostFromAddress, attemptWindow},
		{"user:" + account, mostForAccount, accountWindow},
	}
}

// Network is the address as one guesser holds it: a home gets a whole /64 of
// IPv6. What is no address counts as one together.
func Network(ip string) string {
	addr, err := netip.ParseAddr(ip)
	if err != nil {
		if port, err := netip.ParseAddrPort(ip); err == nil {
			addr = port.Addr()
		} else {
			return "unknown"
		}
	}
	addr = addr.Unmap().WithZone("")
	if addr.Is6() {
		if p, err := addr.Prefix(64); err == nil {
			return p.String()
		}
	}
	return addr.String()
}

// countAttempt counts an attempt before it is tried, so that many at once can
// not slip through, and refuses it when an allowance is used up. Refusing undoes
// the counting, so the window ends when it was said to.
func (a *Auth) countAttempt(ctx context.Context, counters []allowance) error {
	now := a.now()
	return a.db.Write(ctx, func(tx *store.Tx) error {
		for _, c := range counters {
			wait, err := c.add(ctx, tx, now)
			if err != nil {
				return err
			}
			if wait > 0 {
				return fault.New(fault.TooMany, "access.too_many_attempts", fault.Args{
					"minutes": roundUp(wait, time.Minute), "retry_after": roundUp(wait, time.Second)})
			}
		}
		_, err := tx.Exec(ctx, `DELETE FROM {signin_attempt} WHERE last_at < $1`, now.Add(-2*accountWindow))
		return err
	})
}

func roundUp(d, unit time.Duration) int64 { return int64((d + unit - 1) / unit) }

// add counts one more and answers how long the key has to wait; 0 = not at all.
func (c allowance) add(ctx context.Context, tx *store.Tx, now time.Time) (time.Duration, error) {
	over := tx.Dialect().Param(3, store.Int)
	var failures int64
	var first time.Time
	_, err := tx.Row(ctx, `INSERT INTO {signin_attempt} AS s ("key", failures, first_at, last_at) VALUES ($1, 1, $2, $2)
		ON CONFLICT ("key") DO UPDATE SET
			failures = CASE WHEN s.first_at <= `+over+` THEN 1 ELSE s.failures + 1 END,
			first_at = CASE WHEN s.first_at <= `+over+` THEN excluded.first_at ELSE s.first_at END,
			last_at = excluded.last_at
		RETURNING failures, first_at`, []any{c.key, now, now.Add(-c.window)}, &failures, &first)
	if err != nil || failures <= c.most {
		return 0, err
	}
	return first.Add(c.window).Sub(now), nil
}

// forgive takes back the attempt that succeeded, and with it the failures that
// its owner made from there.
func (a *Auth) forgive(ctx context.Context, tx *store.Tx, counters []allowance) error {
	for i, c := range counters {
		sql := `UPDATE {signin_attempt} SET failures = failures - 1 WHERE "key" = $1 AND failures > 0`
		if i == 0 {
			sql = `DELETE FROM {signin_attempt} WHERE "key" = $1`
		}
		if _, err := tx.Exec(ctx, sql, c.key); err != nil {
			return err
		}
	}
	return nil
}
