#!/usr/bin/env bats
# Keys that are elsewhere: a real ssh-agent and a real PKCS#11 module sign, and
# no secret is in any file of ours.

load helper

module=/usr/lib/softhsm/libsofthsm2.so
place="pkcs11:token=evidence;object=log?module-path=$module"

setup_file() {
	make_case
	cf key new lab.example --plain
}

setup() {
	use_case
	export COUNTERFOIL_KEYS=$BATS_TEST_TMPDIR/keys
	cp -R "$BATS_FILE_TMPDIR/keys" "$COUNTERFOIL_KEYS"
}

teardown() {
	stop_server
	[ -z "${SSH_AGENT_PID:-}" ] || kill "$SSH_AGENT_PID"
}

# An agent that has these keys: start_agent NAME...
start_agent() {
	local name
	SSH_AUTH_SOCK=$(mktemp -u /tmp/cf-agent-XXXXXX)
	eval "$(ssh-agent -a "$SSH_AUTH_SOCK")" >/dev/null
	export SSH_AUTH_SOCK SSH_AGENT_PID
	for name; do
		ssh-keygen -q -t ed25519 -N '' -C "$name" -f "ssh-$name"
		ssh-add -q "ssh-$name"
	done
}

# A token named evidence with a key named log; its PIN is in the file pin.
start_token() {
	mkdir token
	echo "directories.tokendir = $PWD/token" >hsm.conf
	export SOFTHSM2_CONF=$PWD/hsm.conf
	softhsm2-util --init-token --free --label evidence --so-pin 1234 \
	    --pin 567890 >/dev/null
	pkcs11-tool --module "$module" --login --pin 567890 --keypairgen \
	    --key-type EC:edwards25519 --label log --id 01 >/dev/null 2>&1
	echo 567890 >pin
}

@test "a party whose key is in an ssh-agent signs records" {
	start_agent press
	cf key new press.example --in ssh-agent
	assert_status 0
	assert_err 'a signing key, the secret is elsewhere'
	grep -qx 'elsewhere: ssh-agent' keys/press.example.key
	must 2023-07-01T09:00:00Z join --as press.example --side neutral \
	    --org press.example --countersign owner.example --as owner.example
	at 2023-07-03T18:00:00Z claim --as press.example --asserts received \
	    --said 2023-07-03 --said-by council.example \
	    --recipient council.example --quote 'They have it.'
	assert_status 0
	assert_out 'claim' '[good]'
	cf fsck
	assert_status 0
}

@test "of several keys one must be named" {
	start_agent one two
	cf key new press.example --in ssh-agent
	assert_status 2
	assert_one_error
	assert_err '2 Ed25519 keys' '"one", "two"' '--which'
	[ ! -e keys/press.example.key ]
	cf key new press.example --in ssh-agent --which two
	assert_status 0
	[ "$(cut -d' ' -f2 ssh-two.pub | base64 -d | tail -c 32 | base64)" = \
	    "$(sed -n 2p keys/press.example.key | cut -d+ -f3- | base64 -d |
		tail -c 32 | base64)" ]
}

@test "without the agent nothing is signed, and it is said why" {
	start_agent press
	cf key new press.example --in ssh-agent
	kill "$SSH_AGENT_PID"
	unset SSH_AGENT_PID
	size=$(ledger_size)
	at 2023-07-01T09:00:00Z join --as press.example --side neutral \
	    --org press.example --countersign owner.example --as owner.example
	assert_status 3
	assert_one_error
	assert_err 'the key of press.example' 'ssh-agent'
	[ "$(ledger_size)" = "$size" ]
}

@test "a party's next key can be in an ssh-agent" {
	start_agent next
	must 2023-07-01T09:00:00Z key rotate room.example \
	    --as room.example --in ssh-agent --countersign police.example \
	    --as police.example
	must 2023-07-01T10:00:00Z incident loss B-0001 --as room.example
	assert_out '[good]'
	cf fsck
	assert_status 0
}

@test "a witness's key can be in an ssh-agent" {
	start_agent witness
	cf key new witness.example --witness --in ssh-agent
	assert_status 0
	at 2023-07-01T09:00:00Z cosign --key keys/witness.example.key
	assert_status 0
	assert_out 'cosigned: size'
	grep -q '^— witness.example ' case/log/checkpoint
}

@test "the ledger's key is in a token, and stays there" {
	start_token
	at 2023-06-20T12:00:00Z init hsm --name hsm.example \
	    --roster "$BATS_FILE_TMPDIR/parties.csv" --plain-keys \
	    --log-key-in "$place" --passphrase-file pin
	assert_status 0
	assert_out 'entered 0: case'
	grep -qx "elsewhere: $place" hsm/private/log.key
	export COUNTERFOIL_CASE=hsm
	must 2023-06-20T12:05:00Z join --as court.example --passphrase-file pin
	assert_out '[good]'
	cf fsck
	assert_status 0
}

@test "a wrong PIN, and none, enter nothing" {
	start_token
	at 2023-06-20T12:00:00Z init hsm --name hsm.example \
	    --roster "$BATS_FILE_TMPDIR/parties.csv" --plain-keys \
	    --log-key-in "$place" --passphrase-file pin
	export COUNTERFOIL_CASE=hsm
	echo 000000 >wrong
	at 2023-06-20T12:05:00Z join --as court.example \
	    --passphrase-file wrong
	assert_status 3
	assert_one_error
	assert_err 'does not take this PIN'
	at 2023-06-20T12:05:00Z join --as court.example
	assert_status 3
	assert_one_error
	assert_err 'PIN' '--passphrase-file'
	[ "$(ledger_size)" = 1 ]
}

@test "what is no place, no module or no token is said" {
	cf key new press.example --in 'the cupboard'
	assert_status 2
	assert_one_error
	cf key new press.example --in 'pkcs11:token=x?module-path=/none.so'
	assert_status 3
	assert_one_error
	assert_err '/none.so'
	start_token
	cf key new press.example --passphrase-file pin \
	    --in "pkcs11:token=other;object=log?module-path=$module"
	assert_status 3
	assert_one_error
	assert_err 'no token'
}

# $1: the witness's key file, then options. The server is confined; its key was
# reached before. Prints the policy that names it.
start_witness() {
	local log
	log=$(sed -n 's/^log: //p' "$COUNTERFOIL_CASE/counterfoil.conf")
	"$COUNTERFOIL" witness --key "$1" --state state --listen 127.0.0.1:0 \
	    --log "$log" "${@:2}" >out 2>err </dev/null 3>&- &
	pid=$!
	for _ in $(seq 200); do
		[ "$(wc -l <out)" -ge 2 ] && break
		sleep 0.05
	done
	echo "witness w $(sed -n 2p out) $(sed -n '1s/.* on //p' out)"
	echo 'quorum w'
}

@test "a confined witness signs with an ssh-agent" {
	start_agent witness
	cf key new witness.example --witness --in ssh-agent
	start_witness keys/witness.example.key >policy.txt
	for _ in 1 2; do
		at 2023-07-01T09:00:00Z cosign --policy policy.txt --wait 2
		assert_status 0
		assert_out 'quorum: reached; 1 of 1'
		must 2023-07-01T09:10:00Z incident damage B-0001 \
		    --as room.example
	done
}

@test "a confined witness signs with a token" {
	start_token
	cf key new witness.example --witness --in "$place" \
	    --passphrase-file pin
	start_witness keys/witness.example.key --passphrase-file pin \
	    >policy.txt
	cat err
	for _ in 1 2; do
		at 2023-07-01T09:00:00Z cosign --policy policy.txt --wait 2
		assert_status 0
		assert_out 'quorum: reached; 1 of 1'
		must 2023-07-01T09:10:00Z incident damage B-0001 \
		    --as room.example
	done
}

@test "a confined server signs with a token" {
	start_token
	at 2023-06-20T12:00:00Z init hsm --name hsm.example \
	    --roster "$BATS_FILE_TMPDIR/parties.csv" --plain-keys \
	    --log-key-in "$place" --passphrase-file pin
	export COUNTERFOIL_CASE=hsm
	start_server --now 2023-06-20T12:06:00Z --passphrase-file pin
	grep -q '^Seccomp:.2' "/proc/$pid/status"
	# The module is in a process of its own, which has nothing of the case.
	signer=$(cat "/proc/$pid/task/$pid/children")
	signer=${signer% }
	grep -q libsofthsm2 "/proc/$signer/maps"
	! grep -q libsofthsm2 "/proc/$pid/maps"
	! ls -l "/proc/$signer/fd" | grep hsm/private
	at 2023-06-20T12:05:00Z join --as court.example --case "$url"
	assert_status 0
	assert_out '[good]'
	# What ends all processes of the service ends this one last.
	kill "$signer"
	at 2023-06-20T12:05:00Z join --as notary.example --case "$url"
	assert_status 0
	kill -9 "$pid"
	wait "$pid" || true
	pid=
	for _ in $(seq 100); do
		kill -0 "$signer" 2>/dev/null || break
		[ "$(sed -n 's/^State:.\(.\).*/\1/p' "/proc/$signer/status")" \
		    = Z ] && break
		sleep 0.05
	done
	[ ! -s "/proc/$signer/maps" ]
	must 2023-06-20T12:07:00Z join --as room.example --passphrase-file pin
	cf fsck
	assert_status 0
}

@test "without the process that holds the token nothing is signed" {
	start_token
	at 2023-06-20T12:00:00Z init hsm --name hsm.example \
	    --roster "$BATS_FILE_TMPDIR/parties.csv" --plain-keys \
	    --log-key-in "$place" --passphrase-file pin
	export COUNTERFOIL_CASE=hsm
	start_server --now 2023-06-20T12:06:00Z --passphrase-file pin
	kill -9 $(cat "/proc/$pid/task/$pid/children")
	at 2023-06-20T12:05:00Z join --as court.example --case "$url"
	assert_status 3
	assert_err 'the process that signs with the token has ended'
	[ "$(ledger_size)" = 1 ]
	stop_server
	start_server --now 2023-06-20T12:06:00Z --passphrase-file pin
	at 2023-06-20T12:05:00Z join --as court.example --case "$url"
	assert_status 0
}
