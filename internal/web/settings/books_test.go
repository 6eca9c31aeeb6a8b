package settings_test

import (
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"wellmet/internal/hours"
	"wellmet/internal/record"
	"wellmet/internal/value"
	"wellmet/internal/web/webtest"
)

func form(pairs ...string) url.Values {
	v := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return v
}

// ids are the records of a page by their names, in order.
func ids(t *testing.T, s *webtest.Site, object, sort string) (names string, by map[string]string) {
	t.Helper()
	by = map[string]string{}
	var list []string
	s.Read(t, s.Ada, func(x *record.Session) error {
		page, err := x.Query(t.Context(), record.Query{Object: object, Sort: sort, Limit: 100})
		if err != nil {
			return err
		}
		for _, r := range page.Records {
			list, by[r.Title()] = append(list, r.Title()), r.ID.String()
		}
		return nil
	})
	return strings.Join(list, ", "), by
}

func TestLeadSourcesAreKept(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		u, rita, at := s.User(t, s.Ada), s.User(t, s.Rita), "/settings/sources"
		has(t, rita.Get(at), 403)
		has(t, rita.Post(at, form("name", "Fair", "way", "event")), 403)
		before, known := ids(t, s, "lead_source", "position")
		first, _, _ := strings.Cut(before, ", ")
		s.Create(t, s.Ada, "lead", record.Values{"name": "Ann", "email": "ann@test.example"})
		has(t, u.Get(at+"?edit=add"), 200, `name="name"`, `name="way"`)
		has(t, u.Post(at, form("name", "", "way", "event")), 422, "aria-invalid")
		has(t, u.Post(at, form("name", first, "way", "event")), 422, "Already in use by “")
		has(t, u.Post(at, form("name", "Fair <i>", "way", "event")), 303)
		has(t, u.Get(at), 200, "Fair &lt;i&gt;", "!Fair <i>")
		after, now := ids(t, s, "lead_source", "position")
		if after != before+", Fair <i>" {
			t.Errorf("sources are %s", after)
		}
		fair := now["Fair <i>"]
		has(t, u.Post(at+"/order", form("do", "up:"+fair)), 303)
		has(t, u.Post(at+"/order", form("do", "to", "what", fair, "group", "end/"+known[first])), 303)
		if after, _ := ids(t, s, "lead_source", "position"); !strings.HasPrefix(after, "Fair <i>, "+first) {
			t.Errorf("in another order: %s", after)
		}
		has(t, u.Post(at+"/"+fair, form("name", "Trade fair", "way", "event")), 303)
		has(t, rita.Post(at+"/order", form("do", "remove:"+fair)), 403)
		has(t, u.Post(at+"/order", form("do", "remove:"+fair)), 303)
		has(t, u.Get(at), 200, "Out of use", "Trade fair")
		has(t, u.Post(at+"/"+fair+"/back", nil), 303)
		has(t, u.Get(at), 200, "!Out of use", "Trade fair")
		has(t, u.Post(at+"/order", form("do", "remove:x")), 404)
		has(t, u.Post(at+"/order", form("do", "up:77")), 409, "Somebody changed this list", "Trade fair")
		has(t, u.Post(at+"/77", form("name", "No")), 404)
	})
}

func TestStepsAfterSigningAreKept(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		u, rita, at := s.User(t, s.Ada), s.User(t, s.Rita), "/settings/onboarding"
		has(t, rita.Get(at), 403)
		has(t, rita.Post(at, form("name", "Deliver", "kind", "task")), 403)
		has(t, u.Get(at), 200, "Welcome call", "22 business days later", "!Nothing begins by itself")
		_, shipped := ids(t, s, "onboarding_step", "position")
		for _, step := range shipped {
			has(t, u.Post(at+"/order", form("do", "remove:"+step)), 303)
		}
		has(t, u.Get(at), 200, "Nothing begins by itself", "Out of use")
		has(t, u.Get(at+"?edit=add"), 200, `name="name"`, `name="days"`, `value="case"`)
		has(t, u.Post(at, form("name", "Deliver", "kind", "task", "days", "-1")), 422, "p-days-e")
		has(t, u.Post(at, form("name", "交付 <b>", "kind", "case", "days", "3")), 303)
		has(t, u.Get(at), 200, "交付 &lt;b&gt;", "Case", "3 business days later")
		has(t, u.Get("/settings"), 200, at, `!href="/onboarding_steps"`)
		_, known := ids(t, s, "onboarding_step", "position")
		has(t, u.Post(at+"/order", form("do", "remove:"+known["交付 <b>"])), 303)
		has(t, u.Get(at), 200, "Out of use")
	})
}

func TestRecordTypesAreKept(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		u, rita, at := s.User(t, s.Ada), s.User(t, s.Rita), "/settings/types"
		has(t, rita.Get(at), 403)
		has(t, rita.Post(at, form("name", "Partners")), 403)
		has(t, u.Get(at), 200, "B2B", "B2C", "Leads without Company, Job title, Mode")
		_, known := ids(t, s, "record_type", "position")
		has(t, u.Get(at+"?edit="+known["B2C"]), 200, `name="lead_hides" value="company" checked`, `name="deal_hides" value="region"`, `!name="deal_hides" value="name"`)
		v := form("name", "Partners")
		v["deal_hides"], v["lead_hides"] = []string{"", "region", "campaign"}, []string{""}
		v["deal_first"] = []string{"", "next_step", "source"}
		has(t, u.Post(at, v), 303)
		has(t, u.Get(at), 200, "Partners", "Deals without Campaign", "Deals begin with Next step")
		_, known = ids(t, s, "record_type", "position")
		v["deal_hides"] = []string{"", "name"}
		has(t, u.Post(at+"/"+known["Partners"], v), 422)
		v["deal_hides"] = []string{""}
		has(t, u.Post(at+"/"+known["Partners"], v), 303)
		has(t, u.Get(at), 200, "!Deals without Campaign")
		has(t, u.Post(at+"/order", form("do", "remove:"+known["Partners"])), 303)
		has(t, u.Get(at), 200, "Out of use")
	})
}

// A stage that goes asks where its leads go; the last of its kind stays.
func TestStagesOfLeadsAreKept(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		u, rita, at := s.User(t, s.Ada), s.User(t, s.Rita), "/settings/lead_stages"
		has(t, rita.Get(at), 403)
		has(t, rita.Post(at, form("name", "Mine", "kind", "working")), 403)
		has(t, u.Post(at, form("name", "Called", "kind", "working", "usual_days", "-1")), 422, "p-usual_days-e")
		has(t, u.Post(at, form("name", "Called", "kind", "working", "usual_days", "3", "color", "teal")), 303)
		has(t, u.Get(at), 200, "Called", "usually 3 days", `tag teal">Called`)
		_, known := ids(t, s, "lead_stage", "position")
		from, to := known["Working"], known["Called"]
		lead := s.Create(t, s.Rita, "lead", record.Values{"name": "Ann", "email": "ann@test.example", "stage": from})
		stage := func() (at string) {
			s.Read(t, s.Rita, func(x *record.Session) error {
				l, err := x.Get(t.Context(), "lead", lead)
				if err == nil {
					at = l.Field("stage").(value.ID).String()
				}
				return err
			})
			return at
		}
		has(t, u.Get(at+"?remove="+from), 200, "1 record stands here", `<option value="`+to+`"`, `!<option value="`+known["Qualified"]+`"`)
		for _, bad := range []string{"", from, known["Qualified"], "77"} {
			has(t, u.Post(at+"/"+from+"/remove", form("to", bad)), 422, "is not empty")
		}
		has(t, u.Post(at+"/"+known["Qualified"]+"/remove", nil), 409, "last stage of its kind")
		has(t, rita.Post(at+"/"+from+"/remove", form("to", to)), 403)
		s.Pass(time.Hour)
		a := u.Post(at+"/"+from+"/remove", form("to", to))
		has(t, a, 303)
		if stage() != to {
			t.Error("the lead stayed")
		}
		a = u.Get(a.Header.Get("Location"))
		has(t, a, 200, "Out of use", "/undo/")
		undo := a.Body[strings.Index(a.Body, `"/undo/`)+1:]
		u.Post(undo[:strings.Index(undo, `"`)], nil)
		if stage() != from {
			t.Error("undo left the lead where it went")
		}
		has(t, u.Get(at), 200, "!Out of use")
		for _, text := range []string{to, from} {
			s.Pass(time.Hour)
			s.Write(t, s.Rita, func(x *record.Session) error {
				id, _ := value.ParseID(text)
				_, err := x.Update(t.Context(), "lead", lead, 0, record.Values{"stage": id})
				return err
			})
		}
		has(t, u.Post(at+"/"+to+"/remove", nil), 303) // its history knows it: retired, not deleted
		has(t, u.Get(at), 200, "Out of use", "Called")
	})
}

func TestStatesAndQuestionsAreKept(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		u, rita := s.User(t, s.Ada), s.User(t, s.Rita)
		for _, at := range []string{"/settings/case_states", "/settings/questions"} {
			has(t, rita.Get(at), 403)
			has(t, rita.Post(at, form("name", "x", "kind", "waiting")), 403)
		}
		has(t, u.Post("/settings/case_states", form("name", "With the factory", "kind", "waiting", "color", "amber")), 303)
		_, known := ids(t, s, "case_state", "position")
		account := s.Create(t, s.Rita, "account", record.Values{"name": "Acme"})
		id, _ := value.ParseID(known["With the factory"])
		s.Create(t, s.Rita, "case", record.Values{"subject": "Leak", "account": account, "state": id})
		has(t, u.Post("/settings/case_states/"+id.String()+"/remove", nil), 422, "is not empty")
		has(t, u.Get("/settings/case_states"), 200, "used once")

		at := "/settings/questions"
		has(t, u.Post(at, form("name", "Is there a budget?")), 422, "Already in use by “Is there a budget?”", ">Open it</a>")
		has(t, u.Post(at, form("name", "Have they bought before?", "topic", "History", "required", "true")), 303)
		has(t, u.Get(at), 200, "Have they bought before?", "History · needs a yes")
		_, known = ids(t, s, "lead_question", "position")
		has(t, u.Post(at+"/order", form("do", "remove:"+known["Have they bought before?"])), 303)
		has(t, u.Get(at), 200, "Out of use")
	})
}

func TestHolidaysAndRatesAreKept(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		u, rita := s.User(t, s.Ada), s.User(t, s.Rita)
		for _, at := range []string{"/settings/holidays", "/settings/rates", "/settings/hours", "/settings/reasons"} {
			has(t, rita.Get(at), 403)
			has(t, rita.Post(at, form("name", "x", "of", "lost", "label", "x")), 403)
		}
		at := "/settings/holidays"
		has(t, u.Get(at), 200, "No holidays yet")
		has(t, u.Post(at, form("name", "Midsummer", "day", "some day")), 422, "Midsummer", "aria-invalid")
		has(t, u.Post(at, form("name", "Midsummer", "day", "2026-06-19", "region", "FI")), 303)
		has(t, u.Get(at), 200, "Midsummer", "Friday 19 June 2026", "FI")
		has(t, u.Post(at+"/order", form("do", "up:1")), 404)
		_, known := ids(t, s, "holiday", "day")
		has(t, u.Post(at+"/"+known["Midsummer"]+"/remove", nil), 303)
		has(t, u.Get(at+"?done=removed&act=5"), 200, "No holidays yet", "/undo/5")

		at = "/settings/rates"
		has(t, u.Get(at), 200, "No rates yet")
		has(t, u.Post(at, form("currency", "XQZ", "day", "2026-01-01", "rate", "2")), 422, "aria-invalid")
		has(t, u.Post(at, form("currency", "USD", "day", "2026-01-01", "rate", "-2")), 422, "aria-invalid")
		has(t, u.Post(at, form("currency", "USD", "day", "3026-01-01", "rate", "2")), 422, "between 1970 and a year from now")
		has(t, u.Post(at, form("currency", "usd", "day", "2026-01-01", "rate", "0.8")), 303)
		has(t, u.Post(at, form("currency", "USD", "day", "2026-01-01", "rate", "0.9")), 422, "There is a rate of USD for this day already.")
		has(t, u.Get(at), 200, "1 USD = 0.8 EUR", "1 EUR = 1.25 USD", "from 1 Jan 2026", "The last rate of USD is 60 days old.", "Amounts in USD of days before 1 Jan 2026 have no rate.")
		_, known = ids(t, s, "currency_rate", "day")
		has(t, u.Post(at+"/"+known["USD"], form("currency", "USD", "day", "2026-01-01", "rate", "0.5")), 303)
		has(t, u.Get(at), 200, "1 EUR = 2 USD")
	})
}

func TestWorkingHoursAreTyped(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		u, at := s.User(t, s.Ada), "/settings/hours"
		has(t, u.Get(at), 200, `name="mon" value="09:00-17:00"`, `name="sun" value=""`)
		has(t, u.Post(at, form("mon", "9–12:30, 13.30-18", "tue", "8:00-12:00", "sat", "")), 303)
		s.Read(t, s.Ada, func(x *record.Session) error {
			w, err := hours.OpenHours(t.Context(), x)
			if got := strings.Join(w["mon"], " ") + "|" + strings.Join(w["tue"], " "); got != "09:00-12:30 13:30-18:00|08:00-12:00" || len(w) != 2 {
				t.Errorf("open %v", w)
			}
			return err
		})
		for _, text := range []string{"noon", "18-9", "9-12, 11-13", "9-25", "-", "9-12-15", `"><script>`} {
			a := u.Post(at, form("mon", text))
			has(t, a, 422, `id="e-mon"`, "!<script>alert", "!value=\"\"><script>")
		}
		has(t, u.Get("/settings/history"), 200, "Open on Wednesday: 09:00-17:00 → closed")
	})
}

func TestReasonsAreKept(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		u, at := s.User(t, s.Ada), "/settings/reasons"
		order := func(of string) string {
			page := u.Get(at + "?of=" + of).Body
			var keys []string
			for _, m := range regexp.MustCompile(`data-dz-field="([^"]*)"`).FindAllStringSubmatch(page, -1) {
				keys = append(keys, m[1])
			}
			return strings.Join(keys, " ")
		}
		is := func(of, want string) {
			t.Helper()
			if got := order(of); got != want {
				t.Errorf("%s: %s, want %s", of, got, want)
			}
		}
		is("won", "price quality relationship service features other")
		has(t, u.Post(at, form("of", "won", "label", "")), 422, "Give it a name")
		has(t, u.Post(at, form("of", "won", "label", "PRICE")), 409, "There is “PRICE” already.", `value="PRICE"`)
		has(t, u.Post(at, form("of", "won", "label", "Local & near")), 303)
		is("won", "price quality relationship service features other local_near")
		a := u.Post(at+"/order?of=won", form("do", "up:local_near"))
		is("won", "price quality relationship service features local_near other")
		a = u.Get(a.Header.Get("Location"))
		has(t, a, 200, "Order changed", "/settings/reasons/undo?of=won")
		undo := regexp.MustCompile(`/settings/reasons/undo[^"]*`).FindString(a.Body)
		undo = strings.ReplaceAll(undo, "&amp;", "&")
		has(t, s.User(t, s.Rita).Post(undo, nil), 403)
		has(t, u.Post(undo, nil), 303)
		is("won", "price quality relationship service features other local_near")
		has(t, u.Post(at+"/undo?of=won&version=x", nil), 404)
		has(t, u.Post(at+"/order?of=won", form("do", "up:local_near")), 303)
		has(t, u.Post(at+"/order?of=won", form("do", "to", "what", "other", "group", "end/price")), 303)
		is("won", "other price quality relationship service features local_near")
		has(t, u.Post(at, form("of", "won", "key", "price", "label", "Good price")), 303)
		has(t, u.Get(at+"?of=won"), 200, "Good price", "Local &amp; near")

		// One in use goes out of use, and stays where it is.
		account := s.Create(t, s.Ada, "account", record.Values{"name": "Aurora"})
		deal := s.Create(t, s.Ada, "deal", record.Values{"name": "Lamp", "account": account, "won_reason": "quality"})
		has(t, u.Get(at+"?of=won"), 200, "used once", "/deals?filter=won_reason")
		has(t, u.Post(at+"/order?of=won", form("do", "remove:quality")), 303)
		is("won", "other price relationship service features local_near")
		has(t, u.Get(at+"?of=won"), 200, "Out of use", "Quality", "used once")
		s.Read(t, s.Ada, func(x *record.Session) error {
			r, err := x.Get(t.Context(), "deal", deal)
			if r.Field("won_reason") != "quality" {
				t.Errorf("the deal has %v", r.Field("won_reason"))
			}
			return err
		})
		has(t, u.Post(at+"/order?of=won", form("do", "back:quality")), 303)
		has(t, u.Post(at+"/order?of=won", form("do", "remove:nothing")), 404)
		has(t, u.Post(at+"/order?of=won", form("do", "up:nothing")), 422)
		is("lost", "price competitor no_budget no_decision timing no_need no_contact other")
		is("lead", "not_reachable no_interest no_budget bad_data competitor other")

		// The history tells it, and takes it back.
		has(t, u.Post(latest(t, s)+"/revert", nil), 303)
		has(t, u.Get(at+"?of=won"), 200, "Out of use")
	})
}
