package list

import (
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"

	"wellmet/internal/app"
	"wellmet/internal/app/apptest"
	"wellmet/internal/i18n"
	"wellmet/internal/record"
	"wellmet/internal/store"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
	"wellmet/internal/web/views"
)

// BenchmarkList renders 50 rows of 10 columns; reading them is not measured.
func BenchmarkList(b *testing.B) {
	k := apptest.Open(b, app.Config{Sync: store.SyncOff})
	k.Write(b, k.Rita, func(s *record.Session) error {
		for i := range 50 {
			account, err := s.Create(b.Context(), "account", record.Values{"name": fmt.Sprint("Fairhaven Renewables plc ", i)})
			if err != nil {
				return err
			}
			if _, err = s.Create(b.Context(), "deal", record.Values{"name": fmt.Sprint("Cold-chain monitoring ", i), "account": account.ID, "probability": "25",
				"amount": value.Money{Minor: int64(i) * 1234567, Currency: "EUR"}, "close_date": "2026-04-05", "source": "web"}); err != nil {
				return err
			}
		}
		return nil
	})
	v := &kit.View{Format: i18n.FormatFor("en"), Lang: "en", Zone: time.UTC, Now: k.Now()}
	r, err := http.NewRequestWithContext(b.Context(), http.MethodGet, "/deals?columns=name,account,stage,amount,probability,close_date,owner,next_activity_at,source,created_at", nil)
	if err != nil {
		b.Fatal(err)
	}
	r.SetPathValue("plural", "deals")
	k.Read(b, k.Rita, func(s *record.Session) error {
		c := &door.Call{R: r, Ctx: b.Context(), View: v}
		o, err := c.Object(s)
		if err != nil {
			return err
		}
		st, err := views.Parse(c, s, o)
		if err != nil {
			return err
		}
		p, err := load(c, s, st)
		if err != nil {
			return err
		}
		if len(p.records) != 50 || len(p.cols) != 10 {
			return fmt.Errorf("%d rows of %d columns", len(p.records), len(p.cols))
		}
		b.ReportAllocs()
		for b.Loop() {
			if err := region(v, p).Render(b.Context(), io.Discard); err != nil {
				return err
			}
		}
		return nil
	})
}
