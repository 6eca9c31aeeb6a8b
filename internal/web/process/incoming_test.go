package process_test

import (
	"regexp"
	"strings"
	"testing"

	"wellmet/internal/process"
	"wellmet/internal/value"
	"wellmet/internal/web/webtest"
)

// An administrator makes an incoming hook, lets a rule wait for it, and sees what
// came; nobody else may.
func TestAnIncomingHookIsMade(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		ada, rita := s.User(t, s.Ada), s.User(t, s.Rita)
		for _, path := range []string{"/settings/hooks", "/settings/hooks/new"} {
			has(t, rita.Get(path), 403)
			has(t, ada.Get(path), 200, "<h1")
		}
		has(t, ada.Post("/settings/hooks/new", form("name", "", "of", "lead")), 422)
		at := made(t, ada.Post("/settings/hooks/new", form("name", "店铺 Shop", "of", "lead")))
		has(t, rita.Get(at), 403)
		has(t, ada.Get(at), 200, "店铺 Shop", "No calls.", "Whoever knows the address may call.")

		typed := form("name", "Shop", "does", "save", "path", "email", "field", "email", "path", "name", "field", "name", "path", "", "field", "", "key", "email", "acts", "", "active", "1")
		wrong := form("name", "Shop", "does", "find", "path", "a..b", "field", "email", "key", "")
		has(t, ada.Post(at, wrong), 422, "“a..b” leads nowhere", `value="a..b"`)
		made(t, ada.Post(at, typed))
		has(t, ada.Get(at), 200, `value="email"`, `value="name"`)

		answer := ada.Post(at+"/address", nil)
		has(t, answer, 200, "it is not shown again")
		token := regexp.MustCompile(`/hooks/([\w-]{20,})`).FindStringSubmatch(answer.Body)
		if token == nil {
			t.Fatal("no address is shown")
		}
		if has(t, ada.Get(at), 200); strings.Contains(ada.Get(at).Body, token[1]) {
			t.Error("the address is shown again")
		}
		has(t, ada.Post(at+"/secret", nil), 200, "whsec_", "Only signed calls are taken")
		has(t, ada.Post(at+"/unsign", nil), 200, "Whoever knows the address may call.")

		rule := made(t, ada.Post("/settings/rules/new", form("name", "Hello", "of", "lead")))
		has(t, ada.Get(rule+"/part?part=trigger", hx...), 200, "An incoming hook is called about the lead", "Which incoming hook")
		has(t, ada.Post(rule+"/part", form("part", "trigger", "trigger", "hook"), hx...), 422, "Choose the incoming hook")
		id := at[strings.LastIndexByte(at, '/')+1:]
		has(t, ada.Post(rule+"/part", form("part", "trigger", "trigger", "hook", "hook", id), hx...), 200, "“Shop” is called about the lead")
		has(t, ada.Get(at), 200, "Rules that wait for it", "Hello")

		p := s.Workspace.Process()
		for _, body := range []string{`{"email":"ann@acme.example","name":"Ann <b>"}`, `{"name":"<script>"}`} {
			if _, err := p.Receive(t.Context(), s.Workspace.Engine(), process.Call{Token: token[1], Body: []byte(body)}); err != nil {
				t.Fatal(err)
			}
		}
		hook, _ := value.ParseID(id)
		if err := p.AnswerCalls(t.Context(), s.Workspace.Engine(), hook); err != nil {
			t.Fatal(err)
		}
		has(t, ada.Get(at), 200, "Ann &lt;b&gt;", "Nothing stands at “email”", "&lt;script&gt;", "!<script>", "Created")
		has(t, ada.Get(at+"?state=failed"), 200, "Nothing stands at “email”", "!Ann &lt;b&gt;")
		has(t, ada.Post(at+"/again", nil), 200, "1 call is tried again")
		has(t, rita.Post(at+"/again", nil), 403)
		for range 31 {
			_, _ = p.Receive(t.Context(), s.Workspace.Engine(), process.Call{Token: token[1], Body: []byte(`{"email":"ann@acme.example"}`)})
		}
		has(t, ada.Get(at), 200, "before=")
	})
}

// Giving a record away asks whether tasks follow; a new action says yes.
func TestAnActionAsksForTasks(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		ada := s.User(t, s.Ada)
		rule := made(t, ada.Post("/settings/rules/new", form("name", "Give", "of", "deal")))
		const box = `name="tasks" value="1"`
		has(t, ada.Get(rule+"/part?part=then&kind=assign", hx...), 200, box+" checked")
		has(t, ada.Post(rule+"/part", form("part", "then", "kind", "assign", "to", "manager"), hx...), 200, "Give it to", "!open tasks of the former owner")
		has(t, ada.Get(rule+"/part?part=then&i=0", hx...), 200, box, "!"+box+" checked")
		has(t, ada.Post(rule+"/part", form("part", "then", "i", "0", "kind", "assign", "to", "manager", "tasks", "1"), hx...), 200, "with the open tasks of the former owner")
		has(t, ada.Get(rule+"/part?part=then&i=0", hx...), 200, box+" checked")
	})
}
