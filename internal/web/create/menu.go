package create

import (
	"net/http"

	"wellmet/internal/access"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
)

// usual is the order in which things are offered to be made.
var usual = []string{"deal", "contact", "account", "lead", "activity"}

// menu lists what the caller may create: the plus of the phone's bottom bar.
func menu(c *door.Call) error {
	var list []*schema.Object
	err := c.Read(func(s *record.Session) error {
		seen := map[string]bool{}
		add := func(o *schema.Object) {
			if !seen[o.Name] && !o.Hidden && !pageless[o.Name] && o.Name != "member" && s.Actor().Can(o, access.Create) && s.Actor().Can(o, access.Read) {
				list = append(list, o)
			}
			seen[o.Name] = true
		}
		for _, name := range usual {
			if o, err := s.Object(name); err == nil {
				add(o)
			}
		}
		for _, o := range s.Schema().Objects() {
			add(o)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if c.Fragment() {
		return c.Parts(http.StatusOK, menuDialog(c.View, list))
	}
	return c.Show(kit.Page{Title: c.View.T("web.new"), Body: menuPage(c.View, list)})
}
