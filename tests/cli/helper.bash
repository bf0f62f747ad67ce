# helper.bash: what the tests of the commands share: a small case, ways to run
# the program, ways to say what must come out.
#
# The program is $COUNTERFOIL (default: counterfoil in PATH). Every test works
# in its own copy of the case, with its own keys; nothing is read from the
# user's home. The clock of the case is set: `at TIME COMMAND ...`.

bats_require_minimum_version 1.5.0

: "${COUNTERFOIL:=counterfoil}"
export COUNTERFOIL LC_ALL=C.UTF-8 TZ=UTC NO_COLOR=1
unset COUNTERFOIL_CASE COUNTERFOIL_KEYS

# ---- running ----

# $status, $output and $stderr are set; there is no terminal and no input.
cf() {
	run --separate-stderr "$COUNTERFOIL" "$@" </dev/null
}

# As cf, at a time: at 2023-07-01T10:00:00Z show B-0001
at() {
	local time=$1 command=$2
	shift 2
	cf "$command" --now "$time" "$@"
}

# As at, and it must succeed.
must() {
	at "$@"
	assert_status 0
}

# ---- claims about what came out ----

show_result() {
	printf 'status: %s\n--- stdout\n%s\n--- stderr\n%s\n' \
	    "$status" "$output" "${stderr:-}"
	return 1
}

assert_status() {
	[ "$status" -eq "$1" ] || show_result
}

# Each argument stands in the output.
assert_out() {
	local text
	for text; do
		[[ $output == *"$text"* ]] ||
		    { echo "not in stdout: $text"; show_result; }
	done
}

# As assert_out, wherever the lines are broken.
assert_words() {
	local text words
	words=$(printf '%s' "$output" | tr -s ' \n' ' ')
	for text; do
		[[ $words == *"$text"* ]] ||
		    { echo "not in stdout: $text"; show_result; }
	done
}

assert_err() {
	local text
	for text; do
		[[ $stderr == *"$text"* ]] ||
		    { echo "not in stderr: $text"; show_result; }
	done
}

refute_out() {
	local text
	for text; do
		[[ $output != *"$text"* ]] ||
		    { echo "in stdout: $text"; show_result; }
	done
}

# The whole of stderr is one line that begins with the program's name.
assert_one_error() {
	[[ $stderr == "counterfoil: "* && $stderr != *$'\n'* ]] || show_result
}

# The output is JSON, and the Python expression on it (as j) is true.
assert_json() {
	printf '%s' "$output" | python3 -c '
import json, sys
j = json.load(sys.stdin)
sys.exit(0 if eval(f"({sys.argv[1]})") else f"not true: {sys.argv[1]}")' "$1" ||
	    show_result
}

# ---- the case ----

roster() {
	cat <<'END'
party,side,org,role,key,policy-holder,red-line
police.example,authority,police.example,seized the computers,new,yes,
room.example,authority,room.example,keeps the evidence,new,,
owner.example,owner,owner.example,owner,new,yes,
court.example,neutral,court.example,overseer,new,,
notary.example,neutral,notary.example,notary,new,,
council.example,outside,council.example,the party asked about,,,
ministry.example,outside,ministry.example,may act for the council,,,
END
}

# Three sealed packages: two computers with three drives, one telephone.
things() {
	cat <<'END'
item,type,subtype,inside,make,model,serial,capacity_bytes,interface,bay,place,power_state,condition,seal,seal_type
B-0001,package,bag,,,,,,,,hall 1,,,451001,enclosing
PC-0001,computer,desktop,B-0001,HP,ProDesk 600,YKANTZDM,,,opened,hall 1,off,good,,
PC-0001-C,casing,desktop,PC-0001,HP,ProDesk 600,YKANTZDM,,,,hall 1,,good,,
PC-0001-D1,drive,SSD,PC-0001,Crucial,MX500,WCJ6HLDUM7NG,500000000000,SATA,1,hall 1,,good,,
PC-0001-D2,drive,HDD,PC-0001,Toshiba,DT01,none visible,500000000000,SATA,2,hall 1,,good,,
B-0002,package,bag,,,,,,,,hall 2,,,451002,enclosing
PC-0002,computer,laptop,B-0002,Lenovo,T480,L3N0V0,,,opened,hall 2,off,good,,
PC-0002-C,casing,laptop,PC-0002,Lenovo,T480,L3N0V0,,,,hall 2,,good,,
PC-0002-D1,drive,SSD,PC-0002,Samsung,PM981,S4MSUNG,256000000000,NVMe,1,hall 2,,good,,
B-0003,package,bag,,,,,,,,hall 2,,,451003,enclosing
PH-0001,phone,smartphone,B-0003,Fairphone,3,F41RPH0N3,,,,hall 2,on,cracked screen,,
END
}

# Once for a file of tests: setup_file() { make_case; }
make_case() {
	export COUNTERFOIL_KEYS=$BATS_FILE_TMPDIR/keys
	export COUNTERFOIL_CASE=$BATS_FILE_TMPDIR/case
	roster >"$BATS_FILE_TMPDIR/parties.csv"
	things >"$BATS_FILE_TMPDIR/things.csv"
	at 2023-06-20T12:00:00Z init "$COUNTERFOIL_CASE" --name seizure.example \
	    --roster "$BATS_FILE_TMPDIR/parties.csv" --plain-keys \
	    --title 'A small seizure'
	assert_status 0
	must 2023-06-20T12:05:00Z join --all
	must 2023-06-20T14:00:00Z seize "$BATS_FILE_TMPDIR/things.csv" \
	    --by police.example --from owner.example --owner signed \
	    --witness notary.example --as police.example --as owner.example \
	    --as notary.example
	must 2023-06-21T09:40:00Z hand --all --from police.example \
	    --to room.example --as police.example --as room.example --counter \
	    --count 3 --count-received 3
}

# For every test: setup() { use_case; }
use_case() {
	cp -R "$BATS_FILE_TMPDIR/case" "$BATS_TEST_TMPDIR/case"
	export COUNTERFOIL_CASE=$BATS_TEST_TMPDIR/case
	export COUNTERFOIL_KEYS=$BATS_FILE_TMPDIR/keys
	cd "$BATS_TEST_TMPDIR" || return 1
}

# The number of records in the ledger.
ledger_size() {
	sed -n 2p "$COUNTERFOIL_CASE/log/checkpoint"
}

# The 64 digits of the last record's id, or of the last one with this kind.
record_id() {
	"$COUNTERFOIL" show "${1:-last}" --json </dev/null |
	    sed -n 's/^  "record": "\([0-9a-f]*\)".*/\1/p'
}

# A question about the council, due 10 July, asked on 4 July.
ask_question() {
	must 2023-07-04T09:00:00Z ask --as owner.example \
	    --recipient council.example --from 2023-06-20 --to 2023-07-03 \
	    --addressee 'police.example due 2023-07-10'
}

# The council says on 3 July that it has part of the drives.
make_claim() {
	must 2023-07-03T18:00:00Z claim --as notary.example \
	    --asserts received --said 2023-07-03 --said-by council.example \
	    --recipient council.example --concerns drive --part-of \
	    --quote 'Part of the drives have been received.'
}

# ---- a server ----

# Sets $url and $pid once the server says that it is ready; its output is in the
# files out and err. Arguments as serve.
start_server() {
	"$COUNTERFOIL" serve --listen 127.0.0.1:0 "$@" >out 2>err 3>&- &
	pid=$!
	for _ in $(seq 400); do
		url=$(sed -n 's/.* is served at //p' out | head -1)
		[ -n "$url" ] && return 0
		kill -0 "$pid" 2>/dev/null || break
		sleep 0.05
	done
	cat out err
	return 1
}

stop_server() {
	[ -n "${pid:-}" ] || return 0
	kill "$pid" 2>/dev/null || true
	wait "$pid" || true
	pid=
}

# $1 what somebody does who took over the server that the rest of the words
# start (tests/fault/intruder.c). What it says is in the file `intruded`; its
# exit status, or 128 and the signal that killed it, in $status.
intrude() {
	local deed=$1 server
	shift
	LD_PRELOAD=$COUNTERFOIL_BUILD/tests/intruder.so INTRUDER=$deed \
	    INTRUDER_FILE=$BATS_TEST_TMPDIR/foreign/file \
	    ASAN_OPTIONS=${ASAN_OPTIONS:-}:verify_asan_link_order=0 \
	    "$@" >intruded 2>intruded.err </dev/null 3>&- &
	server=$!
	for _ in $(seq 400); do
		grep -q "^intruder: ${deed/open/write}:" intruded && break
		kill -0 "$server" 2>/dev/null || break
		sleep 0.05
	done
	kill "$server" 2>/dev/null || true
	status=0
	wait "$server" || status=$?
	cat intruded intruded.err
}

# The words start a server, which takes --no-sandbox. Without the sandbox all
# can be done, so that the test would show it.
refute_intruders() {
	mkdir -p foreign
	intrude open "$@" --no-sandbox
	grep -qx 'intruder: read: done' intruded
	grep -qx 'intruder: write: done' intruded
	intrude connect "$@" --no-sandbox
	grep -qx 'intruder: connect: done' intruded
	intrude exec "$@" --no-sandbox
	grep -qx 'intruder: exec: done' intruded

	intrude connect "$@"
	grep -qx 'intruder: connect: EPERM' intruded
	[ "$status" = 0 ]
	intrude exec "$@"
	[ "$status" = $((128 + $(kill -l SYS))) ]
	! grep 'intruder:' intruded
	rm foreign/file
	intrude open "$@"
	[ "$status" = 0 ]
	# The kernel may have none; then the server says so.
	grep -q 'no Landlock' intruded.err || {
		grep -qx 'intruder: read: EACCES' intruded
		grep -qx 'intruder: write: EACCES' intruded
		[ ! -e foreign/file ]
	}
}

# ---- witnesses ----

# $1 name, $2 the folder whose log it witnesses; its line goes to the policy, its
# process to the list pids, which teardown ends.
policy_witness() {
	local log
	log=$(sed -n 's/^log: //p' "$2/counterfoil.conf")
	: >"$1.out"
	"$COUNTERFOIL" witness --key "$COUNTERFOIL_KEYS/$1.example.key" \
	    --state "$1.state" --log "$log" --listen 127.0.0.1:0 \
	    >"$1.out" 2>"$1.err" </dev/null 3>&- &
	pids+=($!)
	for _ in $(seq 100); do
		[ "$(wc -l <"$1.out")" -ge 2 ] && break
		sleep 0.05
	done
	echo "witness $1 $(sed -n 2p "$1.out") $(
		sed -n '1s/.* on //p' "$1.out")" >>"$2/policy.txt"
}

# Two witnesses of a folder's log, w1 and w2, both of which are needed.
witnesses() {
	policy_witness w1 "$1"
	policy_witness w2 "$1"
	printf 'group both all w1 w2\nquorum both\n' >>"$1/policy.txt"
	echo 'witnesses: policy.txt' >>"$1/counterfoil.conf"
}
