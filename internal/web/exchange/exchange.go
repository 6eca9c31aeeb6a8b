// Package exchange is files in and out: the import wizard, its progress, jobs, exports.
package exchange

import (
	"wellmet/internal/exchange"
	"wellmet/internal/web/door"
)

// uploadBody is what an upload may carry: the largest file and the form around.
const uploadBody = exchange.MaxFile + 1<<20

// Routes are the addresses of this area.
func Routes() []door.Route {
	return []door.Route{
		{Pattern: "GET /imports", Do: list},
		{Pattern: "GET /imports/new", Do: choose},
		{Pattern: "POST /imports/new", Do: upload, Body: uploadBody},
		{Pattern: "GET /imports/{id}", Do: show},
		{Pattern: "POST /imports/{id}/file", Do: saveFile},
		{Pattern: "POST /imports/{id}/match", Do: saveMatch},
		{Pattern: "POST /imports/{id}/begin", Do: begin},
		{Pattern: "POST /imports/{id}/stop", Do: stop},
		{Pattern: "POST /imports/{id}/resume", Do: resume},
		{Pattern: "POST /imports/{id}/discard", Do: discard},
		{Pattern: "GET /imports/{id}/undo", Do: askUndo},
		{Pattern: "POST /imports/{id}/undo", Do: undo},
		{Pattern: "GET /imports/{id}/progress", Do: progress},
		{Pattern: "GET /imports/{id}/live", Do: live, Stream: true},
		{Pattern: "GET /imports/{id}/errors.csv", Do: errorFile},
		{Pattern: "GET /imports/{id}/fix", Do: fix},
		{Pattern: "POST /imports/{id}/fix", Do: saveFix},
		{Pattern: "GET /jobs", Do: jobsPage},
		{Pattern: "GET /jobs/{id}", Do: showBulk},
		{Pattern: "POST /jobs/{id}/stop", Do: stopBulk},
	}
}
