# make help lists what there is. Everything needs Go and nothing else to start
# with; "make test" fetches or names what it needs beyond that.

export CGO_ENABLED := 0

VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo devel)

.PHONY: help build generate test check screenshots fuzz kill pgbouncer clean

help: ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

build: ## one static binary, build/wellmet
	go build -trimpath -ldflags '-s -w -X main.version=$(VERSION)' -o build/wellmet ./cmd/wellmet

generate: ## components from their .templ files
	go tool templ generate -path internal/web

screenshots: ## every kind of page at two widths, in both themes, into screenshots/
	@scripts/screenshots

test: ## format, floors, vet, staticcheck and all tests on SQLite and PostgreSQL
	@scripts/with-databases scripts/test

check: ## the same as CI: make test, afresh, with nothing skipped
	@.ci/run

fuzz: ## every fuzz target for ten seconds (TIME=1m for longer)
	@scripts/fuzz $(TIME)

kill: ## kill -9 in the middle of work, 200 rounds a database (ROUNDS=…)
	@scripts/with-databases scripts/kill $(ROUNDS)

pgbouncer: ## all tests that use PostgreSQL once more through PgBouncer
	@scripts/with-databases scripts/pgbouncer $(PACKAGES)

clean: ## remove what building left behind
	rm -rf build
