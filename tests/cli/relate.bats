#!/usr/bin/env bats
# counterfoil relate: one party acts for another.

load helper

setup_file() { make_case; }
setup() { use_case; }

@test "an established relation keeps its document by digest" {
	echo 'a decree' >decree.txt
	at 2023-06-22T10:00:00Z relate ministry.example \
	    --acts-for council.example --basis established \
	    --document decree.txt --as owner.example
	assert_status 0
	assert_out 'relation' '[good]'
	digest=$(sha256sum decree.txt | cut -d ' ' -f 1)
	cmp decree.txt "$COUNTERFOIL_CASE/evidence/$digest"
	[ "$(stat -c %a "$COUNTERFOIL_CASE/evidence/$digest")" = 600 ]
	at 2023-06-22T10:00:00Z show last
	assert_out "document: $digest" 'basis: established'
}

@test "what is established needs a document" {
	before=$(ledger_size)
	at 2023-06-22T10:00:00Z relate ministry.example \
	    --acts-for council.example --basis established --as owner.example
	assert_status 2
	assert_one_error
	assert_err '--document FILE'
	[ "$(ledger_size)" = "$before" ]
}

@test "an asserted relation binds nobody" {
	must 2023-06-22T10:00:00Z relate room.example \
	    --acts-for ministry.example --basis asserted --said 2023-06-21 \
	    --through 'a news report' --as owner.example
	at 2023-06-22T10:00:00Z show room.example --json
	assert_json 'j["relations"][0]["acts_for"] == "ministry.example"'
	assert_json 'j["relations"][0]["binding"] is False'
}

@test "a party that acts behind a red line raises an alarm" {
	must 2023-06-22T10:00:00Z policy --red-line council.example \
	    --as police.example --as owner.example
	echo 'a contract' >contract.txt
	must 2023-06-22T11:00:00Z relate room.example \
	    --acts-for council.example --basis established \
	    --document contract.txt --as owner.example
	at 2023-06-22T11:00:00Z show
	assert_words 'room.example has held items and is behind the red' \
	    'the red line for council.example'
	at 2023-06-22T11:00:00Z show room.example
	assert_out 'since it acts for council.example'
}

@test "the basis is one of three words" {
	at 2023-06-22T10:00:00Z relate ministry.example \
	    --acts-for council.example --basis rumoured --as owner.example
	assert_status 2
	assert_one_error
	assert_err 'declared established asserted'
}

@test "a document that is not there stops it" {
	before=$(ledger_size)
	at 2023-06-22T10:00:00Z relate ministry.example \
	    --acts-for council.example --basis established \
	    --document missing.txt --as owner.example
	assert_status 3
	assert_one_error
	assert_err 'missing.txt'
	[ "$(ledger_size)" = "$before" ]
}

@test "both parties must be known" {
	at 2023-06-22T10:00:00Z relate ministri.example \
	    --acts-for council.example --basis asserted --as owner.example
	assert_status 3
	assert_err 'did you mean ministry.example?'
	at 2023-06-22T10:00:00Z relate ministry.example \
	    --acts-for nobody.example --basis asserted --as owner.example
	assert_status 3
	assert_one_error
}

@test "--acts-for is required" {
	at 2023-06-22T10:00:00Z relate ministry.example --basis asserted \
	    --as owner.example
	assert_status 2
	assert_one_error
	assert_err '--acts-for PARTY is missing'
}
