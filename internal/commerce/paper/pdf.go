package paper

import (
	"bytes"
	"time"

	"codeberg.org/go-pdf/fpdf"
)

// A4, in millimetres.
const (
	pageWidth  = 210.0
	pageHeight = 297.0
	margin     = 18.0
	bottom     = pageHeight - 20
	inner      = pageWidth - 2*margin
	gap        = 3.0 // between columns
)

// printer writes a document page by page; y is where the next line goes.
type printer struct {
	pdf    *fpdf.Fpdf
	d      *Document
	size   float64
	y      float64
	hasHan bool
}

// PDF makes the file. made is the moment that stands in it as its making: the
// same document at the same moment is the same file.
func PDF(d *Document, made time.Time) ([]byte, error) {
	p := &printer{d: d}
	p.begin()
	p.pdf.SetCreationDate(made)
	p.pdf.SetModificationDate(made)
	p.pdf.SetCatalogSort(true)
	p.pdf.SetTitle(d.Title+" "+d.Name, true)
	p.pdf.SetLang(d.Language)
	p.page()
	p.head()
	for i := range d.Tables {
		p.table(&d.Tables[i])
	}
	for _, s := range d.Sections {
		p.section(s)
	}
	p.signatures()
	p.feet()
	var b bytes.Buffer
	if err := p.pdf.Output(&b); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// begin readies an empty file with the usual fonts.
func (p *printer) begin() {
	p.pdf = fpdf.New("P", "mm", "A4", "")
	p.pdf.SetAutoPageBreak(false, 0)
	p.pdf.SetMargins(margin, margin, margin)
	p.pdf.AddUTF8FontFromBytes(sansFamily, "", sans())
	p.pdf.AddUTF8FontFromBytes(sansFamily, "B", bold())
}

// height of a line in the present size.
func (p *printer) height() float64 { return p.size * 0.3528 * 1.35 }

func (p *printer) page() {
	p.pdf.AddPage()
	p.y = margin
	if p.d.Mark != "" {
		p.mark()
	}
}

// mark writes across the page what the document is not yet, or no longer.
func (p *printer) mark() {
	p.size = 64
	p.pdf.SetTextColor(236, 236, 236)
	p.pdf.TransformBegin()
	p.pdf.TransformRotate(45, pageWidth/2, pageHeight/2)
	p.line(pageWidth/2-p.width(p.d.Mark, "B")/2, pageHeight/2, p.d.Mark, "B")
	p.pdf.TransformEnd()
	p.pdf.SetTextColor(0, 0, 0)
}

// room makes sure that so much fits on the page.
func (p *printer) room(height float64) {
	if p.y+height <= bottom {
		return
	}
	p.page()
}

// text writes a text into the width, line by line, and answers where it ends.
func (p *printer) text(x, y, width float64, text, weight string) float64 {
	for _, line := range p.wrap(text, width, weight) {
		y += p.height()
		p.line(x, y, line, weight)
	}
	return y
}

// head is who writes to whom about what.
func (p *printer) head() {
	half := (inner - 10) / 2
	p.size = 12
	left := p.text(margin, p.y, half, p.d.From.Name, "B")
	p.size = 8.5
	p.grey()
	for _, line := range p.d.From.Lines {
		left = p.text(margin, left, half, line, "")
	}
	x := margin + half + 10
	right := p.text(x, p.y, half, p.d.To.Role, "")
	p.black()
	p.size = 11
	right = p.text(x, right, half, p.d.To.Name, "B")
	p.size = 9
	for _, line := range p.d.To.Lines {
		right = p.text(x, right, half, line, "")
	}
	p.y = max(left, right) + 10
	p.size = 17
	p.y = p.text(margin, p.y, inner, p.d.Title, "B")
	p.size = 11
	p.y = p.text(margin, p.y+1, inner, p.d.Name, "") + 4
	p.size = 9
	p.pairs(p.d.Facts)
	p.y += 3
}

// pairs writes labels and values in two columns.
func (p *printer) pairs(pairs []Pair) {
	half := inner / 2
	for i := 0; i < len(pairs); i += 2 {
		low := p.y
		for j, pair := range pairs[i:min(i+2, len(pairs))] {
			x := margin + float64(j)*half
			p.grey()
			end := p.text(x, p.y, half*0.36, pair.Label, "")
			p.black()
			low = max(low, end, p.text(x+half*0.38, p.y, half*0.58, pair.Value, ""))
		}
		p.y = low + 0.8
	}
}

func (p *printer) grey()  { p.pdf.SetTextColor(90, 94, 102) }
func (p *printer) black() { p.pdf.SetTextColor(0, 0, 0) }

func (p *printer) rule(grey int) {
	p.pdf.SetDrawColor(grey, grey, grey)
	p.pdf.SetLineWidth(0.2)
	p.pdf.Line(margin, p.y, margin+inner, p.y)
}

// section is a text under a heading; the heading never stands alone at the
// bottom of a page.
func (p *printer) section(s Section) {
	p.heading(s.Heading)
	p.size = 9
	for _, line := range p.wrap(s.Text, inner, "") {
		p.room(p.height())
		p.y += p.height()
		p.line(margin, p.y, line, "")
	}
}

func (p *printer) heading(text string) {
	if text == "" {
		return
	}
	p.room(20)
	p.size = 11
	p.y = p.text(margin, p.y+4, inner, text, "B") + 1.5
}

// signatures are lines to sign on, with who signs under each.
func (p *printer) signatures() {
	if len(p.d.Signatures) == 0 {
		return
	}
	p.room(38)
	p.y += 22
	width := (inner - 12) / 2
	p.size = 9
	for i, pair := range p.d.Signatures {
		x := margin + float64(i%2)*(width+12)
		p.pdf.SetDrawColor(120, 120, 120)
		p.pdf.Line(x, p.y, x+width, p.y)
		end := p.text(x, p.y+0.5, width, pair.Label, "")
		p.grey()
		p.text(x, end, width, pair.Value, "")
		p.black()
	}
	p.y += 14
}

// feet numbers the pages when it is known how many there are.
func (p *printer) feet() {
	of := p.pdf.PageCount()
	for page := 1; page <= of; page++ {
		p.pdf.SetPage(page)
		p.size = 7.5
		p.grey()
		p.line(margin, pageHeight-10, p.d.Foot, "")
		p.right(margin+inner, pageHeight-10, p.d.Page(itoa(page), itoa(of)), "")
		p.black()
	}
}
