package api

import (
	"cmp"

	"wellmet/internal/i18n"
	"wellmet/internal/record"
	"wellmet/internal/sales"
)

// readyProcess is a process that a company can begin with.
type readyProcess struct {
	Process string             `json:"process"`
	Name    string             `json:"name"`
	Stages  []sales.ReadyStage `json:"stages"`
}

// readyProcesses answers the processes that a company can begin with.
func (c *call) readyProcesses() error {
	return c.read(func(s *record.Session) error {
		if err := admin(s); err != nil {
			return err
		}
		var list []readyProcess
		for _, process := range sales.ReadyProcesses() {
			list = append(list, readyProcess{process, readyName(s, process), sales.ReadyStages(s, process)})
		}
		return c.marshal(map[string]any{"items": list})
	})
}

// readyName is what a ready process is called in the language of its stages.
func readyName(s *record.Session, process string) string {
	return sales.ReadyName(i18n.FormatFor(s.Settings().Locale).Language(), process)
}

// beginProcess lets the company sell by a ready process.
func (c *call) beginProcess() error {
	process := c.textOf("process")
	return c.write(func(s *record.Session) error {
		if err := admin(s); err != nil {
			return err
		}
		id, err := sales.Begin(c.ctx, s, cmp.Or(c.textOf("name"), readyName(s, process)), process)
		if err != nil {
			return err
		}
		c.out, err = s.GetJSON(c.ctx, sales.Pipelines.Name, id, nil, c.out)
		return err
	})
}
