package guide

import (
	"net/http"
	"time"

	"wellmet/internal/process"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
)

// deed is what a rule or a process did about a record.
type deed struct {
	name, outcome, color, problem string
	at                            time.Time
}

// mostDeeds is how many of them are shown.
const mostDeeds = 50

// showLog answers what rules and processes did about a record, the latest
// first, to whoever may read it.
func showLog(c *door.Call) error {
	var list []deed
	title := c.View.T("web.guide.log")
	err := c.Read(func(s *record.Session) error {
		o, err := c.Object(s)
		if err != nil {
			return err
		}
		id, err := c.ID()
		if err != nil {
			return err
		}
		lines, err := process.LogOf(c.Ctx, s, o.Name, id, 0, mostDeeds)
		if err != nil {
			return err
		}
		list, err = deeds(c, s, lines)
		return err
	})
	if err != nil {
		return err
	}
	if !c.Fragment() {
		return c.Show(kit.Page{Title: title, Nav: "/" + c.R.PathValue("plural"), Body: logPage(c.View, title, list)})
	}
	return c.Parts(http.StatusOK, logDialog(c.View, title, list))
}

// deeds names what was at work, as far as it is still there.
func deeds(c *door.Call, s *record.Session, lines []process.LogEntry) ([]deed, error) {
	var ids []value.ID
	for _, l := range lines {
		ids = append(ids, l.Source)
	}
	names := map[value.ID]string{}
	for _, object := range []string{process.Rules.Name, process.Blueprints.Name, sales.ScoreRules.Name} {
		found, err := s.AsSystem("names of automations").GetMany(c.Ctx, object, ids)
		if err != nil {
			return nil, err
		}
		for id, r := range found {
			names[id] = r.Title()
		}
	}
	var list []deed
	for _, l := range lines {
		list = append(list, deed{name: names[l.Source], outcome: c.View.T("web.process.outcome." + l.Outcome), problem: l.Problem, at: l.At,
			color: map[string]string{"done": "green", "failed": "red", "stopped": "amber"}[l.Outcome]})
	}
	return list, nil
}
