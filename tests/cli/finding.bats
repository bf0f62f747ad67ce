#!/usr/bin/env bats
# counterfoil finding: the screen, the machine form, JSON.

load helper

setup_file() { make_case; }
setup() { use_case; }

@test "the screen has its sections" {
	make_claim
	ask_question
	at 2023-07-12T12:00:00Z finding last
	assert_status 0
	[ -z "$stderr" ]
	assert_out 'QUESTION' 'ANSWERS' 'FINDING as of 2023-07-12 12:00 UTC' \
	    'WHY' 'WHAT WOULD SETTLE IT' 'HOW IT WAS CHECKED' \
	    '3 CONTESTED' 'police.example: OVERDUE by 2 days'
}

@test "no line is wider than a terminal and there is no colour in a pipe" {
	make_claim
	ask_question
	at 2023-07-12T12:00:00Z finding last
	[ "$(printf '%s\n' "$output" | wc -L)" -le 80 ]
	[[ $output != *$'\033'* ]]
}

@test "the machine form has a line for every thing and form" {
	make_claim
	claim=$(record_id)
	ask_question
	at 2023-07-12T12:00:00Z finding last --machine
	assert_status 0
	[ "${#lines[@]}" -eq 13 ]
	[[ ${lines[0]} == '- unlisted '* ]]
	assert_out "PC-0001-D1 hardware CONTESTED claim:$claim" \
	    "PC-0001-D1 data CONTESTED claim:$claim" \
	    'PC-0001-C hardware NOT-SHOWN last-sighting:-'
}

@test "JSON says the same" {
	make_claim
	ask_question
	at 2023-07-12T12:00:00Z finding last --json
	assert_status 0
	assert_json '{(l["item"], l["form"]): l["word"] for l in j["lines"]}[
	    ("PC-0001-D1", "data")] == "CONTESTED"'
	assert_json 'j["question"]["recipient"] == "council.example"'
	assert_json 'j["addressees"][0]["status"] == "overdue" and
	    j["addressees"][0]["days"] == 2'
	assert_json 'j["as_of"]["witnessed"] is False'
	assert_json 'j["unlisted"]["word"] in ("CONTESTED", "NOT-SHOWN",
	    "NO-UNWITNESSED", "NO")'
}

@test "a past time sees only what was entered then" {
	make_claim
	ask_question
	must 2023-07-11T12:00:00Z answer last --answer no --as police.example
	at 2023-07-12T12:00:00Z finding last --at-time 2023-07-05T12:00:00Z \
	    --json
	assert_status 0
	assert_json 'j["as_of"]["size"] == 9'
	assert_json 'j["addressees"][0]["status"] == "open"'
	at 2023-07-12T12:00:00Z finding last --json
	assert_json 'j["addressees"][0]["status"] == "answered"'
}

@test "the same finding has the same bytes" {
	make_claim
	ask_question
	at 2023-07-12T12:00:00Z finding last
	first=$output
	must 2023-07-13T09:00:00Z claim --as notary.example --asserts denied \
	    --said 2023-07-13
	at 2023-07-14T12:00:00Z finding last --at-time 2023-07-12T12:00:00Z
	[ "$output" = "$first" ]
}

@test "a time to come, and a time before the question" {
	ask_question
	at 2023-07-12T12:00:00Z finding last --at-time 2023-08-01T00:00:00Z
	assert_status 2
	assert_one_error
	assert_err 'in the future'
	at 2023-07-12T12:00:00Z finding last --at-time 2023-07-01T00:00:00Z
	assert_status 2
	assert_err 'before the question'
}

@test "a question is named by the start of its id" {
	ask_question
	id=$(record_id)
	at 2023-07-12T12:00:00Z finding "${id:0:8}"
	assert_status 0
	at 2023-07-12T12:00:00Z finding "${id:0:3}"
	assert_status 3
	assert_one_error
	assert_err 'at least 4'
}

@test "without a question there is no finding" {
	at 2023-07-12T12:00:00Z finding last
	assert_status 3
	assert_one_error
	assert_err 'no question'
}

@test "another record is no question" {
	make_claim
	at 2023-07-12T12:00:00Z finding "$(record_id)"
	assert_status 2
	assert_one_error
	assert_err 'is a claim'
}

@test "--json or --machine" {
	ask_question
	at 2023-07-12T12:00:00Z finding last --json --machine
	assert_status 2
	assert_one_error
}
