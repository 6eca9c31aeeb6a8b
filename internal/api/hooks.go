package api

import (
	"io"

	"wellmet/internal/fault"
	"wellmet/internal/process"
	"wellmet/internal/record"
)

// callHook takes what another program sends to an incoming hook.
func (c *call) callHook() error {
	ws, err := c.api.app.Workspace(c.ctx, c.r.PathValue("workspace"))
	if err != nil {
		return fault.New(fault.NotFound, "process.no_such_hook", nil).Because(err)
	}
	h := c.r.Header
	in := process.Call{Token: c.r.PathValue("token"), Message: h.Get("Webhook-Id"), Timestamp: h.Get("Webhook-Timestamp"),
		Signatures: h.Get("Webhook-Signature"), Round: h.Get(process.RoundHeader)}
	if in.Body, in.Unread = c.takeBody(smallBody); in.Unread == nil {
		_, in.Unread = parseJSON(in.Body)
	} else if c.r.ContentLength > smallBody {
		in.Body, _ = io.ReadAll(io.LimitReader(c.r.Body, process.MostKept)) // what is not read is not there
	}
	id, err := ws.Process().Receive(c.ctx, ws.Engine(), in)
	if err != nil {
		return err
	}
	if err := c.marshal(map[string]any{"id": id}); err != nil {
		return err
	}
	return c.send()
}

// newHookAddress gives an incoming hook an address, which is answered this once.
func (c *call) newHookAddress() error {
	id, err := c.pathID("id")
	if err != nil {
		return err
	}
	return c.write(func(s *record.Session) error {
		token, err := process.NewToken(c.ctx, s, id)
		if err != nil {
			return err
		}
		return c.marshal(map[string]any{"path": process.HookPath(c.ws.Slug(), token)})
	})
}

// dropHookSecret lets an incoming hook take calls that nobody signed.
func (c *call) dropHookSecret() error {
	id, err := c.pathID("id")
	if err != nil {
		return err
	}
	return c.write(func(s *record.Session) error { return process.DropSecret(c.ctx, s, id) })
}

// hookCalls answers what came to an incoming hook.
func (c *call) hookCalls() error {
	id, err := c.pathID("id")
	if err != nil {
		return err
	}
	before, limit, err := c.paged()
	if err != nil {
		return err
	}
	return c.read(func(s *record.Session) error {
		list, err := process.Calls(c.ctx, s, id, c.arg("state"), before, limit)
		if err != nil {
			return err
		}
		out := map[string]any{"items": list}
		if len(list) == limit {
			out["next"] = list[limit-1].ID
		}
		return c.marshal(out)
	})
}

// againHookCalls tries calls again that failed.
func (c *call) againHookCalls() error {
	id, err := c.pathID("id")
	if err != nil {
		return err
	}
	return c.write(func(s *record.Session) error {
		n, err := process.Again(c.ctx, s, id, c.idOf("call"))
		if err != nil {
			return err
		}
		return c.marshal(map[string]any{"count": n})
	})
}
