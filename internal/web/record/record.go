// Package record is the page of one record: header, path, fields edited in
// place, related lists, timeline, files and history, and what can be done to a
// record as a whole.
//
// Every part of the page is a component that answers a fragment too. Changes
// answer with the parts that they touch; what touches many answers with the
// whole page, which is morphed into the one that stands.
package record

import (
	"wellmet/internal/record"
	"wellmet/internal/web/door"
)

// uploadBody is the most bytes that an upload may carry, its form included.
const uploadBody = record.MaxAttachment + 1<<20

// Routes are the addresses of this area.
func Routes() []door.Route {
	return []door.Route{
		{Pattern: "GET /{plural}/{id}", Do: show},
		{Pattern: "GET /{plural}/{id}/peek", Do: peek},
		{Pattern: "GET /{plural}/{id}/place", Do: place},
		{Pattern: "GET /{plural}/{id}/news", Do: showNews},

		{Pattern: "GET /{plural}/{id}/f/{field}", Do: showField},
		{Pattern: "GET /{plural}/{id}/f/{field}/edit", Do: editField},
		{Pattern: "POST /{plural}/{id}/f/{field}", Do: saveField},

		{Pattern: "GET /{plural}/{id}/tabs", Do: showTabs},
		{Pattern: "GET /{plural}/{id}/tab/{tab}", Do: showTab},
		{Pattern: "GET /{plural}/{id}/rows/{tab}", Do: moreRows},
		{Pattern: "GET /{plural}/{id}/figures", Do: showFigures},
		{Pattern: "GET /{plural}/{id}/timeline", Do: showTimeline},
		{Pattern: "GET /{plural}/{id}/history", Do: showHistory},

		{Pattern: "GET /{plural}/{id}/lines/{line}", Do: editLine},
		{Pattern: "POST /{plural}/{id}/lines/{line}", Do: saveLine},
		{Pattern: "POST /{plural}/{id}/lines/{line}/delete", Do: dropLine},

		{Pattern: "POST /{plural}/{id}/files", Do: attach, Body: uploadBody},
		{Pattern: "GET /{plural}/{id}/files/{file}", Do: download, Stream: true},
		{Pattern: "POST /{plural}/{id}/files/{file}/delete", Do: detach},

		{Pattern: "GET /{plural}/{id}/state", Do: askMove},

		{Pattern: "GET /{plural}/{id}/convert", Do: askConvert},
		{Pattern: "POST /{plural}/{id}/convert", Do: convert},
		{Pattern: "GET /{plural}/merge", Do: pair},
		{Pattern: "GET /{plural}/{id}/merge", Do: askMerge},
		{Pattern: "POST /{plural}/{id}/merge", Do: merge},
		{Pattern: "GET /{plural}/{id}/clone", Do: askClone},
		{Pattern: "POST /{plural}/{id}/clone", Do: clone},
		{Pattern: "GET /{plural}/{id}/split", Do: askSplit},
		{Pattern: "POST /{plural}/{id}/split", Do: split},
		{Pattern: "GET /{plural}/{id}/assign", Do: askAssign},
		{Pattern: "POST /{plural}/{id}/assign", Do: assign},
		{Pattern: "GET /{plural}/{id}/shares", Do: askShare},
		{Pattern: "POST /{plural}/{id}/shares", Do: share},
		{Pattern: "POST /{plural}/{id}/shares/end", Do: unshare},
		{Pattern: "POST /{plural}/{id}/delete", Do: remove},
		{Pattern: "POST /{plural}/{id}/restore", Do: restore},
		{Pattern: "GET /{plural}/{id}/erase", Do: askErase},
		{Pattern: "POST /{plural}/{id}/erase", Do: erase},
		{Pattern: "POST /undo/last", Do: undoLast}, {Pattern: "POST /undo/{act}", Do: undo},
	}
}
