package sheet

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"io"
	"path"
	"strings"

	"wellmet/internal/fault"
)

// workbook is an open XLSX file: its parts, styles and shared texts.
type workbook struct {
	parts    map[string]*zip.File
	limit    int64 // bytes of one part
	maxCell  int
	maxCols  int
	date1904 bool
	styles   []CellKind
	texts    *sharedTexts
}

type xmlWorkbook struct {
	Properties struct {
		Date1904 string `xml:"date1904,attr"`
	} `xml:"workbookPr"`
	Sheets []struct {
		Name  string `xml:"name,attr"`
		State string `xml:"state,attr"`
		Rel   string `xml:"id,attr"`
	} `xml:"sheets>sheet"`
}

type xmlRelations struct {
	Relations []struct {
		ID     string `xml:"Id,attr"`
		Type   string `xml:"Type,attr"`
		Target string `xml:"Target,attr"`
	} `xml:"Relationship"`
}

// openWorkbook finds the sheet to read and leaves t.open.
func (t *Table) openWorkbook(name string) error {
	archive, err := zip.NewReader(t.src.at, t.src.size)
	if err != nil {
		return brokenWorkbook(name, err)
	}
	w := &workbook{parts: map[string]*zip.File{}, limit: t.opts.MaxBytes,
		maxCell: t.opts.MaxCell, maxCols: t.opts.MaxColumns}
	for _, part := range archive.File {
		w.parts[strings.ToLower(strings.TrimPrefix(part.Name, "/"))] = part
	}
	part, err := w.find(t, name)
	if err != nil {
		return err
	}
	merges, err := w.merges(part)
	if err != nil {
		return brokenWorkbook(name, err)
	}
	inner := t.src.close
	t.src.close = func() error { return errors.Join(w.texts.close(), inner()) }
	t.Format, t.Quote = Workbook, NoQuote
	t.open = func() (rower, error) { return w.rows(part, merges) }
	return nil
}

// find reads the small parts and answers the name of the sheet's part.
func (w *workbook) find(t *Table, name string) (string, error) {
	root, err := w.related("_rels/.rels", "")
	if err != nil {
		return "", brokenWorkbook(name, err)
	}
	main := byType(root, "/officeDocument")
	if main == "" || !strings.Contains(main, "workbook") || strings.HasSuffix(main, ".bin") {
		return "", fault.New(fault.Invalid, "sheet.not_a_workbook", fault.Args{"file": name})
	}
	var book xmlWorkbook
	if err := w.decode(main, &book); err != nil {
		return "", brokenWorkbook(name, err)
	}
	folder, base := path.Split(main)
	rels, err := w.related(folder+"_rels/"+base+".rels", folder)
	if err != nil {
		return "", brokenWorkbook(name, err)
	}
	w.date1904 = book.Properties.Date1904 == "1" || book.Properties.Date1904 == "true"
	if err := w.loadStyles(byType(rels, "/styles")); err != nil {
		return "", brokenWorkbook(name, err)
	}
	if w.texts, err = w.loadTexts(byType(rels, "/sharedStrings")); err != nil {
		return "", brokenWorkbook(name, err)
	}
	return book.choose(t, rels)
}

// choose takes the sheet that was asked for, else the first visible one.
func (b xmlWorkbook) choose(t *Table, rels map[string]relation) (string, error) {
	part := ""
	for _, s := range b.Sheets {
		rel, ok := rels[s.Rel]
		if !ok || !strings.HasSuffix(rel.kind, "/worksheet") {
			continue
		}
		t.Sheets = append(t.Sheets, s.Name)
		wanted := strings.EqualFold(s.Name, t.opts.Sheet)
		if t.opts.Sheet == "" {
			wanted = s.State == "" || s.State == "visible"
		}
		if wanted && part == "" {
			part, t.Sheet = rel.target, s.Name
		}
	}
	if part == "" {
		return "", fault.New(fault.Invalid, "sheet.unknown_sheet",
			fault.Args{"sheet": t.opts.Sheet, "sheets": strings.Join(t.Sheets, ", ")})
	}
	return part, nil
}

type relation struct{ kind, target string }

// related reads a relations part; targets become names of parts.
func (w *workbook) related(part, folder string) (map[string]relation, error) {
	var list xmlRelations
	if err := w.decode(part, &list); err != nil {
		return nil, err
	}
	rels := map[string]relation{}
	for _, r := range list.Relations {
		target := strings.TrimPrefix(r.Target, "/")
		if !strings.HasPrefix(r.Target, "/") {
			target = path.Join(folder, r.Target)
		}
		rels[r.ID] = relation{kind: r.Type, target: target}
	}
	return rels, nil
}

// byType matches the end: strict workbooks use another address before it.
func byType(rels map[string]relation, suffix string) string {
	for _, r := range rels {
		if strings.HasSuffix(r.kind, suffix) {
			return r.target
		}
	}
	return ""
}

var errNoPart = errors.New("part is missing")

// part opens one part; reading more than the limit is an error, whatever the
// archive says of its size.
func (w *workbook) part(name string) (io.ReadCloser, error) {
	file, ok := w.parts[strings.ToLower(name)]
	if !ok {
		return nil, errNoPart
	}
	r, err := file.Open()
	if err != nil {
		return nil, err
	}
	return struct {
		io.Reader
		io.Closer
	}{&bounded{in: r, left: w.limit, text: 4*w.maxCell + 64<<10}, r}, nil
}

func (w *workbook) decode(name string, into any) error {
	r, err := w.part(name)
	if err != nil {
		return err
	}
	defer r.Close()
	return xml.NewDecoder(io.LimitReader(r, 64<<20)).Decode(into)
}

func brokenWorkbook(name string, cause error) error {
	if f, ok := fault.As(cause); ok {
		return f
	}
	return fault.New(fault.Invalid, "sheet.broken_workbook", fault.Args{"file": name}).Because(cause)
}
