package record

import (
	"context"
	"strings"

	"wellmet/internal/schema"
	"wellmet/internal/store"
)

// refills are the computed fields ("account.is_customer") that a newer program
// brought and whose values for older records are still to be computed. They are
// noted in the transaction that adds the columns, so that an end of the process
// in between forgets none.
var refills = store.Setting[[]string]{Key: "refills"}

func noteRefills(ctx context.Context, tx *store.Tx, fields []*schema.FieldDef) error {
	if len(fields) == 0 {
		return nil
	}
	names, err := refills.Get(ctx, tx)
	if err != nil {
		return err
	}
	for _, f := range fields {
		names = append(names, f.Object.Name+"."+f.Name)
	}
	return refills.Set(ctx, tx, names)
}

// refillNoted computes what is noted, in chunks, and strikes it off.
func (e *Engine) refillNoted(ctx context.Context) error {
	var names []string
	err := e.needs.DB.Read(ctx, func(tx *store.Tx) (err error) {
		names, err = refills.Get(ctx, tx)
		return err
	})
	if err != nil || len(names) == 0 {
		return err
	}
	for _, name := range names {
		object, field, _ := strings.Cut(name, ".")
		if err := e.Refill(ctx, object, field); err != nil {
			return err
		}
	}
	return e.needs.DB.Write(ctx, func(tx *store.Tx) error { return refills.Clear(ctx, tx) })
}
