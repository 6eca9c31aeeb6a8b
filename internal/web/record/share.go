package record

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"wellmet/internal/access"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
)

// choice is somebody or something that a dialog offers.
type choice struct{ value, label string }

// sharing is the dialog of a record's shares.
type sharing struct {
	m       *model
	grants  []access.Grant
	people  []choice
	teams   []choice
	form    url.Values
	problem string
}

// askShare answers the dialog.
func askShare(c *door.Call) error {
	x, err := readSharing(c, nil, "")
	if err != nil {
		return err
	}
	return c.Parts(http.StatusOK, shareDialog(x))
}

func readSharing(c *door.Call, form url.Values, problem string) (*sharing, error) {
	x := &sharing{form: form, problem: problem}
	return x, c.Read(func(s *record.Session) (err error) {
		if x.m, err = loadShareable(c, s); err != nil {
			return err
		}
		if x.grants, err = access.Shares(c.Ctx, s.Tx(), x.m.o, x.m.r.ID, s.Now()); err != nil {
			return err
		}
		x.people = colleagues(s, func(id value.ID) bool { return id != s.Actor().Member() && id != x.m.r.Owner() })
		x.teams, err = teamsOf(c, s)
		return err
	})
}

// loadShareable reads a record that the actor may share: one that he may
// change.
func loadShareable(c *door.Call, s *record.Session) (*model, error) {
	m, err := load(c, s)
	if err == nil && !m.shareable() {
		err = fault.New(fault.Forbidden, "record.may_not_change", fault.Args{"object": m.o.Name})
	}
	return m, err
}

// colleagues are the people that a condition lets through, by name.
func colleagues(s *record.Session, fits func(value.ID) bool) []choice {
	var people []choice
	for _, id := range s.Roster().People() {
		if fits(id) {
			people = append(people, choice{id.String(), s.Roster().Name(id)})
		}
	}
	slices.SortFunc(people, func(a, b choice) int { return strings.Compare(a.label, b.label) })
	return people
}

func teamsOf(c *door.Call, s *record.Session) ([]choice, error) {
	o, ok := s.Schema().Object("team")
	if !ok || !s.Actor().Can(o, access.Read) {
		return nil, nil
	}
	var teams []choice
	err := s.Each(c.Ctx, record.Query{Object: o.Name, Sort: o.Title}, func(r *record.Record) error {
		teams = append(teams, choice{r.ID.String(), r.Title()})
		return nil
	})
	return teams, err
}

// share lets a colleague or a team in.
func share(c *door.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	err = c.Write(c.R.PathValue("plural")+".share", func(s *record.Session) error {
		m, err := loadShareable(c, s)
		if err != nil {
			return err
		}
		g, err := grantOf(c, s, m, form)
		if err != nil {
			return err
		}
		return access.Share(c.Ctx, s.Tx(), g)
	})
	return shared(c, form, err)
}

// grantOf reads the form: "with" is m:ID or t:ID, "until" the last day.
func grantOf(c *door.Call, s *record.Session, m *model, form url.Values) (access.Grant, error) {
	g := access.Grant{Object: m.o, Record: m.r.ID, By: s.Actor().Member(), At: s.Now()}
	var err error
	if g.Level, err = access.ParseLevel(form.Get("level")); err != nil {
		return g, err
	}
	if g.Member, g.Team = receiver(form.Get("with")); g.Member == 0 && g.Team == 0 {
		return g, fault.New(fault.Invalid, "web.record.share_with_whom", nil)
	}
	if text := strings.TrimSpace(form.Get("until")); text != "" {
		day, err := c.View.ParseDateInput(text, c.View.Today())
		if err != nil {
			return g, err
		}
		g.Until = day.AddDays(1).Time(c.View.Zone).Add(-time.Millisecond)
	}
	return g, nil
}

func receiver(text string) (member, team value.ID) {
	kind, id, _ := strings.Cut(text, ":")
	n, _ := value.ParseID(id)
	switch kind {
	case "m":
		return n, 0
	case "t":
		return 0, n
	}
	return 0, 0
}

// unshare ends a share.
func unshare(c *door.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	err = c.Write(c.R.PathValue("plural")+".unshare", func(s *record.Session) error {
		m, err := loadShareable(c, s)
		if err != nil {
			return err
		}
		member, team := receiver(form.Get("with"))
		_, err = access.Unshare(c.Ctx, s.Tx(), m.o, m.r.ID, member, team)
		return err
	})
	return shared(c, nil, err)
}

// shared answers the dialog's content after a change.
func shared(c *door.Call, form url.Values, refusal error) error {
	f, invalid := fault.As(refusal)
	status, problem := http.StatusOK, ""
	switch {
	case invalid && f.Kind == fault.Invalid && c.Fragment():
		status, problem = http.StatusUnprocessableEntity, c.View.Fault(refusal)
	case refusal != nil:
		return refusal
	case !c.Fragment():
		return c.Go("/" + c.R.PathValue("plural") + "/" + c.R.PathValue("id"))
	default:
		form = nil
	}
	x, err := readSharing(c, form, problem)
	if err != nil {
		return err
	}
	return c.Parts(status, shareBody(x))
}

// who is the receiver of a share, and the value that names it in a form.
func (x *sharing) who(g access.Grant) choice {
	if g.Team != 0 {
		for _, t := range x.teams {
			if t.value == g.Team.String() {
				return choice{"t:" + t.value, t.label}
			}
		}
		return choice{"t:" + g.Team.String(), x.m.v.T("web.record.a_team")}
	}
	return choice{"m:" + g.Member.String(), x.m.n.Person(g.Member).Name}
}

func levelLabel(v *kit.View, level int64) string {
	if access.LevelName(level) == "update" {
		return v.T("web.record.level_update")
	}
	return v.T("web.record.level_read")
}
