package web_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"wellmet/internal/process"
	"wellmet/internal/record"
	"wellmet/internal/value"
	"wellmet/internal/web/webtest"
)

// The process that the story is guided by: a state is passed over for a reason
// alone.
const guided = `{"skip": "reason", "states": [
  {"state": "<prospecting>", "start": true, "tips": ["Listen first."]}, {"state": "<qualified>"}, {"state": "<proposal>"},
  {"state": "<negotiation>", "optional": true}, {"state": "<won>", "end": true}, {"state": "<lost>", "end": true}],
 "moves": [
  {"key": "qualify", "name": "Qualify it", "from": ["<prospecting>"], "to": "<qualified>", "checklist": [{"key": "nda", "text": "Site visited"}]},
  {"key": "offer", "name": "Send the offer", "from": ["<qualified>"], "to": "<proposal>"},
  {"key": "sign", "name": "Sign", "from": ["<proposal>"], "to": "<won>", "when": "amount > 0", "why": "Say first for how much."},
  {"key": "give_up", "name": "Give up", "to": "<lost>"}]}`

// TestASaleFromTheFormToTheComplaint follows one customer: a web form brings a
// lead, which is scored, given to Rita, worked by cadence and converted; the
// deal is guided to won and becomes a contract with two receipts; a complaint
// leads back to the step that was passed over.
func TestASaleFromTheFormToTheComplaint(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		company(t, s)
		b := s.Browser(t, s.Rita)
		askedBy(s.Browser(t, s.Ada), s)
		worked(t, b, s)
		converted(b)
		won(b)
		paid(b)
		complained(b)
	})
}

// company is what the administrator set up before: process, form, score and
// whose leads they are.
func company(t *testing.T, s *webtest.Site) {
	t.Helper()
	text := guided
	s.Read(t, s.Ada, func(se *record.Session) error {
		return se.Each(t.Context(), record.Query{Object: "stage"}, func(r *record.Record) error {
			text = strings.ReplaceAll(text, "<"+strings.ToLower(r.Title())+">", r.ID.String())
			return nil
		})
	})
	id := s.Create(t, s.Ada, "blueprint", record.Values{"name": "Selling", "object": "deal", "field": "stage", "definition": text})
	s.Write(t, s.Ada, func(se *record.Session) error {
		if _, err := process.Publish(t.Context(), se, id, process.Publication{Accept: true}); err != nil {
			return err
		}
		_, err := se.Update(t.Context(), "member", s.Rita, 0, record.Values{"email": "rita@test.example"})
		return err
	})
	s.Create(t, s.Ada, "form", record.Values{"name": "Ask us", "consent": "You may call me.", "thanks": "We call back."})
	s.Create(t, s.Ada, "score_rule", record.Values{"name": "Asked for a visit", "condition": `description contains "visit"`, "points": int64(40)})
	s.Create(t, s.Ada, "assignment_rule", record.Values{"name": "All", "members": []value.ID{s.Rita}})
}

// askedBy is the visitor of the company's own site.
func askedBy(b *webtest.Browser, s *webtest.Site) {
	b.Open("/w/" + s.Workspace.Slug() + "/f/ask-us")
	b.Type("[name=name]", "Ingrid Solberg")
	b.Type("[name=email]", "ingrid@nordlys.example")
	b.Type("[name=description]", "We would like a visit")
	b.Click("[name=_consent]")
	b.ClickText("Send")
	b.See("body", "We call back.")
}

// answer is what the lead writes back.
const answer = "From: Ingrid Solberg <ingrid@nordlys.example>\r\nTo: Rita <rita@test.example>\r\nSubject: Your call\r\nDate: Tue, 3 Mar 2026 09:42:00 +0100\r\nMessage-ID: <call@nordlys.example>\r\n\r\nCome on Thursday.\r\n"

// worked is the cadence of the lead: the first call reaches nobody, the next
// stands in the list, and the lead's answer ends it.
func worked(t *testing.T, b *webtest.Browser, s *webtest.Site) {
	t.Helper()
	b.Open("/leads")
	b.ClickText("Ingrid Solberg")
	b.See("h1", "Ingrid Solberg")
	b.See("#main", "Asked for a visit")
	lead := leadOf(t, s)
	if lead.Owner() != s.Rita {
		t.Errorf("the lead is of %v", lead.Owner())
	}
	b.See("#next", "No next activity.")
	b.Click("[popovertarget=r-menu]")
	b.ClickText("Cadence")
	b.See("dialog", "Eight calls")
	b.Click("dialog .primary")
	b.See("#next", "Call the lead")
	b.Click("#next .btn")
	b.Visible("#next textarea")
	b.Choose("#next [name=result]", "not_reached")
	b.Type("#next [name=body]", "Nobody picks up")
	b.Press(kb.Enter, chromedp.ModifierCtrl)
	b.See("#r-timeline", "Nobody picks up")

	s.Pass(24 * time.Hour)
	if err := s.Workspace.RunCadences(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.Open(b.Path())
	b.See("#next", "Call the lead")
	if state, next := enrollment(t, s); state != "active" || next < 2 {
		t.Errorf("the cadence is %s, with step %d to come", state, next)
	}
	content, err := json.Marshal(answer)
	if err != nil {
		t.Fatal(err)
	}
	b.Eval(`(() => { const d = new DataTransfer(); d.items.add(new File([` + string(content) + `], 'answer.eml', {type: 'message/rfc822'}));
		const i = document.querySelector('[data-mail-file]'); i.files = d.files; i.dispatchEvent(new Event('change', {bubbles: true})); return true })()`)
	b.See("#r-timeline", "Come on Thursday.")
	b.Still()
	b.See("#next", "No next activity.")
	b.Picture("story-answered")
	if state, _ := enrollment(t, s); state != "stopped replied" {
		t.Errorf("the cadence is %s", state)
	}
}

// leadOf is the one lead.
func leadOf(t *testing.T, s *webtest.Site) (lead *record.Record) {
	t.Helper()
	s.Read(t, s.Ada, func(se *record.Session) error {
		page, err := se.Query(t.Context(), record.Query{Object: "lead"})
		if err == nil {
			lead = page.Records[0]
		}
		return err
	})
	return lead
}

// enrollment tells how far the lead is on its way through the cadence.
func enrollment(t *testing.T, s *webtest.Site) (state string, step int64) {
	t.Helper()
	s.Read(t, s.Ada, func(se *record.Session) error {
		page, err := se.Query(t.Context(), record.Query{Object: "enrollment"})
		if err != nil {
			return err
		}
		r := page.Records[0]
		state, _ = r.Field("state").(string)
		reason, _ := r.Field("reason").(string)
		state, step = strings.TrimSpace(state+" "+reason), r.Field("step").(int64)
		return nil
	})
	return state, step
}

// converted makes account, contact and deal of the lead.
func converted(b *webtest.Browser) {
	b.ClickText("Convert")
	b.See("dialog", "New: “Ingrid Solberg”")
	b.Click("dialog .primary")
	b.See("h1", "Ingrid")
}

// won goes through the process, and passes a state over.
func won(b *webtest.Browser) {
	b.See("#r-guide", "Now: Prospecting")
	b.Press("s")
	b.See("dialog", "Proposal")
	b.Click("dialog .options button:nth-of-type(3)")
	b.Type("dialog [name=reason]", "They know what they want")
	b.Click("dialog .btn.primary")
	b.See("#r-guide", "Now: Proposal")
	b.See("#r-guide", "Say first for how much.")
	b.Click(`[aria-label="Edit Amount"]`)
	b.Type(`form[data-inline] input[inputmode=decimal]`, "2000")
	b.Press(kb.Enter)
	b.Wait("!document.querySelector('#r-guide').innerText.includes('Say first')")
	b.ClickText("Sign")
	b.Click("dialog .btn.primary")
	b.See("#main", "Won")
}

// paid signs the contract that the deal became, and books two receipts.
func paid(b *webtest.Browser) {
	b.Click("[popovertarget=r-tabs-more]")
	b.Click("#r-tabs-more [href*='contracts.deal']")
	b.Click("#r-panel a[href^='/contracts/']")
	b.See("h1", "Ingrid")
	b.ClickText("Signed")
	for i, amount := range []string{"500", "1500"} {
		b.ClickText("Book receipt")
		b.Type("dialog [name=amount]", amount)
		b.Click("dialog .btn.primary")
		b.Gone("dialog")
		b.See("#main", fmt.Sprintf("R-2026-%05d", i+1))
	}
	b.See("#main", "€0.00")
}

// complained opens a case about the deal, which tells what was passed over.
func complained(b *webtest.Browser) {
	b.Click("#main a[href^='/deals/']")
	b.See("#r-guide", "Now: Won")
	b.Click("[popovertarget=r-menu]")
	b.ClickText("New case")
	b.Type("dialog [name=subject]", "The pump does not fit")
	b.Click("dialog .btn.primary")
	b.See("h1", "The pump does not fit")
	b.Click(".tabs [href*='tab=process']")
	b.See("#main", "Skipped")
	b.See("#main", "Passed over: Qualified")
}
