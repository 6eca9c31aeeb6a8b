package api

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"

	"wellmet/internal/exchange"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

// mostMapping is how long the parts beside the file may be.
const mostMapping = 256 << 10

// startImport takes a file and imports it in the background. It comes as the
// body, with the rest in the query, or as a form with the file as its last part.
func (c *call) startImport() error {
	args := map[string]string{}
	for _, name := range importParts {
		args[name] = c.arg(name)
	}
	c.r.Body = http.MaxBytesReader(c.w, c.r.Body, exchange.MaxFile+1<<20)
	var file io.Reader = c.r.Body
	kind, _, _ := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
	if kind == "multipart/form-data" {
		part, err := c.parts(args)
		if err != nil {
			return err
		}
		file = part
	}
	request, err := importRequest(args)
	if err != nil {
		return err
	}
	request.File = file
	if c.text, err = json.Marshal(args); err != nil { // what tells one import from another
		return err
	}
	return c.accept(request)
}

// importParts are what can be said beside the file.
var importParts = []string{"object", "name", "mapping", "match", "dry_run", "create_fields"}

// parts reads a form up to its file, which is read where it is stored: it may
// be longer than anybody wants to keep.
func (c *call) parts(args map[string]string) (io.Reader, error) {
	reader, err := c.r.MultipartReader()
	if err != nil {
		return nil, fault.New(fault.Invalid, "api.bad_form", nil).Because(err)
	}
	for {
		part, err := reader.NextPart()
		if errors.Is(err, io.EOF) {
			return nil, missingMember("file")
		}
		if err != nil {
			return nil, bodyFault(err, "api.bad_form")
		}
		name := part.FormName()
		if name == "file" {
			if args["name"] == "" {
				args["name"] = part.FileName()
			}
			return &lastPart{part, reader}, nil
		}
		if _, known := args[name]; !known {
			return nil, fault.New(fault.Invalid, "api.bad_body", nil).With(fault.Field{Path: value.Printable(name), Key: "api.unknown_part"})
		}
		text, err := io.ReadAll(io.LimitReader(part, mostMapping+1))
		if err != nil {
			return nil, bodyFault(err, "api.bad_form")
		}
		if len(text) > mostMapping {
			return nil, tooLarge(mostMapping)
		}
		if yes := string(text); (name == "dry_run" || name == "create_fields") && yes != "true" && yes != "false" {
			return nil, fault.New(fault.Invalid, "api.bad_body", nil).With(fault.Field{Path: name, Key: "api.wants.yes_no", Value: value.Printable(yes)})
		}
		args[name] = string(text)
	}
}

// lastPart is the file of a form. A part behind it is refused, because it would
// come too late to be heeded: a dry run would be none.
type lastPart struct {
	*multipart.Part
	form *multipart.Reader
}

// Read implements io.Reader.
func (f *lastPart) Read(p []byte) (int, error) {
	n, err := f.Part.Read(p)
	if !errors.Is(err, io.EOF) {
		return n, err
	}
	behind, err := f.form.NextPart()
	if err == nil {
		err = fault.New(fault.Invalid, "api.bad_body", nil).With(fault.Field{Path: value.Printable(behind.FormName()), Key: "api.part_behind_file"})
	}
	return n, err
}

// bodyFault tells a body that was too long from one that broke off.
func bodyFault(err error, key string) error {
	if _, ours := fault.As(err); ours {
		return err
	}
	var over *http.MaxBytesError
	if errors.As(err, &over) {
		return tooLarge(over.Limit)
	}
	return fault.New(fault.Invalid, key, nil).Because(err)
}

func missingMember(name string) error {
	return fault.New(fault.Invalid, "api.bad_body", nil).With(fault.Field{Path: name, Key: "field.required", Args: fault.Args{"field": name}})
}

func importRequest(args map[string]string) (exchange.Request, error) {
	r := exchange.Request{Object: args["object"], DryRun: args["dry_run"] == "true"}
	if r.Object == "" {
		return r, missingMember("object")
	}
	for _, text := range args {
		if _, err := value.Clean(text); err != nil {
			return r, err
		}
	}
	if r.Name = safeName(args["name"]); r.Name == "" {
		r.Name = "import.csv"
	}
	if text := []byte(args["mapping"]); len(text) > 0 {
		if _, err := parseJSON(text); err != nil {
			return r, err
		}
	}
	var err error
	if r.Mapping, err = exchange.ParseMapping([]byte(args["mapping"])); err != nil {
		return r, err
	}
	if args["match"] != "" {
		r.Mapping.Match = args["match"]
	}
	r.Mapping.CreateFields = r.Mapping.CreateFields || args["create_fields"] == "true"
	return r, nil
}

// accept starts the import and says where it can be followed. The file may
// break off, or be too long, while it is stored.
func (c *call) accept(r exchange.Request) error {
	body := &watchedBody{from: r.File}
	r.File = body
	return c.apart(func() error {
		im := c.ws.Importer()
		id, err := im.Start(c.ctx, c.who, r, true)
		if err != nil {
			return body.fault(err)
		}
		run, err := im.Get(c.ctx, c.who, id)
		if err != nil {
			return err
		}
		return c.marshal(run)
	}, "/imports/")
}

// getImport tells how an import stands.
func (c *call) getImport() error {
	id, err := c.pathID("id")
	if err != nil {
		return err
	}
	run, err := c.ws.Importer().Get(c.ctx, c.who, id)
	if err != nil {
		return err
	}
	return c.sendValue(run)
}

// undoImport takes an import back.
func (c *call) undoImport() error {
	id, err := c.pathID("id")
	if err != nil {
		return err
	}
	run, err := c.ws.Importer().Undo(c.ctx, c.who, id)
	if err != nil {
		return err
	}
	return c.sendValue(run)
}

// importErrors answers the rows that failed, as a file to mend and import again.
func (c *call) importErrors() error {
	id, err := c.pathID("id")
	if err != nil {
		return err
	}
	out := &download{c: c, contentType: "text/csv; charset=utf-8", name: "import-" + id.String() + "-errors.csv"}
	if err := c.ws.Importer().WriteErrors(c.ctx, c.who, id, out); err != nil {
		return err
	}
	return out.close()
}

// stopImport ends an import after the chunk it is at.
func (c *call) stopImport() error {
	return c.steerImport((*exchange.Importer).Stop)
}

// resumeImport lets an import go on in the background.
func (c *call) resumeImport() error {
	return c.steerImport(func(im *exchange.Importer, ctx context.Context, who record.Who, id value.ID) error {
		return im.Resume(ctx, who, id, true)
	})
}

func (c *call) steerImport(do func(*exchange.Importer, context.Context, record.Who, value.ID) error) error {
	id, err := c.pathID("id")
	if err != nil {
		return err
	}
	im := c.ws.Importer()
	if err := do(im, c.ctx, c.who, id); err != nil {
		return err
	}
	run, err := im.Get(c.ctx, c.who, id)
	if err != nil {
		return err
	}
	return c.sendValue(run)
}

// importMapping tells what the headers of a file would mean.
func (c *call) importMapping() error {
	paths, err := c.ws.Importer().Remembered(c.ctx, c.who, c.textOf("object"), c.textsOf("headers"))
	if err != nil {
		return err
	}
	if paths == nil {
		paths = map[string]string{}
	}
	return c.sendValue(map[string]any{"columns": paths})
}
