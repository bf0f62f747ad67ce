#!/usr/bin/env bats
# counterfoil policy: red lines, open and required fields, the quorum.

load helper

setup_file() { make_case; }
setup() { use_case; }

@test "a red line signed by two sides is agreed" {
	at 2023-06-22T10:00:00Z policy --red-line council.example \
	    --reason 'agreed by both sides' \
	    --as police.example --as owner.example
	assert_status 0
	assert_out 'policy' '[good]'
	[ -z "$stderr" ]
	at 2023-06-22T10:00:00Z show
	assert_out 'council.example: agreed by police.example and owner.example'
}

@test "a red line signed by one side is declared" {
	must 2023-06-22T10:00:00Z policy --red-line council.example \
	    --as owner.example
	at 2023-06-22T10:00:00Z show --json
	assert_json 'j["red_lines"] == [{"party": "council.example",
	    "agreed": False, "by": ["owner.example"]}]'
}

@test "a red line falls only with everyone who drew it" {
	must 2023-06-22T10:00:00Z policy --red-line council.example \
	    --as police.example --as owner.example
	must 2023-06-22T11:00:00Z policy --lift council.example \
	    --as police.example
	at 2023-06-22T11:00:00Z show --json
	assert_json 'len(j["red_lines"]) == 1'
	must 2023-06-22T12:00:00Z policy --lift council.example \
	    --as police.example --as owner.example
	at 2023-06-22T12:00:00Z show --json
	assert_json 'j["red_lines"] == []'
}

@test "an opened field is written in the open from then on" {
	must 2023-06-22T10:00:00Z policy --open place --as police.example
	must 2023-06-22T11:00:00Z incident damage B-0001 --place 'cellar 4' \
	    --as room.example
	at 2023-06-22T11:00:00Z show last
	assert_out 'place: cellar 4'
}

@test "a field that cannot be withheld cannot be opened" {
	before=$(ledger_size)
	at 2023-06-22T10:00:00Z policy --open quote --as police.example
	assert_status 2
	assert_one_error
	assert_err 'open: "quote"'
	[ "$(ledger_size)" = "$before" ]
}

@test "a red line for nobody known is refused with the nearest name" {
	before=$(ledger_size)
	at 2023-06-22T10:00:00Z policy --red-line counsil.example \
	    --as owner.example
	assert_status 3
	assert_one_error
	assert_err 'did you mean council.example?'
	[ -z "$output" ]
	[ "$(ledger_size)" = "$before" ]
}

@test "a policy without a change is a mistake" {
	at 2023-06-22T10:00:00Z policy --reason 'just so' --as owner.example
	assert_status 2
	assert_one_error
	assert_err 'nothing to change'
}

@test "who holds no policy changes none" {
	before=$(ledger_size)
	at 2023-06-22T10:00:00Z policy --red-line council.example \
	    --as notary.example
	assert_status 1
	assert_err 'refused: not-policy-holder'
	assert_out 'counterfoil-refusal/v1 not-policy-holder'
	[ "$(ledger_size)" = "$before" ]
}

@test "without a signer nothing is signed" {
	at 2023-06-22T10:00:00Z policy --red-line council.example
	assert_status 2
	assert_one_error
	assert_err '--as PARTY'
}

@test "help names every option" {
	cf policy --help
	assert_status 0
	assert_out 'usage: counterfoil policy' '--red-line PARTY' \
	    '--lift PARTY' '--open FIELD' '--require' \
	    '--witness-quorum N' '--reason TEXT'
}
