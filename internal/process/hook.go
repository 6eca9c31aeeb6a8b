package process

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"wellmet/internal/access"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// hook is an active webhook.
type hook struct {
	id     value.ID
	url    string
	events []string
}

// Events about records.
const (
	eventCreated  = "created"
	eventUpdated  = "updated"
	eventDeleted  = "deleted"
	eventRestored = "restored"
	eventRule     = "rule" // a rule or blueprint says so
	eventTest     = "test" // somebody tries the address
)

var eventOf = map[record.Doing]string{record.Creating: eventCreated, record.Updating: eventUpdated,
	record.Deleting: eventDeleted, record.Restoring: eventRestored}

func (b *book) loadHooks(ctx context.Context, s *record.Session) error {
	rows, err := s.Tx().Query(ctx, `SELECT id, url, events FROM {webhook} WHERE deleted_at IS NULL AND active IS TRUE ORDER BY id`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		h := &hook{}
		h.id, _ = rows.ID(0)
		url, _ := rows.Text(1)
		events, _ := rows.Text(2)
		h.url, h.events = strings.Clone(url), eventList(strings.Clone(events))
		b.byHook[h.id] = h
		for _, o := range s.Schema().Objects() {
			for _, doing := range eventOf {
				if name := o.Name + "." + doing; h.wants(o, doing) {
					b.hooks[name] = append(b.hooks[name], h)
				}
			}
		}
	}
	return rows.Close()
}

func eventList(text string) []string {
	var list []string
	for e := range strings.SplitSeq(text, ",") {
		if e = strings.TrimSpace(e); e != "" {
			list = append(list, e)
		}
	}
	return list
}

// wants reports whether the webhook is told of it. "*" is what happens to
// business records; people, roles and this room's own are told by name only.
func (h *hook) wants(o *schema.Object, doing string) bool {
	return slices.ContainsFunc(h.events, func(e string) bool {
		return e == o.Name+"."+doing || e == o.Name+".*" || e == "*" && !access.Guards(o) && !isOurs(o)
	})
}

// checkHooks refuses addresses that are none and events that never happen.
func checkHooks(_ context.Context, s *record.Session, drafts []*record.Draft) error {
	for _, d := range drafts {
		if !writes(d) {
			continue
		}
		if url, _ := record.Will(d, WebhookURL); url != "" && d.Changed(WebhookURL.Name()) && !strings.HasPrefix(url, "https://") && !strings.HasPrefix(url, "http://") {
			d.Refuse(WebhookURL.Name(), "process.wants_url", nil)
		}
		events, _ := record.Will(d, WebhookEvents)
		for _, e := range eventList(events) {
			if e == "*" {
				continue
			}
			object, doing, _ := strings.Cut(e, ".")
			_, known := s.Schema().Object(object)
			if !known || doing != "*" && !slices.Contains([]string{eventCreated, eventUpdated, eventDeleted, eventRestored}, doing) {
				d.Refuse(WebhookEvents.Name(), "process.unknown_event", fault.Args{"event": value.Printable(e)})
			}
		}
		if active, _ := record.Will(d, WebhookActive); active && d.Changed(WebhookActive.Name()) {
			d.Set(WebhookProblem.Name(), nil)
		}
	}
	return nil
}

// announce tells webhooks what happened to records, by rows that are sent
// after the commit.
func (p *Process) announce(ctx context.Context, s *record.Session, b *book, drafts []*record.Draft) error {
	if len(b.byHook) == 0 || silent(s) {
		return nil
	}
	auto, _, err := asService(ctx, s)
	if isFault(err) { // nobody there to tell it
		return nil
	}
	if err != nil {
		return err
	}
	o, doing := drafts[0].Object, ""
	by := map[*hook][]delivery{}
	for _, d := range drafts {
		doing = eventOf[d.Doing]
		hooks := b.hooks[o.Name+"."+doing]
		if len(hooks) == 0 {
			continue
		}
		payload, err := payload(auto, o.Name+"."+doing, d.Record(), changesOf(auto, d))
		if err != nil {
			return err
		}
		for _, h := range hooks {
			by[h] = append(by[h], delivery{event: o.Name + "." + doing, record: d.ID, payload: payload})
		}
	}
	for h, list := range by {
		if err := p.deliver(ctx, s, h.id, list); err != nil {
			return err
		}
	}
	return nil
}

// callHook is the action that tells one webhook of some records.
func (p *Process) callHook(ctx context.Context, s *record.Session, id value.ID, hits []hit) error {
	b, err := bookOf(ctx, s)
	if err != nil {
		return err
	}
	if b.byHook[id] == nil {
		return untold(ctx, s, id, hits)
	}
	list := make([]delivery, len(hits))
	for i, h := range hits {
		name := h.record.Object.Name + "." + eventRule
		payload, err := payload(s, name, h.record, nil)
		if err != nil {
			return err
		}
		list[i] = delivery{event: name, record: h.record.ID, payload: payload}
	}
	return p.deliver(ctx, s, id, list)
}

// untold logs that a webhook which is switched off or deleted was told nothing. What
// else is asked for is done all the same.
func untold(ctx context.Context, s *record.Session, id value.ID, hits []hit) error {
	as, err := underWay(s)
	if err != nil || len(as.going) == 0 {
		return err
	}
	why := fault.New(fault.NotFound, "process.webhook_deleted", nil)
	r, err := s.AsSystem("name a webhook in the log").Get(ctx, Webhooks.Name, id)
	switch {
	case err == nil:
		why = fault.New(fault.Conflict, "process.webhook_untold", fault.Args{"webhook": r.Title()})
	case !fault.Is(err, fault.NotFound):
		return err
	}
	return logRuns(ctx, s, cause{source: as.going[len(as.going)-1].source, name: DoWebhook}, hits, outcomeFailed, why)
}

// payload is what is sent: the event, when, and the record as the service
// member may read it.
func payload(auto *record.Session, event string, r *record.Record, changes map[string]any) (string, error) {
	fields := map[string]json.RawMessage{}
	for _, f := range r.Object.Fields {
		if auto.Sees(f) && !f.Hidden && len(f.Columns()) > 0 {
			fields[f.Name] = schema.AppendJSON(nil, r.Value(f))
		}
	}
	data := map[string]any{"object": r.Object.Name, "id": r.ID.String(), "record": fields}
	if len(changes) > 0 {
		data["changes"] = changes
	}
	text, err := json.Marshal(map[string]any{"type": event, "timestamp": auto.Now().Format(time.RFC3339Nano), "data": data})
	return string(text), err
}

// changesOf is {"field": [old, new]} of an update, as far as the service member
// may read it.
func changesOf(auto *record.Session, d *record.Draft) map[string]any {
	if d.Doing != record.Updating {
		return nil
	}
	changes := map[string]any{}
	for _, f := range d.Object.Fields {
		if d.Changed(f.Name) && !f.Engine && len(f.Columns()) > 0 && auto.Sees(f) {
			changes[f.Name] = [2]json.RawMessage{schema.AppendJSON(nil, d.Before(f.Name)), schema.AppendJSON(nil, d.Value(f))}
		}
	}
	return changes
}

// NewSecret gives a webhook or incoming hook a secret, which is answered this
// once. The former one holds beside it for a day, so that the other side can
// change over.
func (p *Process) NewSecret(ctx context.Context, s *record.Session, id value.ID, sealed string) error {
	if !s.Actor().Admin() {
		return fault.New(fault.Forbidden, "record.admin_only", nil)
	}
	_, err := s.Get(ctx, Webhooks.Name, id)
	if fault.Is(err, fault.NotFound) {
		_, err = s.Get(ctx, Hooks.Name, id)
	}
	if err != nil {
		return err
	}
	_, err = s.Tx().Exec(ctx, `INSERT INTO {webhook_secret} (webhook, secret, former, former_until) VALUES ($1, $2, '', 0)
		ON CONFLICT (webhook) DO UPDATE SET former = webhook_secret.secret, former_until = $3, secret = excluded.secret`,
		id, sealed, s.Now().Add(24*time.Hour))
	return err
}

// MakeSecret makes a secret as Standard Webhooks writes them, and its sealed
// form for NewSecret. It must be called before the transaction.
func (p *Process) MakeSecret(ctx context.Context) (secret, sealed string, err error) {
	b := make([]byte, 32)
	_, _ = rand.Read(b) // documented never to fail
	secret = secretPrefix + base64.StdEncoding.EncodeToString(b)
	sealed, err = p.needs.Seal(ctx, secret)
	return secret, sealed, err
}

// listening refuses to send by hand to a webhook that is switched off.
func listening(ctx context.Context, s *record.Session, id value.ID) error {
	r, err := s.Get(ctx, Webhooks.Name, id)
	if err != nil {
		return err
	}
	if active, _ := record.Get(r, WebhookActive); !active {
		return fault.New(fault.Conflict, "process.webhook_off", nil)
	}
	return nil
}

// goOn sends what has waited while webhooks were switched off.
func goOn(s *record.Session, drafts []*record.Draft) error {
	for _, d := range drafts {
		if d.Object.ID != Webhooks.ID || d.Doing != record.Updating || !d.Changed(WebhookActive.Name()) {
			continue
		}
		if active, _ := record.Will(d, WebhookActive); !active {
			continue
		}
		if err := s.Later(deliveries{Webhook: d.ID}); err != nil {
			return err
		}
	}
	return nil
}

// Ping sends a webhook a message that is only a test.
func (p *Process) Ping(ctx context.Context, s *record.Session, id value.ID) error {
	if !s.Actor().Admin() {
		return fault.New(fault.Forbidden, "record.admin_only", nil)
	}
	if err := listening(ctx, s, id); err != nil {
		return err
	}
	text, err := json.Marshal(map[string]any{"type": eventTest, "timestamp": s.Now().Format(time.RFC3339Nano), "data": map[string]any{}})
	if err != nil {
		return err
	}
	return p.deliver(ctx, s, id, []delivery{{event: eventTest, payload: string(text)}})
}
