package exchange

import (
	"wellmet/internal/exchange"
	"wellmet/internal/record"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
)

// pageRows is how many imports a page lists.
const pageRows = 50

// row is one import in the list.
type row struct {
	run    *exchange.Run
	object string
	who    kit.Person
}

// runList is the list of imports.
type runList struct {
	v    *kit.View
	rows []row
	next string // address of the next page
	may  bool
}

func list(c *door.Call) error {
	before, _ := value.ParseID(c.R.URL.Query().Get("before"))
	l, err := runs(c, before, pageRows)
	if err != nil {
		return err
	}
	return c.Show(kit.Page{Title: c.View.T("web.exchange.imports"), Nav: "/imports", Body: listPage(l)})
}

func runs(c *door.Call, before value.ID, limit int) (*runList, error) {
	l := &runList{v: c.View}
	all, err := c.WS.Importer().Runs(c.Ctx, c.Who, before, limit+1)
	if err != nil {
		return nil, err
	}
	if len(all) > limit {
		all = all[:limit]
		l.next = "/imports?before=" + all[limit-1].ID.String()
	}
	return l, c.Read(func(s *record.Session) error {
		l.rows, l.may = nil, len(targets(c, s)) > 0
		for _, run := range all {
			l.rows = append(l.rows, row{run, objectLabel(s, run.Object, c.View.Lang).Many, person(s, run.By())})
		}
		return nil
	})
}

func person(s *record.Session, id value.ID) kit.Person {
	if id == 0 {
		return kit.Person{}
	}
	return kit.Person{ID: id.String(), Name: s.Roster().Name(id)}
}
