package list_test

import (
	"fmt"
	"strings"
	"testing"

	"wellmet/internal/record"
	"wellmet/internal/web/webtest"
)

// What people do with lists all day, by mouse and by keys.
func TestListInTheBrowser(t *testing.T) {
	t.Parallel()
	s := webtest.Open(t, pages)
	deals(t, s, s.Rita, 60)
	b := s.Browser(t, s.Rita)
	b.Open("/deals?view=mine")
	b.See(".vtab[aria-current]", "My open")
	b.See("#n-0", "60")
	b.See("tfoot", "60 deals")
	b.See("tfoot", "Sum €")
	b.Axe()
	b.Picture("list-light")

	// Key F, two letters, a value: the filter is a chip, and the address says so.
	b.Press("f")
	b.Visible("#f-add [data-narrow]")
	b.Wait("document.activeElement.matches('[data-narrow]')")
	b.Press("tags")
	b.Press("\r")
	b.Visible("#f-add select[name=op]")
	b.Axe()
	b.Type("#f-add input[name=value]", "red")
	b.ClickText("Apply")
	b.See(".vchip", "Tags")
	b.Wait(`new URLSearchParams(location.search).get('filter')?.includes('tags')`)
	b.See("tfoot", "30 deals")
	b.See(".vbar", "Changed")

	// A chip is edited where it stands; the operator changes the control.
	b.Click("#c-2")
	b.Visible("#f-2 select[name=op]")
	b.Choose("#f-2 select[name=op]", "filled")
	b.Wait(`!document.querySelector('#f-2 input[name=value]:not([type=hidden])')`)
	b.ClickText("Apply")
	b.See("tfoot", "60 deals")
	b.ClickText("Discard")
	b.Wait(`location.search === '?view=mine'`)

	// Links are looked up by name.
	b.Press("f")
	b.Wait("document.activeElement.matches('#f-add [data-narrow]')")
	b.Press("account")
	b.Press("\r")
	b.Visible("#f-add [role=combobox]")
	b.Type("#f-add [role=combobox]", "Acm")
	b.Visible("#f-add [role=option]")
	b.Axe()
	b.Click("#f-add [role=option]")
	b.Wait(`document.querySelector('#f-add [data-id]').value !== ''`)
	b.ClickText("Apply")
	b.See(".vchip", "Acme")
	b.See("tfoot", "60 deals")
	b.ClickText("Discard")
	b.Wait(`location.search === '?view=mine'`)

	// Headings sort, and keep the focus.
	b.Click("#h-name")
	b.See("th[aria-sort=ascending]", "Name")
	b.Wait(`document.activeElement.id === 'h-name'`)
	b.See("tbody tr:first-child .nm", "Deal 000")
	b.Click("#h-name")
	b.See("th[aria-sort=descending]", "Name")
	b.See("tbody tr:first-child .nm", "Deal 059")

	// The rows behind come when one scrolls to them.
	b.Eval(`document.querySelector('.tbl-wrap').scrollTo(0, 1e6)`)
	b.Wait(`document.querySelectorAll('tr[data-row]').length === 60`)

	columns(b)
	selection(b)
	looks(b)
}

// columns are chosen, moved by buttons and kept in the address.
func columns(b *webtest.Browser) {
	b.Click("#b-columns")
	b.Visible("#m-columns ol")
	b.Type("#m-columns [data-narrow]", "next st")
	b.Click("#m-columns .flist button:not([hidden])")
	b.Visible("#up-next_step")
	for range 2 {
		before := b.Eval(`[...document.querySelectorAll('#m-columns li')].findIndex(x => x.querySelector('#up-next_step'))`)
		b.Click("#up-next_step")
		b.Wait(`[...document.querySelectorAll('#m-columns li')].findIndex(x => x.querySelector('#up-next_step')) < ` + before)
	}
	b.Axe()
	b.Click("#m-columns [name=apply]")
	b.See("thead th:nth-last-child(3)", "Next step")
	b.Wait(`new URLSearchParams(location.search).get('columns')?.includes('next_step')`)
}

// selection is by keys and mouse; many rows change at once and change back.
func selection(b *webtest.Browser) {
	b.Eval(`document.activeElement.blur()`)
	b.Press("j")
	b.Press("j")
	b.Press("x")
	b.See(".bulk", "1 selected")
	b.Press("j")
	b.Press("j")
	b.Press("X")
	b.See(".bulk", "3 selected")
	b.Press("\x1b")
	b.Gone(".bulk")
	b.Click("[data-all]")
	b.See(".bulk", "50 selected")
	b.ClickText("Select all 60")
	b.See(".bulk", "60 selected")
	b.Axe()
	b.ClickText("Edit field")
	b.Visible("#bulk-edit select[name=f]")
	b.Choose("#bulk-edit select[name=f]", "next_step")
	b.See("#bulk-edit", "Set next step")
	b.Type("#bulk-value", "Send the offer")
	b.Axe()
	b.Click("#bulk-edit .primary")
	b.See("[data-toast]", "60 changed")
	b.Gone("dialog")
	b.See("tbody tr:first-child", "Send the offer")
	b.ClickText("Undo")
	b.Wait(`!document.querySelector('tbody').innerText.includes('Send the offer')`)

	b.Click("tbody tr:nth-child(2) input[name=id]")
	b.ClickText("Delete")
	b.See("[data-toast]", "1 deleted")
	b.See("tfoot", "59 deals")
	b.Open("/deals?trash=1")
	b.Click("[data-all]")
	b.ClickText("Restore")
	b.See("[data-toast]", "1 restored")
	b.See(".empty-state", "No deleted deals")
}

// looks of the same list: an edit in a cell, dark, on a phone.
func looks(b *webtest.Browser) {
	b.Open("/deals?view=mine&columns=name,next_step,amount,close_date,owner")
	b.Eval(`document.querySelector('tbody td[data-f=next_step]').dispatchEvent(new MouseEvent('dblclick', {bubbles: true}))`)
	b.Visible("td .fld.editing input:not([type=hidden])")
	b.Press("Call")
	b.Press("\r")
	b.Wait(`document.querySelector('tbody td[data-f=next_step]').innerText.trim() === 'Call' && !document.querySelector('td .fld')`)
	b.Theme("dark")
	b.Open("/deals?view=mine")
	b.See("tfoot", "60 deals")
	b.Click("tbody tr:nth-child(2) input[name=id]")
	b.Click("tbody tr:nth-child(4) input[name=id]")
	b.Axe()
	b.Picture("list-dark")
	b.Size(390, 844)
	b.Open("/deals?view=mine")
	b.See("tfoot", "60 deals")
	b.Axe()
	b.Picture("list-phone")
	b.Click("#b-filter")
	b.Visible("#f-add .flist")
	b.Axe()
	b.Picture("list-phone-filter")
}

// The pager counts the rows that scrolling brought, and Back finds them again.
func TestPagerInTheBrowser(t *testing.T) {
	t.Parallel()
	s := webtest.Open(t, pages)
	deals(t, s, s.Rita, 160)
	b := s.Browser(t, s.Rita)
	b.Open("/deals?sort=name")
	b.See("#pager", "1–50 of 160")
	b.Click("[data-all]")
	b.ClickText("Select all 160")
	b.Eval(`document.querySelector('.tbl-wrap').scrollTo(0, 1e6)`)
	b.See("#pager", "1–100 of 160")
	b.See(".bulk", "160 selected")
	b.Click("[data-unselect]")
	b.Gone(".bulk")
	b.Wait(`new URLSearchParams(location.search).get('rows') === '100'`)
	b.Picture("list-pager")
	b.Wait(`history.state.at?.flat().some(x => x > 0)`)
	b.Eval(`document.querySelectorAll('tr[data-row] .nm a')[60].click()`)
	b.See("h1", "Deal 060")
	b.Eval(`history.back()`)
	b.See("#pager", "1–100 of 160")
	b.Wait(`document.querySelectorAll('tr[data-row]').length === 100 && document.querySelector('.tbl-wrap').scrollTop > 0`)
	b.Click("#pager [rel=next]")
	b.See("#pager", "101–150 of 160")
	b.Click("#pager [rel=next]")
	b.See("#pager", "151–160 of 160")
	b.Click("#pager [rel=prev]")
	b.See("#pager", "101–150 of 160")
	b.Click("#pager [rel=prev]")
	b.See("#pager", "1–100 of 160")
	b.Size(390, 844)
	b.Theme("dark")
	b.Open("/deals?sort=name&rows=100")
	b.See("#pager", "1–100 of 160")
	b.Eval(`document.querySelector('#pager').scrollIntoView()`)
	b.Picture("list-pager-phone")
}

// A view is saved and found again; nothing but rows that match is a first run.
func TestViewsInTheBrowser(t *testing.T) {
	t.Parallel()
	s := webtest.Open(t, pages)
	b := s.Browser(t, s.Rita)
	b.Open("/deals")
	b.See(".empty-state", "No deals yet")
	b.Axe()
	for i := range 3 {
		s.Create(t, s.Rita, "lead", record.Values{"name": fmt.Sprint("Lead ", i), "company": "Firm"})
	}
	b.Open("/leads")
	b.Type("#find", "nobody")
	b.See(".empty-state", "No leads match.")
	b.Wait(`document.activeElement.id === 'find'`)
	b.ClickText("Clear filters")
	b.See("tfoot", "3 leads")
	b.Click("#h-name")
	b.See("th[aria-sort]", "Name")
	b.Click("#b-save")
	b.Type("#m-save input[name=name]", "By name")
	b.ClickText("Save as new")
	b.See(".vtab[aria-current]", "By name")
	b.Press("1")
	b.See(".vtab[aria-current]", "All")
	b.Press("5")
	b.See(".vtab[aria-current]", "By name")
	if body := s.User(t, s.Rita).Get(b.Path()).Body; strings.Contains(body, ">Changed<") {
		t.Error("a fresh view counts as changed")
	}
	b.Click("#b-save")
	b.Visible("#m-save input[name=name]")
	b.Axe()
	b.ClickText("Delete view")
	b.Wait(`location.search === '' && document.querySelectorAll('.vtab').length === 4`)
}
