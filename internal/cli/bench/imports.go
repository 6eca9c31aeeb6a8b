package bench

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// importRows sends a CSV file with ten mapped columns and one link, waits until
// it is in, and answers the rows a second and the server's CPU a row.
func (s *site) importRows(ctx context.Context, l Load, m *made, rows int) (perSecond, cpu float64, err error) {
	file, err := s.file(m, rows)
	if err != nil {
		return 0, 0, err
	}
	mapping := `{"columns":{"Name":"name","Amount":"amount","Stage":"stage.name","Account":"account.name","Close":"close_date","Source":"source",` +
		`"Kind":"kind","Next":"next_step","Region":"region","Score":"score","External":"external_id"},"currency":"EUR"}`
	c := connection{addr: l.Addr, header: l.Header}
	defer c.close()
	before, began := l.reading(), time.Now()
	status, body, err := c.do(&Request{Method: http.MethodPost, Body: file, Header: "Content-Type: text/csv\r\n",
		Path: "/api/v1/imports?" + url.Values{"object": {"deal"}, "name": {"bench.csv"}, "mapping": {mapping}}.Encode()})
	if err != nil || status/100 != 2 {
		return 0, 0, fmt.Errorf("start import: %d %w %.500s", status, err, body)
	}
	var run struct {
		ID      string  `json:"id"`
		State   string  `json:"state"`
		Created int     `json:"created"`
		Failed  int     `json:"failed"`
		Seconds float64 `json:"seconds"`
		Errors  any     `json:"errors"`
	}
	for {
		if err := json.Unmarshal(body, &run); err != nil {
			return 0, 0, err
		}
		if run.State != "waiting" && run.State != "running" {
			break
		}
		select {
		case <-ctx.Done():
			return 0, 0, ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
		if status, body, err = c.do(&Request{Method: http.MethodGet, Path: "/api/v1/imports/" + run.ID}); err != nil || status != http.StatusOK {
			return 0, 0, fmt.Errorf("follow import: %d %w %.500s", status, err, body)
		}
	}
	if run.Created != rows {
		return 0, 0, fmt.Errorf("import %s: %d of %d rows made, %d failed: %.500s", run.State, run.Created, rows, run.Failed, fmt.Sprint(run.Errors))
	}
	elapsed := time.Since(began).Seconds()
	return float64(rows) / elapsed, millis(l.reading().server-before.server) / float64(rows), nil
}

func (s *site) file(m *made, rows int) ([]byte, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.Write([]string{"Name", "Amount", "Stage", "Account", "Close", "Source", "Kind", "Next", "Region", "Score", "External"})
	for range rows {
		n := int(m.next.Add(1))
		d := s.plan.Deal(s.plan.Deals + n)
		if d.Stage == "won" {
			d.Close -= closeDays
		}
		w.Write([]string{d.Name, d.Amount.Amount(), stageName(d.Stage), s.plan.Account(d.Account).Name, d.Close.String(), d.Source, d.Kind,
			d.NextStep, d.Region, strconv.Itoa(d.Score), m.run + "-" + strconv.Itoa(n)})
	}
	w.Flush()
	return b.Bytes(), w.Error()
}
