package process

import (
	"net/netip"
	"testing"
	"time"

	"wellmet/internal/access"
	"wellmet/internal/schema"
)

// The values are those of the reference libraries of Standard Webhooks.
func TestSignaturesAreThoseOfStandardWebhooks(t *testing.T) {
	t.Parallel()
	const secret, id, body, right = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", `{"test": 2432232314}`, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
	at := time.Unix(1614265330, 0)
	if got, err := Sign(secret, id, at, []byte(body)); err != nil || got != right {
		t.Errorf("signed %s, %v", got, err)
	}
	const wrong = "v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc="
	for name, x := range map[string]struct {
		secret, id, time, signature string
		now                         time.Time
		want                        bool
	}{
		"right":          {secret, id, "1614265330", right, at, true},
		"among others":   {secret, id, "1614265330", wrong + " v2," + right[3:] + " " + right + " " + wrong, at, true},
		"without prefix": {secret[len(secretPrefix):], id, "1614265330", right, at, true},
		"no id":          {secret, "", "1614265330", right, at, false},
		"no time":        {secret, id, "", right, at, false},
		"no signature":   {secret, id, "1614265330", "", at, false},
		"wrong":          {secret, id, "1614265330", wrong, at, false},
		"empty":          {secret, id, "1614265330", "v1,", at, false},
		"old":            {secret, id, "1614265330", right, at.Add(5 * time.Minute), false},
		"early":          {secret, id, "1614265330", right, at.Add(-5*time.Minute - time.Second), false},
		"no secret":      {"", id, "1614265330", right, at, false},
		"prefix alone":   {secretPrefix, id, "1614265330", right, at, false},
	} {
		if got := Verify(x.secret, x.id, x.time, x.signature, []byte(body), x.now); got != x.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestWhichAddressesArePublic(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{"8.8.8.8": true, "2606:4700::1111": true, "127.0.0.1": false, "10.1.2.3": false, "172.16.0.1": false, "192.168.1.1": false,
		"169.254.169.254": false, "100.64.0.1": false, "0.0.0.0": false, "::1": false, "fe80::1": false, "fd00::1": false, "::ffff:10.0.0.1": false, "64:ff9b::a00:1": false,
		"224.0.0.1": false, "255.255.255.255": false, "2002:a00:1::": false} {
		if got := public(netip.MustParseAddr(text)); got != want {
			t.Errorf("%s public: %v", text, got)
		}
	}
}

func FuzzDefinition(f *testing.F) {
	for _, s := range []string{`{}`, `{"states":[{"state":"a","limit":{"n":1,"unit":"days","then":[{"do":"move","to":"a"}]}}],"moves":[{"key":"x","to":"a","when":"name = \"x\"","ask":[{"field":"name"}]}]}`, `[`, `{"states":null}`, `{"moves":[{"from":["a","a"]}]}`} {
		f.Add(s)
	}
	o := schema.NewObject("thing", "things", schema.Unowned, "Thing", "Things")
	schema.Text(o, "name")
	schema.Choice(o, "state", "a", "b")
	s, err := schema.New(1, append(access.Objects(), o))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		b, _ := compile(s, source{object: "thing", field: "state", text: text}, nil)
		if b == nil {
			return
		}
		c := newCompiler(s, b.object, nil)
		c.reach(b, nil)
		c.circles(b, nil)
		if again, err := ParseDefinition(b.String()); err != nil || len(again.States) != len(b.States) {
			t.Fatalf("does not read back: %v", err)
		}
	})
}

func FuzzPlaceholders(f *testing.F) {
	for _, s := range []string{"Dear {{name}}", "{{", "}}", "{{a}}{{b}}", "{{{{x}}}}", "plain"} {
		f.Add(s)
	}
	f.Fuzz(func(_ *testing.T, text string) { _, _ = holes(text) })
}
