package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"time"

	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/value"
)

// begunMark stands in a folder whose workspace has everything but all of its deals,
// so that a filling that was stopped goes on.
const begunMark = "begun.json"

// begun is what the deals of a past hang on.
type begun struct {
	Today                                  value.Date
	Members, Accounts, Contacts, Pipelines []value.ID
	Stages                                 [][]value.ID
}

// atOnce is how many batches of deals one transaction writes: fewer pages are
// written twice, and the search index merges less.
const atOnce = 4

// found takes up a filling that was stopped; false is a new one.
func (f *pastFiller) found() (bool, error) {
	text, err := os.ReadFile(f.mark)
	if errors.Is(err, os.ErrNotExist) || f.mark == "" {
		return false, nil
	}
	var b begun
	if err == nil {
		err = json.Unmarshal(text, &b)
	}
	f.past.Today, f.members, f.accounts, f.contacts, f.pipelines, f.stages = b.Today, b.Members, b.Accounts, b.Contacts, b.Pipelines, b.Stages
	return err == nil, err
}

func (f *pastFiller) note(context.Context) error {
	if f.mark == "" {
		return nil
	}
	text, err := json.Marshal(begun{f.past.Today, f.members, f.accounts, f.contacts, f.pipelines, f.stages})
	if err != nil {
		return err
	}
	// In one step: a half-written mark would be taken for one.
	if err := os.WriteFile(f.mark+".new", text, 0o600); err != nil {
		return err
	}
	return os.Rename(f.mark+".new", f.mark)
}

// makeDeals writes the deals in the order in which they began, as a company gets
// them: what is indexed by time then grows at its end. On PostgreSQL several
// write.
func (f *pastFiller) makeDeals(ctx context.Context) (made int, err error) {
	list := f.past.inOrder()
	left := make(chan []int, len(list)/record.MaxBatch+1)
	for part := range slices.Chunk(list, atOnce*record.MaxBatch) {
		there, err := f.there(ctx, part[0])
		if err != nil {
			return 0, err
		}
		if !there {
			left <- part
			made += len(part)
		}
	}
	close(left)
	if made < len(list) {
		f.say("%d of %d deals are there", len(list)-made, len(list))
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var group sync.WaitGroup
	var told progress
	for range f.writers() {
		group.Go(func() {
			for part := range left {
				if err := f.makePart(ctx, part); err != nil {
					stop(err)
					return
				}
				if n, tell := told.add(len(part)); tell {
					f.say("%d of %d deals", len(list)-made+n, len(list))
				}
			}
		})
	}
	group.Wait()
	return made, context.Cause(ctx)
}

// writers is how many write at once: SQLite has one.
func (f *pastFiller) writers() int {
	if f.w.Engine().DB().Dialect().Name() == "sqlite" {
		return 1
	}
	return 3
}

// there tells whether a deal was written, and with it what its transaction holds.
func (f *pastFiller) there(ctx context.Context, n int) (there bool, err error) {
	err = f.w.Read(ctx, asBench, func(s *record.Session) error {
		external, _ := f.deal.Field(sales.DealExternal.Name())
		found, err := s.FindBy(ctx, f.deal, external, []string{f.past.Deal(n).External})
		there = len(found) > 0
		return err
	})
	return there, err
}

// makePart writes some deals with their past, all or none.
func (f *pastFiller) makePart(ctx context.Context, numbers []int) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	err := f.w.Write(ctx, asBench, func(s *record.Session) error {
		for part := range slices.Chunk(numbers, record.MaxBatch) {
			b := record.Batch{Object: sales.Deals.Name}
			for _, n := range part {
				b.Changes = append(b.Changes, f.present(n))
			}
			out, err := s.Save(ctx, b)
			if err == nil {
				err = f.before(ctx, s, part, out)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("make deals from %d: %w", numbers[0], err)
	}
	return nil
}

// progress counts what several writers did, and tells it now and then.
type progress struct {
	mu   sync.Mutex
	n    int
	said time.Time
}

func (p *progress) add(n int) (sum int, tell bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.n += n
	if tell = time.Since(p.said) > 10*time.Second; tell {
		p.said = time.Now()
	}
	return p.n, tell
}
