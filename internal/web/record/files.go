package record

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"

	"github.com/a-h/templ"

	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
	"wellmet/internal/web/guide"
	"wellmet/internal/web/kit"
)

// largest is what a form lets through before it asks the server, which takes a
// little more.
const largest = 50_000_000

// maxUpload is how many files come at once.
const maxUpload = 20

func filesPanel(c *door.Call, s *record.Session, m *model) (templ.Component, error) {
	files, err := s.Files(c.Ctx, m.o.Name, m.r.ID)
	if err != nil {
		return nil, err
	}
	return filesList(m, files), nil
}

// filesAgain answers the list as it is now.
func filesAgain(c *door.Call, text, undo string) error {
	var m *model
	err := c.Read(func(s *record.Session) (err error) {
		if m, err = loadTabs(c, s, tabFiles); err != nil {
			return err
		}
		if m.panel, err = panel(c, s, m, tabFiles); err == nil {
			err = m.count(c, s)
		}
		return err
	})
	if err != nil {
		return err
	}
	guide.Changed(c)
	return c.Parts(http.StatusOK, swapped("r-files", m.panel), swapped("r-tabs", tabBar(m)), kit.ToastPart(c.View, text, undo))
}

// received is one file that has arrived.
type received struct {
	name string
	blob store.Blob
}

// attach stores the files of a form, and ties them to the record.
func attach(c *door.Call) error {
	err := c.Read(func(s *record.Session) error { // before anything is stored
		o, id, err := target(c, s)
		if err != nil {
			return err
		}
		return s.MayChange(c.Ctx, o.Name, id)
	})
	if err != nil {
		return err
	}
	files, err := receive(c)
	if err != nil {
		return err
	}
	err = c.Write(c.R.PathValue("plural")+".attach", func(s *record.Session) error {
		o, id, err := target(c, s)
		for _, f := range files {
			if err == nil {
				_, err = s.Attach(c.Ctx, o.Name, id, f.name, f.blob)
			}
		}
		return err
	})
	switch {
	case err != nil:
		return err
	case !c.Fragment():
		return c.Go("/" + c.R.PathValue("plural") + "/" + c.R.PathValue("id") + "?tab=" + tabFiles)
	}
	return filesAgain(c, c.View.T("web.record.attached", "count", len(files)), "")
}

// target is the object and the id of the address.
func target(c *door.Call, s *record.Session) (*schema.Object, value.ID, error) {
	o, err := c.Object(s)
	if err != nil {
		return nil, 0, err
	}
	id, err := c.ID()
	return o, id, err
}

// receive stores the files of a form as they arrive.
func receive(c *door.Call) ([]received, error) {
	parts, err := c.R.MultipartReader()
	if err != nil {
		return nil, fault.New(fault.Invalid, "web.bad_form", nil).Because(err)
	}
	var files []received
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, arrived(err)
		}
		if part.FormName() != "file" || part.FileName() == "" {
			continue
		}
		if len(files) == maxUpload {
			return nil, fault.New(fault.TooLarge, "web.record.too_many_files", fault.Args{"max": maxUpload})
		}
		blob, err := c.WS.Engine().Upload(c.Ctx, part)
		if err != nil {
			return nil, arrived(err)
		}
		files = append(files, received{name: part.FileName(), blob: blob})
	}
	if len(files) == 0 {
		return nil, fault.New(fault.Invalid, "web.record.no_files", nil)
	}
	return files, nil
}

// arrived is the fault of a body that did not arrive whole.
func arrived(err error) error {
	var large *http.MaxBytesError
	if _, told := fault.As(err); told {
		return err
	}
	if errors.As(err, &large) {
		return fault.New(fault.TooLarge, "web.too_large", fault.Args{"limit": record.MaxAttachment})
	}
	return fault.New(fault.Invalid, "web.bad_form", nil).Because(err)
}

// download answers a file's content. It is saved, never shown: what somebody
// uploaded must not run in the name of this site.
func download(c *door.Call) error {
	var f record.File
	err := c.Read(func(s *record.Session) error {
		o, id, err := target(c, s)
		if err != nil {
			return err
		}
		file, err := c.IDOf("file")
		if err != nil {
			return err
		}
		f, err = s.FileOf(c.Ctx, o.Name, id, file)
		return err
	})
	if err != nil {
		return err
	}
	content, err := c.WS.Engine().OpenFile(c.Ctx, f)
	if err != nil {
		return err
	}
	defer content.Close()
	h := c.W.Header()
	h.Set("Content-Type", f.Type)
	h.Set("Content-Disposition", disposition(f.Name))
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "private, no-store")
	http.ServeContent(c.W, c.R, "", time.Time{}, content)
	return nil
}

func disposition(name string) string {
	if text := mime.FormatMediaType("attachment", map[string]string{"filename": name}); text != "" {
		return text
	}
	return "attachment"
}

// detach takes a file off the record, or brings it back.
func detach(c *door.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	back := form.Get("back") != ""
	err = c.Write(c.R.PathValue("plural")+".detach", func(s *record.Session) error {
		o, id, err := target(c, s)
		if err != nil {
			return err
		}
		file, err := c.IDOf("file")
		if err != nil {
			return err
		}
		if back {
			return s.Reattach(c.Ctx, o.Name, id, file)
		}
		return s.Discard(c.Ctx, o.Name, id, file)
	})
	switch {
	case err != nil:
		return err
	case !c.Fragment():
		return c.Go("/" + c.R.PathValue("plural") + "/" + c.R.PathValue("id") + "?tab=" + tabFiles)
	case back:
		return filesAgain(c, c.View.T("web.record.file_back"), "")
	}
	return filesAgain(c, c.View.T("web.record.file_deleted"), c.R.URL.Path+"?back=1")
}

// kindOfFile is the type of a file in short: pdf, png.
func kindOfFile(f record.File) string {
	if i := strings.LastIndexByte(f.Name, '.'); i > 0 && len(f.Name)-i <= 6 {
		return strings.ToLower(f.Name[i+1:])
	}
	return f.Type
}

// dropWord marks a list that takes files dropped on it.
func dropWord(m *model) string {
	if m.change {
		return "1"
	}
	return ""
}
