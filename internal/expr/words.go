package expr

import "strings"

// keywords are the words of the language that are not functions.
var keywords = map[string]bool{"and": true, "or": true, "not": true, "in": true, "is": true, "empty": true,
	"contains": true, "starts": true, "with": true, "true": true, "false": true}

const longestKeyword = 8

// keyword finds reserved words in any case.
func keyword(name string) (string, bool) {
	if len(name) < 2 || len(name) > longestKeyword || !strings.ContainsAny(name[:1], "aoniecswtfAONIECSWTF") {
		return "", false
	}
	lower := strings.ToLower(name)
	return lower, keywords[lower]
}

// Reserved tells whether a field may not have this API name, in any case: the
// words of the language, its functions, and words kept for later.
func Reserved(name string) bool {
	lower := strings.ToLower(name)
	if keywords[lower] || later[lower] {
		return true
	}
	_, ok := functions[lower]
	return ok
}

// later are words that the language may want one day.
var later = map[string]bool{"null": true, "between": true, "like": true, "has": true, "every": true, "all": true,
	"none": true, "count": true, "sum": true, "avg": true, "median": true, "ends": true, "where": true,
	"moment": true, "case": true, "when": true, "else": true}
