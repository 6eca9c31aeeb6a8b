package exchange

import (
	"net/http"
	"path"
	"strconv"
	"strings"

	"wellmet/internal/exchange"
	"wellmet/internal/fault"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
)

// filing is what was detected of a file, and what is wrong with what the user
// would rather have.
type filing struct {
	*place
	look    *exchange.Preview
	problem error
}

// encodings are those offered beside the detected one.
var encodings = []string{"utf-8", "windows-1252", "windows-1251", "utf-16le", "gb18030", "shift_jis"}

// separators by the words that name them.
var separators = []struct{ text, key string }{{",", "comma"}, {";", "semicolon"}, {"\t", "tab"}, {"|", "pipe"}}

// saveFile changes how the file is read. Columns that were matched are matched
// anew when other ones come out.
func saveFile(c *door.Call) error {
	p, form, err := sent(c)
	if err != nil {
		return err
	}
	im := c.WS.Importer()
	look, err := im.Look(c.Ctx, c.Who, p.run.ID)
	if err != nil {
		return err
	}
	before := p.run.Mapping
	m := before
	m.Encoding, m.Separator, m.Sheet = form.Get("encoding"), form.Get("separator"), form.Get("sheet")
	m.Header, _ = strconv.Atoi(form.Get("header"))
	if m.Encoding != before.Encoding || m.Separator != before.Separator || m.Sheet != before.Sheet || m.Header != before.Header {
		m = exchange.Mapping{Encoding: m.Encoding, Separator: m.Separator, Sheet: m.Sheet, Header: m.Header, Currency: m.Currency}
	} else {
		m.Dates, m.Decimal = styles(form, look)
	}
	if err := im.Change(c.Ctx, c.Who, p.run.ID, m); err != nil {
		return err
	}
	if _, err := im.Look(c.Ctx, c.Who, p.run.ID); err != nil {
		if _, ours := fault.As(err); !ours {
			return err
		}
		if back := im.Change(c.Ctx, c.Who, p.run.ID, before); back != nil {
			return back
		}
		p.step = 1
		return c.ShowStatus(http.StatusUnprocessableEntity, kit.Page{Title: p.run.Name, Nav: "/imports", Body: filePage(&filing{p, look, err})})
	}
	if form.Get("do") == "next" {
		return c.Go(p.url("") + "?step=match")
	}
	return c.Go(p.url("") + "?step=file")
}

// styles are how days and numbers are spelt, where the user says so.
func styles(form map[string][]string, look *exchange.Preview) (dates, decimal map[string]string) {
	dates, decimal = map[string]string{}, map[string]string{}
	for i, col := range look.Columns {
		n := strconv.Itoa(i)
		if text := form["d."+n]; len(text) > 0 && text[0] != "" {
			dates[col.Header] = text[0]
		}
		if text := form["n."+n]; len(text) > 0 && text[0] != "" {
			decimal[col.Header] = text[0]
		}
	}
	return dates, decimal
}

// misnamed reports whether a file is not what its name says.
func (f *filing) misnamed() bool {
	ext := strings.ToLower(path.Ext(f.run.Name))
	return !f.look.Workbook() && (ext == ".xlsx" || ext == ".xls") || f.look.Workbook() && ext != ".xlsx" && ext != ".xlsm" && ext != ""
}

func (f *filing) format() string {
	if f.look.Workbook() {
		return "XLSX"
	}
	return "CSV"
}

func (f *filing) delimited() bool { return !f.look.Workbook() }

// options is a choice with the detected one marked.
type option struct {
	value, label string
	chosen       bool
}

func (f *filing) encodings() []option {
	list := []option{{"", f.v.T("web.exchange.detected", "what", strings.ToUpper(f.look.Encoding)), f.run.Mapping.Encoding == ""}}
	for _, name := range encodings {
		list = append(list, option{name, strings.ToUpper(name), f.run.Mapping.Encoding == name})
	}
	return list
}

func (f *filing) separators() []option {
	list := []option{{"", f.v.T("web.exchange.detected", "what", f.separatorName(string(f.look.Separator))), f.run.Mapping.Separator == ""}}
	for _, s := range separators {
		list = append(list, option{s.text, f.v.T("web.exchange.separator." + s.key), f.run.Mapping.Separator == s.text})
	}
	return list
}

func (f *filing) separatorName(text string) string {
	for _, s := range separators {
		if s.text == text {
			return f.v.T("web.exchange.separator." + s.key)
		}
	}
	return "“" + text + "”"
}

func (f *filing) headers() []option {
	list := []option{{"", f.v.T("web.exchange.detected", "what", f.headerName(f.look.HeaderRow)), f.run.Mapping.Header == 0}}
	for n := 1; n <= 5; n++ {
		list = append(list, option{strconv.Itoa(n), f.headerName(n), f.run.Mapping.Header == n})
	}
	return append(list, option{"-1", f.headerName(0), f.run.Mapping.Header == -1})
}

func (f *filing) headerName(row int) string {
	if row <= 0 {
		return f.v.T("web.exchange.no_header")
	}
	return f.v.T("web.exchange.header_row", "row", f.v.Int(int64(row)))
}

func (f *filing) sheets() []option {
	var list []option
	for _, name := range f.look.Sheets {
		list = append(list, option{name, name, name == f.look.Sheet})
	}
	return list
}

// kind is what the values of a column look like.
func (f *filing) kind(c exchange.PreviewColumn) string {
	if c.Kind == "" || c.Filled == 0 {
		return f.v.T("web.exchange.kind.empty")
	}
	return f.v.T("web.exchange.kind." + string(c.Kind))
}

func (f *filing) dates(c exchange.PreviewColumn) []option {
	told := f.run.Mapping.Dates[c.Header]
	list := []option{{"", f.v.T("web.exchange.detected", "what", f.dateName(c.Input.Dates)), told == ""}}
	for _, style := range []value.DateStyle{value.DateDMY, value.DateMDY, value.DateYMD} {
		list = append(list, option{style.String(), f.dateName(style), told == style.String()})
	}
	return list
}

func (f *filing) dateName(style value.DateStyle) string {
	if style == value.DateUnknown {
		style = value.DateISO
	}
	return f.v.T("web.exchange.date." + style.String())
}

func (f *filing) decimals(c exchange.PreviewColumn) []option {
	told := f.run.Mapping.Decimal[c.Header]
	return []option{{"", f.v.T("web.exchange.detected", "what", f.decimalName(string(c.Input.Decimal))), told == ""},
		{".", f.decimalName("."), told == "."}, {",", f.decimalName(","), told == ","}}
}

func (f *filing) decimalName(sign string) string {
	if sign == "," {
		return f.v.T("web.exchange.decimal.comma")
	}
	return f.v.T("web.exchange.decimal.point")
}
