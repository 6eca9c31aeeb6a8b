package api

import (
	"slices"
	"strings"
	"time"

	"wellmet/internal/store"
)

// operation is one thing the API does: how it is called, what it takes and who
// does it. Requests are served from it and the document is written from it.
type operation struct {
	method, path string // the path below /api/v1, with {names}
	name         string // the document's operationId, and the cause of acts
	tag          string
	help         string // one sentence
	query        []param
	body         body
	answer       string // what a success holds, in words
	status       int    // of a success; 0 = 200
	class        class
	secret       bool // the answer holds one, and is not kept for repetitions
	open         bool // for everybody, signed in or not
	do           func(*call) error
}

// param is a parameter of the query string.
type param struct {
	name, kind, help string
	options          []string
}

// body is what a request carries.
type body struct {
	form    form
	members []member // of formMembers
	limit   int64    // bytes; 0 = 1 MiB
}

// form is how a body is read.
type form uint8

const (
	formNone    form = iota // none; one that comes is not looked at
	formMembers             // a JSON object with the members listed
	formFields              // a JSON object with fields of the object
	formOpen                // a JSON object that a room reads itself
	formRaw                 // anything; the handler streams it
)

// member is one member of a JSON body.
type member struct {
	name, kind, help string
	required         bool
	options          []string
}

// The kinds of parameters and members.
const (
	kindText   = "text"
	kindTexts  = "texts" // a list of texts
	kindWhole  = "whole"
	kindYes    = "yes_no"
	kindID     = "id"
	kindDate   = "date"
	kindMoment = "date_time"
	kindObject = "object"
	kindList   = "list"
	kindAny    = "any"
)

// class is how long an operation may take, in the database and as a whole.
type class struct {
	db    store.Class
	limit time.Duration
}

var (
	quick  = class{store.Page, 20 * time.Second}
	batch  = class{store.Batch, 60 * time.Second}
	figure = class{store.Report, 70 * time.Second}
	stream = class{store.Export, 11 * time.Minute}
	upload = class{store.Export, 60 * time.Minute}
)

const (
	smallBody = 1 << 20
	batchBody = 16 << 20
)

// first is the first segment of the path.
func (op *operation) first() string {
	segment, _, _ := strings.Cut(strings.TrimPrefix(op.path, "/"), "/")
	return segment
}

// generic reports whether the operation serves every object.
func (op *operation) generic() bool { return op.first() == "{plural}" }

func (op *operation) success() int {
	if op.status == 0 {
		return 200
	}
	return op.status
}

func (op *operation) bodyLimit() int64 {
	if op.body.limit == 0 {
		return smallBody
	}
	return op.body.limit
}

// writes reports whether the operation is one that a browser must not be
// tricked into, and that an Idempotency-Key makes safe to repeat.
func (op *operation) writes() bool { return op.method != "GET" }

// keyed reports whether the operation honours an Idempotency-Key: those that
// make something.
func (op *operation) keyed() bool {
	switch op.name {
	case "testBlueprint", "testRule", "dryRun", "fill", "aggregate", "planSchema", "applySchema", "changePassword", "undoImport", "stopImport", "resumeImport", "importMapping", "stopJob", "revertConfiguration":
		return false
	}
	return op.method == POST && !op.open
}

// param finds a declared parameter.
func (op *operation) param(name string) (param, bool) {
	i := slices.IndexFunc(op.query, func(p param) bool { return p.name == name })
	if i < 0 {
		return param{}, false
	}
	return op.query[i], true
}

// members and required members are written short in the sitemap.
func members(list ...member) body { return body{form: formMembers, members: list} }

func (b body) upTo(limit int64) body { b.limit = limit; return b }

func want(name, kind, help string, options ...string) member {
	return member{name: name, kind: kind, help: help, required: true, options: options}
}

func may(name, kind, help string, options ...string) member {
	return member{name: name, kind: kind, help: help, options: options}
}
