package api

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"wellmet/internal/access"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/wire"
)

// dict is a JSON object of the document.
type dict = map[string]any

// documents keeps what was written lately. A document is the same for all
// members of a role, as long as schema, rights and a token's scopes are.
type documents struct {
	mu   sync.Mutex
	kept map[string][]byte
}

const mostDocuments = 32

func (d *documents) get(key string, write func() ([]byte, error)) ([]byte, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if text, ok := d.kept[key]; ok {
		return text, nil
	}
	text, err := write()
	if err != nil {
		return nil, err
	}
	if d.kept == nil || len(d.kept) >= mostDocuments {
		d.kept = map[string][]byte{}
	}
	d.kept[key] = text
	return text, nil
}

// openapi answers the document of the caller's objects.
func (c *call) openapi() error {
	var text []byte
	err := c.look(func(s *record.Session) error {
		key := documentKey(s, c)
		c.w.Header().Set("ETag", `"`+key+`"`)
		if strings.Contains(c.r.Header.Get("If-None-Match"), `"`+key+`"`) {
			c.status = http.StatusNotModified
			return nil
		}
		var err error
		text, err = c.api.documents.get(key, func() ([]byte, error) { return c.api.describe(s, c.ws.Slug()) })
		return err
	})
	if err != nil {
		return err
	}
	c.w.Header().Set("Cache-Control", "private, no-cache")
	if c.status == http.StatusNotModified {
		c.begun = true
		c.w.WriteHeader(c.status)
		return nil
	}
	return c.sendAs("application/json", text)
}

func documentKey(s *record.Session, c *call) string {
	h := sha256.New()
	for _, part := range []string{c.ws.Slug(), strconv.FormatInt(s.Schema().Version, 10), strconv.FormatInt(s.Roster().Version(), 10),
		s.Actor().Role().String(), strings.Join(c.id.Scopes, " "), strconv.FormatBool(c.id.Scopes == nil)} {
		h.Write([]byte(part + "\n"))
	}
	return hex.EncodeToString(h.Sum(nil)[:12])
}

// describe writes the document from the sitemap and the session's objects.
func (a *API) describe(s *record.Session, workspace string) ([]byte, error) {
	d := &document{s: s, paths: dict{}, schemas: fixedSchemas()}
	objects := visible(s)
	for _, o := range objects {
		d.addObject(o)
	}
	for i := range a.operations {
		op := &a.operations[i]
		if !op.generic() {
			d.addFixed(op)
			continue
		}
		for _, o := range objects {
			if allowed(s.Actor(), o, op) {
				d.add(op, o)
			}
		}
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(dict{"openapi": "3.1.0",
		"info":     dict{"title": "Wellmet: " + workspace, "version": "1", "description": "What the caller may see of the workspace, at version " + strconv.FormatInt(s.Schema().Version, 10) + " of its schema."},
		"servers":  []any{dict{"url": base}},
		"security": []any{dict{"token": []string{}}, dict{"session": []string{}}},
		"paths":    d.paths,
		"components": dict{"schemas": d.schemas, "securitySchemes": dict{
			"token":   dict{"type": "http", "scheme": "bearer", "bearerFormat": "wm_…"},
			"session": dict{"type": "apiKey", "in": "cookie", "name": wire.CookieName}}}})
	return b.Bytes(), err
}

// allowed leaves out what the caller can never do with the object.
func allowed(a *access.Actor, o *schema.Object, op *operation) bool {
	switch op.name {
	case "create":
		return a.Can(o, access.Create)
	case "update", "share", "unshare", "attach", "detach", "transit":
		return a.Can(o, access.Update)
	case "delete", "restore":
		return a.Can(o, access.Delete)
	case "export":
		return a.Can(o, access.Export)
	case "batch":
		return a.Can(o, access.Create) || a.Can(o, access.Update) || a.Can(o, access.Delete)
	}
	return a.Can(o, access.Read)
}

// document is a document while it is written.
type document struct {
	s              *record.Session
	paths, schemas dict
}

// addFixed describes an operation without an object in its path, or with a
// built-in one.
func (d *document) addFixed(op *operation) {
	if !op.object() {
		d.add(op, nil)
		return
	}
	if o, ok := d.s.Schema().Plural(op.first()); ok {
		if _, err := d.s.Object(o.Name); err == nil {
			d.add(op, o)
		}
	}
}

// add describes one operation, on one object if it is about records.
func (d *document) add(op *operation, o *schema.Object) {
	path, id, one, many, tag := op.path, op.name, "", "", op.tag
	if o != nil {
		path = strings.Replace(op.path, "{plural}", o.Plural, 1)
		id = o.Plural + "." + op.name
		label := o.Label("en")
		one, many, tag = strings.ToLower(label.One), strings.ToLower(label.Many), label.Many
	}
	out := dict{"operationId": id, "summary": plainHelp(op.help, one, many), "tags": []string{tag}, "responses": d.responses(op, o, one)}
	if params := parameters(op, path); len(params) > 0 {
		out["parameters"] = params
	}
	if b := requestBody(op, o); b != nil {
		out["requestBody"] = b
	}
	if op.open {
		out["security"] = []any{}
	}
	item, ok := d.paths[path].(dict)
	if !ok {
		item = dict{}
		d.paths[path] = item
	}
	item[strings.ToLower(op.method)] = out
}

func (d *document) responses(op *operation, o *schema.Object, one string) dict {
	success := dict{"description": plainHelp(op.answer, one, one)}
	if op.success() != http.StatusNoContent {
		success["content"] = answerContent(op, o)
	} else {
		success["description"] = "Done."
	}
	return dict{strconv.Itoa(op.success()): success,
		"default": dict{"description": "A refusal.", "content": dict{"application/problem+json": dict{"schema": refTo("problem")}}}}
}

func answerContent(op *operation, o *schema.Object) dict {
	switch op.name {
	case "export":
		return dict{"text/csv": dict{}, "application/jsonl": dict{}, exportTypes["xlsx"]: dict{}}
	case "download":
		return dict{"application/octet-stream": dict{}}
	case "importErrors":
		return dict{"text/csv": dict{}}
	}
	content := dict{"type": "object"}
	if o != nil {
		switch op.name {
		case "list":
			content = dict{"type": "object", "properties": dict{"items": dict{"type": "array", "items": refTo(o.Name)},
				"next": dict{"type": "string"}, "count": dict{"type": "integer"}, "capped": dict{"type": "boolean"}}, "required": []string{"items"}}
		case "get", "create", "update", "restore", "transit", "retire", "revert", "move", "win", "lose", "reopen":
			content = refTo(o.Name)
		}
	}
	return dict{"application/json": dict{"schema": content}}
}

// parameters are those of the path, the query and the headers.
func parameters(op *operation, path string) []any {
	var out []any
	for rest := path; ; {
		_, after, ok := strings.Cut(rest, "{")
		if !ok {
			break
		}
		name, more, _ := strings.Cut(after, "}")
		out = append(out, dict{"name": name, "in": "path", "required": true, "schema": dict{"type": "string"}})
		rest = more
	}
	for _, p := range op.query {
		out = append(out, dict{"name": p.name, "in": "query", "description": p.help, "schema": kindSchema(p.kind, p.options)})
	}
	if op.keyed() {
		out = append(out, dict{"name": keyHeader, "in": "header", "description": "Names the call, so that its repetition is answered like the first.", "schema": dict{"type": "string", "maxLength": longestKey}})
	}
	if op.name == "update" || op.tag == "Deals" {
		out = append(out, dict{"name": "If-Match", "in": "header", "description": "The version that the caller saw.", "schema": dict{"type": "string"}})
	}
	return out
}

// requestBody describes what the operation takes.
func requestBody(op *operation, o *schema.Object) dict {
	var content dict
	switch op.body.form {
	case formNone:
		return nil
	case formRaw:
		return dict{"required": true, "content": dict{"multipart/form-data": dict{"schema": dict{"type": "object", "properties": dict{"file": dict{"type": "string", "contentMediaType": "application/octet-stream"}}}},
			"application/octet-stream": dict{}}}
	case formFields:
		content = refTo(o.Name + "_write")
	case formOpen:
		content = dict{"type": "object"}
	case formMembers:
		properties, required := dict{}, []string{}
		for _, m := range op.body.members {
			s := kindSchema(m.kind, m.options)
			if m.help != "" {
				s["description"] = m.help
			}
			properties[m.name] = s
			if m.required {
				required = append(required, m.name)
			}
		}
		content = dict{"type": "object", "properties": properties, "required": required, "additionalProperties": false}
	}
	return dict{"required": op.body.demands(), "content": dict{"application/json": dict{"schema": content}}}
}
