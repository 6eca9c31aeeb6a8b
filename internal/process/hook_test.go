package process_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"wellmet/internal/app"
	"wellmet/internal/app/apptest"
	"wellmet/internal/fault"
	"wellmet/internal/process"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

// receiver is a program that is told.
type receiver struct {
	*httptest.Server
	mu     sync.Mutex
	status int
	got    []*http.Request
	bodies []string
}

func newReceiver(t *testing.T) *receiver {
	x := &receiver{status: 200}
	x.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		x.mu.Lock()
		defer x.mu.Unlock()
		x.got, x.bodies = append(x.got, r), append(x.bodies, string(body))
		w.WriteHeader(x.status)
	}))
	t.Cleanup(x.Close)
	return x
}

func (x *receiver) answers(status int) { x.mu.Lock(); defer x.mu.Unlock(); x.status = status }
func (x *receiver) count() int         { x.mu.Lock(); defer x.mu.Unlock(); return len(x.got) }

// eachHooked runs test on installations whose webhooks may reach this machine,
// or not.
func eachHooked(t *testing.T, private bool, test func(t *testing.T, k *apptest.Kit)) {
	t.Helper()
	apptest.EachWith(t, app.Config{PrivateHooks: private, Quiet: true}, test)
}

func hook(t *testing.T, k *apptest.Kit, url, events string) (id value.ID, secret string) {
	t.Helper()
	id = k.Create(t, k.Ada, "webhook", record.Values{"name": "ERP", "url": url, "events": events})
	secret, sealed, err := k.Workspace.Process().MakeSecret(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	k.Write(t, k.Ada, func(s *record.Session) error { return k.Workspace.Process().NewSecret(t.Context(), s, id, sealed) })
	return id, secret
}

func states(t *testing.T, k *apptest.Kit, id value.ID) string {
	t.Helper()
	var list []string
	k.Read(t, k.Ada, func(s *record.Session) error {
		all, err := process.Deliveries(t.Context(), s, id, "", 0, 100)
		for _, d := range all {
			list = append(list, d.State)
		}
		return err
	})
	return strings.Join(list, " ")
}

func TestAWebhookIsToldAndSigned(t *testing.T) {
	t.Parallel()
	eachHooked(t, true, func(t *testing.T, k *apptest.Kit) {
		x := newReceiver(t)
		id, secret := hook(t, k, x.URL, "account.*")
		account := k.Create(t, k.Rita, "account", record.Values{"name": "Acme"})
		k.Create(t, k.Rita, "contact", record.Values{"name": "Ann"}) // not asked for
		k.Write(t, k.Rita, func(s *record.Session) error {
			_, err := s.Update(t.Context(), "account", account, 0, record.Values{"name": "Acme Ltd"})
			return err
		})
		k.Drain(t)
		if x.count() != 2 {
			t.Fatalf("told %d times: %s", x.count(), states(t, k, id))
		}
		h, body := x.got[1].Header, x.bodies[1]
		if !process.Verify(secret, h.Get("Webhook-Id"), h.Get("Webhook-Timestamp"), h.Get("Webhook-Signature"), []byte(body), k.Now()) {
			t.Error("the signature is wrong")
		}
		if process.Verify(secret, h.Get("Webhook-Id"), h.Get("Webhook-Timestamp"), h.Get("Webhook-Signature"), []byte(body+" "), k.Now()) ||
			process.Verify(secret, h.Get("Webhook-Id"), h.Get("Webhook-Timestamp"), h.Get("Webhook-Signature"), []byte(body), k.Now().Add(time.Hour)) {
			t.Error("another body, or an old message, is taken")
		}
		var m struct {
			Type string
			Data struct {
				ID      string
				Changes map[string][2]any
			}
		}
		if err := json.Unmarshal([]byte(body), &m); err != nil || m.Type != "account.updated" || m.Data.ID != account.String() || m.Data.Changes["name"] != [2]any{"Acme", "Acme Ltd"} {
			t.Errorf("told %s, %v", body, err)
		}
	})
}

// A receiver that fails is asked again, later and later; what it never takes is
// kept and can be sent again.
func TestAFailingReceiver(t *testing.T) {
	t.Parallel()
	eachHooked(t, true, func(t *testing.T, k *apptest.Kit) {
		x := newReceiver(t)
		x.answers(500)
		id, _ := hook(t, k, x.URL, "account.created")
		k.Create(t, k.Rita, "account", record.Values{"name": "Acme"})
		for range 20 {
			k.Drain(t)
			k.Pass(24 * time.Hour)
		}
		if got := states(t, k, id); got != "dead" || x.count() != 12 {
			t.Fatalf("%s after %d attempts", got, x.count())
		}
		first := x.got[0].Header.Get("Webhook-Id")
		x.answers(204)
		if err := k.Try(t.Context(), k.Bob, func(s *record.Session) error { _, err := process.Resend(t.Context(), s, id, 0); return err }); !fault.Is(err, fault.Forbidden) {
			t.Errorf("a manager sends again: %v", err)
		}
		k.Write(t, k.Ada, func(s *record.Session) error { _, err := process.Resend(t.Context(), s, id, 0); return err })
		k.Drain(t)
		if got := states(t, k, id); got != "delivered" || x.got[12].Header.Get("Webhook-Id") != first {
			t.Errorf("%s under %s, first %s", got, x.got[12].Header.Get("Webhook-Id"), first)
		}
		x.answers(410)
		k.Create(t, k.Rita, "account", record.Values{"name": "Gone"})
		k.Drain(t)
		k.Read(t, k.Ada, func(s *record.Session) error {
			r, err := s.Get(t.Context(), "webhook", id)
			if err == nil && r.Field("active") != false {
				t.Error("a receiver that is gone is still told")
			}
			if text := process.Trouble(s, r); err == nil && !strings.Contains(text, "nobody listens at this address any more (410 Gone)") {
				t.Errorf("why: %q", text)
			}
			return err
		})
	})
}

// Without leave nothing reaches the server's own network, by whatever name.
func TestNothingReachesTheServersOwnNetwork(t *testing.T) {
	t.Parallel()
	eachHooked(t, false, func(t *testing.T, k *apptest.Kit) {
		x := newReceiver(t)
		port := x.URL[strings.LastIndex(x.URL, ":"):]
		for _, url := range []string{x.URL, "http://localhost" + port, "http://[::1]" + port, "http://[::ffff:127.0.0.1]" + port, "http://0.0.0.0" + port} {
			k.Create(t, k.Ada, "webhook", record.Values{"name": url, "url": url, "events": "account.created"})
		}
		k.Create(t, k.Rita, "account", record.Values{"name": "Acme"})
		k.Drain(t)
		if x.count() != 0 {
			t.Errorf("reached %d times", x.count())
		}
	})
}

// A save does not wait for a receiver that never answers, and other webhooks
// are told meanwhile.
func TestASlowReceiverHoldsNobodyUp(t *testing.T) {
	t.Parallel()
	eachHooked(t, true, func(t *testing.T, k *apptest.Kit) {
		quick := newReceiver(t)
		hang, asked := make(chan struct{}), make(chan struct{}, 10)
		slow := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			asked <- struct{}{}
			select {
			case <-hang:
			case <-r.Context().Done():
			}
		}))
		t.Cleanup(slow.Close)
		t.Cleanup(func() { close(hang) })
		k.Create(t, k.Ada, "webhook", record.Values{"name": "slow", "url": slow.URL, "events": "account.created"})
		k.Create(t, k.Ada, "webhook", record.Values{"name": "quick", "url": quick.URL, "events": "account.created"})
		if err := k.App.Jobs().Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = k.App.Jobs().Stop(t.Context()) })
		k.Create(t, k.Rita, "account", record.Values{"name": "Acme"})
		<-asked // the receiver has the first message and keeps it
		began := time.Now()
		k.Create(t, k.Rita, "account", record.Values{"name": "Bolt"})
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("a save took %v", took)
		}
		deadline := time.After(time.Minute)
		for quick.count() < 2 {
			select {
			case <-deadline:
				t.Fatalf("the other receiver was told %d times", quick.count())
			case <-time.After(10 * time.Millisecond):
			}
		}
	})
}
