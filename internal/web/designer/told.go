package designer

import (
	"wellmet/internal/schema"
	"wellmet/internal/web/kit"
)

// Told says in words what a version of the schema changed, for the history of
// configuration.
func Told(v *kit.View, s *schema.Schema, list []schema.Logged) (lines []string) {
	for _, x := range list {
		lines = append(lines, describe(v, s, x)...)
	}
	return lines
}

// Effect says a consequence of a plan and how much it weighs: "bad", "warn" or
// "info".
func Effect(v *kit.View, s *schema.Schema, e schema.Effect) (weight, text string) {
	return kind(e.Weight), effect(v, s, e)
}
