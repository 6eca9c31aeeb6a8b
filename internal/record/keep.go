package record

import (
	"context"

	"wellmet/internal/expr"
)

// Keep answers what a room works out of the workspace's configuration, such as
// the rules that hold for an object. It is worked out once and kept until the
// schema, the people or a setting changes; whoever changes configuration that
// others keep calls Touch in the same transaction. What load answers is shared
// by all sessions and must not change. The key is of a type of the room's own.
func Keep[T any](s *Session, key any, load func() (T, error)) (T, error) {
	if s.touched { // what this transaction sees is nobody else's yet
		return Memo(s, key, load)
	}
	if kept, ok := s.state.kept.Load(key); ok {
		return kept.(T), nil
	}
	made, err := load()
	if err != nil {
		return made, err
	}
	kept, _ := s.state.kept.LoadOrStore(key, made)
	return kept.(T), nil
}

// Memo answers what is worked out once a transaction, whoever acts in it.
func Memo[T any](s *Session, key any, load func() (T, error)) (T, error) {
	if kept, ok := s.memo[key]; ok {
		return kept.(T), nil
	}
	made, err := load()
	if err != nil {
		return made, err
	}
	if s.memo == nil {
		s.memo = map[any]any{}
	}
	s.memo[key] = made
	return made, nil
}

// Touch says that configuration has changed: every session that begins after
// the commit works out anew what Keep keeps.
func (s *Session) Touch(ctx context.Context) error {
	s.touched, s.memo = true, nil
	return touchState(ctx, s.tx)
}

// Judge tells whether a record fulfils a condition that the workspace set up.
// It is the same for everybody but for me(): links are followed whether or not
// the actor may read what is behind them.
func (s *Session) Judge(r *Record, e *expr.Expr) (bool, error) {
	return e.Match(row{s.system(), r}, s.env)
}

// Eval computes an expression for a record with the actor's own eyes.
func (s *Session) Eval(r *Record, e *expr.Expr) (any, error) {
	return e.Eval(row{s, r}, s.env)
}

// Undoing reports whether the session takes an act back, which rules about the
// way forward do not stop.
func (s *Session) Undoing() bool { return s.undoes != 0 }
