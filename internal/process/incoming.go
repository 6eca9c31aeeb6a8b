package process

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/url"
	"strings"
	"time"

	"wellmet/internal/access"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// incoming is an incoming hook made ready.
type incoming struct {
	id      value.ID
	name    string
	object  *schema.Object // nil when it is gone
	does    string
	mapping []entry
	key     *entry // by which the record is found; nil = none is looked for
	member  value.ID
	broken  *fault.Error // why no call can be worked
}

// entry is one line of a mapping made ready.
type entry struct {
	field *schema.FieldDef
	path  Path   // nil = always the same text
	text  string // that text
}

// incomingSource is an incoming hook as it is stored.
type incomingSource struct {
	id                               value.ID
	name, object, does, mapping, key string
	member                           value.ID
}

func (b *book) loadIncoming(ctx context.Context, s *record.Session) error {
	rows, err := s.Tx().Query(ctx, `SELECT id, name, object, does, mapping, key_field, acts_as_id FROM {incoming_hook} WHERE deleted_at IS NULL ORDER BY id`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var src incomingSource
		src.id, _ = rows.ID(0)
		for i, to := range []*string{&src.name, &src.object, &src.does, &src.mapping, &src.key} {
			text, _ := rows.Text(1 + i)
			*to = strings.Clone(text)
		}
		src.member, _ = rows.ID(6)
		h, problems := compileIncoming(s.Schema(), src)
		if len(problems) > 0 {
			h.broken = fault.New(fault.Invalid, problems[0].Key, problems[0].Args)
		}
		b.incoming[h.id] = h
	}
	return rows.Close()
}

// compileIncoming makes an incoming hook ready and says what is wrong with it.
func compileIncoming(sc *schema.Schema, src incomingSource) (*incoming, []Problem) {
	h := &incoming{id: src.id, name: src.name, does: src.does, member: src.member}
	c := &compiler{schema: sc}
	o, ok := sc.Object(src.object)
	if !ok {
		c.wrong(HookObject.Name(), "record.no_object", fault.Args{"object": value.Printable(src.object)})
		return h, c.problems
	}
	if isOurs(o) || access.Guards(o) {
		c.wrong(HookObject.Name(), "process.not_on_itself", fault.Args{"object": o.Name})
	}
	h.object = o
	list, err := ParseMapping(src.mapping)
	if err != nil {
		c.fail(HookMapping.Name(), err)
	}
	c.mapped(h, list, src.key)
	for i := range h.mapping {
		if x := &h.mapping[i]; x.field.Name == src.key {
			h.key = x
		}
	}
	switch {
	case src.key != "" && (h.key == nil || !findable(h.key.field)):
		c.wrong(HookKey.Name(), "process.bad_key", fault.Args{"field": value.Printable(src.key)})
	case h.key == nil && h.does != HookSaves:
		c.wrong(HookKey.Name(), "process.wants_key", nil)
	}
	return h, c.problems
}

// mapped readies the lines of a mapping; a field is filled once. The key may be one
// that nobody fills, such as a number.
func (c *compiler) mapped(h *incoming, list []Mapped, key string) {
	seen := map[string]bool{}
	for _, m := range list {
		f, ok := h.object.Field(m.Field)
		switch {
		case !ok:
			c.wrong(HookMapping.Name(), "process.unknown_field", fault.Args{"field": value.Printable(m.Field)})
			continue
		case !f.Writable() && (f.Name != key || !findable(f)):
			c.wrong(HookMapping.Name(), "process.not_writable", fault.Args{"field": f.Name})
			continue
		case seen[f.Name]:
			c.wrong(HookMapping.Name(), "process.mapped_twice", fault.Args{"field": f.Name})
			continue
		}
		seen[f.Name] = true
		x := entry{field: f}
		if text, fixed := strings.CutPrefix(m.Path, "="); fixed {
			x.text = text
		} else {
			p, err := ReadPath(m.Path)
			if err != nil {
				c.fail(HookMapping.Name(), err)
				continue
			}
			x.path = p
		}
		h.mapping = append(h.mapping, x)
	}
}

// idField names the record itself.
const idField = "id"

// findable reports whether records can be found by a field's text.
func findable(f *schema.FieldDef) bool {
	switch f.Kind {
	case schema.KindText, schema.KindEmail, schema.KindPhone, schema.KindURL, schema.KindInt, schema.KindNumber:
		return !f.Many
	}
	return f.Name == idField
}

// Keys are the fields by which a hook can find a record of an object.
func Keys(o *schema.Object) (list []*schema.FieldDef) {
	for _, f := range o.Fields {
		if !f.Hidden && findable(f) {
			list = append(list, f)
		}
	}
	return list
}

// checkIncoming refuses hooks that could not work. The object of one stays: rules
// and calls are about it.
func checkIncoming(_ context.Context, s *record.Session, drafts []*record.Draft) error {
	for _, d := range drafts {
		if !writes(d) {
			continue
		}
		if d.Doing == record.Updating && d.Changed(HookObject.Name()) {
			d.Refuse(HookObject.Name(), "process.hook_object_fixed", nil)
			continue
		}
		src := incomingSource{id: d.ID}
		for _, x := range []struct {
			to   *string
			from schema.Field[string]
		}{{&src.object, HookObject}, {&src.does, HookDoes}, {&src.mapping, HookMapping}, {&src.key, HookKey}} {
			*x.to, _ = record.Will(d, x.from)
		}
		if src.object == "" { // required
			continue
		}
		_, problems := compileIncoming(s.Schema(), src)
		for _, x := range problems {
			d.Refuse(x.Path, x.Key, x.Args)
		}
	}
	return nil
}

// checkHookOf says what is wrong with the hook that a rule names.
func checkHookOf(ctx context.Context, s *record.Session, src ruleSource) ([]Problem, error) {
	if src.trigger != WhenCalled || src.hook == 0 {
		return nil, nil
	}
	found, err := s.AsSystem("the hook of a rule").GetMany(ctx, Hooks.Name, []value.ID{src.hook})
	if err != nil {
		return nil, err
	}
	r := found[src.hook]
	if r == nil {
		return []Problem{{Path: RuleHook.Name(), Weight: Wrong, Key: "process.no_hook", Args: fault.Args{"id": src.hook.String()}}}, nil
	}
	if of, _ := record.Get(r, HookObject); of != src.object {
		return []Problem{{Path: RuleHook.Name(), Weight: Wrong, Key: "process.hook_of_other", Args: fault.Args{"hook": r.Title(), "object": of}}}, nil
	}
	return nil, nil
}

// tokenOf is how the database knows what an address ends with.
func tokenOf(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// NewToken gives a hook a new address and answers what it ends with, this once.
// The former one leads nowhere from now on.
func NewToken(ctx context.Context, s *record.Session, id value.ID) (string, error) {
	if err := onHook(ctx, s, id); err != nil {
		return "", err
	}
	b := make([]byte, 24)
	_, _ = rand.Read(b) // documented never to fail
	token := base64.RawURLEncoding.EncodeToString(b)
	_, err := s.Tx().Exec(ctx, `INSERT INTO {hook_address} (hook, token, calls) VALUES ($1, $2, 0)
		ON CONFLICT (hook) DO UPDATE SET token = excluded.token`, id, tokenOf(token))
	return token, err
}

// HookPath is the address of a hook of a workspace, below that of the server.
func HookPath(workspace, token string) string {
	return "/api/v1/w/" + url.PathEscape(workspace) + "/hooks/" + token
}

// onHook refuses all but administrators, and hooks that are not there.
func onHook(ctx context.Context, s *record.Session, id value.ID) error {
	if !s.Actor().Admin() {
		return fault.New(fault.Forbidden, "record.admin_only", nil)
	}
	_, err := s.Get(ctx, Hooks.Name, id)
	return err
}

// HookFacts are what an administrator sees of a hook beside its fields.
type HookFacts struct {
	Addressed bool       `json:"addressed"` // it has an address
	Signed    bool       `json:"signed"`    // callers must sign
	Calls     int64      `json:"calls"`     // worked so far
	Last      *time.Time `json:"last,omitempty"`
}

// FactsOf reads them.
func FactsOf(ctx context.Context, s *record.Session, id value.ID) (f HookFacts, err error) {
	if err := onHook(ctx, s, id); err != nil {
		return f, err
	}
	if f.Addressed, err = s.Tx().Row(ctx, `SELECT calls, last_at FROM {hook_address} WHERE hook = $1`, []any{id}, &f.Calls, &f.Last); err != nil {
		return f, err
	}
	var one int64
	f.Signed, err = s.Tx().Row(ctx, `SELECT 1 FROM {webhook_secret} WHERE webhook = $1`, []any{id}, &one)
	return f, err
}

// DropSecret lets a hook take calls that nobody signed.
func DropSecret(ctx context.Context, s *record.Session, id value.ID) error {
	if err := onHook(ctx, s, id); err != nil {
		return err
	}
	_, err := s.Tx().Exec(ctx, `DELETE FROM {webhook_secret} WHERE webhook = $1`, id)
	return err
}
