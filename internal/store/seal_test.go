package store_test

import (
	"strings"
	"sync"
	"testing"

	"wellmet/internal/store"
	"wellmet/internal/store/storetest"
)

func TestSealedSecretsOpenHereOnly(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Server) {
		var wg sync.WaitGroup
		texts := make([]string, 4)
		for i := range texts { // the first use makes the key, once
			wg.Go(func() {
				var err error
				if texts[i], err = s.Seal(t.Context(), "пароль 密码"); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		for _, text := range texts {
			if strings.Contains(text, "пароль") {
				t.Errorf("readable: %s", text)
			}
			if got, err := s.Unseal(t.Context(), text); err != nil || got != "пароль 密码" {
				t.Errorf("got %q, %v", got, err)
			}
		}
		if texts[0] == texts[1] {
			t.Error("the same secret looks the same twice")
		}
		for _, bad := range []string{"v1.", "v1.AAAA", "plain", texts[0][:len(texts[0])-4], "v1." + strings.Repeat("A", 60)} {
			if got, err := s.Unseal(t.Context(), bad); err == nil {
				t.Errorf("%q opened as %q", bad, got)
			}
		}
		if text, err := s.Seal(t.Context(), ""); err != nil || text != "" {
			t.Errorf("no secret became %q, %v", text, err)
		}
	})
}
