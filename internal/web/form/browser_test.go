package form_test

import (
	"testing"

	"wellmet/internal/web/webtest"
)

func TestAFormIsBuiltInTheBrowser(t *testing.T) {
	t.Parallel()
	s := webtest.Open(t, pages)
	b := s.Browser(t, s.Ada)
	b.Allow("422")
	b.Open("/settings")
	b.ClickText("Web forms")
	b.Type("[name=name]", "Ask us")
	b.ClickText("New form")
	order := "[...document.querySelectorAll('#main [data-dz-field]')].map(x => x.dataset.dzField).join(' ')"
	b.Wait(order + " === 'name email phone description'")
	b.See("[data-toast]", "Form made")
	b.Axe()

	// Ordered by drag and by keys, and the preview follows what is typed.
	b.Eval("(() => { const d = (e, s) => document.querySelector(s).dispatchEvent(new DragEvent(e, { bubbles: true, cancelable: true, dataTransfer: new DataTransfer() }));" +
		"d('dragstart', '#q-phone'); d('dragover', '#q-email'); d('drop', '#q-email'); return true })()")
	b.Wait(order + " === 'name phone email description'")
	b.See("[data-toast]", "Order changed")
	b.Still()
	b.Eval("(document.querySelector('#q-email [value^=\"up:\"]').focus(), true)")
	b.Press("\r")
	b.Wait(order + " === 'name email phone description'")
	b.Type("#words [name=title]", "Talk to us")
	b.See("#preview", "Talk to us")
	b.Picture("form-builder")
	b.Type("#words [name=sites]", "example.com")
	b.Eval("(document.querySelector('#words').requestSubmit(), true)")
	b.Visible("#p-sites-e")
	b.Axe()
	b.Eval("document.querySelector('#words [name=sites]').value = ''")
	b.Eval("(document.querySelector('#words').requestSubmit(), true)")
	b.See("[data-toast]", "Form saved")
	b.Size(390, 844)
	b.Wait("document.documentElement.scrollWidth <= 391")
	b.Picture("form-builder-phone")

	// A stranger sends it; it lies among the submissions.
	b.Open("/w/" + s.Workspace.Slug() + "/f/ask-us")
	b.Axe()
	s.Stranger(t).Post("/w/"+s.Workspace.Slug()+"/f/ask-us", filled())
	b.Size(1440, 900)
	b.Open("/settings/forms")
	b.ClickText("Ask us")
	b.ClickText("Submissions")
	b.See("#main", "Ann Ek")
	b.Click("#main summary")
	b.See("#main", "Call me")
	b.Axe()
	b.Picture("form-submissions")
}
