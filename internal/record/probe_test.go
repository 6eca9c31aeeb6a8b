package record

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"wellmet/internal/access"
	"wellmet/internal/fault"
	"wellmet/internal/store"
)

// safeBuffer is written by the log while the test reads.
type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

func TestValuesOfUnseenRecordsCannotBeTriedOut(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, k *shop) {
		var log safeBuffer
		k.engine.needs.Log = slog.New(slog.NewTextHandler(&log, nil))
		k.settle(func(tx *store.Tx) error { return access.SetOpenness(k.ctx(), tx, k.object("firm"), access.Private) })
		k.make(k.other, "firm", Values{"name": "Hidden", "code": "secret-code"})
		k.make(k.rep, "firm", Values{"name": "Mine", "code": "mine"})
		try := func(code string) error {
			return k.engine.Write(k.ctx(), Who{Member: k.rep}, func(s *Session) error {
				_, err := s.Create(k.ctx(), "firm", Values{"name": "New", "code": code})
				return err
			})
		}
		for range mostProbes + 5 { // a record he sees tells him nothing new
			wantFault(t, try("mine"), fault.Invalid, "record.invalid")
		}
		if log.String() != "" {
			t.Errorf("logged: %s", log.String())
		}
		for range mostProbes {
			wantFault(t, try("secret-code"), fault.Invalid, "record.invalid")
		}
		lines := log.String()
		if n := strings.Count(lines, "out of sight"); n < mostProbes || !strings.Contains(lines, "field=firm.code") ||
			!strings.Contains(lines, fmt.Sprintf("member=%d", k.rep)) || strings.Contains(lines, "secret") {
			t.Errorf("%d lines, the last: %.300s", n, lines)
		}
		_ = try("secret-code")
		for _, code := range []string{"secret-code", "free", "mine"} { // whatever the answer would be
			wantFault(t, try(code), fault.TooMany, "record.probing")
		}
		if err := k.engine.Write(k.ctx(), Who{Member: k.rep}, func(s *Session) error {
			_, err := s.Create(k.ctx(), "firm", Values{"name": "Without"})
			return err
		}); err != nil {
			t.Errorf("what has no unique value: %v", err)
		}
		k.make(k.mate, "firm", Values{"name": "Others go on", "code": "x1"})
		k.wait(probeWindow)
		if err := try("free"); err != nil {
			t.Errorf("after the window: %v", err)
		}
	})
}
