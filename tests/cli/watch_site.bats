#!/usr/bin/env bats
# counterfoil watch --site: every checkpoint of a case that a site log has is
# held against what is shown of the case. Both are on plain web servers.

load helper

setup_file() {
	make_case
	cf site init "$BATS_FILE_TMPDIR/site" --name site.example/log \
	    --plain-keys
	assert_status 0
}

setup() {
	use_case
	cp -R "$BATS_FILE_TMPDIR/site" .
	export HOME=$BATS_TEST_TMPDIR/home
	unset XDG_DATA_HOME
	mkdir home
	add
}

teardown() {
	local pid
	[ -e servers ] || return 0
	while read -r pid; do
		kill "$pid"
	done <servers
}

add() {
	cf site add site case
	assert_status 0
}

# $1 folder; its URL is in $url.
serve_folder() {
	local log=server.$RANDOM port=
	: >"$log"
	python3 -u -m http.server 0 --bind 127.0.0.1 --directory "$1" \
	    >"$log" 2>&1 3>&- &
	echo $! >>servers
	for _ in $(seq 100); do
		port=$(sed -n 's/.*port \([0-9]*\).*/\1/p' "$log")
		[ -z "$port" ] || break
		sleep 0.1
	done
	url=http://127.0.0.1:$port
}

serve_both() {
	serve_folder case/log
	case_url=$url
	serve_folder site/log
	site_url=$url
}

watch() {
	cf watch --once --case "$case_url" --site "$site_url" \
	    --now 2023-07-01T10:00:00Z "$@"
}

proofs() {
	find home -path '*/alarms/*' | wc -l
}

# The case goes on from an older state, with its own key.
set_back() {
	rm -r case
	cp -R old case
}

@test "a case whose every checkpoint fits: no alarm" {
	make_claim
	add
	serve_both
	watch
	assert_status 0
	assert_err 'first contact with the site log site.example/log' 'no alarm'
	make_claim_again
	add
	watch
	assert_status 0
	[ -z "$(printf '%s' "$stderr" | grep contact)" ]
	cf watch --once --case case --site "$site_url" \
	    --now 2023-07-05T10:00:00Z
	assert_err 'no alarm'
}

@test "a bundle of a case at a URL has the step that its server shows" {
	ask_question
	add
	serve_both
	at 2023-07-05T10:00:00Z bundle last --case "$case_url" -o a.bundle
	assert_status 0
	run counterfoil-verify a.bundle
	assert_status 0
	assert_words 'is entry 1 of the site log site.example/log'
}

make_claim_again() {
	must 2023-07-04T18:00:00Z claim --as notary.example \
	    --asserts received --said 2023-07-04 --said-by council.example \
	    --recipient council.example --concerns drive --part-of \
	    --quote 'All of the drives have been received.'
}

@test "another history in the site log is a split view, with its proof" {
	cp -R case old
	make_claim
	add
	set_back
	make_claim_again
	serve_both
	watch
	assert_status 1
	assert_out 'ALARM split view: entry 1 of the site log site.example/log'
	[ "$(proofs)" = 1 ]
	watch --json
	assert_json 'j[0]["kind"] == "split view"'
}

@test "more in the site log than is shown is told after a while" {
	cp -R case old
	make_claim
	add
	set_back
	serve_both
	SECONDS=0
	watch
	assert_status 1
	assert_out 'ALARM withheld: entry 1 of the site log'
	[ "$SECONDS" -ge 8 ]
	[ "$(proofs)" = 1 ]
}

@test "a mirror that is ahead for a while is no alarm" {
	cp -R case mirror
	make_claim
	cp -R case/log newer
	rm -r case
	cp -R mirror case
	serve_both
	serve_folder newer
	(sleep 3 && cp -R newer/. case/log) 3>&- &
	copying=$!
	cf watch --once --case "$case_url" "$url" --now 2023-07-03T19:00:00Z
	wait "$copying"
	assert_status 0
	assert_err 'no alarm'
}

@test "a checkpoint that the site log does not have" {
	rm -r site
	cp -R "$BATS_FILE_TMPDIR/site" .
	serve_both
	watch
	assert_status 1
	assert_out 'ALARM withheld: the site log site.example/log has no' \
	    'checkpoint of seizure.example'
}

@test "a site log that was set back is false" {
	cp -R site old-site
	make_claim
	add
	serve_both
	watch
	assert_status 0
	rm -r site/log
	cp -R old-site/log site/log
	watch
	assert_status 1
	assert_out 'ALARM false site log' 'an older ledger than before'
}

@test "somebody else's checkpoint under the case's name" {
	at 2023-06-20T12:00:00Z init forged --name seizure.example \
	    --roster "$BATS_FILE_TMPDIR/parties.csv" --plain-keys
	rm -r site
	cp -R "$BATS_FILE_TMPDIR/site" .
	cf site add site forged
	assert_status 0
	serve_both
	watch
	assert_status 1
	assert_out 'ALARM false checkpoint: entry 0' 'not signed by its key'
}

@test "the site's key: what the case names, or what is given" {
	cf key new other.example --plain
	other=$output
	serve_both
	watch --site-key "$other"
	assert_status 1
	assert_out 'ALARM false site log' 'first contact' \
	    'nothing is kept of it'
	watch --site-key "$(sed -n 's/^log: //p' site/counterfoil.conf)"
	assert_status 0
	watch --site-key "$other"
	assert_status 1
	assert_out 'was met under another key' 'remove that folder'
	watch
	assert_status 0
	rm -r home/.local case/log/site
	watch
	assert_status 2
	assert_err 'the case names no site log, so give its key'
	watch --site-key nonsense
	assert_status 3
	assert_err 'watch: --site-key'
}
