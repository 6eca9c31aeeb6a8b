package api

import (
	"context"
	"net/http"
	"sync"
	"time"

	"wellmet/internal/access"
	"wellmet/internal/app"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// call is one request that is being answered.
type call struct {
	api *API
	op  *operation
	w   http.ResponseWriter
	r   *http.Request
	ctx context.Context

	ws  *app.Workspace
	id  access.Identity
	who record.Who

	query  map[string]string
	text   []byte         // the JSON body as it came
	fields map[string]any // and read

	status int
	out    []byte // the answer so far
	strict bool   // If-Match-Strict
	begun  bool   // the answer is on its way, there is no second one
	began  time.Time
}

// answers keeps buffers for the next request; big ones are let go.
var answers = sync.Pool{New: func() any { b := make([]byte, 0, 16<<10); return &b }}

const mostKept = 1 << 20

// serve answers one request to one operation.
func (a *API) serve(op *operation, w http.ResponseWriter, r *http.Request) {
	buffer := answers.Get().(*[]byte)
	c := &call{api: a, op: op, w: w, r: r, status: op.success(), out: (*buffer)[:0], began: time.Now()}
	a.meters.flying.Inc()
	defer func() {
		a.meters.flying.Dec()
		a.meters.observe(op, c.status, time.Since(c.began))
		if cap(c.out) <= mostKept {
			*buffer = c.out[:0]
			answers.Put(buffer)
		}
	}()
	ctx, cancel := context.WithTimeout(r.Context(), op.class.limit)
	defer cancel()
	c.ctx = ctx
	c.deadlines()
	if err := c.run(); err != nil {
		c.fail(err)
	}
}

// deadlines bounds how slowly a caller may send and take.
func (c *call) deadlines() {
	control, until := http.NewResponseController(c.w), c.began.Add(c.op.class.limit+10*time.Second)
	_ = control.SetReadDeadline(until)  // a recorder in a test has none
	_ = control.SetWriteDeadline(until) // neither
}

// run takes the steps that all operations share, and then its own.
func (c *call) run() (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = panicked(p)
		}
	}()
	if err := c.identify(); err != nil {
		return err
	}
	if err := c.readQuery(); err != nil {
		return err
	}
	if err := c.readBody(); err != nil {
		return err
	}
	return c.op.do(c)
}

// read runs fn on one snapshot in the caller's name and sends what it appended
// to c.out.
func (c *call) read(fn func(*record.Session) error) error {
	if err := c.look(fn); err != nil {
		return err
	}
	return c.send()
}

// look is read without an answer.
func (c *call) look(fn func(*record.Session) error) error {
	return c.ws.Read(c.ctx, c.who, func(s *record.Session) error {
		c.out = c.out[:0]
		return fn(s)
	}, c.op.class.db)
}

// write runs fn as one act in the caller's name and sends what it appended to
// c.out. With an Idempotency-Key the answer is kept in the same transaction, and
// given again to a repetition.
func (c *call) write(fn func(*record.Session) error) error {
	key, err := c.idempotencyKey()
	if err != nil {
		return err
	}
	err = c.ws.Write(c.ctx, c.who, func(s *record.Session) error {
		c.out, c.status = c.out[:0], c.op.success() // fn may run twice
		do := func(s *record.Session) error {
			if err := fn(s); err != nil {
				return err
			}
			return c.warn(s)
		}
		if key == "" {
			return do(s)
		}
		return c.once(s, key, do)
	}, c.op.class.db)
	if err != nil {
		return err
	}
	return c.send()
}

// object is the object whose plural the path names, as far as the caller may
// know of it.
func (c *call) object(s *record.Session) (*schema.Object, error) {
	name := "deals" // of the operations that only deals have
	if c.op.generic() {
		name = c.r.PathValue("plural")
	} else if first := c.op.first(); first != "" {
		name = first
	}
	o, ok := s.Schema().Plural(name)
	if !ok {
		return nil, fault.New(fault.NotFound, "record.no_object", fault.Args{"object": value.Printable(name)})
	}
	return s.Object(o.Name)
}

// pathID is an id in the path. What is no id names nothing.
func (c *call) pathID(name string) (value.ID, error) {
	text := c.r.PathValue(name)
	id, err := value.ParseID(text)
	if err != nil || id.String() != text {
		return 0, fault.New(fault.NotFound, "api.no_such_id", fault.Args{"id": value.Printable(text)})
	}
	return id, nil
}

// target is the object and the id that the path names.
func (c *call) target(s *record.Session) (*schema.Object, value.ID, error) {
	o, err := c.object(s)
	if err != nil {
		return nil, 0, err
	}
	id, err := c.pathID("id")
	return o, id, err
}

// admin refuses everybody but administrators.
func admin(s *record.Session) error {
	if s.Actor().Admin() {
		return nil
	}
	return fault.New(fault.Forbidden, "record.admin_only", nil)
}
