package record_test

import (
	"testing"

	"wellmet/internal/record"
	"wellmet/internal/value"
	"wellmet/internal/web/webtest"
)

// The page follows the record type: its own part stands first, what it leaves out
// is not shown, and another type shows again what was kept.
func TestThePageFollowsTheRecordType(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		account := s.Create(t, s.Rita, "account", record.Values{"name": "Acme"})
		typ := func(v record.Values) value.ID { return s.Create(t, s.Ada, "record_type", v) }
		one := typ(record.Values{"name": "零售 <1>", "deal_first": "region, competitor", "deal_hides": "campaign, competitor"})
		deal := s.Create(t, s.Rita, "deal", record.Values{"name": "Fleet", "account": account, "record_type": one, "campaign": "Spring fair", "region": "North"})
		u, at := s.User(t, s.Rita), "/deals/"+deal.String()
		has(t, u.Get(at), 200, "零售 &lt;1&gt;", "North", "!Spring fair", "!-competitor\"")
		plain := typ(record.Values{"name": "Plain"})
		s.Write(t, s.Rita, func(x *record.Session) error {
			_, err := x.Update(t.Context(), "deal", deal, 0, record.Values{"record_type": plain})
			return err
		})
		has(t, u.Get(at), 200, "Spring fair", "North")
	})
}
