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
