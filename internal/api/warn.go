package api

import (
	"encoding/json"

	"wellmet/internal/i18n"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

// warning is what a rule found odd about a write that was done all the same.
type warning struct {
	Object  string   `json:"object"`
	ID      value.ID `json:"id"`
	Field   string   `json:"field"`
	Key     string   `json:"key"`
	Message string   `json:"message"`
}

// warn adds the session's warnings to an answer that is an object and has none
// of its own; without any the answer stays as it is.
func (c *call) warn(s *record.Session) error {
	list := []warning{}
	for _, w := range s.Warnings() {
		list = append(list, warning{Object: w.Object, ID: w.Record, Field: w.Path, Key: w.Key, Message: i18n.Text(c.lang(), w.Key, w.Args)})
	}
	n := len(c.out)
	if len(list) == 0 || n < 2 || c.out[0] != '{' || c.out[n-1] != '}' {
		return nil
	}
	text, err := json.Marshal(list)
	if err != nil {
		return err
	}
	if n > 2 {
		c.out = append(c.out[:n-1], ',')
	} else {
		c.out = c.out[:n-1]
	}
	c.out = append(append(append(c.out, `"warnings":`...), text...), '}')
	return nil
}
