package bench

import (
	"database/sql"
	"net/url"
)

// roots are the processes whose CPU is the server's: itself and, on PostgreSQL,
// the backends of its connections. A shared PostgreSQL serves others too, so
// its whole tree would not do.
func (g *rig) roots() []int {
	return append([]int{g.server.Pid()}, backends(g.Database, g.app)...)
}

// backends are the processes of an application's connections; none when the
// database is on another machine or asks for more than the URL.
func backends(database, application string) []int {
	if database == "" {
		return nil
	}
	db, err := sql.Open("pgx", database)
	if err != nil {
		return nil
	}
	defer db.Close()
	rows, err := db.Query(`SELECT pid FROM pg_stat_activity WHERE application_name = $1`, application)
	if err != nil {
		return nil
	}
	defer rows.Close()
	var pids []int
	for rows.Next() {
		var pid int
		if rows.Scan(&pid) == nil {
			pids = append(pids, pid)
		}
	}
	return pids
}

// named gives the connections of a place an application_name, by which their
// processes are found.
func (p Place) named(application string) (Place, error) {
	return p.with("application_name", application)
}

// with sets a parameter of the database's URL.
func (p Place) with(name, setting string) (Place, error) {
	if p.Database == "" {
		return p, nil
	}
	u, err := url.Parse(p.Database)
	if err != nil {
		return p, err
	}
	q := u.Query()
	q.Set(name, setting)
	u.RawQuery = q.Encode()
	p.Database = u.String()
	return p, nil
}
