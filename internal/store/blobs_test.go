package store_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"wellmet/internal/store/storetest"
)

func TestBlobs(t *testing.T) {
	t.Parallel()
	ctx, blobs := t.Context(), storetest.Workspace(t, storetest.SQLite(t)).Blobs()
	content := append([]byte("%PDF-1.7 "), bytes.Repeat([]byte{0, 1, 2}, 100_000)...)
	sum := sha256.Sum256(content)
	for range 2 {
		got, err := blobs.Put(ctx, iotest.HalfReader(bytes.NewReader(content)), int64(len(content)))
		if err != nil || got.Hash != hex.EncodeToString(sum[:]) || got.Size != int64(len(content)) || got.Type != "application/pdf" {
			t.Fatalf("%+v, %v", got, err)
		}
	}
	r, err := blobs.Open(ctx, hex.EncodeToString(sum[:]))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, content) {
		t.Errorf("%d bytes, %v", len(got), err)
	}
	r.Close()

	_, err = blobs.Put(ctx, bytes.NewReader(content), int64(len(content))-1)
	wantKey(t, err, "store.blob_too_large")
	broken := errors.New("connection reset")
	if _, err = blobs.Put(ctx, io.MultiReader(strings.NewReader("half"), iotest.ErrReader(broken)), 100); !errors.Is(err, broken) {
		t.Errorf("half a file: %v", err)
	}
	for _, hash := range []string{"", "../../control.db", strings.Repeat("0", 64), strings.ToUpper(hex.EncodeToString(sum[:]))} {
		_, err = blobs.Open(ctx, hash)
		wantKey(t, err, "store.no_blob")
		if err := blobs.Delete(ctx, hash); err != nil {
			t.Errorf("delete %q: %v", hash, err)
		}
	}
	if err := blobs.Delete(ctx, hex.EncodeToString(sum[:])); err != nil {
		t.Fatal(err)
	}
	_, err = blobs.Open(ctx, hex.EncodeToString(sum[:]))
	wantKey(t, err, "store.no_blob")
}

func TestSameBlobAtOnce(t *testing.T) {
	t.Parallel()
	blobs := storetest.Workspace(t, storetest.SQLite(t)).Blobs()
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if _, err := blobs.Put(t.Context(), strings.NewReader("same"), 10); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
}
