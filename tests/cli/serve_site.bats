#!/usr/bin/env bats
# counterfoil serve with a site log, and with witnesses: what the courier brings
# back goes onto the checkpoints while records enter.

load helper

setup_file() {
	make_case
	at 2023-06-20T12:00:00Z init "$BATS_FILE_TMPDIR/other" \
	    --name other.example --roster "$BATS_FILE_TMPDIR/parties.csv" \
	    --plain-keys
	cf site init "$BATS_FILE_TMPDIR/site" --name site.example/log \
	    --plain-keys
	for name in w1.example w2.example; do
		cf key new $name --witness --plain
	done
}

setup() {
	use_case
	cp -R "$BATS_FILE_TMPDIR/other" "$BATS_FILE_TMPDIR/site" .
	export HOME=$BATS_TEST_TMPDIR/home
	unset XDG_DATA_HOME
	mkdir home
	pids=()
	pid=
}

teardown() {
	stop_server
	[ ${#pids[@]} -eq 0 ] || kill "${pids[@]}" 2>/dev/null || true
}

# Waits until a command succeeds.
soon() {
	for _ in $(seq 100); do
		"$@" && return 0
		sleep 0.1
	done
	echo "not soon: $*"
	cat err
	return 1
}

# As start_server; $url has no slash at its end.
start() {
	start_server "$@"
	url=${url%/}
}

child_of() {
	sed -n "/^PPid:[[:space:]]*$1\$/{F;q}" /proc/[0-9]*/status 2>/dev/null |
	    cut -d/ -f3
}

get() {
	curl -sS "$1"
}

# $1 URL of a checkpoint, $2 its size, $3 signatures.
shows() {
	get "$1" >checkpoint.got
	[ "$(sed -n 2p checkpoint.got)" = "$2" ] &&
	    [ "$(grep -c '^— ' checkpoint.got)" = "$3" ]
}

enter() {
	at "2023-06-30T0$1:00:00Z" join --as court.example --case "$2"
}

@test "each case's newest checkpoint is in the site log, and its step served" {
	start case other --site site --site-every 1 \
	    --now 2023-06-30T09:00:00Z
	base=${url%/*}
	[ "$(grep -c 'is served at' out)" = 3 ]
	get "$base/site/checkpoint" | grep -qx 2
	get "$base/other.example/site" >step
	cmp step other/log/site
	enter 2 "$base/other.example"
	assert_status 0
	soon shows "$base/site/checkpoint" 3 1
	soon cmp_step
	cf fsck --case site
	assert_out '3 checkpoints of 2 logs'
	cf watch --once --case "$base/other.example" --site "$base/site" \
	    --now 2023-06-30T03:00:00Z
	assert_status 0
	[ "$(curl -s -o /dev/null -w '%{http_code}' "$base/site/site")" = 404 ]
	[ "$(curl -s -o /dev/null -w '%{http_code}' \
	    "$base/other.example/stamps/01")" = 404 ]
	get "$base/health" | grep -qx ok
}

cmp_step() {
	get "$base/other.example/site" >step.new
	! cmp -s step step.new
}

@test "the site log is cosigned, and steps say by whom" {
	witnesses site
	start case other --site site --site-every 1 \
	    --now 2023-06-30T09:00:00Z
	base=${url%/*}
	soon shows "$base/site/checkpoint" 2 3
	soon grep -q '^witness w2.example+' other/log/site
	soon grep -q '^witness w1.example+' case/log/site
	enter 2 "$base/other.example"
	soon shows "$base/site/checkpoint" 3 3
}

@test "a case that is served is cosigned, and shown with its quorum" {
	witnesses other
	start other --now 2023-06-30T09:00:00Z
	soon shows "$url/checkpoint" 1 3
	enter 2 "$url"
	assert_status 0
	[ "$(sed -n 2p other/log/checkpoint)" = 2 ]
	soon shows "$url/checkpoint" 2 3
	soon has_cosignatures
	[ "$(sed -n 2p other/private/log/seen)" = 2 ]
	stop_server
	cf fsck --case other
	assert_status 0
}

has_cosignatures() {
	[ "$(grep -c '^— ' other/log/checkpoint)" = 3 ]
}

@test "the bundle of a question has the step, as soon as there is one" {
	ask_question
	start case other --site site --site-every 1 \
	    --now 2023-07-10T09:00:00Z
	id=$(record_id)
	get "$url/questions/$id/bundle" >a.bundle
	run counterfoil-verify a.bundle
	assert_status 0
	assert_words 'is entry 0 of the site log site.example/log'
}

@test "without a quorum a checkpoint is held back for five seconds" {
	witnesses other
	start other --now 2023-06-30T09:00:00Z
	soon shows "$url/checkpoint" 1 3
	kill "${pids[1]}"
	SECONDS=0
	enter 2 "$url"
	assert_status 0
	[ "$SECONDS" -ge 3 ] # the file's time has whole seconds
	soon grep -q 'not cosigned by w2.example' err
	shows "$url/checkpoint" 2 2 || shows "$url/checkpoint" 2 1
	get "$url/health" | grep -qx ok
}

@test "a witness that proves a later history stops the ledger" {
	witnesses other
	cp -R other newer
	must 2023-06-30T01:00:00Z join --as notary.example --case newer
	at 2023-06-30T01:00:00Z cosign --policy newer/policy.txt --case newer
	assert_status 0
	start other --now 2023-06-30T09:00:00Z
	soon unhealthy 'others have seen'
	enter 2 "$url"
	[ "$status" -ne 0 ]
	[ "$(sed -n 2p other/log/checkpoint)" = 1 ]
	stop_server
	cf show --case other --now 2023-06-30T09:00:00Z
	assert_status 1
	assert_err 'others have seen'
}

unhealthy() {
	get "$url/health" | grep -q "$1"
}

@test "a case that was set back is not served" {
	cp -R other old
	must 2023-06-30T01:00:00Z join --as notary.example --case other
	cf site add site other
	rm -r other
	mv old other
	cf serve other --site site --listen 127.0.0.1:0
	assert_status 1
	assert_err 'ALARM: the checkpoint of other.example is refused' \
	    'does not continue what the site log has'
	[ "$(find site/private/refused -type f | wc -l)" = 1 ]
}

@test "when the courier has ended, the server says so" {
	witnesses other
	start other --now 2023-06-30T09:00:00Z
	soon shows "$url/checkpoint" 1 3
	courier=$(child_of "$pid")
	kill "$courier"
	soon unhealthy 'nobody asks the witnesses'
	grep -q 'the courier has ended' err
}

@test "the courier has no key, no lock and no listener" {
	witnesses other
	start other --site site --now 2023-06-30T09:00:00Z
	soon grep -q '^— w1' other/log/checkpoint
	courier=$(child_of "$pid")
	for fd in /proc/"$courier"/fd/*; do
		readlink "$fd"
	done >fds
	! grep -E 'key|lock|private' fds
	[ "$(grep -c socket fds)" -le 2 ]
	grep -q '^Seccomp:.2' "/proc/$courier/status"
}

@test "a site log goes with its cases, and with writing" {
	cf serve site
	assert_status 2
	assert_err 'goes with its cases, as --site site'
	cf serve other --site site --read-only
	assert_status 2
	cf serve other --site case
	assert_status 2
	assert_err 'is a case, and no site log'
	cf serve other --site site --site-every 0
	assert_status 2
}

@test "an older checkpoint put under a running server is not shown" {
	cp other/log/checkpoint older
	must 2023-06-30T01:00:00Z join --as notary.example --case other
	start other --read-only
	shows "$url/checkpoint" 2 1
	cp older other/log/checkpoint
	[ "$(curl -s -o /dev/null -w '%{http_code}' "$url/checkpoint")" = 503 ]
	unhealthy 'was set back while it was served'
}
