package report_test

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"wellmet/internal/access"
	"wellmet/internal/app"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/sales"
	"wellmet/internal/schema"
	"wellmet/internal/value"
	"wellmet/internal/web/webtest"
)

// Who may read what is his own alone gets each ready report of just that: no
// colleague's name, the totals that others get who narrow it to him, and the same
// bytes whatever colleagues do. Who may read nothing is refused in words.
func TestReadyReportsOfOnesOwn(t *testing.T) {
	t.Parallel()
	webtest.EachSample(t, both, func(t *testing.T, s *webtest.Site, d *app.Demo) {
		rep := d.SignIns[0].Member
		rights(t, s, `{"objects": {"*": {"read": "own", "create": "own", "update": "own", "export": "own"}}}`)
		x := &own{Site: s, rep: rep, admin: &walker{t: t, User: s.UserOf(t, d.SignIns[2].Email)},
			w: &walker{t: t, User: s.UserOf(t, d.SignIns[0].Email), counts: map[string]int64{}}, before: map[string]string{}}
		err := s.Workspace.Read(t.Context(), record.AsSystem("test"), func(r *record.Session) error {
			x.specs = s.App.Reports().Specs(r)
			x.colleagues(r)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, spec := range x.specs {
			x.narrowed(spec)
		}
		x.act()
		for _, spec := range x.specs {
			if got := x.w.Get(base + "/reports/" + spec.Name).Body; got != x.before[spec.Name] {
				t.Errorf("%s changes with a colleague's records: %s, was %s", spec.Name, got, x.before[spec.Name])
			}
		}
		rights(t, s, `{"objects": {"*": {"read": "none"}}}`)
		for _, spec := range x.specs {
			x.refused(spec)
		}
	})
}

// rights gives all reps these.
func rights(t *testing.T, s *webtest.Site, permissions string) {
	t.Helper()
	err := s.Workspace.Write(t.Context(), record.AsSystem("test"), func(r *record.Session) error {
		role, _ := r.Roster().Role(access.RepRole)
		_, err := r.Update(t.Context(), "role", role, 0, record.Values{"permissions": permissions})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// own is somebody who reads what is his own.
type own struct {
	*webtest.Site
	rep, mate value.ID // mate: of his team
	names     []string // of all others
	w, admin  *walker
	specs     []report.Spec
	before    map[string]string
}

// colleagues finds the others; his manager stands in his own lines.
func (x *own) colleagues(s *record.Session) {
	r := s.Roster()
	for _, id := range r.MemberIDs() {
		if id != x.rep && id != r.ManagerOf(x.rep) {
			x.names = append(x.names, r.Name(id))
		}
		if role, _ := r.Role(access.RepRole); id != x.rep && r.Active(id) && r.TeamOf(id) == r.TeamOf(x.rep) && r.RoleOf(id) == role {
			x.mate = id
		}
	}
}

// narrowed holds a report of his against that of who reads all.
func (x *own) narrowed(spec report.Spec) {
	t := x.w.t
	t.Helper()
	body := x.w.Get(base + "/reports/" + spec.Name).Body
	x.before[spec.Name] = body
	for _, name := range x.names {
		if strings.Contains(body, `"`+name) {
			t.Errorf("%s tells of %s", spec.Name, name)
		}
	}
	var mine told
	if err := json.Unmarshal([]byte(body), &mine); err != nil || mine.Columns == nil {
		t.Errorf("%s: %v %s", spec.Name, err, body)
		return
	}
	page := x.w.Get("/reports/" + spec.Name)
	if page.Status != 200 {
		t.Errorf("%s: the page answers %d", spec.Name, page.Status)
	}
	x.w.leads(spec, mine, readPage(t, page.Body))
	if spec.Run != nil {
		return
	}
	whose := map[string]string{"deal": "owner", "lead": "owner", "activity": "owner", "account": "owner", "deal_line": "deal.owner"}[spec.Object]
	if whose == "" {
		return
	}
	whole := x.admin.answer(spec.Name + "?filter=" + url.QueryEscape(whose+` = "`+x.rep.String()+`"`))
	for _, c := range whole.Columns {
		if got, want := string(mine.Total[c.Name]), string(whole.Total[c.Name]); got != want {
			t.Errorf("%s, %s: %s of his own, narrowed to him %s", spec.Name, c.Name, got, want)
		}
	}
}

// act is a colleague at work: what he makes, wins and loses.
func (x *own) act() {
	t := x.w.t
	t.Helper()
	make := func(object string, v record.Values) value.ID { return x.Create(t, x.mate, object, v) }
	account := make("account", record.Values{"name": "Hidden & Sons"})
	make("lead", record.Values{"name": "Hidden lead", "source": "web", "email": "hidden@sons.example"})
	for i, name := range []string{"Hidden won", "Hidden lost", "Hidden open"} {
		deal := make("deal", record.Values{"name": name, "account": account, "amount": "7654321", "close_date": "2026-03-02"})
		make("activity", record.Values{"kind": "call", "subject": name, "about": []schema.Ref{{Object: "deal", ID: deal}}, "done": true})
		x.Write(t, x.mate, func(s *record.Session) (err error) {
			switch i {
			case 0:
				_, err = sales.Win(t.Context(), s, deal, 0, sales.Close{})
			case 1:
				_, err = sales.Lose(t.Context(), s, deal, 0, sales.Close{Reason: "price"})
			}
			return err
		})
	}
}

// refused says that somebody without rights gets a report from no door.
func (x *own) refused(spec report.Spec) {
	t := x.w.t
	t.Helper()
	for _, path := range []string{base + "/reports/" + spec.Name, base + "/reports/file/" + spec.Name, "/reports/" + spec.Name, "/reports/" + spec.Name + "/csv"} {
		a := x.w.Get(path)
		if a.Status != 403 && a.Status != 404 {
			t.Errorf("%s: %d %.500s", path, a.Status, a.Body)
		}
		if strings.Contains(a.Body, "reference number") || strings.HasPrefix(path, base) && !strings.Contains(a.Body, `"detail"`) {
			t.Errorf("%s says %.500s", path, a.Body)
		}
	}
}
