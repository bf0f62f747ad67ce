#!/usr/bin/env bats
# counterfoil watch, and cases at a URL: a plain web server publishes log/, and
# nothing that it shows is believed unseen.

load helper

setup_file() {
	make_case
}

setup() {
	use_case
	export HOME=$BATS_TEST_TMPDIR/home
	unset XDG_DATA_HOME
	mkdir home
	serve_folder case/log
	local=$COUNTERFOIL_CASE
	url=http://127.0.0.1:$port
}

teardown() {
	stop_servers
}

# A static web server over a folder; its port is in $port.
serve_folder() {
	local log=$BATS_TEST_TMPDIR/server.$RANDOM
	python3 -u -m http.server 0 --bind 127.0.0.1 --directory "$1" \
	    >"$log" 2>&1 3>&- &
	echo $! >>"$BATS_TEST_TMPDIR/servers"
	for _ in $(seq 100); do
		port=$(sed -n 's/.*port \([0-9]*\).*/\1/p' "$log")
		[ -z "$port" ] || return 0
		sleep 0.1
	done
	return 1
}

stop_servers() {
	local pid
	while read -r pid; do
		kill "$pid"
	done <"$BATS_TEST_TMPDIR/servers"
	rm "$BATS_TEST_TMPDIR/servers"
}

copy() {
	echo home/.local/share/counterfoil/cases/*
}

@test "a case at a URL is read like one in a folder" {
	cf show --case "$url" --now 2023-07-01T10:00:00Z
	assert_status 0
	assert_err 'first contact' 'seizure.example#' 'compare that name'
	there=$output
	cf show --now 2023-07-01T10:00:00Z
	[ "$output" = "$there" ]
	cf show B-0001 --case "$url" --now 2023-07-01T10:00:00Z
	assert_status 0
	assert_out 'room.example'
	[ -z "$stderr" ]
	[ "$(stat -c %a "$(copy)")" = 700 ]
	grep -qx "url: $url" "$(copy)/counterfoil.conf"
}

@test "the copy has every byte of the ledger, and grows with it" {
	cf fsck --case "$url"
	make_claim
	must 2023-07-04T09:00:00Z show --case "$url"
	cf fsck --case "$url"
	assert_status 0
	cmp case/log/checkpoint "$(copy)/log/checkpoint"
	n=$(ledger_size)
	cmp "case/log/tile/0/000.p/$n" "$(copy)/log/tile/0/000.p/$n"
	cmp "case/log/tile/entries/000.p/$n" \
	    "$(copy)/log/tile/entries/000.p/$n"
}

@test "a look at what did not change writes nothing" {
	must 2023-07-01T10:00:00Z show --case "$url"
	find home -type f -exec stat -c '%n %i %Y' {} + | sort >before
	must 2023-07-01T10:00:00Z show --case "$url"
	find home -type f -exec stat -c '%n %i %Y' {} + | sort | cmp - before
}

@test "a server that is gone leaves the copy readable, and says so" {
	must 2023-07-01T10:00:00Z show --case "$url"
	stop_servers
	touch "$BATS_TEST_TMPDIR/servers"
	at 2023-07-01T10:00:00Z show --case "$url"
	assert_status 0
	assert_err "$url" 'this is the copy from before'
	cf show --case http://127.0.0.1:1
	assert_status 3
	assert_one_error
}

@test "a ledger without fault gives no alarm" {
	at 2023-07-01T10:00:00Z watch --once --case "$url"
	assert_status 0
	[ -z "$output" ]
	assert_err 'records verified, no alarm'
}

@test "a ledger that was set back is caught, and the proof is kept" {
	cp -R case old
	make_claim
	must 2023-07-04T09:00:00Z watch --once --case "$url"
	rm -R case/log
	cp -R old/log case/log
	at 2023-07-04T09:00:00Z watch --once --case "$url"
	assert_status 1
	assert_out 'ALARM false ledger' 'older ledger than before'
	cmp "$(copy)"/private/alarms/* old/log/checkpoint
	at 2023-07-04T09:00:00Z show --case "$url"
	assert_status 1
	assert_one_error
}

# The same key writes two histories: the case goes on, and a copy of it too.
fork() {
	cp -R case twin
	make_claim
	COUNTERFOIL_CASE=twin must 2023-07-03T18:00:00Z claim \
	    --as notary.example --asserts received --said 2023-07-03 \
	    --said-by council.example --recipient council.example \
	    --quote 'Nothing was received.'
}

@test "a mirror that shows another history is a split view" {
	fork
	serve_folder twin/log
	at 2023-07-04T09:00:00Z watch --once --case "$url" \
	    "http://127.0.0.1:$port"
	assert_status 1
	assert_out 'ALARM split view' 'another history of seizure.example'
	cmp "$(copy)"/private/alarms/* twin/log/checkpoint
}

@test "a history that changes under one URL is a false ledger" {
	fork
	must 2023-07-04T09:00:00Z watch --once --case "$url"
	rm -R case/log
	cp -R twin/log case/log
	at 2023-07-04T09:00:00Z watch --once --case "$url"
	assert_status 1
	assert_out 'ALARM false ledger' 'another history than before'
}

@test "a longer history that does not continue the copy is false" {
	fork
	must 2023-07-04T09:00:00Z watch --once --case "$url"
	before=$(cat "$(copy)/log/checkpoint")
	COUNTERFOIL_CASE=twin must 2023-07-04T09:00:00Z incident loss B-0001 \
	    --as room.example
	rm -R case/log
	cp -R twin/log case/log
	at 2023-07-04T10:00:00Z watch --once --case "$url"
	assert_status 1
	assert_out 'ALARM false ledger' 'do not lead'
	[ "$(cat "$(copy)/log/checkpoint")" = "$before" ]
}

@test "a mirror that shows more than the ledger's own server is told" {
	cp -R case old
	make_claim
	serve_folder old/log
	at 2023-07-04T09:00:00Z watch --once \
	    --case "http://127.0.0.1:$port" "$url"
	assert_status 1
	assert_out 'ALARM withheld'
}

@test "a broken rule, a crossed red line and a late answer alarm once" {
	must 2023-07-01T10:00:00Z watch --once --case "$url"
	must 2023-07-01T11:00:00Z policy --as police.example \
	    --as owner.example --red-line council.example
	ask_question
	at 2023-07-20T09:00:00Z watch --once --case "$url"
	assert_status 1
	assert_out 'ALARM overdue: police.example: answer question'
	at 2023-07-20T09:01:00Z watch --once --case "$url"
	assert_status 0
	[ -z "$output" ]
	at 2023-07-20T09:01:00Z watch --once --all --json --case "$url"
	assert_status 1
	assert_json '[a["kind"] for a in j] == ["overdue"]'
}

@test "a witness that cosigned another history is a split view" {
	fork
	folder=$(printf seizure.example | sha256sum | cut -d' ' -f1)
	mkdir -p "witness/$folder"
	cp twin/log/checkpoint "witness/$folder/checkpoint"
	serve_folder witness
	at 2023-07-04T09:00:00Z watch --once --case "$url" \
	    --witness "http://127.0.0.1:$port"
	assert_status 1
	assert_out 'ALARM split view'
}

@test "bytes changed on the way are found" {
	printf x | dd of="case/log/tile/entries/000.p/$(ledger_size)" bs=1 \
	    seek=900 conv=notrunc 2>/dev/null
	cf show --case "$url"
	assert_status 1
	assert_one_error
	assert_err "$url" 'leaf 0'
}
