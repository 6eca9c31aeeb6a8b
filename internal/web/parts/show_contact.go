package parts

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/nyaruka/phonenumbers"

	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// color is an option's, "" for none and for what is an option no more.
func color(f *schema.FieldDef, key string) string {
	o, _ := f.Option(key)
	return o.Color
}

// phone groups the digits of a number as its country does.
func phone(text string) string {
	number, err := phonenumbers.Parse(text, "")
	if err != nil {
		return text
	}
	return phonenumbers.Format(number, phonenumbers.INTERNATIONAL)
}

// dialled is the number alone: nothing else may stand in the address.
func dialled(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r == '+' {
			return r
		}
		return -1
	}, text)
}

// host is what people call a web address: without scheme and final slash.
func host(text string) string {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" {
		return text
	}
	return strings.TrimPrefix(u.Host, "www.") + strings.TrimSuffix(u.EscapedPath(), "/")
}

// onMap is where OpenStreetMap shows a place.
func onMap(p value.Point) string {
	lat, lon := strconv.FormatFloat(p.Lat, 'f', -1, 64), strconv.FormatFloat(p.Lon, 'f', -1, 64)
	return "https://www.openstreetmap.org/?mlat=" + lat + "&mlon=" + lon + "#map=16/" + lat + "/" + lon
}
