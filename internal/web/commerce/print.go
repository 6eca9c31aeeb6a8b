package commerce

import (
	"mime"
	"net/http"
	"strconv"

	"wellmet/internal/commerce"
	"wellmet/internal/record"
	"wellmet/internal/web/door"
)

// printed is a contract as a page that goes to paper.
type printed struct {
	*commerce.Document
	pdf, back       string
	pdfText, goBack string
}

// printContract answers the contract as a page for printing, in its customer's
// language or the one that the address asks for.
func printContract(c *door.Call) error {
	d, _, err := document(c, false)
	if err != nil {
		return err
	}
	at := "/contracts/" + c.R.PathValue("id")
	return c.Parts(http.StatusOK, printPage(&printed{Document: d, pdf: at + "/contract.pdf?" + c.R.URL.RawQuery, back: at,
		pdfText: c.View.T("web.commerce.pdf"), goBack: c.View.T("web.commerce.back")}))
}

// pdf answers the contract as a file.
func pdf(c *door.Call) error {
	d, file, err := document(c, true)
	if err != nil {
		return err
	}
	h := c.W.Header()
	h.Set("Content-Type", "application/pdf")
	h.Set("Content-Length", strconv.Itoa(len(file)))
	h.Set("Cache-Control", "no-store")
	if name := mime.FormatMediaType("inline", map[string]string{"filename": d.Title + ".pdf"}); name != "" {
		h.Set("Content-Disposition", name)
	}
	_, _ = c.W.Write(file) // a caller who hung up is no error of ours
	return nil
}

func document(c *door.Call, file bool) (d *commerce.Document, data []byte, err error) {
	id, err := of(c, commerce.Contracts)
	if err != nil {
		return nil, nil, err
	}
	err = c.Read(func(s *record.Session) (err error) {
		if d, err = commerce.Paper(c.Ctx, s, id, c.R.URL.Query().Get("lang")); err == nil && file {
			data, err = commerce.PDF(s, d)
		}
		return err
	})
	return d, data, err
}
