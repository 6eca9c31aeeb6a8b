package process

import (
	"context"
	"slices"
	"strings"

	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// verify finds what is wrong with a definition as a whole, and what it names
// that is not there.
func verify(ctx context.Context, s *record.Session, b *blueprint) ([]Problem, error) {
	c := newCompiler(s.Schema(), b.object, nil)
	labels, err := labelsOf(ctx, s, b.field)
	if err != nil {
		return nil, err
	}
	for _, st := range b.States {
		if b.field.Kind == schema.KindLink && labels[st.State] == "" {
			c.wrong("states."+value.Printable(st.State), "process.unknown_state", fault.Args{"state": value.Printable(st.State)})
		}
	}
	c.reach(b, labels)
	c.circles(b, labels)
	if err := c.named(ctx, s, b); err != nil {
		return nil, err
	}
	return c.problems, nil
}

func (c *compiler) warn(path, key string, args fault.Args) {
	c.problems = append(c.problems, Problem{Path: path, Weight: Warning, Key: key, Args: args})
}

// reach warns of states that no record can come to, and of those that nothing
// leads out of although they are no end.
func (c *compiler) reach(b *blueprint, labels map[string]string) {
	at := map[string]bool{}
	next := slices.Clone(b.starts)
	if len(b.starts) == 0 && len(b.States) > 0 { // anywhere, but the first is where one begins
		next = append(next, b.States[0].State)
	}
	for len(next) > 0 {
		key := next[0]
		next = next[1:]
		if at[key] {
			continue
		}
		at[key] = true
		for _, m := range b.moves {
			if m.from(key) {
				next = append(next, m.To)
			}
		}
		next = append(next, b.freeFrom(key)...)
	}
	for i := range b.States {
		st := &b.States[i]
		path := "states." + value.Printable(st.State)
		if !at[st.State] {
			c.warn(path, "process.unreachable", fault.Args{"state": label(labels, st.State)})
		}
		if !st.End && !slices.ContainsFunc(b.moves, func(m *move) bool { return m.from(st.State) }) && len(b.freeFrom(st.State)) == 0 {
			c.warn(path, "process.dead_end", fault.Args{"state": label(labels, st.State)})
		}
	}
}

// freeFrom lists the states that may be gone to without a move.
func (b *blueprint) freeFrom(key string) []string {
	var list []string
	from := b.states[key]
	for i := range b.States {
		if from == nil || i == from.at || i > from.at && b.Skip == No || i < from.at && b.Back == No {
			continue
		}
		list = append(list, b.States[i].State)
	}
	return list
}

// circles refuses moves that records make by themselves round and round.
func (c *compiler) circles(b *blueprint, labels map[string]string) {
	auto := map[string][]string{}
	for key, st := range b.states {
		for _, d := range st.then {
			if d.Do == DoMove {
				auto[key] = append(auto[key], d.To)
			}
		}
	}
	for _, m := range b.moves {
		for _, d := range m.then {
			if d.Do == DoMove {
				auto[m.To] = append(auto[m.To], d.To)
			}
		}
	}
	for i := range b.States {
		start := b.States[i].State
		if path, found := circle(auto, start, start, nil); found && start == slices.Min(path) {
			way := make([]string, 0, len(path)+1)
			for _, key := range append(path, start) {
				way = append(way, label(labels, key))
			}
			c.wrong("states."+value.Printable(start), "process.circle", fault.Args{"states": strings.Join(way, " → ")})
		}
	}
}

// circle looks for a way back to the start.
func circle(auto map[string][]string, start, at string, path []string) ([]string, bool) {
	path = append(slices.Clone(path), at)
	for _, to := range auto[at] {
		if to == start {
			return path, true
		}
		if !slices.Contains(path, to) {
			if found, ok := circle(auto, start, to, path); ok {
				return found, true
			}
		}
	}
	return nil, false
}

// named looks up the people, templates and webhooks that a definition names.
func (c *compiler) named(ctx context.Context, s *record.Session, b *blueprint) error {
	c.people(s, "override", b.Override)
	for i := range b.States {
		st := &b.States[i]
		path := "states." + value.Printable(st.State)
		if err := c.templates(ctx, s, path, st.Templates); err != nil {
			return err
		}
		if st.Limit != nil {
			if err := c.actions(ctx, s, path+".limit.then", st.Limit.Then); err != nil {
				return err
			}
		}
	}
	for _, m := range b.moves {
		path := "moves." + value.Printable(m.Key)
		c.people(s, path+".who", m.Who)
		if err := c.templates(ctx, s, path, m.Templates); err != nil {
			return err
		}
		if err := c.actions(ctx, s, path+".then", m.Then); err != nil {
			return err
		}
	}
	return nil
}

func (c *compiler) people(s *record.Session, path string, w *Who) {
	if w == nil {
		return
	}
	for _, key := range w.Roles {
		if !roleThere(s, key) {
			c.wrong(path, "process.unknown_role", fault.Args{"role": value.Printable(key)})
		}
	}
	for _, id := range w.Teams {
		if !s.Roster().HasTeam(id) {
			c.wrong(path, "process.unknown_receiver", fault.Args{"to": id.String()})
		}
	}
	for _, id := range w.Members {
		if s.Roster().Name(id) == "" {
			c.wrong(path, "process.unknown_receiver", fault.Args{"to": id.String()})
		}
	}
}

func (c *compiler) templates(ctx context.Context, s *record.Session, path string, ids []value.ID) error {
	if len(ids) == 0 {
		return nil
	}
	found, err := s.AsSystem("templates of a blueprint").GetMany(ctx, Templates.Name, ids)
	if err != nil {
		return err
	}
	for _, id := range ids {
		t := found[id]
		if t == nil {
			c.wrong(path, "process.no_template", fault.Args{"id": id.String()})
			continue
		}
		if status, _ := record.Get(t, TemplateStatus); status != Published {
			c.wrong(path, "process.template_draft", fault.Args{"template": t.Title()})
		}
		if of, _ := record.Get(t, TemplateObject); of != c.object.Name {
			c.wrong(path, "process.template_of_other", fault.Args{"template": t.Title(), "object": of})
		}
	}
	return nil
}

func (c *compiler) actions(ctx context.Context, s *record.Session, path string, list []Action) error {
	for _, a := range list {
		if (a.Do == DoSend || a.Do == DoDocument) && a.Template != 0 {
			if err := c.templates(ctx, s, path, []value.ID{a.Template}); err != nil {
				return err
			}
		}
		if a.Do == DoWebhook && a.Webhook != 0 {
			found, err := s.AsSystem("webhooks of a blueprint").GetMany(ctx, Webhooks.Name, []value.ID{a.Webhook})
			if err != nil {
				return err
			}
			if found[a.Webhook] == nil {
				c.wrong(path, "process.no_webhook", fault.Args{"id": a.Webhook.String()})
			}
		}
	}
	return nil
}

func roleThere(s *record.Session, key string) bool {
	id, ok := roleNamed(s, key)
	if ok {
		_, ok = s.Roster().InRole(id)
	}
	return ok
}

// countOf is the first figure of a group.
func countOf(g record.Group) int64 {
	if n, ok := g.Values[0].Value.(int64); ok {
		return n
	}
	return 0
}
