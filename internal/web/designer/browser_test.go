package designer_test

import (
	"testing"

	"wellmet/internal/web/webtest"
)

func TestDesignInTheBrowser(t *testing.T) {
	t.Parallel()
	s := webtest.Open(t, pages)
	b := s.Browser(t, s.Ada)
	b.Allow("422")
	b.Open("/settings/objects")
	b.ClickText("Add object")
	b.Visible("[name='one.en']")
	b.Type("[name='one.en']", "Ship")
	b.Type("[name='many.en']", "Ships")
	b.See("#names", "ships")
	b.Axe()
	b.Picture("designer-object")
	b.Eval("document.querySelector('#main form.dform').requestSubmit()")
	b.See(".dz h1", "Ships")
	b.See(".side", "Ships")

	// A field of a kind, then a formula whose mistake is pointed at.
	b.Open("/settings/objects/ship?add=whole")
	b.Type("[name='label.en']", "Crew")
	b.See("#names", "crew")
	b.Eval("(document.querySelector('.aside form.dform .acts .primary').click(), true)")
	b.Wait("location.search.includes('field=crew')")
	b.See("[data-toast]", "Saved")
	b.Open("/settings/objects/ship?add=choice")
	b.Type("[name='label.en']", "Colour")
	b.Type("[name='opt.0.label.en']", "Red")
	b.Choose("[name='opt.0.color']", "red")
	b.Eval("(document.querySelector('[name=do][value=option]').click(), true)")
	b.Visible("[name='opt.3.label.en']")
	b.Wait("document.querySelector('[name=\"opt.0.label.en\"]').value === 'Red'")
	b.Eval("(document.querySelector('.aside form.dform .acts .primary').click(), true)")
	b.Wait("location.search.includes('field=colour')")
	b.Open("/settings/objects/ship?add=formula")
	b.Type("[name='label.en']", "Double")
	b.Type("[name=formula]", "crew * crow")
	b.See("#fcheck", "Did you mean")
	b.Picture("designer-formula-wrong")
	b.Type("[name=formula]", "crew * 2")
	b.See("#fcheck", "Decimal number")
	b.Eval("(document.querySelector('.aside form.dform .acts .primary').click(), true)")
	b.Wait("location.search.includes('field=double')")

	// A record of it, in list and palette.
	b.Open("/ships/new")
	b.Type("[name=name]", "Aurora")
	b.Type("[name=crew]", "21")
	b.Eval("(document.querySelector('#main form').requestSubmit(), true)")
	b.Wait("/^.ships.\\d+/.test(location.pathname)")
	b.See("#main", "42")
	b.Open("/ships")
	b.See("#main", "Aurora")
	looks(b)

	// A field is dragged into another group, and the step taken back.
	b.Open("/settings/objects/ship/layout")
	b.Eval("(() => { const d = (e, s) => document.querySelector(s).dispatchEvent(new DragEvent(e, { bubbles: true, cancelable: true, dataTransfer: new DataTransfer() }));" +
		"d('dragstart', '[data-dz-field=crew]'); d('dragover', '[data-dz-field=created_at]'); d('drop', '[data-dz-field=created_at]'); return true })()")
	b.Wait("document.querySelector('[data-dz-group=system] [data-dz-field=crew]')")
	b.See("[data-toast]", "Saved")
	b.ClickText("Revert")
	b.Wait("document.querySelector('[data-dz-group=details] [data-dz-field=crew]')")

	// So is a list of other records, among its own.
	b.Open("/settings/objects/account/layout")
	b.Eval(`(() => { const d = (e, s) => document.querySelector(s).dispatchEvent(new DragEvent(e, { bubbles: true, cancelable: true, dataTransfer: new DataTransfer() }));
		const to = "[data-dz-field='contact.account']";
		d('dragstart', "[data-dz-field='deal.account']"); d('drop', '[data-dz-field=name]'); d('dragover', to); d('drop', to); return true })()`)
	b.See("[data-toast]", "Saved")
	b.Wait(`document.querySelector("[data-dz-field='deal.account']").compareDocumentPosition(document.querySelector("[data-dz-field='contact.account']")) & 4`)

	// Removing asks first.
	b.Open("/settings/objects/ship?field=colour")
	b.ClickText("Remove field")
	b.See("#main", "Look before you change")
	b.See("#main", "Nothing that is stored changes")
	b.Axe()
	b.Picture("designer-review")
	b.ClickText("Remove field")
	b.See("#main", "Bin")
	b.ClickText("Restore")
	b.Visible("a[href$='?field=colour']")
}

// looks opens every page of the area in both themes and on a phone.
func looks(b *webtest.Browser) {
	for name, path := range map[string]string{"fields": "/settings/objects/lead?field=source", "kinds": "/settings/objects/deal?add=",
		"layout": "/settings/objects/deal/layout", "lists": "/settings/objects/deal/lists", "objects": "/settings/objects",
		"ship": "/settings/objects/ship/object", "history": "/settings/objects/ship/history", "rollup": "/settings/objects/account?add=rollup"} {
		b.Open(path)
		b.Wait("document.querySelector('#main h1')")
		b.Axe()
		b.Picture("designer-" + name + "-light")
		b.Theme("dark")
		b.AxeColours()
		b.Picture("designer-" + name + "-dark")
		b.Size(390, 844)
		b.Wait("document.documentElement.scrollWidth <= 391")
		if name == "fields" || name == "kinds" {
			b.Visible(".aside")
		}
		b.Picture("designer-" + name + "-phone-dark")
		b.Theme("light")
		b.Still()
		b.Picture("designer-" + name + "-phone-light")
		b.Size(1440, 900)
	}
}
