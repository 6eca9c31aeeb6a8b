package store

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"

	"wellmet/internal/value"
)

// Types of parameters. Texts and NULLs go untyped, so that the server takes the type of the column.
const (
	boolOID = 16
	int8OID = 20
	dateOID = 1082
)

// pgParams are parameters in wire format. They bypass pgx's type maps: the five kinds of value need none.
type pgParams struct {
	values  [][]byte
	oids    []uint32
	formats []int16 // 0 text, 1 binary
}

var pgTrue, pgFalse = []byte("t"), []byte("f")

func newPGParams(n int) *pgParams {
	return &pgParams{values: make([][]byte, 0, n), oids: make([]uint32, 0, n), formats: make([]int16, 0, n)}
}

func pgEncode(args []any) (*pgParams, error) {
	p := newPGParams(len(args))
	return p, p.add(args)
}

func (p *pgParams) add(args []any) error {
	for i, arg := range args {
		a, err := bindable(arg)
		if err != nil {
			return fmt.Errorf("parameter $%d: %w", i+1, err)
		}
		switch a := a.(type) {
		case nil:
			p.push(nil, 0, 0)
		case int64:
			p.push(binary.BigEndian.AppendUint64(make([]byte, 0, 8), uint64(a)), int8OID, 1)
		case string:
			p.push([]byte(a), 0, 0)
		case []byte:
			p.push(a, byteaOID, 1)
		case value.Date:
			p.push(a.Append(make([]byte, 0, 10)), dateOID, 0)
		case bool:
			b := pgFalse
			if a {
				b = pgTrue
			}
			p.push(b, boolOID, 0)
		}
	}
	return nil
}

func (p *pgParams) push(b []byte, oid uint32, format int16) {
	p.values = append(p.values, b)
	p.oids = append(p.oids, oid)
	p.formats = append(p.formats, format)
}

// appendCopy appends one row in COPY's text format.
func appendCopy(b []byte, row []any) ([]byte, error) {
	for i, arg := range row {
		if i > 0 {
			b = append(b, '\t')
		}
		a, err := bindable(arg)
		if err != nil {
			return b, fmt.Errorf("parameter $%d: %w", i+1, err)
		}
		switch a := a.(type) {
		case nil:
			b = append(b, `\N`...)
		case int64:
			b = appendInt(b, a)
		case string:
			b = appendCopyText(b, a)
		case []byte:
			b = append(b, `\\x`...)
			b = hex.AppendEncode(b, a)
		case value.Date:
			b = a.Append(b)
		case bool:
			if a {
				b = append(b, 't')
			} else {
				b = append(b, 'f')
			}
		}
	}
	return append(b, '\n'), nil
}

func appendCopyText(b []byte, s string) []byte {
	for i := 0; i < len(s); i++ {
		switch c := s[i]; c {
		case '\\':
			b = append(b, `\\`...)
		case '\n':
			b = append(b, `\n`...)
		case '\r':
			b = append(b, `\r`...)
		case '\t':
			b = append(b, `\t`...)
		default:
			b = append(b, c)
		}
	}
	return b
}
