package process_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"wellmet/internal/app"
	"wellmet/internal/app/apptest"
	"wellmet/internal/fault"
	"wellmet/internal/process"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

// silent takes messages and answers none.
func silent(t *testing.T) (url string) {
	t.Helper()
	over := make(chan struct{})
	x := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-over:
		case <-r.Context().Done():
		}
	}))
	t.Cleanup(x.Close)
	t.Cleanup(func() { close(over) })
	return x.URL
}

// delivery is the one message to a webhook, told in a language.
func delivery(t *testing.T, k *apptest.Kit, hook value.ID, language string) (d process.Delivery) {
	t.Helper()
	who := apptest.As(k.Ada)
	who.Locale = language
	if err := k.Workspace.Read(t.Context(), who, func(s *record.Session) error {
		list, err := process.Deliveries(t.Context(), s, hook, "", 0, 10)
		if err == nil && len(list) != 1 {
			t.Fatalf("%d messages", len(list))
		}
		if err == nil {
			d = list[0]
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return d
}

// A receiver that does not answer in time is asked again, later and later, until
// its message is given up; others hear of everything at once, and by hand it is
// sent again.
func TestAReceiverThatNeverAnswers(t *testing.T) {
	t.Parallel()
	eachHooked(t, true, func(t *testing.T, k *apptest.Kit) {
		k.Workspace.Process().Hurry(100 * time.Millisecond)
		quick := newReceiver(t)
		slow, _ := hook(t, k, silent(t), "account.created")
		k.Create(t, k.Ada, "webhook", record.Values{"name": "quick", "url": quick.URL, "events": "account.created"})
		k.Create(t, k.Rita, "account", record.Values{"name": "Acme"})
		k.Drain(t)
		if quick.count() != 1 {
			t.Errorf("the other was told %d times", quick.count())
		}
		d := delivery(t, k, slow, "en")
		if d.State != "waiting" || d.Attempts != 1 || d.Next == nil || !d.Next.Equal(k.Now().Add(5*time.Second)) || d.Status != nil || d.Problem != "No answer in time." {
			t.Errorf("after the first attempt %+v", d)
		}
		if d := delivery(t, k, slow, "ru"); d.Problem != "Ответ не пришёл вовремя." {
			t.Errorf("in Russian %q", d.Problem)
		}
		k.Drain(t) // its time has not come
		if d := delivery(t, k, slow, "en"); d.Attempts != 1 {
			t.Errorf("%d attempts at once", d.Attempts)
		}
		for range 20 {
			k.Pass(24 * time.Hour)
			k.Drain(t)
		}
		if d := delivery(t, k, slow, "en"); d.State != "dead" || d.Attempts != 12 || d.Next != nil || d.Done == nil || d.Problem != "No answer in time." {
			t.Errorf("in the end %+v", d)
		}
		k.Write(t, k.Ada, func(s *record.Session) error { // it has moved
			_, err := s.Update(t.Context(), "webhook", slow, 0, record.Values{"url": quick.URL})
			return err
		})
		resend := func(who value.ID) error {
			return k.Try(t.Context(), who, func(s *record.Session) error { _, err := process.Resend(t.Context(), s, slow, d.ID); return err })
		}
		if err := resend(k.Rita); !fault.Is(err, fault.Forbidden) {
			t.Errorf("a rep sends again: %v", err)
		}
		if err := resend(k.Ada); err != nil {
			t.Fatal(err)
		}
		k.Drain(t)
		if d := delivery(t, k, slow, "en"); d.State != "delivered" || d.Problem != "" || quick.count() != 2 {
			t.Errorf("sent again %+v, told %d", d, quick.count())
		}
	})
}

// Nobody there, and an address of the server's own network, are told in words.
func TestWhyAReceiverIsNotReached(t *testing.T) {
	t.Parallel()
	for private, want := range map[bool]string{true: "The address cannot be reached: dial tcp 127.0.0.1:1: ",
		false: "The address is in the server’s own network, which webhooks do not reach."} {
		t.Run(want[:15], func(t *testing.T) {
			t.Parallel()
			eachHooked(t, private, func(t *testing.T, k *apptest.Kit) {
				id, _ := hook(t, k, "http://127.0.0.1:1/in", "account.created")
				k.Create(t, k.Rita, "account", record.Values{"name": "Acme"})
				k.Drain(t)
				if d := delivery(t, k, id, "en"); !strings.HasPrefix(d.Problem, want) || d.State != "waiting" {
					t.Errorf("told %+v", d)
				}
			})
		})
	}
}

// What waits for a webhook that is switched off rests, and goes when it is
// switched on again; by hand nothing is sent to it.
func TestAWebhookThatIsSwitchedOffRests(t *testing.T) {
	t.Parallel()
	eachHooked(t, true, func(t *testing.T, k *apptest.Kit) {
		x := newReceiver(t)
		x.answers(500)
		id, _ := hook(t, k, x.URL, "account.created")
		k.Create(t, k.Rita, "account", record.Values{"name": "Acme"})
		k.Drain(t)
		active := func(on bool) {
			k.Write(t, k.Ada, func(s *record.Session) error {
				_, err := s.Update(t.Context(), "webhook", id, 0, record.Values{"active": on})
				return err
			})
		}
		active(false)
		k.Pass(time.Hour)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		for range 2 {
			if err := k.App.Jobs().Drain(ctx); err != nil {
				t.Fatalf("the queue is never empty: %v", err)
			}
			if err := k.Workspace.Process().Tick(ctx, k.Workspace.Engine()); err != nil {
				t.Fatal(err)
			}
		}
		if d := delivery(t, k, id, "en"); d.State != "waiting" || d.Attempts != 1 || x.count() != 1 {
			t.Errorf("meanwhile %+v, told %d times", d, x.count())
		}
		for what, do := range map[string]func(*record.Session) error{
			"resend": func(s *record.Session) error { _, err := process.Resend(t.Context(), s, id, 0); return err },
			"test":   func(s *record.Session) error { return k.Workspace.Process().Ping(t.Context(), s, id) },
		} {
			if err := k.Try(t.Context(), k.Ada, do); !isKey(err, "process.webhook_off") {
				t.Errorf("%s: %v", what, err)
			}
		}
		x.answers(200)
		active(true)
		k.Drain(t)
		if d := delivery(t, k, id, "en"); d.State != "delivered" {
			t.Errorf("afterwards %+v", d)
		}
	})
}

// A rule calls a webhook that asks for nothing by itself, for the records that
// its condition holds for, after the commit; what a failed rule asked for is not
// sent, and keeps nothing else from being sent.
func TestARuleCallsAWebhook(t *testing.T) {
	t.Parallel()
	apptest.EachWith(t, app.Config{PrivateHooks: true, Quiet: true}, func(t *testing.T, kit *apptest.Kit) {
		k, x := benchOf(t, kit), newReceiver(t)
		id, secret := hook(t, kit, x.URL, "")
		rule := k.rule("changed", `amount > 1000`, []process.Action{{Do: process.DoWebhook, Webhook: id}}, record.Values{"fields": "amount"})
		deal, small := k.deal("prospecting", nil), k.deal("prospecting", nil)
		k.must(k.set(k.Rita, "deal", small, record.Values{"amount": "10 EUR"}))
		k.must(k.set(k.Rita, "deal", deal, record.Values{"amount": "2000 EUR"}))
		if x.count() != 0 {
			t.Error("told before the job")
		}
		k.Drain(t)
		if x.count() != 1 || !strings.Contains(x.bodies[0], `"type":"deal.rule"`) || !strings.Contains(x.bodies[0], deal.String()) || strings.Contains(x.bodies[0], `"changes"`) {
			t.Fatalf("told %d times: %s", x.count(), x.bodies)
		}
		h := x.got[0].Header
		if !process.Verify(secret, h.Get("Webhook-Id"), h.Get("Webhook-Timestamp"), h.Get("Webhook-Signature"), []byte(x.bodies[0]), k.Now()) {
			t.Error("the signature is wrong")
		}
		k.Pass(time.Minute)
		k.Write(t, k.Ada, func(s *record.Session) error {
			out, err := k.Workspace.Process().TryRule(t.Context(), s, rule, deal)
			if err == nil && out.Messages != 1 {
				t.Errorf("the trial tells of %d messages", out.Messages)
			}
			return err
		})
		k.Drain(t)
		if x.count() != 1 {
			t.Error("a trial told somebody")
		}

		failing := k.rule("changed", `amount > 5000`, []process.Action{{Do: process.DoWebhook, Webhook: id}, {Do: process.DoAssign, To: "rule:None"}}, record.Values{"name": "Failing", "fields": "amount", "position": int64(-1)})
		k.must(k.set(k.Rita, "deal", deal, record.Values{"amount": "9000 EUR"}))
		k.Drain(t)
		if x.count() != 2 {
			t.Errorf("told %d times beside a rule that fails: %v", x.count(), k.log("deal", deal))
		}
		k.must(k.set(k.Ada, "rule", failing, record.Values{"active": false}))
		k.must(k.set(k.Ada, "webhook", id, record.Values{"active": false}))
		k.rule("changed", `amount > 1000`, []process.Action{{Do: process.DoWebhook, Webhook: id}, {Do: process.DoTask, To: "owner", Text: "Look at it"}}, record.Values{"name": "Both", "fields": "amount"})
		k.must(k.set(k.Rita, "deal", deal, record.Values{"amount": "3000 EUR"}))
		log := k.log("deal", deal)
		for i, want := range []string{"done", "failed The webhook “ERP” is switched off", "done", "failed The webhook “ERP” is switched off"} {
			if !strings.HasPrefix(log[i], want) {
				t.Errorf("the log says %q", log)
			}
		}
		k.Drain(t)
		k.Read(t, k.Ada, func(s *record.Session) error { // the other deed was done
			n, _, err := s.Count(t.Context(), record.Query{Object: "activity", Filter: `subject = "Look at it"`, Count: record.CountExact})
			if err == nil && (n != 1 || x.count() != 2) {
				t.Errorf("%d tasks, told %d times", n, x.count())
			}
			return err
		})
	})
}

// Messages to a webhook that was deleted stay as long as it can be restored.
func TestMessagesOfADeletedWebhookAreTidiedAway(t *testing.T) {
	t.Parallel()
	eachHooked(t, true, func(t *testing.T, k *apptest.Kit) {
		left := func(id value.ID) (n int64) {
			k.Write(t, k.Ada, func(s *record.Session) error {
				if err := process.Tidy(t.Context(), s.Tx(), k.Now()); err != nil {
					return err
				}
				_, err := s.Tx().Row(t.Context(), `SELECT count(*) FROM {webhook_delivery} WHERE webhook = $1`, []any{id}, &n)
				return err
			})
			return n
		}
		gone, _ := hook(t, k, "https://erp.example", "account.created")
		stays := k.Create(t, k.Ada, "webhook", record.Values{"name": "Shop", "url": "https://shop.example", "events": "account.created"})
		k.Create(t, k.Rita, "account", record.Values{"name": "Acme"})
		k.Write(t, k.Ada, func(s *record.Session) error {
			if _, err := s.Update(t.Context(), "webhook", stays, 0, record.Values{"active": false}); err != nil {
				return err
			}
			return s.Delete(t.Context(), "webhook", gone)
		})
		if a, b := left(gone), left(stays); a != 1 || b != 1 {
			t.Errorf("at once %d and %d are left", a, b)
		}
		k.Pass(31 * 24 * time.Hour)
		if a, b := left(gone), left(stays); a != 0 || b != 1 {
			t.Errorf("a month later %d and %d are left", a, b)
		}
	})
}
