package exchange

import (
	"context"
	"errors"
	"io"

	"wellmet/internal/exchange/sheet"
)

// openTable is a table together with the stored file it reads.
type openTable struct {
	*sheet.Table
	file io.Closer
}

// Close closes both.
func (t *openTable) Close() error { return errors.Join(t.Table.Close(), t.file.Close()) }

// open opens the stored file of an import.
func (im *Importer) open(ctx context.Context, hash, name string, o sheet.Options) (*openTable, error) {
	file, err := im.engine.DB().Blobs().Open(ctx, hash)
	if err != nil {
		return nil, err
	}
	table, err := sheet.Open(file, name, o)
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return &openTable{table, file}, nil
}
