package bench

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"
)

// Request is one HTTP request; Body is reused between calls of Shape.Make.
type Request struct {
	Method string
	Path   string // with its query, escaped
	Header string // further lines, each ending in \r\n
	Body   []byte
}

// answerTimeout bounds one exchange; a page that takes longer is an error.
const answerTimeout = 5 * time.Minute

// connection is one keep-alive HTTP/1.1 connection. net/http's client costs
// several times as much CPU as the requests that are measured here, on the
// same two cores.
type connection struct {
	addr   string
	header string // lines sent with every request

	conn net.Conn
	in   *bufio.Reader
	out  bytes.Buffer
	body bytes.Buffer
}

// do sends a request and reads the answer, which is valid until the next call.
func (c *connection) do(r *Request) (status int, body []byte, err error) {
	c.compose(r)
	fresh := c.conn == nil
	resp, err := c.exchange(r.Method)
	if err != nil && !fresh {
		// The server may have closed a connection that stood idle; a fresh one
		// tells whether that was all. Only what changes nothing is sent twice.
		c.close()
		if r.Method != http.MethodGet {
			return 0, nil, err
		}
		resp, err = c.exchange(r.Method)
	}
	if err != nil {
		c.close()
		return 0, nil, err
	}
	c.body.Reset()
	_, err = io.Copy(&c.body, resp.Body)
	resp.Body.Close()
	if resp.Close || err != nil {
		c.close()
	}
	return resp.StatusCode, c.body.Bytes(), err
}

func (c *connection) compose(r *Request) {
	c.out.Reset()
	fmt.Fprintf(&c.out, "%s %s HTTP/1.1\r\nHost: %s\r\n", r.Method, r.Path, c.addr)
	c.out.WriteString(c.header)
	c.out.WriteString(r.Header)
	if len(r.Body) > 0 {
		c.out.WriteString("Content-Length: ")
		c.out.WriteString(strconv.Itoa(len(r.Body)))
		c.out.WriteString("\r\n")
	}
	c.out.WriteString("\r\n")
	c.out.Write(r.Body)
}

func (c *connection) exchange(method string) (*http.Response, error) {
	if c.conn == nil {
		conn, err := net.DialTimeout("tcp", c.addr, 5*time.Second)
		if err != nil {
			return nil, err
		}
		c.conn, c.in = conn, bufio.NewReaderSize(conn, 64<<10)
	}
	if err := c.conn.SetDeadline(time.Now().Add(answerTimeout)); err != nil {
		return nil, err
	}
	if _, err := c.conn.Write(c.out.Bytes()); err != nil {
		return nil, err
	}
	return http.ReadResponse(c.in, &http.Request{Method: method})
}

func (c *connection) close() {
	if c.conn != nil {
		c.conn.Close()
		c.conn = nil
	}
}
