# Functions for a throw-away PostgreSQL cluster and a PgBouncer before it, and
# for what else the tests need from Debian.
# Sourced by with-databases (bash, set -euo pipefail).

work=""        # folder of the cluster and of PgBouncer's files
run_as=()      # prefix that runs a command as an unprivileged user
cluster_up=""  # set while the cluster of ours may run
bouncer_pid=""

say() { printf 'with-databases: %s\n' "$*" >&2; }

# pg_bin prints the folder of initdb and pg_ctl: on the path, or where Debian
# keeps the newest version.
pg_bin() {
	local at
	if at=$(command -v pg_ctl) && [ -x "$(dirname "$at")/initdb" ]; then
		dirname "$at"
		return
	fi
	for at in $(printf '%s\n' /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /opt/homebrew/opt/postgresql*/bin | sort -rV); do
		if [ -x "$at/initdb" ]; then
			printf '%s\n' "$at"
			return
		fi
	done
	return 1
}

# pgbouncer_bin: Debian puts it in /usr/sbin, which may not be on the path.
pgbouncer_bin() { PATH="$PATH:/usr/sbin:/usr/local/sbin" command -v pgbouncer; }

# has_chromium: the browser that the tests of the pages drive.
has_chromium() { command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null; }

# install_databases installs the packages that are missing, where it may.
install_databases() {
	local missing=()
	[ -n "${WELLMET_TEST_POSTGRES:-}" ] || pg_bin >/dev/null || missing+=(postgresql)
	[ -n "${WELLMET_TEST_PGBOUNCER:-}" ] || pgbouncer_bin >/dev/null || missing+=(pgbouncer)
	has_chromium || missing+=(chromium)
	command -v pdftotext >/dev/null || missing+=(poppler-utils) # reads printed contracts back
	[ ${#missing[@]} -gt 0 ] || return 0
	if ! command -v apt-get >/dev/null; then
		say "please install PostgreSQL 15 or newer with its contrib modules (pg_trgm), PgBouncer and Chromium;"
		say "missing here: ${missing[*]}. On macOS: brew install postgresql pgbouncer, and Chromium."
		exit 1
	fi
	if [ "$(id -u)" != 0 ]; then
		say "please run: sudo apt-get update && sudo apt-get install ${missing[*]}"
		exit 1
	fi
	say "installing ${missing[*]}"
	apt_install "${missing[@]}"
}

# apt_install keeps Debian from making a cluster of its own beside ours and
# from starting services that nobody asked for.
apt_install() {
	local log policy=/usr/sbin/policy-rc.d made=""
	log=$(mktemp)
	if [ ! -e "$policy" ]; then
		printf '#!/bin/sh\nexit 101\n' >"$policy"
		chmod +x "$policy"
		made=1
	fi
	local apt=(apt-get -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 -y --no-install-recommends)
	export DEBIAN_FRONTEND=noninteractive
	local ok=""
	if "${apt[@]}" update >"$log" 2>&1 && "${apt[@]}" install "$@" >>"$log" 2>&1; then ok=1; fi
	[ -z "$made" ] || rm -f "$policy"
	if [ -z "$ok" ]; then
		cat "$log" >&2
		say "could not install: $*"
		exit 1
	fi
	rm -f "$log"
}

# unprivileged sets run_as: neither PostgreSQL nor PgBouncer runs as root.
unprivileged() {
	[ "$(id -u)" = 0 ] || return 0
	local user=nobody
	! id postgres >/dev/null 2>&1 || user=postgres
	run_as=(runuser -u "$user" --)
	chown "$user" "$work"
}

# memory prints a folder that is kept in memory, where there is one with room.
# Each of thousands of tests has a database of its own, of a thousand small
# files: on a disk they cost a quarter of all that the tests take.
memory() {
	local room
	[ -d /dev/shm ] && [ -w /dev/shm ] || return 1
	room=$(df -Pk /dev/shm | awk 'NR == 2 { print $4 }')
	[ "$(awk '/^MemAvailable:/ { print $2 }' /proc/meminfo)" -ge 6000000 ] && [ "$room" -ge 4000000 ] || return 1
	printf /dev/shm
}

# tidy removes what those left behind that were killed and could not.
tidy() {
	local left pid
	find "$1" -maxdepth 1 -name 'wellmet-databases.*' -mmin +360 2>/dev/null | while read -r left; do
		pid=$(head -n 1 "$left/data/postmaster.pid" 2>/dev/null || true)
		if [ -z "$pid" ] || ! kill -0 "$pid" 2>/dev/null; then rm -rf "$left" || true; fi
	done
}

make_work() {
	[ -z "$work" ] || return 0
	local at
	at=$(memory || printf '%s' "${TMPDIR:-/tmp}")
	tidy "$at"
	work=$(mktemp -d "$at/wellmet-databases.XXXXXX")
	unprivileged
}

# free_port prints a port that nobody listens on, below the range from which
# the system takes ports for outgoing connections.
free_port() {
	local port
	for _ in $(seq 100); do
		port=$((20000 + RANDOM % 12000))
		if ! (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
			printf '%s\n' "$port"
			return
		fi
	done
	say "found no free port"
	return 1
}

# utf8_locale: pg_trgm finds nothing in other scripts under LC_CTYPE=C.
utf8_locale() {
	local have want
	have=$(locale -a 2>/dev/null)
	for want in C.UTF-8 C.utf8 en_US.UTF-8 en_US.utf8; do
		if grep -qx "$want" <<<"$have"; then
			printf '%s\n' "$want"
			return
		fi
	done
	say "this machine has no UTF-8 locale; on Debian: apt-get install locales"
	return 1
}

# start_postgres makes and starts the cluster unless one is named.
start_postgres() {
	[ -z "${WELLMET_TEST_POSTGRES:-}" ] || return 0
	make_work
	local bin port
	bin=$(pg_bin)
	"${run_as[@]}" "$bin/initdb" -D "$work/data" -U postgres --auth=trust --encoding=UTF8 \
		--locale="$(utf8_locale)" --no-sync >"$work/initdb.log" 2>&1 || { cat "$work/initdb.log" >&2; exit 1; }
	# Nothing here is kept, so nothing needs to reach the disk. The suite opens
	# a database for many a test and several pools at once.
	cat >>"$work/data/postgresql.conf" <<-CONF
		listen_addresses = '127.0.0.1'
		unix_socket_directories = ''
		max_connections = 300
		max_locks_per_transaction = 1024
		shared_buffers = 256MB
		fsync = off
		synchronous_commit = off
		full_page_writes = off
		wal_level = minimal
		max_wal_senders = 0
		max_wal_size = 1GB
		autovacuum_naptime = 10min
	CONF
	for _ in 1 2 3 4 5; do # another program may take the port meanwhile
		port=$(free_port)
		cluster_up=1
		if "${run_as[@]}" "$bin/pg_ctl" -D "$work/data" -l "$work/log" -o "-p $port" -t 60 -w start >/dev/null 2>&1; then
			export WELLMET_TEST_POSTGRES="postgres://postgres@127.0.0.1:$port/postgres?sslmode=disable"
			share_prepared
			say "PostgreSQL $("$bin/postgres" -V | grep -oE '[0-9]+\.?[0-9]*' | head -1) on port $port"
			return
		fi
	done
	tail -20 "$work/log" >&2
	say "PostgreSQL did not start"
	exit 1
}

# share_prepared lets the test programs copy what one of them prepared. Only
# with a server that ends with this run: nothing else knows when that is stale.
share_prepared() {
	mkdir -p "$work/prepared"
	export WELLMET_TEST_PREPARED="$work/prepared"
}

# start_pgbouncer puts PgBouncer in transaction mode before the server.
start_pgbouncer() {
	[ -z "${WELLMET_TEST_PGBOUNCER:-}" ] || return 0
	make_work
	local bin port form user password host name
	bin=$(pgbouncer_bin)
	form='^postgres(ql)?://([^:@/]+)(:([^@/]*))?@([^:/?]+)(:([0-9]+))?/([^?]*)(\?.*)?$'
	if ! [[ $WELLMET_TEST_POSTGRES =~ $form ]]; then
		say "WELLMET_TEST_POSTGRES should read postgres://user[:password]@host[:port]/database?…"
		exit 1
	fi
	user=${BASH_REMATCH[2]} password=${BASH_REMATCH[4]} host=${BASH_REMATCH[5]} name=${BASH_REMATCH[8]}
	local server_port=${BASH_REMATCH[7]:-5432}
	printf '"%s" "%s"\n' "$user" "$password" >"$work/users"
	for _ in 1 2 3 4 5; do
		port=$(free_port)
		cat >"$work/pgbouncer.ini" <<-INI
			[databases]
			* = host=$host port=$server_port
			[pgbouncer]
			listen_addr = 127.0.0.1
			listen_port = $port
			unix_socket_dir =
			auth_type = trust
			auth_file = $work/users
			pool_mode = transaction
			default_pool_size = 40
			max_client_conn = 1000
			ignore_startup_parameters = extra_float_digits
			log_connections = 0
			log_disconnections = 0
		INI
		# Not through runuser, which would stand between us and its process id.
		bouncer_start "$bin"
		if wait_for_port "$port" "$bouncer_pid"; then
			export WELLMET_TEST_PGBOUNCER="postgres://$user@127.0.0.1:$port/$name?sslmode=disable"
			say "PgBouncer on port $port"
			return
		fi
	done
	tail -20 "$work/pgbouncer.log" >&2
	say "PgBouncer did not start"
	exit 1
}

bouncer_start() {
	local user=()
	if [ "$(id -u)" = 0 ]; then
		user=(-u "$(stat -c %U "$work")")
		chown "$(stat -c %U "$work")" "$work/users" "$work/pgbouncer.ini"
	fi
	"$1" -q "${user[@]}" "$work/pgbouncer.ini" >"$work/pgbouncer.log" 2>&1 &
	bouncer_pid=$!
}

# wait_for_port waits until PORT answers, at most 10 s or until PID has ended.
wait_for_port() {
	local _
	for _ in $(seq 100); do
		if (: <"/dev/tcp/127.0.0.1/$1") 2>/dev/null; then return 0; fi
		kill -0 "$2" 2>/dev/null || return 1
		sleep 0.1
	done
	return 1
}

# stop_databases stops what was started here and removes its files.
stop_databases() {
	set +e
	if [ -n "$bouncer_pid" ]; then
		kill "$bouncer_pid" 2>/dev/null
		wait "$bouncer_pid" 2>/dev/null
	fi
	if [ -n "$cluster_up" ]; then
		"${run_as[@]}" "$(pg_bin)/pg_ctl" -D "$work/data" -m immediate -t 30 stop >/dev/null 2>&1
	fi
	[ -z "$work" ] || rm -rf "$work"
}
