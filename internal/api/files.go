package api

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"time"

	"wellmet/internal/fault"
	"wellmet/internal/record"
)

// files answers the files of a record.
func (c *call) files() error {
	return c.read(func(s *record.Session) error {
		o, id, err := c.target(s)
		if err != nil {
			return err
		}
		files, err := s.Files(c.ctx, o.Name, id)
		if err != nil {
			return err
		}
		return c.marshal(map[string]any{"items": files})
	})
}

// attach stores the body, or the file of a form, and ties it to a record.
func (c *call) attach() error {
	if err := c.look(func(s *record.Session) error { // before anything is stored
		o, id, err := c.target(s)
		if err == nil {
			err = s.MayChange(c.ctx, o.Name, id)
		}
		return err
	}); err != nil {
		return err
	}
	args := map[string]string{"name": c.arg("name")}
	c.r.Body = http.MaxBytesReader(c.w, c.r.Body, record.MaxAttachment+1<<20)
	body := &watchedBody{from: c.r.Body}
	if kind, _, _ := mime.ParseMediaType(c.r.Header.Get("Content-Type")); kind == "multipart/form-data" {
		part, err := c.parts(args)
		if err != nil {
			return err
		}
		body.from = part
	}
	blob, err := c.ws.Engine().Upload(c.ctx, body)
	if err != nil {
		return body.fault(err)
	}
	c.text = []byte(blob.Hash + args["name"]) // what tells one upload from another
	return c.write(func(s *record.Session) error {
		o, id, err := c.target(s)
		if err != nil {
			return err
		}
		f, err := s.Attach(c.ctx, o.Name, id, args["name"], blob)
		if err != nil {
			return err
		}
		c.w.Header().Set("Location", refOf(o, id)+"/files/"+f.ID.String())
		return c.marshal(f)
	})
}

// watchedBody remembers why a body could not be read.
type watchedBody struct {
	from io.Reader
	err  error
}

// Read implements io.Reader.
func (b *watchedBody) Read(p []byte) (int, error) {
	n, err := b.from.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		b.err = err
	}
	return n, err
}

// fault is the caller's, where storing failed because his body did.
func (b *watchedBody) fault(err error) error {
	if _, ok := fault.As(err); !ok && b.err != nil {
		return bodyFault(b.err, "api.body_cut")
	}
	return err
}

// downloadFile answers a file's content. It is saved, never shown: what somebody
// uploaded must not run in the name of this site.
func (c *call) downloadFile() error {
	f, err := c.file()
	if err != nil {
		return err
	}
	content, err := c.ws.Engine().OpenFile(c.ctx, f)
	if err != nil {
		return err
	}
	defer content.Close()
	h := c.w.Header()
	h.Set("Content-Type", f.Type)
	h.Set("Content-Disposition", disposition(f.Name))
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	c.begun = true
	http.ServeContent(c.w, c.r, "", time.Time{}, content)
	return nil
}

func (c *call) file() (f record.File, err error) {
	err = c.look(func(s *record.Session) error {
		o, id, err := c.target(s)
		if err != nil {
			return err
		}
		file, err := c.pathID("file")
		if err != nil {
			return err
		}
		f, err = s.FileOf(c.ctx, o.Name, id, file)
		return err
	})
	return f, err
}

// detach takes a file off a record.
func (c *call) detach() error {
	return c.write(func(s *record.Session) error {
		o, id, err := c.target(s)
		if err != nil {
			return err
		}
		file, err := c.pathID("file")
		if err != nil {
			return err
		}
		return s.Detach(c.ctx, o.Name, id, file)
	})
}
