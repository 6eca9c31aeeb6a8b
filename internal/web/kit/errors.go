package kit

import "fmt"

// Plain is any argument as text.
func Plain(v any) string { return fmt.Sprint(v) }

func errorIcon(status int) string {
	switch status {
	case 401, 403, 404:
		return "search"
	case 409:
		return "users"
	}
	return "triangle-alert"
}

// errorHelp is the key of what to do next.
func errorHelp(status int) string {
	switch status {
	case 403:
		return "web.error.forbidden"
	case 404:
		return "web.error.not_found"
	case 429, 503:
		return "web.error.later"
	case 500:
		return "web.error.internal"
	}
	return "web.error.back"
}
