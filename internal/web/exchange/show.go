package exchange

import (
	"strings"

	"wellmet/internal/exchange"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
)

// show is the wizard at the step that the import has come to, or that the user
// went back to.
func show(c *door.Call) error {
	p, err := find(c)
	if err != nil {
		return err
	}
	asked := c.R.URL.Query().Get("step")
	if p.run.Open() && (asked != "" || p.run.State == exchange.Draft) {
		return showDraft(c, p, asked)
	}
	return c.Show(kit.Page{Title: p.title(), Nav: "/imports", Body: runPage(p)})
}

// showDraft shows the file or how its columns are matched. A file that can no
// longer be read as it was told is shown with what is wrong.
func showDraft(c *door.Call, p *place, asked string) error {
	look, err := c.WS.Importer().Look(c.Ctx, c.Who, p.run.ID)
	if err != nil {
		return err
	}
	if p.step = 2; asked == "file" {
		p.step = 1
		return c.Show(kit.Page{Title: p.run.Name, Nav: "/imports", Body: filePage(&filing{p, look, nil})})
	}
	m, err := matching(c, p, look)
	if err != nil {
		return err
	}
	return c.Show(kit.Page{Title: p.run.Name, Nav: "/imports", Body: matchPage(m)})
}

func begin(c *door.Call) error {
	return act(c, func(im *exchange.Importer, p *place) error { return im.Begin(c.Ctx, c.Who, p.run.ID) })
}

func stop(c *door.Call) error {
	return act(c, func(im *exchange.Importer, p *place) error { return im.Stop(c.Ctx, c.Who, p.run.ID) })
}

func resume(c *door.Call) error {
	return act(c, func(im *exchange.Importer, p *place) error { return im.Resume(c.Ctx, c.Who, p.run.ID, true) })
}

func undo(c *door.Call) error {
	return act(c, func(im *exchange.Importer, p *place) error { return im.UndoLater(c.Ctx, c.Who, p.run.ID) })
}

// act does something to an import and shows it.
func act(c *door.Call, do func(*exchange.Importer, *place) error) error {
	p, err := find(c)
	if err != nil {
		return err
	}
	if err := do(c.WS.Importer(), p); err != nil {
		return err
	}
	return c.Go(p.url(""))
}

func discard(c *door.Call) error {
	id, err := c.ID()
	if err != nil {
		return err
	}
	if err := c.WS.Importer().Discard(c.Ctx, c.Who, id); err != nil {
		return err
	}
	return c.Go("/imports")
}

// askUndo says what an undo takes away before it does.
func askUndo(c *door.Call) error {
	p, err := find(c)
	if err != nil {
		return err
	}
	if c.Fragment() {
		return c.Parts(200, undoDialog(p))
	}
	return c.Show(kit.Page{Title: p.title(), Nav: "/imports", Body: undoPage(p)})
}

// errorFile is the rows that failed, to mend and import again.
func errorFile(c *door.Call) error {
	p, err := find(c)
	if err != nil {
		return err
	}
	name := strings.TrimSuffix(strings.TrimSuffix(p.run.Name, ".csv"), ".xlsx") + "-errors.csv"
	out := &download{w: c.W, kind: "text/csv; charset=utf-8", name: name}
	if err := c.WS.Importer().WriteErrors(c.Ctx, c.Who, p.run.ID, out); err != nil && !out.begun {
		return err
	}
	return nil
}
