package store

import (
	"context"
	"errors"
	"os"
	"sync"

	"wellmet/internal/fault"
)

// Server is one installation: its control database and its workspaces.
type Server struct {
	config  Config
	host    host
	control *DB

	mu         sync.Mutex
	workspaces map[string]*opening
	closed     bool
}

// opening is a workspace that one caller opens while the others wait.
type opening struct {
	done chan struct{}
	db   *DB
	err  error
}

// host makes, opens and drops the databases of an installation: files in a folder, or schemas.
type host interface {
	dialect() Dialect
	// open migrates the database, making it when it is missing and create is set; NotFound otherwise.
	open(ctx context.Context, k kind, name string, create bool) (engine, string, error)
	drop(ctx context.Context, name string) error
	backup(ctx context.Context, s *Server, a *archive) error
	close() error
}

// Open opens an installation and brings its control database up to date; an empty folder or database
// becomes a new one. It refuses a folder that another process holds, a server that is too old or would
// search wrongly, and databases newer than this program.
func Open(ctx context.Context, config Config) (*Server, error) {
	config, err := config.filled()
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(config.Dir, 0o700); err != nil {
		return nil, err
	}
	s := &Server{config: config, workspaces: map[string]*opening{}}
	if config.postgres() {
		s.host, err = openSchemas(ctx, config)
	} else {
		s.host, err = openFolder(config)
	}
	if err != nil {
		return nil, err
	}
	engine, schema, err := s.host.open(ctx, controlKind, "control", !config.Beside)
	if err != nil {
		return nil, errors.Join(err, s.host.close())
	}
	s.control = &DB{server: s, name: "control", schema: schema, dialect: s.host.dialect(), engine: engine}
	return s, nil
}

// Control is the database of users, sessions, tokens, leases and the directory of workspaces.
func (s *Server) Control() *DB { return s.control }

// Dialect is the same for all databases of an installation.
func (s *Server) Dialect() Dialect { return s.host.dialect() }

// Workspace opens a workspace, migrated; the same *DB for the same slug. A missing one is made when create
// is set and is NotFound otherwise.
func (s *Server) Workspace(ctx context.Context, slug string, create bool) (*DB, error) {
	if err := checkSlug(slug); err != nil {
		return nil, err
	}
	for {
		s.mu.Lock()
		if s.closed {
			s.mu.Unlock()
			return nil, errClosed
		}
		o, found := s.workspaces[slug]
		if !found {
			o = &opening{done: make(chan struct{})}
			s.workspaces[slug] = o
		}
		s.mu.Unlock()
		if !found {
			s.openWorkspace(ctx, o, slug, create)
			return o.db, o.err
		}
		select {
		case <-o.done:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		if o.err == nil {
			return o.db, nil
		}
		// The opener failed for reasons of its own (its context, create false): try ourselves.
	}
}

func (s *Server) openWorkspace(ctx context.Context, o *opening, slug string, create bool) {
	o.db, o.err = s.openNow(ctx, slug, create)
	if o.err != nil {
		s.mu.Lock()
		delete(s.workspaces, slug)
		s.mu.Unlock()
	}
	close(o.done)
}

func (s *Server) openNow(ctx context.Context, slug string, create bool) (*DB, error) {
	listed, err := s.listed(ctx, slug)
	if err != nil {
		return nil, err
	}
	if !listed && !create {
		return nil, fault.New(fault.NotFound, "store.no_workspace", fault.Args{"slug": slug})
	}
	engine, schema, err := s.host.open(ctx, workspaceKind, slug, !s.config.Beside)
	if err != nil {
		return nil, err
	}
	// Listed last: a crash before leaves an unlisted database that the next attempt takes over.
	if !listed {
		if err := s.list(ctx, slug, schema); err != nil {
			return nil, errors.Join(err, engine.close())
		}
	}
	db := &DB{server: s, name: slug, schema: schema, dialect: s.host.dialect(), engine: engine}
	db.blobs = newFolder(s.config.blobs(slug))
	return db, nil
}

func (s *Server) listed(ctx context.Context, slug string) (found bool, err error) {
	err = s.control.Read(ctx, func(tx *Tx) error {
		found, err = tx.Row(ctx, `SELECT slug FROM {workspace} WHERE slug = $1`, []any{slug}, nil)
		return err
	})
	return found, err
}

func (s *Server) list(ctx context.Context, slug, schema string) error {
	return s.control.Write(ctx, func(tx *Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO {workspace} (slug, schema, created_at) VALUES ($1, $2, $3)
			ON CONFLICT (slug) DO NOTHING`, slug, schema, s.config.Now())
		return err
	})
}

// Workspaces are the slugs of all workspaces, in order.
func (s *Server) Workspaces(ctx context.Context) (slugs []string, err error) {
	err = s.control.Read(ctx, func(tx *Tx) error {
		slugs = nil
		rows, err := tx.Query(ctx, `SELECT slug FROM {workspace} ORDER BY slug`)
		if err != nil {
			return err
		}
		for rows.Next() {
			var slug string
			if err := rows.Scan(&slug); err != nil {
				return err
			}
			slugs = append(slugs, slug)
		}
		return rows.Close()
	})
	return slugs, err
}

// Drop deletes a workspace with all its data and files. Nobody may be using its *DB any more.
func (s *Server) Drop(ctx context.Context, slug string) error {
	if err := checkSlug(slug); err != nil {
		return err
	}
	s.mu.Lock()
	o := s.workspaces[slug]
	delete(s.workspaces, slug)
	s.mu.Unlock()
	if o != nil {
		<-o.done
		if o.db != nil {
			if err := o.db.engine.close(); err != nil {
				return err
			}
		}
	}
	err := s.control.Write(ctx, func(tx *Tx) error {
		_, err := tx.Exec(ctx, `DELETE FROM {workspace} WHERE slug = $1`, slug)
		return err
	})
	if err != nil {
		return err
	}
	return errors.Join(s.host.drop(ctx, slug), os.RemoveAll(s.config.blobs(slug)))
}

// Close waits for nobody: transactions under way end with an error or, on SQLite, run to their end.
func (s *Server) Close() error {
	s.mu.Lock()
	s.closed = true
	open := s.workspaces
	s.workspaces = map[string]*opening{}
	s.mu.Unlock()
	var all []error
	for _, o := range open {
		<-o.done
		if o.db != nil {
			all = append(all, o.db.engine.close())
		}
	}
	if s.control != nil {
		all = append(all, s.control.engine.close())
	}
	return errors.Join(append(all, s.host.close())...)
}
