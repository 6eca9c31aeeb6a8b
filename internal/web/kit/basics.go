package kit

import "slices"

// Colors are the colours of tags, in the order offered.
var Colors = []string{"gray", "blue", "teal", "green", "amber", "red", "violet", "pink"}

func tagColor(color string) string {
	if slices.Contains(Colors, color) {
		return color
	}
	return "gray"
}

func noticeRole(kind string) string {
	if kind == "bad" {
		return "alert"
	}
	return "status"
}

func noticeIcon(kind string) string {
	switch kind {
	case "ok":
		return "circle-check"
	case "warn":
		return "triangle-alert"
	case "bad":
		return "circle-alert"
	}
	return "info"
}
