package pipeline

import (
	"slices"

	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
)

// offer is a ready process with the stages that it brings.
type offer struct {
	Process string
	Stages  []sales.ReadyStage
}

// showBegin offers the processes that a company can begin with.
func showBegin(c *door.Call) error { return beginAnswer(c, nil) }

func beginAnswer(c *door.Call, refused error) error {
	var list []offer
	err := c.AdminRead(func(s *record.Session) error {
		list = nil
		for _, name := range sales.ReadyProcesses() {
			list = append(list, offer{name, sales.ReadyStages(s, name)})
		}
		return nil
	})
	if err != nil {
		return err
	}
	return c.ShowStatus(door.StatusOf(refused), kit.Page{Title: c.View.T("web.pipeline.begin"), Nav: "/settings", Body: beginPage(c.View, list, refused)})
}

// begin takes one, and shows its stages to be changed.
func begin(c *door.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	process := form.Get("process")
	if !slices.Contains(sales.ReadyProcesses(), process) {
		return beginAnswer(c, fault.New(fault.Invalid, "pipeline.no_process", nil))
	}
	act, err := c.AdminWrite("pipelines.begin", func(s *record.Session) error {
		_, err := sales.Begin(c.Ctx, s, sales.ReadyName(c.View.Lang, process), process)
		return err
	})
	switch {
	case door.Showable(err):
		return beginAnswer(c, err)
	case err != nil:
		return err
	}
	return c.Go(home + "?done=begun&act=" + act.String())
}
