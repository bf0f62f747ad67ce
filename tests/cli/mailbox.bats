#!/usr/bin/env bats
# A case at a server, two desks: the giver leaves an offer, the receiver
# fetches it, signs, and it is entered.

load helper

setup_file() {
	make_case
}

setup() {
	use_case
	export XDG_DATA_HOME=$BATS_TEST_TMPDIR/giver
	mkdir giver receiver
	start_server case
	url=${url%/}
}

teardown() { stop_server; }

@test "a hand-over between two desks" {
	cf hand --all --to court.example --as room.example --count 3 \
	    --case "$url"
	assert_status 0
	assert_out "left at $url" "--case $url --as court.example"
	id=$(sed -n 's/^offer \([0-9a-f]*\):.*/\1/p' <<<"$output")
	export XDG_DATA_HOME=$BATS_TEST_TMPDIR/receiver
	cf offers --case "$url"
	assert_out 'no offer waits'
	cf offers --case "$url" --as court.example
	assert_status 0
	assert_out "$id"
	cf accept "$id" --case "$url" --as court.example --count 3
	assert_status 0
	assert_out 'handover' '[good]'
	cf show B-0001 --case "$url"
	assert_out 'court.example'
}

@test "a record of one signer goes straight in, and a refused one does not" {
	cf incident loss B-0001 --as room.example --case "$url"
	assert_status 0
	assert_out 'incident' '[good]'
	cf incident loss B-0002 --as police.example --case "$url"
	assert_status 1
	assert_err 'not-holder'
}

@test "everybody joins at a server, each with a record of his own" {
	stop_server
	at 2023-06-20T12:00:00Z init fresh --name fresh.example \
	    --roster "$BATS_FILE_TMPDIR/parties.csv" --plain-keys
	cp -R fresh here
	must 2023-06-20T12:05:00Z join --all --case here
	start_server fresh --now 2023-06-20T12:10:00Z
	cf join --all --case "${url%/}" --now 2023-06-20T12:05:00Z
	assert_status 0
	[ "$(sed -n 2p fresh/log/checkpoint)" = \
	    "$(sed -n 2p here/log/checkpoint)" ]
}
