#!/usr/bin/env bats
# counterfoil witness, and the commands that ask witnesses for cosignatures:
# real servers on loopback, killed and set back, and lying ones (liar.py).
# tests/fault/witness_faults.py kills one at every step.

load helper

setup_file() {
	export COUNTERFOIL_KEYS=$BATS_FILE_TMPDIR/keys
	{ roster; echo 'w1.example,witness,,,new,,'; } \
	    >"$BATS_FILE_TMPDIR/parties.csv"
	at 2023-06-20T12:00:00Z init "$BATS_FILE_TMPDIR/case" \
	    --name seizure.example --roster "$BATS_FILE_TMPDIR/parties.csv" \
	    --plain-keys
	for name in w2.example w3.example; do
		cf key new $name --witness --plain
	done
}

setup() {
	use_case
	log=$(sed -n 's/^log: //p' "$COUNTERFOIL_CASE/counterfoil.conf")
	pids=()
}

teardown() {
	[ ${#pids[@]} -eq 0 ] || kill "${pids[@]}" 2>/dev/null || true
}

# $1 name, then options. Waits until it listens; its URL is in $url.
witness() {
	local name=$1
	shift
	: >"$name.out"
	"$COUNTERFOIL" witness --key "$COUNTERFOIL_KEYS/$name.example.key" \
	    --state "$name.state" --log "$log" --listen 127.0.0.1:0 "$@" \
	    >"$name.out" 2>"$name.err" </dev/null 3>&- &
	pids+=($!)
	pid=$!
	await "$name.out"
	url=$(sed -n '1s/.* on //p' "$name.out")
	vkey=$(sed -n 2p "$name.out")
}

await() {
	for _ in $(seq 100); do
		[ "$(wc -l <"$1")" -ge 2 ] && return 0
		sleep 0.05
	done
	cat "$1" "${1%.out}.err"
	return 1
}

# Three witnesses, two of which are a quorum.
policy() {
	for name in w1 w2 w3; do
		witness $name
		echo "witness $name $vkey $url"
	done >policy.txt
	printf 'group two 2 w1 w2 w3\nquorum two\n' >>policy.txt
	w1=${pids[0]} w2=${pids[1]} w3=${pids[2]}
}

ask() {
	at 2023-06-20T14:00:00Z cosign --policy policy.txt --wait 2 "$@"
}

grow() {
	must 2023-06-20T13:30:00Z join --as "${1:-court.example}" \
	    --case "${2:-$COUNTERFOIL_CASE}"
}

lines() {
	grep -c '^— w[123].example ' "$COUNTERFOIL_CASE/log/checkpoint"
}

# The monitoring side of a witness: the hash of an origin.
shown() {
	hex=$(printf %s seizure.example | sha256sum | cut -d' ' -f1)
	python3 - "$1$hex/checkpoint" <<'END'
import sys, urllib.request
with urllib.request.urlopen(sys.argv[1], timeout=10) as answer:
    sys.stdout.write(answer.read().decode())
END
}

@test "three witnesses cosign, and the checkpoint carries it" {
	policy
	ask
	assert_status 0
	assert_out 'cosigned: size 1, by w1.example at' 'by w3.example' \
	    'quorum: reached; 3 of 3 witnesses cosigned'
	assert_err 'for findings: 1 of the 1 witness'
	[ "$(lines)" = 3 ]
	cf fsck
	assert_status 0
	[ "$(shown "$url" | sed -n 2p)" = 1 ]
	shown "$url" | grep -q '^— w3.example '
	grow
	ask
	assert_out 'cosigned: size 2' 'quorum: reached'
	[ "$(shown "$url" | sed -n 2p)" = 2 ]
	ask
	assert_out 'cosigned already: size 2' 'quorum: reached'
}

@test "the policy that counterfoil.conf names is asked" {
	policy
	cp policy.txt "$COUNTERFOIL_CASE/"
	echo 'witnesses: policy.txt' >>"$COUNTERFOIL_CASE/counterfoil.conf"
	at 2023-06-20T14:00:00Z cosign
	assert_status 0
	[ "$(lines)" = 3 ]
}

@test "one that is down does not stop the quorum, two do" {
	policy
	kill -9 "$w1"
	ask
	assert_status 0
	assert_out 'quorum: reached; 2 of 3'
	assert_err 'not cosigned: w1.example: '
	kill -9 "$w2"
	grow
	ask
	assert_status 3
	assert_out 'quorum: NOT reached; 1 of 3'
	[ "$(lines)" = 1 ]
	cf fsck
	assert_status 0
}

@test "an old copy of the ledger is told so, with proof, and stops" {
	policy
	cp -R "$COUNTERFOIL_CASE" old
	grow
	ask
	assert_status 0
	ask --case old
	assert_status 1
	assert_err 'stopped' 'it is an old copy' 'proves it'
	! grep -q '^— w' old/log/checkpoint
	# Three witnesses show one checkpoint.
	proof=$(echo old/private/alarms/*)
	sed -n '1,/^$/p' "$proof" |
	    cmp - <(sed -n '1,/^$/p' "$COUNTERFOIL_CASE/log/checkpoint")
	[[ $proof == old/private/alarms/2-* ]]
	assert_err "is kept in old/$(cut -d/ -f2- <<<"$proof")"
	cf fsck --case old
	assert_status 1
	assert_out 'private/alarms/2-' 'was shown by others, 2 records' \
	    'private/log/seen: others have seen 2 leaves, and here are 1'
	# Nothing is signed there any more, nor shown as if it were well.
	at 2023-06-20T14:10:00Z join --as notary.example --case old
	assert_status 1
	assert_err 'others have seen 2 leaves'
	cf show --case old
	assert_status 1
	run -1 --separate-stderr "$COUNTERFOIL" serve old --listen 127.0.0.1:0
	assert_err 'others have seen 2 leaves'
	# By what a mirror keeps, which has no such file.
	rm old/private/log/seen
	cf fsck --case old
	assert_status 1
	assert_out 'private/alarms/2-' 'proves that there were 2 records'
	rm -R old/log old/private/log
	cp -R "$COUNTERFOIL_CASE/log" old/
	cp -R "$COUNTERFOIL_CASE/private/log" old/private/
	cp "$COUNTERFOIL_CASE"/private/receipts/* old/private/receipts/
	cf fsck --case old
	assert_status 0
}

@test "two histories are never both cosigned" {
	policy
	cp -R "$COUNTERFOIL_CASE" other
	grow
	ask
	assert_status 0
	grow notary.example other
	ask --case other
	assert_status 1
	assert_err 'another history' 'proves it'
	# The second copy is stopped, for good.
	at 2023-06-20T14:10:00Z join --as owner.example --case other
	assert_status 1
	assert_err 'private/log/seen' 'others have seen another tree of 2'
	run -1 --separate-stderr "$COUNTERFOIL" serve other --listen 127.0.0.1:0
	assert_err 'others have seen another tree'
	cf fsck --case other
	assert_status 1
	assert_out 'private/log/seen: others have seen another tree' \
	    'private/alarms/2-'
	assert_one_error
	rm other/private/log/seen
	cf fsck --case other
	assert_status 1
	assert_out 'private/alarms/2-' 'proves another history of 2 records'
	assert_one_error
	# Where an earlier version kept it.
	mv other/private/alarms/* other/private/split-0a1b2c3d
	cf fsck --case other
	assert_status 1
	assert_out 'private/split-0a1b2c3d: proves another history of 2'
	echo x >>other/private/split-0a1b2c3d
	cf fsck --case other
	assert_status 1
	assert_out 'private/split-0a1b2c3d' 'no checkpoint of this ledger'
	! grep -q '^— w' other/log/checkpoint
	grep -q 'does not continue' w1.err
	ask
	assert_out 'cosigned already'
}

@test "a witness that was killed goes on where it was" {
	policy
	ask
	kill -9 "${pids[@]}"
	wait "${pids[@]}" || true
	grow
	pids=()
	policy
	ask
	assert_status 0
	assert_out 'quorum: reached; 3 of 3'
}

@test "publish waits for the quorum, or says that it has none" {
	policy
	at 2023-06-20T14:00:00Z publish --check --confirmed
	kill -9 "$w1" "$w2"
	at 2023-06-20T14:00:00Z publish site --policy policy.txt --wait 1
	assert_status 3
	assert_out 'quorum: NOT reached'
	assert_err 'are no quorum, and nothing was copied'
	[ ! -e site ]
	at 2023-06-20T14:00:00Z publish site --policy policy.txt --wait 1 \
	    --without-quorum
	assert_status 0
	assert_err 'published without the quorum'
	grep -q '^— w3.example ' site/checkpoint
	pids=()
	kill "$w3"
	wait "$w3"
	policy
	at 2023-06-20T14:00:00Z publish site --policy policy.txt --wait 20
	assert_status 0
	assert_out 'quorum: reached'
	grep -q '^— w1.example ' site/checkpoint
}

@test "liars do not count, and do not stop the others" {
	policy
	head -2 policy.txt >honest.txt
	for lie in forged wrong-key garbage huge drip reset many closed; do
		coproc LIAR { exec python3 "$BATS_TEST_DIRNAME/liar.py" \
		    $lie "$(cut -d+ -f2 <<<"$vkey")" 3>&-; }
		read -r port <&"${LIAR[0]}"
		{
			cat honest.txt
			echo "witness w3 $vkey http://127.0.0.1:$port/"
			printf 'group two 2 w1 w2 w3\nquorum two\n'
		} >policy.txt
		rm -rf copy
		cp -R "$COUNTERFOIL_CASE" copy
		before=$SECONDS
		ask --case copy
		kill "$LIAR_PID"
		wait "$LIAR_PID" 2>/dev/null || true
		assert_status 0
		assert_out 'quorum: reached; 2 of 3'
		assert_err 'not cosigned: w3.example'
		! grep -q w3.example copy/log/checkpoint
		[ $((SECONDS - before)) -le 8 ]
		cf fsck --case copy
		assert_status 0
	done
}

@test "paths, methods and sizes" {
	witness w1
	python3 - "$url" <<'END'
import http.client, sys, urllib.parse
where = urllib.parse.urlsplit(sys.argv[1]).netloc
link = http.client.HTTPConnection(where, timeout=10)
def ask(method, path, body=None):
    link.request(method, path, body)
    answer = link.getresponse()
    answer.read()
    return answer.status
assert ask("POST", "/add-checkpoint", b"nonsense") == 400
assert ask("POST", "/add-checkpoint", b"old 0\n\nx\n0\n" +
           b"47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n" +
           "\u2014 x AAAAAAAA\n".encode()) == 404
assert ask("GET", "/add-checkpoint") == 405
assert ask("GET", "/" + "0" * 64 + "/checkpoint") == 404
assert ask("GET", "/" + "0" * 63 + "G/checkpoint") == 404
assert ask("DELETE", "/" + "0" * 64 + "/checkpoint") == 405
assert ask("GET", "/") == 404
link = http.client.HTTPConnection(where, timeout=10)
try:
    assert ask("POST", "/add-checkpoint", b"x" * 131073) == 413
except (ConnectionError, http.client.HTTPException):
    pass
END
}

@test "one process has the state, and one key" {
	witness w1
	cf witness --key "$COUNTERFOIL_KEYS/w1.example.key" --state w1.state \
	    --log "$log" --listen 127.0.0.1:0
	assert_status 3
	assert_one_error
	assert_err 'another witness is running'
	kill "$pid"
	wait "$pid"
	cf witness --key "$COUNTERFOIL_KEYS/w2.example.key" --state w1.state \
	    --log "$log" --listen 127.0.0.1:0
	assert_status 3
	assert_one_error
	assert_err 'another witness key'
}

@test "a log that it does not know is refused" {
	at 2023-06-20T12:00:00Z init second --name second.example \
	    --roster "$BATS_FILE_TMPDIR/parties.csv" --plain-keys
	witness w1
	printf 'witness w1 %s %s\nquorum w1\n' "$vkey" "$url" >policy.txt
	ask --case second
	assert_status 3
	assert_err 'does not know this ledger (404)'
}

@test "policies that are wrong, or of another ledger" {
	printf 'quorum w1\n' >policy.txt
	ask
	assert_status 3
	assert_one_error
	assert_err 'policy policy.txt: line 1: "w1" is not defined'
	at 2023-06-20T12:00:00Z init second --name second.example \
	    --roster "$BATS_FILE_TMPDIR/parties.csv" --plain-keys
	printf 'log %s\nquorum none\n' \
	    "$(sed -n 's/^log: //p' second/counterfoil.conf)" >policy.txt
	ask
	assert_status 3
	assert_one_error
	assert_err 'do not name this ledger'
	printf 'log %s\nquorum none\n' "$log" >policy.txt
	ask
	assert_status 0
	assert_out 'quorum: reached; 0 of 0'
}

@test "lists of logs" {
	printf 'logs/v0\nvkey %s\nqpd 10\ncontact nobody\n' "$log" >logs.txt
	"$COUNTERFOIL" witness --key "$COUNTERFOIL_KEYS/w1.example.key" \
	    --state s --logs logs.txt --listen 127.0.0.1:0 >w1.out 2>w1.err \
	    </dev/null 3>&- &
	pids+=($!)
	await w1.out
	grep -q 'of 1 log on http://127.0.0.1:' w1.out
	echo 'vkey x' >logs.txt
	cf witness --key "$COUNTERFOIL_KEYS/w1.example.key" --state t \
	    --logs logs.txt
	assert_status 3
	assert_one_error
	assert_err 'logs.txt: line 1:'
	[ ! -e t ]
}

@test "wrong usage" {
	cf witness
	assert_status 2
	assert_one_error
	cf witness --log "$log" --state s
	assert_status 2
	assert_err '--key FILE is missing'
	cf witness --key "$COUNTERFOIL_KEYS/w1.example.key" --log "$log"
	assert_status 2
	assert_err '--state DIR is missing'
	cf witness --key "$COUNTERFOIL_KEYS/court.example.key" --log "$log" \
	    --state s
	assert_status 2
	assert_err '--witness'
	cf witness --key "$COUNTERFOIL_KEYS/w1.example.key" --log "$log" \
	    --state s --listen nowhere
	assert_status 2
	assert_err 'ADDRESS:PORT'
	at 2023-06-20T14:00:00Z cosign --key x --policy y
	assert_status 2
	assert_one_error
	ask --wait 0
	assert_status 2
}

@test "who takes it over opens, runs and reaches nothing" {
	witness w1
	grep -q '^NoNewPrivs:.1' "/proc/$pid/status"
	grep -q '^Seccomp:.2' "/proc/$pid/status"
	kill "$pid"
	wait "$pid"
	refute_intruders "$COUNTERFOIL" witness --listen 127.0.0.1:0 \
	    --key "$COUNTERFOIL_KEYS/w1.example.key" --state w1.state \
	    --log "$log"
	witness w1 --no-sandbox
	grep -q '^Seccomp:.0' "/proc/$pid/status"
}

@test "over TLS, with its certificate read before the sandbox" {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
	    -keyout key.pem -out cert.pem -days 2 -subj /CN=test \
	    -addext subjectAltName=IP:127.0.0.1 2>/dev/null
	witness w1 --tls-cert cert.pem --tls-key key.pem
	[[ $url == https://* ]]
	echo "witness w1 $vkey $url" >policy.txt
	echo 'quorum w1' >>policy.txt
	ask --ca cert.pem
	assert_status 0
	assert_out 'quorum: reached; 1 of 1'
}
