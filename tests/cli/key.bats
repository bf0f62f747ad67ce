#!/usr/bin/env bats
# counterfoil key: new and show; locked unless --plain says otherwise.

load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	export COUNTERFOIL_KEYS=$BATS_TEST_TMPDIR/keys
}

@test "a new key is printed, and its file is the owner's alone" {
	cf key new police.example --plain
	assert_status 0
	[[ ${lines[0]} =~ ^police\.example\+[0-9a-f]{8}\+[A-Za-z0-9+/=]+$ ]]
	assert_err 'a signing key, not locked'
	[ "$(stat -c %a keys/police.example.key)" = 600 ]
}

@test "a slash in a party's name becomes an underscore in the file's" {
	cf key new prosecutor.example/evidence-room --plain
	assert_status 0
	[ -e keys/prosecutor.example_evidence-room.key ]
}

@test "show prints the same public key" {
	cf key new police.example --plain
	vkey=${lines[0]}
	cf key show police.example
	assert_status 0
	[ "${lines[0]}" = "$vkey" ]
	cf key show keys/police.example.key
	assert_status 0
	[ "${lines[0]}" = "$vkey" ]
}

@test "a key is never written over" {
	cf key new police.example --plain
	before=$(cat keys/police.example.key)
	cf key new police.example --plain
	assert_status 3
	assert_one_error
	assert_err 'police.example has a key already'
	[ "$(cat keys/police.example.key)" = "$before" ]
}

@test "a key is locked with the first line of a passphrase file" {
	printf 'correct horse\nnot this\n' >secret
	cf key new police.example --passphrase-file secret
	assert_status 0
	assert_err 'locked with a passphrase'
	run grep -c plain: keys/police.example.key
	[ "$output" = 0 ]
	cf key show police.example
	assert_err 'locked with a passphrase'
}

@test "without a terminal, passphrase file or --plain nothing is made" {
	cf key new police.example
	assert_status 2
	assert_one_error
	assert_err '--passphrase-file'
	[ ! -e keys/police.example.key ]
}

@test "an empty passphrase is refused" {
	printf '\n' >secret
	cf key new police.example --passphrase-file secret
	assert_status 2
	assert_one_error
	[ ! -e keys/police.example.key ]
}

@test "a witness's key says so" {
	cf key new witness.example --plain --witness
	assert_status 0
	assert_err "a witness's key"
}

@test "a bad name is refused" {
	cf key new 'police example' --plain
	assert_status 2
	assert_one_error
	assert_err "no party's name"
	[ ! -e keys ]
}

@test "an unknown key says how to make one" {
	cf key show nobody.example
	assert_status 3
	assert_one_error
	assert_err 'counterfoil key new'
}

@test "the passphrase is taken from no argument and no environment" {
	cf key new police.example --passphrase secret
	assert_status 2
	assert_one_error
	assert_err 'did you mean --passphrase-file?'
}

@test "on a terminal the passphrase is asked for twice and not shown" {
	run python3 "$BATS_TEST_DIRNAME/terminal.py" \
	    'New passphrase=correct horse' 'The same again=correct horse' -- \
	    "$COUNTERFOIL" key new police.example
	assert_status 0
	assert_out 'locked with a passphrase'
	refute_out 'correct horse'
}

@test "two passphrases that differ make no key" {
	run python3 "$BATS_TEST_DIRNAME/terminal.py" \
	    'New passphrase=correct horse' 'The same again=correct house' -- \
	    "$COUNTERFOIL" key new police.example
	assert_status 2
	assert_out 'differ'
	[ ! -e keys ]
}

# ---- in a case ----

open_case() {
	make_case
	use_case
	cp -R "$BATS_FILE_TMPDIR/keys" "$BATS_TEST_TMPDIR/own"
	export COUNTERFOIL_KEYS=$BATS_TEST_TMPDIR/own
	rm -rf "${BATS_FILE_TMPDIR:?}/case" "$BATS_FILE_TMPDIR/keys"
}

@test "a policy holder rotates its key; both keys sign; the new one goes on" {
	open_case
	must 2023-06-22T10:00:00Z key rotate police.example --plain \
	    --as police.example
	assert_out '[good]'
	assert_err 'the new key is in'
	at 2023-06-22T10:01:00Z show last
	[ "$(grep -c '^signer: police.example ' <<<"$output")" = 2 ]
	[ "$(grep -c '^— police.example ' <<<"$output")" = 2 ]
	must 2023-06-22T11:00:00Z claim --asserts denied --said 2023-06-22 \
	    --recipient council.example --as police.example
	at 2023-06-22T11:01:00Z show last
	new=$(basename "$COUNTERFOIL_KEYS"/police.example+*.key .key)
	assert_out "signer: police.example ${new#*+}"
	cf fsck
	assert_status 0
}

@test "another party's new key waits for a policy holder" {
	open_case
	must 2023-06-22T10:00:00Z key rotate room.example --plain \
	    --as room.example --countersign police.example
	assert_out 'still to sign: police.example'
	refute_out 'still to sign: room.example'
	id=$(printf '%s' "$output" | sed -n 's/^offer \([0-9a-f]*\):.*/\1/p')
	must 2023-06-22T10:10:00Z accept "$id" --as police.example
	assert_out 'TO BE SIGNED: key' 'rotate' '[good]'
	at 2023-06-22T10:20:00Z key rotate room.example --plain \
	    --as room.example
	[ "$status" -ne 0 ]
	assert_err 'a policy holder must countersign'
}

@test "a lost key is replaced by others, after seven days" {
	open_case
	rm "$COUNTERFOIL_KEYS/room.example.key"
	must 2023-06-22T10:00:00Z key rotate room.example --lost --plain \
	    --as police.example --as owner.example --as court.example
	assert_out '[good]'
	at 2023-06-25T10:00:00Z move B-0001 --place cellar --as room.example
	[ "$status" -ne 0 ]
	must 2023-06-30T10:05:00Z move B-0001 --place cellar --as room.example
	assert_out '[good]'
}

@test "a revoked key signs nothing more" {
	open_case
	must 2023-06-22T10:00:00Z key revoke court.example \
	    --compromised-since 2023-06-20T00:00:00Z --as court.example
	assert_out '[good]'
	at 2023-06-22T11:00:00Z claim --asserts denied --said 2023-06-22 \
	    --recipient council.example --as court.example
	assert_status 3
	assert_err 'court.example has no key in this case'
}

@test "a key for encryption is an age recipient" {
	open_case
	age=age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p
	must 2023-06-22T10:00:00Z key encryption court.example "$age" \
	    --as court.example
	at 2023-06-22T11:00:00Z show last
	assert_out "encryption-key: $age"
	at 2023-06-22T10:00:00Z key encryption court.example age1x \
	    --as court.example
	[ "$status" -ne 0 ]
	assert_err 'is no age recipient'
}

@test "a new key without its countersigner is not made" {
	open_case
	at 2023-06-22T10:00:00Z key rotate room.example --plain \
	    --as room.example
	assert_status 2
	assert_one_error
	assert_err 'name one with --countersign'
	[ -z "$(find "$COUNTERFOIL_KEYS" -name 'room.example+*')" ]
}

@test "show tells that a key has a later one, and that one was revoked" {
	open_case
	must 2023-06-22T10:00:00Z key rotate police.example --plain \
	    --as police.example
	cf key show police.example
	assert_err 'police.example+' 'was made later'
	must 2023-06-22T10:10:00Z key revoke court.example --as court.example
	at 2023-06-22T10:20:00Z show court.example
	assert_words 'it has no key any more and signs nothing: key'
}
