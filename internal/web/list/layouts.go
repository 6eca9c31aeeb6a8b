package list

import (
	"wellmet/internal/record"
	"wellmet/internal/web/activity"
	"wellmet/internal/web/board"
	"wellmet/internal/web/door"
	"wellmet/internal/web/views"
)

// layouts are the areas that show a view otherwise than as a list.
var layouts = map[string]func(*door.Call, *views.State) error{
	record.BoardLayout:    board.Show,
	record.CalendarLayout: activity.Calendar,
}
