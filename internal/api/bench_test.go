package api

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"wellmet/internal/app/apptest"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

// nobody takes an answer and keeps nothing, so that what is measured is ours.
type nobody struct{ header http.Header }

func (n *nobody) Header() http.Header         { return n.header }
func (n *nobody) Write(b []byte) (int, error) { return len(b), nil }
func (n *nobody) WriteHeader(int)             {}

// BenchmarkDoor sets what a request costs beside the same read through the
// engine alone: the difference is the door's.
func BenchmarkDoor(b *testing.B) {
	c := sqliteConfig()
	c.OnStatement = nil
	d := open(b, apptest.Open(b, c))
	var deal string
	account := d.create(b, d.Rita, "accounts", map[string]any{"name": "A"})
	for range 60 {
		deal = d.create(b, d.Rita, "deals", map[string]any{"name": "Ships", "account": account, "amount": "1234.50"})
	}
	id, _ := value.ParseID(deal)
	through := func(b *testing.B, path string) {
		b.ReportAllocs()
		for b.Loop() {
			r := httptest.NewRequestWithContext(b.Context(), GET, base+path, nil)
			r.Header.Set("Authorization", "Bearer "+d.tokens[d.Rita])
			d.api.ServeHTTP(&nobody{http.Header{}}, r)
		}
	}
	engine := func(b *testing.B, do func(*record.Session, []byte) ([]byte, error)) {
		b.ReportAllocs()
		var buffer []byte
		for b.Loop() {
			err := d.Workspace.Read(b.Context(), apptest.As(d.Rita), func(s *record.Session) (err error) {
				buffer, err = do(s, buffer[:0])
				return err
			})
			if err != nil {
				b.Fatal(err)
			}
		}
	}
	b.Run("me", func(b *testing.B) { through(b, "/me") })
	b.Run("get/http", func(b *testing.B) { through(b, "/deals/"+deal) })
	b.Run("get/engine", func(b *testing.B) {
		engine(b, func(s *record.Session, dst []byte) ([]byte, error) {
			return s.GetJSON(b.Context(), "deal", id, nil, dst)
		})
	})
	b.Run("page/http", func(b *testing.B) { through(b, "/deals?sort=-amount&limit=50&fields=name,amount,stage") })
	b.Run("page/engine", func(b *testing.B) {
		q := record.Query{Object: "deal", Sort: "-amount", Limit: 50, Fields: []string{"name", "amount", "stage"}}
		engine(b, func(s *record.Session, dst []byte) ([]byte, error) { return s.QueryJSON(b.Context(), q, dst) })
	})
	b.Run("token", func(b *testing.B) {
		for b.Loop() {
			if _, err := d.App.Auth().UseToken(b.Context(), d.tokens[d.Rita]); err != nil {
				b.Fatal(err)
			}
		}
	})
}
