#!/usr/bin/env bats
# counterfoil receipt: what a signer keeps.

load helper

setup_file() { make_case; }
setup() { use_case; }

@test "a receipt is printed, and holds" {
	cf receipt last
	assert_status 0
	[ "${lines[0]}" = counterfoil-receipt/v1 ]
	[ -z "$stderr" ]
	"$COUNTERFOIL" receipt last >last.receipt
	cf verify last.receipt
	assert_status 0
	assert_out 'This receipt HOLDS' 'handover'
}

@test "a receipt is written to a file" {
	cf receipt last -o hand.receipt
	assert_status 0
	assert_out 'hand.receipt: receipt of handover'
	cf verify hand.receipt
	assert_status 0
}

@test "a record is named by the start of its id" {
	id=$(record_id)
	cf receipt "${id:0:6}"
	assert_status 0
	assert_out "handover"
}

@test "every record left a receipt when it was entered" {
	[ "$(ls "$COUNTERFOIL_CASE"/private/receipts | wc -l)" = \
	    "$(ledger_size)" ]
	for receipt in "$COUNTERFOIL_CASE"/private/receipts/*; do
		cf verify "$receipt"
		assert_status 0
	done
}

@test "the ledger's key can be pinned" {
	cf receipt last -o hand.receipt
	cf verify hand.receipt --pin "$COUNTERFOIL_CASE/private/log.key"
	assert_status 0
	COUNTERFOIL_KEYS=$PWD cf key new seizure.example --plain
	cf verify hand.receipt --pin seizure.example.key
	assert_status 1
	assert_one_error
	assert_err 'FALSE'
}

@test "an altered receipt is false" {
	cf receipt last -o hand.receipt
	sed 's/^to: room.example/to: loom.example/' hand.receipt >bad.receipt
	cf verify bad.receipt
	assert_status 1
	assert_one_error
	assert_err 'bad.receipt: FALSE'
}

@test "a record that is not there" {
	cf receipt 0123
	assert_status 3
	assert_one_error
	assert_err 'no record'
	cf receipt 01
	assert_status 3
	assert_one_error
}
