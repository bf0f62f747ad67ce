#!/usr/bin/env bats
# counterfoil search: label, serial number, seal, party, person.

load helper

setup_file() { make_case; }
setup() { use_case; }

@test "a seal leads to its package" {
	at 2023-06-22T10:00:00Z search 451002
	assert_status 0
	[ "${#lines[@]}" -eq 1 ]
	[[ ${lines[0]} == 'B-0002 seal: 451002 (list '* ]]
	[ -z "$stderr" ]
}

@test "a withheld serial number is found by its reveal" {
	at 2023-06-22T10:00:00Z search wcj6hl
	assert_status 0
	assert_out 'PC-0001-D1 serial: WCJ6HLDUM7NG (list ' ', withheld)'
}

@test "without reveals it is nowhere, and that is said" {
	rm -r "$COUNTERFOIL_CASE/private/reveals"
	at 2023-06-22T10:00:00Z search WCJ6HLDUM7NG
	assert_status 1
	[ -z "$output" ]
	assert_err 'stands nowhere in this case' 'values were not searched'
}

@test "a label is told once, however many records name it" {
	at 2023-06-22T10:00:00Z search PC-0001-D1
	assert_status 0
	[ "${#lines[@]}" -eq 1 ]
}

@test "letters are compared without regard to case, in any script" {
	must 2023-06-22T10:00:00Z incident damage B-0001 \
	    --statement 'gemeldet von STRAßE Ümit' --as room.example
	at 2023-06-22T10:00:00Z search 'strasse ümit'
	assert_status 0
	assert_out 'statement: gemeldet von STRAßE Ümit'
}

@test "persons are found" {
	must 2023-07-03T18:00:00Z claim --as notary.example --asserts received \
	    --said 2023-07-03 --speaker 'Head of the Council'
	at 2023-07-04T10:00:00Z search 'head of'
	assert_out 'speaker: Head of the Council (claim ' 'withheld)'
}

@test "--kind keeps to one kind of record" {
	make_claim
	ask_question
	at 2023-07-04T10:00:00Z search council.example --kind claim --json
	assert_status 0
	assert_json '{h["field"] for h in j["hits"]} ==
	    {"said-by", "recipient"}'
	at 2023-07-04T10:00:00Z search council.example --kind rumour
	assert_status 2
	assert_one_error
	assert_err 'no kind "rumour"'
}

@test "JSON names record, item, field and value" {
	at 2023-06-22T10:00:00Z search 451003 --json
	assert_status 0
	assert_json 'j["hits"][0]["item"] == "B-0003" and
	    j["hits"][0]["field"] == "seal" and
	    len(j["hits"][0]["record"]) == 64 and j["not_searched"] == 0'
	at 2023-06-22T10:00:00Z search nosuchthing --json
	assert_status 1
	assert_json 'j["hits"] == []'
}

@test "nothing is looked for" {
	at 2023-06-22T10:00:00Z search ' '
	assert_status 2
	assert_one_error
	cf search
	assert_status 2
	assert_one_error
}
