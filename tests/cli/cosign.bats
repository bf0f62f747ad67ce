#!/usr/bin/env bats
# counterfoil cosign: a witness that never takes back what it has seen.

load helper

setup_file() {
	export COUNTERFOIL_KEYS=$BATS_FILE_TMPDIR/keys
	{ roster; echo 'witness.example,witness,,,new,,'; } \
	    >"$BATS_FILE_TMPDIR/parties.csv"
	at 2023-06-20T12:00:00Z init "$BATS_FILE_TMPDIR/case" \
	    --name seizure.example --roster "$BATS_FILE_TMPDIR/parties.csv" \
	    --plain-keys
}

setup() {
	use_case
	cp "$COUNTERFOIL_KEYS/witness.example.key" witness.key
}

cosign() {
	at 2023-06-20T13:00:00Z cosign --key witness.key "$@"
}

@test "the checkpoint carries the cosignature, and shows it" {
	cosign
	assert_status 0
	assert_out 'cosigned: size 1, by witness.example' \
	    'at 2023-06-20T13:00:00Z'
	grep -q '^— witness.example ' "$COUNTERFOIL_CASE/log/checkpoint"
	[ "$(sed -n 2p witness.key.state)" = 1 ]
	at 2023-06-20T13:00:00Z show
	assert_out 'witness.example'
	cf fsck
	assert_status 0
}

@test "a cosignature keeps its first time" {
	cosign
	before=$(cat "$COUNTERFOIL_CASE/log/checkpoint")
	at 2023-06-20T14:00:00Z cosign --key witness.key
	assert_status 0
	assert_out 'cosigned already' '2023-06-20T13:00:00Z'
	[ "$(cat "$COUNTERFOIL_CASE/log/checkpoint")" = "$before" ]
}

@test "a ledger that grew is cosigned again" {
	cosign
	must 2023-06-20T13:30:00Z join --as court.example
	at 2023-06-20T14:00:00Z cosign --key witness.key
	assert_status 0
	assert_out 'cosigned: size 2'
	[ "$(sed -n 2p witness.key.state)" = 2 ]
}

@test "a ledger that was set back is refused" {
	cp -R "$COUNTERFOIL_CASE" old
	must 2023-06-20T13:30:00Z join --as court.example
	at 2023-06-20T14:00:00Z cosign --key witness.key
	at 2023-06-20T15:00:00Z cosign --key witness.key --case old
	assert_status 1
	assert_one_error
	assert_err 'refused' 'set back'
	! grep -q witness.example old/log/checkpoint
}

@test "another history is refused" {
	cp -R "$COUNTERFOIL_CASE" other
	must 2023-06-20T13:30:00Z join --as court.example
	at 2023-06-20T14:00:00Z cosign --key witness.key
	at 2023-06-20T13:31:00Z join --as notary.example --case other
	assert_status 0
	at 2023-06-20T15:00:00Z cosign --key witness.key --case other
	assert_status 1
	assert_one_error
	assert_err 'refused' 'another history'
	! grep -q witness.example other/log/checkpoint
}

@test "the state is where --state says" {
	cosign --state memory
	assert_status 0
	[ -e memory ]
	[ ! -e witness.key.state ]
}

@test "the state of another ledger" {
	at 2023-06-20T12:00:00Z init second --name second.example \
	    --roster "$BATS_FILE_TMPDIR/parties.csv" --plain-keys
	assert_status 0
	cosign
	cosign --case second
	assert_status 3
	assert_one_error
	assert_err '--state FILE'
}

@test "a state that is damaged" {
	cosign
	echo nonsense >witness.key.state
	must 2023-06-20T13:30:00Z join --as court.example
	at 2023-06-20T14:00:00Z cosign --key witness.key
	assert_status 3
	assert_one_error
	assert_err 'witness.key.state'
}

@test "a party's key does not cosign" {
	at 2023-06-20T13:00:00Z cosign \
	    --key "$COUNTERFOIL_KEYS/court.example.key"
	assert_status 2
	assert_one_error
	assert_err '--witness'
}

@test "a witness that the case does not name is told so" {
	COUNTERFOIL_KEYS=$PWD cf key new stranger.example --witness --plain
	at 2023-06-20T13:00:00Z cosign --key stranger.example.key
	assert_status 0
	assert_err 'no witness of this case'
}

@test "--key is needed" {
	at 2023-06-20T13:00:00Z cosign
	assert_status 2
	assert_one_error
	assert_err '--key FILE is missing'
}
