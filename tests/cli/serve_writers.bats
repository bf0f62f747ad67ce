#!/usr/bin/env bats
# counterfoil serve where somebody else writes too: two servers, a command
# beside one, two copies under one key, a clock that goes back, a backup that
# is put back. The ledger never has two histories, and nobody is told that a
# record is in it that is not.

load helper

setup_file() { make_case; }
setup() { use_case; pids=(); }

teardown() {
	stop_server
	[ ${#pids[@]} -eq 0 ] || kill "${pids[@]}" 2>/dev/null || true
}

start_at() {
	start_server --now "${1:-2023-07-04T09:05:00Z}" "${@:2}"
}

# A claim signed where the ledger's key is not, in the file $2; $1 is the text.
sign_claim() {
	[ -d desk ] || {
		cp -R "$COUNTERFOIL_CASE" desk
		rm desk/private/log.key
	}
	rm -f desk/private/offers/*
	must 2023-07-04T09:00:00Z claim --case desk --as owner.example \
	    --asserts received --said 2023-07-03 --said-by council.example \
	    --recipient council.example --quote "$1"
	cp desk/private/offers/*.offer "$2"
}

# post FILE: the status is in $code, the body in the file `body`.
post() {
	code=$(curl -sS -m 20 -o body -w '%{http_code}' \
	    -H 'Content-Type: text/plain' --data-binary "@$1" "${url}records")
}

assert_code() {
	[ "$code" = "$1" ] || { echo "$code, not $1:"; cat body; return 1; }
}

# What it published is whole: the tiles follow within moments.
await_size() {
	for _ in $(seq 200); do
		[ "$(ledger_size)" = "$1" ] && return 0
		sleep 0.05
	done
	echo "$(ledger_size), not $1"
	return 1
}

well() {
	run -0 "$COUNTERFOIL" fsck
}

@test "a second server waits for the first, and then gives up" {
	sign_claim 'They have it.' one
	start_at
	before=$SECONDS
	run -3 --separate-stderr timeout 60 "$COUNTERFOIL" serve \
	    --listen 127.0.0.1:0
	assert_err 'lock' 'seizure.example'
	[ $((SECONDS - before)) -ge 5 ]
	post one
	assert_code 201
	# To read needs no lock, and sees what the first enters.
	(
		start_server --read-only
		post one
		[ "$code" = 404 ]
		curl -sS "${url}checkpoint" | sed -n 2p | grep -qx 8
		stop_server
	)
	stop_server
	start_at
	post one
	assert_code 200
	stop_server
	well
}

@test "a command beside a server enters nothing, and harms nothing" {
	sign_claim 'They have it.' one
	start_at
	run -3 --separate-stderr timeout 60 "$COUNTERFOIL" incident damage \
	    B-0001 --as room.example --now 2023-07-04T09:06:00Z
	assert_err 'lock'
	[ "$(ledger_size)" = 7 ]
	post one
	assert_code 201
	await_size 8
	cf show
	assert_status 0
	stop_server
	must 2023-07-04T09:06:00Z incident damage B-0001 --as room.example
	[ "$(ledger_size)" = 9 ]
	well
}

@test "many commands and a server that comes and goes" {
	for i in 1 2 3 4; do
		sign_claim "Number $i." "claim.$i"
	done
	for i in 1 2 3; do
		start_at
		post "claim.$i"
		assert_code 201
		kill -9 "$pid"
		wait "$pid" || true
		pid=
		must 2023-07-04T09:1$i:00Z incident damage B-0001 \
		    --as room.example
	done
	start_at
	for i in 1 2 3; do
		post "claim.$i"
		assert_code 200
	done
	post claim.4
	assert_code 201
	await_size 14
	stop_server
	well
}

# A witness of the log, in $witness_url; its key in $vkey.
start_witness() {
	cf key new w.example --witness --plain
	"$COUNTERFOIL" witness --key "$COUNTERFOIL_KEYS/w.example.key" \
	    --state w.state --listen 127.0.0.1:0 --log \
	    "$(sed -n 's/^log: //p' "$COUNTERFOIL_CASE/counterfoil.conf")" \
	    >w.out 2>w.err </dev/null 3>&- &
	pids+=($!)
	for _ in $(seq 200); do
		[ "$(wc -l <w.out)" -ge 2 ] && break
		sleep 0.05
	done
	echo "witness w $(sed -n 2p w.out) $(sed -n '1s/.* on //p' w.out)" \
	    >policy.txt
	echo 'quorum w' >>policy.txt
}

cosign() {
	at 2023-07-04T10:00:00Z cosign --policy policy.txt --wait 2 "$@"
}

@test "one key at two hosts: the second is stopped by a witness" {
	sign_claim 'They have it.' one
	sign_claim 'They have it not.' two
	start_witness
	cp -R "$COUNTERFOIL_CASE" other
	start_at
	post one
	assert_code 201
	await_size 8
	stop_server
	cosign
	assert_status 0
	# The other host knows nothing of it, and signs another history.
	start_at 2023-07-04T09:05:00Z other
	post two
	assert_code 201
	stop_server
	cosign --case other
	assert_status 1
	assert_err 'stopped' 'another history' 'proves it'
	[ "$(echo other/private/alarms/8-*)" != 'other/private/alarms/8-*' ]
	run -1 --separate-stderr "$COUNTERFOIL" serve other --listen 127.0.0.1:0
	assert_err 'private/log/seen: others have seen another tree of 8'
	# The first goes on.
	sign_claim 'They have both.' three
	start_at
	post three
	assert_code 201
	await_size 9
	stop_server
	cosign
	assert_status 0
	well
}

@test "a clock that goes back between two starts, and hours at a time" {
	sign_claim 'They have it.' one
	sign_claim 'They have it not.' two
	start_at 2023-07-04T09:05:00Z
	post one
	assert_code 201
	stop_server
	start_at 2023-07-04T07:00:00Z
	post two
	assert_code 201
	await_size 9
	stop_server
	cf show last --json
	assert_status 0
	# With the last record's time, to the second that it was entered in.
	entered=$(sed -n 's/.*"entered": "\([^"]*\)".*/\1/p' <<<"$output")
	[[ $entered > 2023-07-04T09:04:59Z ]]
	[[ $entered < 2023-07-04T09:06:00Z ]]
	well
}

# ---- a backup that is put back ----

# The case as it was at 7 records is in backup/, and a witness has seen 8.
grow_and_cosign() {
	cp -R "$COUNTERFOIL_CASE" backup
	sign_claim 'They have it.' one
	start_witness
	start_at
	post one
	assert_code 201
	await_size 8
	stop_server
	cosign
	assert_status 0
}

refuse_to_serve() {
	run -1 --separate-stderr "$COUNTERFOIL" serve --listen 127.0.0.1:0
	assert_err 'ledger of seizure.example' "$@"
	run -1 --separate-stderr "$COUNTERFOIL" serve --read-only \
	    --listen 127.0.0.1:0
	assert_err 'ledger of seizure.example' "$@"
	cf fsck
	assert_status 1
	assert_out "$@"
}

@test "an old log/ is refused by what was committed" {
	grow_and_cosign
	rm -R "$COUNTERFOIL_CASE/log"
	cp -R backup/log "$COUNTERFOIL_CASE/"
	# Committed, and the tiles are older by one commit: that is what a
	# crash leaves too, and is finished from the commit.
	start_at
	post one
	assert_code 200
	stop_server
	well
	must 2023-07-04T09:30:00Z incident damage B-0001 --as room.example
	rm -R "$COUNTERFOIL_CASE/log"
	cp -R backup/log "$COUNTERFOIL_CASE/"
	refuse_to_serve 'private/log/committed'
}

@test "an old case is refused by what a witness has seen" {
	grow_and_cosign
	cp "$COUNTERFOIL_CASE/private/log/seen" newest
	rm -R "$COUNTERFOIL_CASE"
	cp -R backup "$COUNTERFOIL_CASE"
	# The one file that has to be the newest that can be found.
	cp newest "$COUNTERFOIL_CASE/private/log/seen"
	refuse_to_serve 'private/log/seen' \
	    'others have seen 8 leaves, and here are 7'
	# Without it nobody here can tell; the witness can.
	rm "$COUNTERFOIL_CASE/private/log/seen"
	cosign
	assert_status 1
	assert_err 'it is an old copy' 'proves it'
	refuse_to_serve 'private/log/seen' \
	    'others have seen 8 leaves, and here are 7'
}

@test "an old log/ put back under a running server" {
	sign_claim 'They have it.' one
	sign_claim 'They have it not.' two
	cp -R "$COUNTERFOIL_CASE" backup
	start_at
	post one
	assert_code 201
	await_size 8
	cp -R "$COUNTERFOIL_CASE/log" newest
	rm -R "$COUNTERFOIL_CASE/log"
	cp -R backup/log "$COUNTERFOIL_CASE/"
	# Durable and signed, and it cannot be published: the server stops
	# taking records, and says so.
	post two
	assert_code 201
	for _ in $(seq 100); do
		code=$(curl -sS -m 20 -o body -w '%{http_code}' "${url}health")
		[ "$code" = 503 ] && break
		sleep 0.05
	done
	assert_code 503
	grep -F 'seizure.example: ' body
	post one
	assert_code 503
	stop_server
	refuse_to_serve 'private/log/committed' 'was an old copy put back?'
	# With the newest log/ that anybody has, nothing is lost.
	rm -R "$COUNTERFOIL_CASE/log"
	cp -R newest "$COUNTERFOIL_CASE/log"
	start_at
	post one
	assert_code 200
	post two
	assert_code 200
	stop_server
	[ "$(ledger_size)" = 9 ]
	well
}
