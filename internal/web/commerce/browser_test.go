package commerce_test

import (
	"testing"

	"wellmet/internal/commerce"
	"wellmet/internal/record"
	"wellmet/internal/value"
	"wellmet/internal/web/webtest"
)

// What a customer bought fits on a desk beside the fields, also with long names and
// great amounts; on a phone the table scrolls by itself and the page does not.
func TestWhatACustomerBoughtFits(t *testing.T) {
	t.Parallel()
	x := newShop(t, webtest.Open(t, pages))
	x.Write(t, x.Rita, func(s *record.Session) error {
		if _, err := s.Update(t.Context(), "contract", x.contract, 0, record.Values{"name": "Framework agreement on charging stations for the northern harbours, second part"}); err != nil {
			return err
		}
		if _, err := commerce.Sign(t.Context(), s, x.contract, 0, 0); err != nil {
			return err
		}
		_, err := commerce.Book(t.Context(), s, commerce.Booking{Contract: x.contract, Amount: value.Money{Minor: 987654321, Currency: "EUR"}, AcceptOver: true, Method: "bank_transfer"})
		return err
	})
	b := x.Browser(t, x.Rita)
	b.Size(1440, 900)
	b.Open("/accounts/" + x.account.String() + "?tab=bought")
	b.See(".relwrap", "Framework agreement")
	b.Wait("document.querySelectorAll('.relwrap tbody tr').length === 2")
	b.Picture("bought-1440")
	b.Wait("(w => w.scrollWidth <= w.clientWidth)(document.querySelector('.relwrap:has(.hist)'))")
	b.Axe()
	b.Size(390, 844)
	b.Open("/accounts/" + x.account.String() + "?tab=bought")
	b.See(".relwrap", "Framework agreement")
	b.Picture("bought-390")
	b.Wait("document.documentElement.scrollWidth <= innerWidth && document.querySelector('.relwrap td:nth-child(2)').clientWidth > 200")
}
