#!/usr/bin/env bats
# counterfoil join: parties of the genesis, and new ones with a
# countersignature.

load helper

setup_file() {
	export COUNTERFOIL_KEYS=$BATS_FILE_TMPDIR/keys
	roster >"$BATS_FILE_TMPDIR/parties.csv"
	at 2023-06-20T12:00:00Z init "$BATS_FILE_TMPDIR/case" \
	    --name seizure.example --roster "$BATS_FILE_TMPDIR/parties.csv" \
	    --plain-keys
	cf key new lab.example --plain
}
setup() { use_case; }

@test "everybody whose key is here joins in one commit" {
	at 2023-06-20T12:05:00Z join --all
	assert_status 0
	assert_out 'entered 1: join' '(room.example) [good]' \
	    '(court.example) [good]' 'entered 3:'
	[ "$(ledger_size)" = 4 ]
	at 2023-06-20T12:06:00Z join --all
	assert_status 0
	assert_out 'nobody is left'
	[ "$(ledger_size)" = 4 ]
}

@test "one party joins" {
	at 2023-06-20T12:05:00Z join --as court.example
	assert_status 0
	assert_out '(court.example) [good]'
}

@test "who joins must be said" {
	at 2023-06-20T12:05:00Z join
	assert_status 2
	assert_one_error
	assert_err '--as PARTY' '--all'
}

@test "a new party comes with side and countersignature" {
	at 2023-06-20T12:05:00Z join lab.example --side authority \
	    --role laboratory --as lab.example --as police.example
	assert_status 0
	assert_out '(lab.example) [good]'
	at 2023-06-20T12:06:00Z show lab.example
	assert_out lab.example authority
}

@test "a new party without side" {
	at 2023-06-20T12:05:00Z join lab.example --as lab.example
	assert_status 2
	assert_one_error
	assert_err '--side'
}

@test "a new party without countersignature is refused" {
	at 2023-06-20T12:05:00Z join lab.example --side authority \
	    --as lab.example
	assert_status 1
	assert_one_error
	assert_err 'countersign'
	[ "$(ledger_size)" = 1 ]
}

@test "the countersignature can come later" {
	at 2023-06-20T12:05:00Z join lab.example --side authority \
	    --as lab.example --countersign police.example
	assert_status 0
	assert_out 'still to sign: police.example'
	id=$(basename "$COUNTERFOIL_CASE"/private/offers/*.offer .offer)
	at 2023-06-20T12:06:00Z accept "$id" --as police.example
	assert_status 0
	assert_out '(lab.example) [good]'
}

@test "a name that differs only in capital letters is refused" {
	cf key new Court.example --plain
	at 2023-06-20T12:05:00Z join Court.example --side neutral \
	    --as Court.example --as police.example
	assert_status 1
	assert_one_error
	[ "$(ledger_size)" = 1 ]
}

@test "the wrong key for a party is refused" {
	mkdir other
	COUNTERFOIL_KEYS=$PWD/other cf key new court.example --plain
	at 2023-06-20T12:05:00Z join court.example \
	    --key other/court.example.key
	assert_status 3
	assert_one_error
	assert_err 'not its key in this case'
	[ "$(ledger_size)" = 1 ]
}

@test "a folder that is no case" {
	cf join --all --case "$BATS_TEST_TMPDIR"
	assert_status 3
	assert_one_error
	assert_err 'is no case' '--case DIR' 'counterfoil init'
}

@test "a key that is not there" {
	at 2023-06-20T12:05:00Z join --as nobody.example
	assert_status 3
	assert_one_error
	assert_err 'no key of nobody.example' 'counterfoil key new'
}
