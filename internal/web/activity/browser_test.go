package activity_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"wellmet/internal/record"
	"wellmet/internal/value"
	"wellmet/internal/web/webtest"
)

const eml = "From: Ingrid <ingrid@nordlys.example>\r\nTo: new@else.example\r\nSubject: Revised terms\r\nDate: Sun, 1 Mar 2026 09:42:00 +0100\r\nMessage-ID: <b@nordlys.example>\r\n\r\nThat works.\r\n\r\nOn 1 Mar 2026, Rita wrote:\r\n> Would it?\r\n"

// TestDayOfARep: log a call with its next step by keyboard, complete it and plan
// another, drop a mail, see it all by calendar.
func TestDayOfARep(t *testing.T) {
	t.Parallel()
	s := webtest.Open(t, pages)
	account := s.Create(t, s.Rita, "account", record.Values{"name": "Nordlys Energi"})
	s.Create(t, s.Rita, "contact", record.Values{"name": "Ingrid Solberg", "email": "ingrid@nordlys.example", "account": account})
	for i := range 6 {
		s.Create(t, s.Rita, "activity", record.Values{"kind": []string{"call", "meeting", "task"}[i%3], "subject": "Visit no. " + string(rune('1'+i)),
			"starts_at": time.Date(2026, 3, 12, 9, 20*i, 0, 0, time.UTC), "ends_at": time.Date(2026, 3, 12, 10, 20*i, 0, 0, time.UTC)})
	}
	b := s.Browser(t, s.Rita)
	at := "/accounts/" + account.String()
	b.Open(at)
	b.See("#next", "No next activity.")
	b.Press("n") // which is chosen already
	b.Wait("document.activeElement.name === 'body'")
	b.Eval("document.activeElement.blur() ?? true")
	b.Press("l")
	b.Wait("document.activeElement.name === 'body' && document.querySelector('[name=kind]:checked').value === 'call'")
	b.Type("#composer [name=body]", "Ingrid wants 36 months")
	b.Choose("#composer [name=result]", "reached")
	b.Type("#composer [name=next]", "Send the terms")
	b.Axe()
	b.Picture("composer")
	b.Open(at) // leaving keeps the draft
	b.Wait("document.querySelector('#composer [name=body]').value === 'Ingrid wants 36 months'")
	b.See("#composer", "Your draft is back.")
	b.Eval("document.querySelector('#composer [name=next]').focus() ?? true")
	b.Press("\r", chromedp.ModifierCtrl)
	b.See("#r-timeline", "Ingrid wants 36 months")
	b.See("#next", "Send the terms")
	b.See(".toast", "Call saved")
	b.Wait("document.querySelector('#composer [name=body]').value === '' && !Object.keys(localStorage).some(k => k.startsWith('draft'))")
	b.Picture("next-step")

	b.Click("#next .btn")
	b.Visible("#next textarea")
	b.Type("#next [name=body]", "Sent by mail")
	b.Type("#next [name=next]", "Ask for the order")
	b.Axe()
	b.Picture("done-next")
	b.Press("\r", chromedp.ModifierCtrl)
	b.See("#next", "Ask for the order")

	content, err := json.Marshal(eml)
	if err != nil {
		t.Fatal(err)
	}
	b.Eval(`(() => { const d = new DataTransfer(); d.items.add(new File([` + string(content) + `], 'terms.eml', {type: 'message/rfc822'}));
		const i = document.querySelector('[data-mail-file]'); i.files = d.files; i.dispatchEvent(new Event('change', {bubbles: true})); return true })()`)
	b.See("dialog", "new@else.example")
	b.Axe()
	b.Picture("mail-dropped")
	b.Click("dialog [data-close]")
	b.See("#r-timeline", "That works.")
	b.Picture("mail-timeline")

	b.Open("/activities?layout=calendar")
	b.See("h2", "March 2026")
	b.See(".month", "+3 more")
	b.Axe()
	b.Picture("calendar-month")
	b.Press(string("\ue014"))
	b.Open("/activities?layout=calendar&span=week&day=2026-03-12")
	b.Axe()
	b.Picture("calendar-week")
	b.Theme("dark")
	b.AxeColours()
	b.Picture("calendar-week-dark")
	b.Click(".evt.k-meeting")
	b.See("dialog", "Visit no.")
	b.Axe()
	b.Picture("calendar-quick")
	b.Open("/activities?layout=calendar")
	b.Axe()
	b.Size(390, 844)
	b.Open("/activities?layout=calendar")
	b.Wait("document.documentElement.scrollWidth <= 391")
	b.See(".month", "Visit no. 6")
	b.Axe()
	b.Picture("calendar-phone-dark")
	b.Theme("light")
	b.Open(at)
	b.Wait("document.documentElement.scrollWidth <= 391")
	b.Axe()
	b.Picture("record-work-phone")
	if !strings.HasPrefix(b.Path(), "/accounts/") {
		t.Error(b.Path())
	}
}

// TestMentionWhileTyping: an @ opens colleagues, keys and thumbs choose, and of
// two of one name the chosen one is told.
func TestMentionWhileTyping(t *testing.T) {
	t.Parallel()
	s := webtest.Open(t, pages)
	account := s.Create(t, s.Ada, "account", record.Values{"name": "Nordlys Energi"})
	second := s.Create(t, s.Ada, "member", record.Values{"name": "Max"})
	b := s.Browser(t, s.Ada)
	b.Open("/accounts/" + account.String())
	b.Type("#act-body", "ana@ma")
	b.Gone("[data-mentions]") // an address is nobody
	b.Type("#act-body", "Ask @ma")
	b.See("[data-mentions] [role=option]", "Max")
	b.Axe()
	b.Picture("mention")
	b.Eval("[...document.querySelectorAll('[data-mentions] [role=option]')].findIndex(x => x.dataset.id === '" + second.String() + "') === 1 || document.querySelector('[data-mentions]').append(document.querySelector('[data-mentions] [role=option]'))")
	b.Press(kb.ArrowDown)
	b.Press("\r")
	b.Wait("document.querySelector('#act-body').value === 'Ask @Max ' && document.activeElement.id === 'act-body'")
	b.Gone("[data-mentions]")
	b.Press("and @ol")
	b.See("[data-mentions] [role=option]", "Olga")
	b.Press(kb.Escape)
	b.Gone("[data-mentions]")
	b.Size(390, 844)
	b.Press("g")
	b.See("[data-mentions] [role=option]", "Olga")
	b.Picture("mention-phone")
	b.Click("[data-mentions] [role=option]")
	b.Wait("document.querySelector('#act-body').value === 'Ask @Max and @Olga '")
	b.Press("\r", chromedp.ModifierCtrl)
	b.See("#r-timeline", "Ask @Max and @Olga")
	s.Read(t, s.Ada, func(x *record.Session) error {
		page, err := x.Query(t.Context(), record.Query{Object: "activity", Fields: []string{"mentions"}})
		if err != nil {
			return err
		}
		for _, r := range page.Records {
			full, err := x.Get(t.Context(), "activity", r.ID)
			if err != nil {
				return err
			}
			ids, _ := full.Field("mentions").([]value.ID)
			if len(ids) != 2 || !slices.Contains(ids, s.Olga) || !slices.Contains(ids, second) {
				t.Errorf("mentions %v, wanted %v and %v", ids, s.Olga, second)
			}
		}
		return nil
	})
}
