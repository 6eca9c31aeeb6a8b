package store

import (
	"context"
	"encoding/json"
	"fmt"
)

// Setting is a typed setting of a workspace, kept as JSON under its key:
//
//	var Zone = store.Setting[string]{Key: "zone", Default: "UTC"}
type Setting[T any] struct {
	Key     string
	Default T
}

// Get answers the default while nobody has set anything.
func (s Setting[T]) Get(ctx context.Context, tx *Tx) (T, error) {
	var text string
	found, err := tx.Row(ctx, `SELECT value FROM {setting} WHERE key = $1`, []any{s.Key}, &text)
	if err != nil || !found {
		return s.Default, err
	}
	v := s.Default
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		return s.Default, fmt.Errorf("setting %s: %w", s.Key, err)
	}
	return v, nil
}

// Set keeps v.
func (s Setting[T]) Set(ctx context.Context, tx *Tx, v T) error {
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("setting %s: %w", s.Key, err)
	}
	_, err = tx.Exec(ctx, `INSERT INTO {setting} (key, value) VALUES ($1, $2)
		ON CONFLICT (key) DO UPDATE SET value = excluded.value`, s.Key, string(text))
	return err
}

// Clear goes back to the default.
func (s Setting[T]) Clear(ctx context.Context, tx *Tx) error {
	_, err := tx.Exec(ctx, `DELETE FROM {setting} WHERE key = $1`, s.Key)
	return err
}
