package record

import (
	"context"

	"wellmet/internal/fault"
	"wellmet/internal/value"
)

// Arrange numbers records of an object in an order, from 1 on, in a field of
// theirs; those that stand right already are left alone. One that somebody else
// changes at the same moment is a conflict.
func (s *Session) Arrange(ctx context.Context, object, field string, order []value.ID) error {
	found, err := s.GetMany(ctx, object, order)
	if err != nil {
		return err
	}
	b := Batch{Object: object}
	for i, id := range order {
		r := found[id]
		if r == nil {
			return fault.New(fault.NotFound, "record.absent", fault.Args{"object": object})
		}
		if at, _ := r.Field(field).(int64); at != int64(i+1) {
			b.Changes = append(b.Changes, Change{ID: id, Version: r.Version, Strict: true, Values: Values{field: int64(i + 1)}})
		}
	}
	if len(b.Changes) == 0 {
		return nil
	}
	_, err = s.Save(ctx, b)
	return err
}
