package record

import (
	"context"
	"encoding/json"
	"slices"

	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// deletedKey finds what an act deleted among what a transaction has worked out.
type deletedKey struct{ act value.ID }

// deletedIn are the records that an act put into the trash.
func (s *Session) deletedIn(ctx context.Context, act value.ID) (map[value.ID]bool, error) {
	return Memo(s, deletedKey{act}, func() (map[value.ID]bool, error) {
		ids, err := s.tx.IDs(ctx, `SELECT record FROM {history} WHERE act = $1 AND kind = $2`, act, string(Deleting))
		gone := map[value.ID]bool{}
		for _, id := range ids {
			gone[id] = true
		}
		return gone, err
	})
}

// onlyCleared reports whether an act took nothing out of a record but links to what
// it deleted. These went with the system's rights, and whoever takes his own
// deletion back puts them back with the same.
func (s *Session) onlyCleared(o *schema.Object, changes map[string][2]json.RawMessage, gone map[value.ID]bool) bool {
	cleared := false
	for id, pair := range changes {
		f, ok := o.FieldByID(id)
		if !ok || f.Derived() { // what is worked out follows
			continue
		}
		was, isLink := s.linked(f, pair[0])
		is, _ := s.linked(f, pair[1])
		if !isLink {
			return false
		}
		left := slices.DeleteFunc(slices.Clone(was), func(x value.ID) bool { return gone[x] })
		if len(left) == len(was) || !slices.Equal(left, is) {
			return false
		}
		cleared = true
	}
	return cleared
}

// linked are the records that an old value of a link leads to; false for what is no
// link, or none any more.
func (s *Session) linked(f *schema.FieldDef, raw json.RawMessage) (ids []value.ID, ok bool) {
	if f.Kind != schema.KindLink && f.Kind != schema.KindLinks && f.Kind != schema.KindAbout {
		return nil, false
	}
	v, err := decodeValue(f, raw, s.store)
	if err != nil {
		return nil, false
	}
	switch x := v.(type) {
	case value.ID:
		ids = []value.ID{x}
	case []value.ID:
		ids = x
	case []schema.Ref:
		for _, ref := range x {
			ids = append(ids, ref.ID)
		}
	}
	return ids, true
}
