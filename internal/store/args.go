package store

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"wellmet/internal/value"
)

// bindable turns an argument into one of nil, int64, string, []byte, bool and value.Date, alike for both
// databases. What one of them would take and the other refuse is refused here.
func bindable(arg any) (any, error) {
	switch a := arg.(type) {
	case nil:
		return nil, nil
	case int64:
		return a, nil
	case int:
		return int64(a), nil
	case int32:
		return int64(a), nil
	case value.ID:
		return int64(a), nil
	case bool:
		return a, nil
	case value.Date:
		return a, nil
	case time.Time:
		return a.UnixMilli(), nil
	case string:
		if strings.IndexByte(a, 0) >= 0 || !utf8.ValidString(a) {
			return nil, fmt.Errorf("store: text with NUL or broken UTF-8 as parameter: %q", clip(a))
		}
		return a, nil
	case []byte:
		if a == nil {
			return nil, nil
		}
		return a, nil
	}
	return nil, fmt.Errorf("store: %T is no parameter type", arg)
}
