package process_test

import (
	"fmt"
	"testing"

	"wellmet/internal/process"
	"wellmet/internal/value"
	"wellmet/internal/web/webtest"
)

// An administrator makes an incoming hook by clicking, on a screen and a phone.
func TestAnAdministratorMakesAHookByClicking(t *testing.T) {
	t.Parallel()
	s := webtest.Open(t, pages)
	b := s.Browser(t, s.Ada)
	b.Open("/settings/hooks/new")
	b.Type("[name=name]", "Web shop")
	b.Choose("[name=of]", "lead")
	b.ClickText("Create")
	b.See("h1", "Web shop")
	b.Type("div.two:nth-of-type(1) [name=path]", "customer.email")
	b.Choose("div.two:nth-of-type(1) [name=field]", "email")
	b.Type("div.two:nth-of-type(2) [name=path]", "customer.name")
	b.Choose("div.two:nth-of-type(2) [name=field]", "name")
	b.Choose("[name=key]", "email")
	b.Click("[name=active]")
	b.ClickText("Save")
	b.Wait(`document.querySelectorAll("[name=path]").length === 5`)
	b.ClickText("New address")
	b.See("code.secret", "/hooks/")
	address := b.Eval(`document.querySelector("code.secret").textContent.trim().split("/hooks/")[1]`)
	b.Axe()
	b.Picture("hook-address")
	id, err := value.ParseID(b.Eval(`location.pathname.split("/")[3]`))
	if err != nil {
		t.Fatal(err)
	}
	for _, body := range []string{`{"customer":{"email":"ann@acme.example","name":"Ann"}}`, `{"customer":{"name":"Nobody"}}`, "no JSON"} {
		_, _ = s.Workspace.Process().Receive(t.Context(), s.Workspace.Engine(), process.Call{Token: address, Body: []byte(body)}) // the last is refused
	}
	if err := s.Workspace.Process().AnswerCalls(t.Context(), s.Workspace.Engine(), id); err != nil {
		t.Fatal(err)
	}
	for _, size := range [][2]int64{{1440, 900}, {390, 844}} {
		b.Size(size[0], size[1])
		b.Open("/settings/hooks/" + id.String())
		b.See("main", "Ann")
		b.Axe()
		b.Picture(fmt.Sprintf("hook-light-%d", size[0]))
		b.Theme("dark")
		b.AxeColours()
		b.Picture(fmt.Sprintf("hook-dark-%d", size[0]))
		b.Eval(`(document.querySelector("ul.lines details").open = true, document.querySelector("ul.lines").scrollIntoView(), "")`)
		b.Picture(fmt.Sprintf("hook-calls-dark-%d", size[0]))
		b.Theme("light")
		b.Still()
		b.Picture(fmt.Sprintf("hook-calls-light-%d", size[0]))
	}
}
