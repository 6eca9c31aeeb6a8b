package cli

import (
	"context"
	"encoding/json"
	"io"
	"maps"
	"slices"
	"strconv"

	"wellmet/internal/access"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

type roleCmd struct {
	List roleListCmd `cmd:"" help:"List roles with what they permit, and how open each object is."`
	Set  roleSetCmd  `cmd:"" help:"Change what a role permits, or how open an object is."`
}

type roleListCmd struct {
	JSON bool `help:"Answer as JSON."`
}

// roleList is the answer of role list.
type roleList struct {
	Roles []roleRow         `json:"roles"`
	Open  map[string]string `json:"openness"`
}

type roleRow struct {
	ID          value.ID        `json:"id"`
	Key         string          `json:"key"`
	Name        string          `json:"name"`
	Members     int64           `json:"members"`
	Permissions json.RawMessage `json:"permissions"`
}

// Run lists the roles.
func (c *roleListCmd) Run(ctx context.Context, sh *shell) error {
	w, closing, err := sh.open(ctx, reading)
	if err != nil {
		return err
	}
	defer closing()
	who, err := sh.who(ctx, w, "", "role.list")
	if err != nil {
		return err
	}
	var list roleList
	err = readAs(ctx, w, who, func(s *record.Session) error {
		list = roleList{Roles: []roleRow{}, Open: map[string]string{}}
		for _, o := range s.Schema().Objects() {
			if o.HasOwner() && o.Parent == "" && o.Personal == "" {
				list.Open[o.Plural] = string(s.Roster().Openness(o))
			}
		}
		return s.Each(ctx, record.Query{Object: access.Roles.Name, Sort: "name"}, func(r *record.Record) error {
			n, _, err := s.Count(ctx, record.Query{Object: access.Members.Name, Filter: "role.id = " + strconv.Quote(r.ID.String()), Count: record.CountExact})
			if err != nil {
				return err
			}
			row := roleRow{ID: r.ID, Name: r.Title(), Members: n}
			row.Key, _ = record.Get(r, access.RoleKey)
			text, _ := record.Get(r, access.RolePermissions)
			row.Permissions = json.RawMessage(access.NamePermissions(s.Schema(), text))
			list.Roles = append(list.Roles, row)
			return nil
		})
	})
	if err != nil {
		return err
	}
	if c.JSON {
		return sh.json(list)
	}
	list.print(sh)
	return nil
}

func (list roleList) print(sh *shell) {
	t := table{heads: []string{"KEY", "NAME", "MEMBERS", "PERMISSIONS"}, right: map[int]bool{2: true}}
	for _, r := range list.Roles {
		t.add(r.Key, r.Name, strconv.FormatInt(r.Members, 10), string(r.Permissions))
	}
	t.write(sh.Out)
	sh.print("")
	open := table{heads: []string{"OBJECT", "OPEN TO"}}
	for _, name := range slices.Sorted(maps.Keys(list.Open)) {
		open.add(name, list.Open[name])
	}
	open.write(sh.Out)
}

type roleSetCmd struct {
	Role string            `arg:"" optional:"" help:"Key or name of a role; a new name makes a role."`
	File string            `arg:"" optional:"" help:"Its permissions as JSON, in the form that role list shows; - = standard input."`
	Open map[string]string `placeholder:"OBJECT=open|team|private" help:"Who may read what colleagues own: every member, the owner's team, or the owner alone."`
}

// Run changes a role and openness, in one act.
func (c *roleSetCmd) Run(ctx context.Context, sh *shell) error {
	w, closing, err := sh.open(ctx, writing)
	if err != nil {
		return err
	}
	defer closing()
	if (c.Role == "") != (c.File == "") || c.Role == "" && len(c.Open) == 0 {
		return fault.New(fault.Invalid, "cli.role_usage", nil)
	}
	var permissions string
	if c.File != "" {
		if permissions, err = sh.readText(c.File); err != nil {
			return err
		}
	}
	var losses []access.Tightening
	err = w.Write(ctx, record.Who{System: "command line", Door: "cli", Cause: "role.set"}, func(s *record.Session) error {
		losses = nil
		if c.Role != "" {
			if err := setRole(ctx, s, c.Role, permissions); err != nil {
				return err
			}
		}
		for _, name := range slices.Sorted(maps.Keys(c.Open)) {
			loss, err := setOpenness(ctx, s, name, c.Open[name])
			if err != nil {
				return err
			}
			losses = append(losses, *loss)
		}
		return nil
	})
	if err != nil {
		return err
	}
	sh.say("cli.role_set", nil)
	for _, loss := range losses {
		for _, g := range loss.Groups {
			sh.say("cli.role_loss", fault.Args{"object": loss.Object, "members": g.Members, "records": g.Records})
		}
	}
	return nil
}

// setRole changes the role of a key or name, or makes one.
func setRole(ctx context.Context, s *record.Session, name, permissions string) error {
	bound, err := access.BindPermissions(s.Schema(), permissions)
	if err != nil {
		return err
	}
	v := record.With(record.Values{}, access.RolePermissions, bound)
	id, ok := s.Roster().Role(name)
	if !ok {
		o := s.Schema().MustObject(access.Roles.Name)
		f, _ := o.Field(access.RoleName.Name())
		found, err := s.FindBy(ctx, o, f, []string{name})
		if err != nil {
			return err
		}
		if len(found[name]) == 0 {
			_, err := s.Create(ctx, access.Roles.Name, record.With(v, access.RoleName, name))
			return err
		}
		id = found[name][0]
	}
	_, err = s.Update(ctx, access.Roles.Name, id, 0, v)
	return err
}

func setOpenness(ctx context.Context, s *record.Session, name, degree string) (*access.Tightening, error) {
	o, err := s.Object(name)
	if err != nil {
		return nil, err
	}
	to, err := access.ParseOpenness(degree)
	if err != nil {
		return nil, err
	}
	loss, err := access.TightenOpenness(ctx, s.Tx(), s.Roster(), o, to, s.Now())
	if err != nil {
		return nil, err
	}
	return loss, s.SetOpenness(ctx, o, to)
}

// readText reads a small file.
func (sh *shell) readText(path string) (string, error) {
	f, err := sh.input(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, 16<<20))
	if err != nil {
		return "", unreadable(path, err)
	}
	return string(text), nil
}
