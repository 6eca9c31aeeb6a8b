package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"slices"
	"strconv"

	"wellmet/internal/fault"
	"wellmet/internal/i18n"
	"wellmet/internal/value"
	"wellmet/internal/wire"
)

// problem is a refusal as RFC 9457 wants it. Type leads to the page that
// explains the kind; key is what a program tells refusals apart by, because
// texts are translated.
type problem struct {
	Type   string `json:"type"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail"`
	Key    string `json:"key"`
	// Reference is under what the log has the cause of an internal error.
	Reference string `json:"reference,omitempty"`
	// MergedInto is the record that the one asked for went into.
	MergedInto string      `json:"merged_into,omitempty"`
	Errors     []fieldFail `json:"errors,omitempty"`
}

// fieldFail is one input to mend.
type fieldFail struct {
	Field   string `json:"field"`
	Row     *int   `json:"row,omitempty"` // place in a batch, from 0
	Message string `json:"message"`
	Key     string `json:"key"`
	Value   string `json:"value,omitempty"`
	Theirs  string `json:"theirs,omitempty"` // of a field that others changed too
	Record  string `json:"record,omitempty"` // that has the value already
}

// kinds are what problems call the kinds of faults.
var kinds = map[fault.Kind]string{
	fault.Invalid: "invalid", fault.Unauthenticated: "unauthenticated", fault.Forbidden: "forbidden", fault.NotFound: "not_found",
	fault.Conflict: "conflict", fault.TooLarge: "too_large", fault.TooMany: "too_many", fault.Unavailable: "unavailable",
}

// statuses of the door's own faults that HTTP has a more exact word for: what
// could not be read at all is 400, what was read but is wrong is 422.
var statuses = map[string]int{
	"api.bad_json": 400, "api.bad_utf8": 400, "api.json_trailing": 400, "api.json_deep": 400, "api.json_twice": 400,
	"api.bad_query": 400, "api.unknown_parameter": 400, "api.unknown_parameter_near": 400, "api.limit": 400, "api.parameter_twice": 400, "api.bad_parameter": 400,
	"api.bad_header": 400, "api.body_cut": 400, "api.no_body": 400, "api.content_type": 415, "api.method": 405,
	"process.no_json": 400, "process.hook_off": http.StatusGone,
	mergedKey: http.StatusMovedPermanently,
}

// mergedKey is the refusal that leads to another record.
const mergedKey = "api.merged"

// internalKey is what a user sees of an error that is none of his business.
const internalKey = "api.internal"

// fail answers an error.
func (c *call) fail(err error) {
	if c.begun {
		c.breakOff(err)
		return
	}
	if c.r.Context().Err() != nil && !errors.Is(err, context.DeadlineExceeded) {
		c.status = 499 // the caller has gone; nobody reads an answer
		return
	}
	p := c.problem(err)
	c.status = p.Status
	c.api.writeProblem(c.w, p)
}

// breakOff ends an answer that had begun, in a way that the caller notices.
func (c *call) breakOff(err error) {
	if c.r.Context().Err() == nil {
		c.api.logInternal(c.r, c.op.name, value.NewID(c.began), err)
	}
	c.status = http.StatusInternalServerError
	panic(http.ErrAbortHandler)
}

// problem turns an error into what its reader may know of it.
func (c *call) problem(err error) problem {
	e, ok := fault.As(err)
	if !ok && errors.Is(err, context.DeadlineExceeded) {
		e, ok = fault.New(fault.Unavailable, "api.timeout", nil), true
	}
	lang := c.lang()
	if !ok {
		reference := value.NewID(c.began)
		c.api.logInternal(c.r, c.op.name, reference, err)
		return problem{Type: problemType("internal"), Title: i18n.Text(lang, "api.kind.internal", nil), Status: http.StatusInternalServerError,
			Detail: i18n.Text(lang, internalKey, fault.Args{"reference": reference.String()}), Key: internalKey, Reference: reference.String()}
	}
	p := newProblem(lang, e)
	for i := range p.Errors {
		if c.op.name == "batch" {
			p.Errors[i].Row = &e.Fields[i].Row
		}
	}
	if c.strict && e.Key == "record.stale" {
		p.Status = http.StatusPreconditionFailed
	}
	switch p.Status {
	case http.StatusMovedPermanently: // for as long as the merge is not undone
		p.MergedInto, _ = e.Args["into"].(string)
		at, _ := e.Args["at"].(string)
		c.w.Header().Set("Location", at)
		c.w.Header().Set("Cache-Control", "no-store")
	case http.StatusUnauthorized:
		c.w.Header().Set("WWW-Authenticate", `Bearer realm="wellmet"`)
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		after, ok := wire.RetryAfter(e)
		if !ok {
			after = "1"
		}
		c.w.Header().Set("Retry-After", after)
	}
	return p
}

func newProblem(lang string, e *fault.Error) problem {
	kind := kinds[e.Kind]
	p := problem{Type: problemType(kind), Title: i18n.Text(lang, "api.kind."+kind, nil), Status: wire.Status(e),
		Detail: i18n.Text(lang, e.Key, e.Args), Key: e.Key}
	if exact, ok := statuses[e.Key]; ok {
		p.Status = exact
	}
	for _, f := range e.Fields {
		p.Errors = append(p.Errors, newFieldFail(lang, f))
	}
	return p
}

// maxFails bounds a problem document: who sends a thousand broken rows does not
// read ten thousand sentences.
const maxFails = 500

func newFieldFail(lang string, f fault.Field) fieldFail {
	told := f.Told()
	out := fieldFail{Field: f.Path, Message: i18n.Text(lang, told.Key, told.Args), Key: f.Key, Value: f.Value}
	out.Theirs, _ = f.Args["theirs"].(string)
	out.Record, _ = f.Args["record"].(string)
	return out
}

func problemType(kind string) string { return base + "/docs#" + kind }

func (a *API) writeProblem(w http.ResponseWriter, p problem) {
	if len(p.Errors) > maxFails {
		p.Errors = slices.Clip(p.Errors[:maxFails])
	}
	text, err := json.Marshal(p)
	if err != nil { // plain texts and numbers
		panic(fmt.Sprintf("api: a problem does not marshal: %v", err))
	}
	h := w.Header()
	h.Set("Content-Type", "application/problem+json")
	h.Set("Content-Length", strconv.Itoa(len(text)))
	w.WriteHeader(p.Status)
	_, _ = w.Write(text)
}

// logInternal is the one place where an internal error is logged.
func (a *API) logInternal(r *http.Request, operation string, reference value.ID, err error) {
	args := []any{"reference", reference.String(), "operation", operation, "method", r.Method, "path", r.URL.Path, "error", err.Error()}
	var p *panicFault
	if errors.As(err, &p) {
		args = append(args, "stack", string(p.stack))
	}
	a.log.Error("request failed", args...)
}

// lost answers a path or method that nothing serves.
func (a *API) lost(w http.ResponseWriter, r *http.Request, h http.Handler) {
	lang := languageOf(r)
	e := fault.New(fault.NotFound, "api.no_such_address", fault.Args{"path": value.Printable(r.URL.Path)})
	if h != nil {
		probe := probe{header: http.Header{}}
		h.ServeHTTP(&probe, r)
		if probe.status == http.StatusMethodNotAllowed {
			w.Header().Set("Allow", probe.header.Get("Allow"))
			e = fault.New(fault.Invalid, "api.method", fault.Args{"method": value.Printable(r.Method), "allowed": probe.header.Get("Allow")})
		}
	}
	p := newProblem(lang, e)
	a.meters.observe(&operation{name: "none"}, p.Status, 0)
	a.writeProblem(w, p)
}

// probe learns what a handler would answer.
type probe struct {
	header http.Header
	status int
}

func (p *probe) Header() http.Header         { return p.header }
func (p *probe) WriteHeader(status int)      { p.status = status }
func (p *probe) Write(b []byte) (int, error) { return len(b), nil }

// panicFault is a panic as an error, with the place it came from.
type panicFault struct {
	what  any
	stack []byte
}

func (p *panicFault) Error() string { return fmt.Sprintf("panic: %v", p.what) }

func panicked(what any) error {
	if what == http.ErrAbortHandler {
		panic(what)
	}
	return &panicFault{what, debug.Stack()}
}
