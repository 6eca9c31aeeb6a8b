package store

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"strings"
)

// sealed begins what Seal made, with the way it was made.
const sealed = "v1."

// Seal makes a secret unreadable to whoever has the workspace's data alone, for
// passwords that we must give to other servers. It is called before the
// transaction that keeps the result.
func (s *Server) Seal(ctx context.Context, secret string) (string, error) {
	if secret == "" {
		return "", nil
	}
	box, err := s.box(ctx)
	if err != nil {
		return "", err
	}
	nonce := make([]byte, box.NonceSize())
	_, _ = rand.Read(nonce) // documented never to fail
	return sealed + base64.RawStdEncoding.EncodeToString(box.Seal(nonce, nonce, []byte(secret), nil)), nil
}

// Unseal reads what Seal made on the same installation.
func (s *Server) Unseal(ctx context.Context, text string) (string, error) {
	if text == "" {
		return "", nil
	}
	rest, ok := strings.CutPrefix(text, sealed)
	data, err := base64.RawStdEncoding.DecodeString(rest)
	if !ok || err != nil {
		return "", errBroken
	}
	box, err := s.box(ctx)
	if err != nil {
		return "", err
	}
	if len(data) < box.NonceSize() {
		return "", errBroken
	}
	plain, err := box.Open(nil, data[:box.NonceSize()], data[box.NonceSize():], nil)
	if err != nil {
		return "", errBroken
	}
	return string(plain), nil
}

// errBroken: the text was changed, or sealed by another installation.
var errBroken = errors.New("a sealed secret cannot be opened here")

// box is the cipher with the installation's key, which is made when it is
// first wanted.
func (s *Server) box(ctx context.Context) (cipher.AEAD, error) {
	var key []byte
	read := func(tx *Tx) error {
		_, err := tx.Row(ctx, `SELECT key FROM {seal} WHERE id = 1`, nil, &key)
		return err
	}
	if err := s.control.Read(ctx, read); err != nil {
		return nil, err
	}
	if key == nil {
		fresh := make([]byte, 32)
		_, _ = rand.Read(fresh)
		if err := s.control.Write(ctx, func(tx *Tx) error {
			if _, err := tx.Exec(ctx, `INSERT INTO {seal} (id, key) VALUES (1, $1) ON CONFLICT (id) DO NOTHING`, fresh); err != nil {
				return err
			}
			return read(tx)
		}); err != nil {
			return nil, err
		}
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}
