#!/usr/bin/env bats
# counterfoil record: any kind, guided by the schema.

load helper

setup_file() { make_case; }
setup() { use_case; }

@test "without a kind, the kinds are listed" {
	cf record
	assert_status 0
	for kind in case join policy relation list seizure handover handling \
	    inspection claim assessment question answer incident; do
		printf '%s\n' "$output" | grep -q "^$kind  *[a-z]"
	done
	cf record --json
	assert_json 'len(j) == 28 and all(k["says"] for k in j)'
}

@test "--fields tells every field of every kind" {
	cf record --json
	kinds=$(printf '%s' "$output" | python3 -c '
import json, sys
for kind in json.load(sys.stdin):
    print(kind["kind"])')
	for kind in $kinds; do
		cf record "$kind" --fields --json
		assert_status 0
		assert_json 'j["fields"] and all(
		    f["help"] and f["looks_like"] for f in
		    j["fields"] + j["block_fields"])'
	done
	cf record handover --fields
	assert_out 'counted-by-giver' 'required' 'for each item:' \
	    'one of intact broken' 'withheld unless the policy opens it'
}

@test "a record is made of fields" {
	at 2023-07-03T18:00:00Z record claim asserts=received \
	    said=2023-07-03 'quote=all = of it' --as notary.example
	assert_status 0
	assert_out 'claim' '[good]'
	at 2023-07-03T18:00:00Z show last
	assert_out 'quote: all = of it'
}

@test "items follow with their own fields" {
	at 2023-06-22T10:00:00Z record incident what=damage \
	    statement=dropped B-0001: 'condition=corner dented' B-0002: \
	    --as room.example
	assert_status 0
	assert_out '(2 items)'
	at 2023-06-22T10:00:00Z show last
	assert_out $'item: B-0001\n  condition: corner dented\nitem: B-0002'
}

@test "a list in one part gets its population" {
	at 2023-06-22T10:00:00Z record list part=1/1 \
	    'found-late=under a desk' M-0001: type=medium serial=XY1 \
	    --as room.example --as notary.example
	assert_status 0
	assert_out 'list' '(1 item)'
	at 2023-06-22T10:00:00Z record list part=1/2 M-0002: type=medium \
	    --as room.example --as notary.example
	assert_status 2
	assert_one_error
	assert_err 'population=HEX'
}

@test "signers are named, or offered to" {
	before=$(ledger_size)
	at 2023-07-12T10:00:00Z record inspection custodian=room.example \
	    inspector=court.example B-0001: seen=label-read \
	    --signer room.example --signer court.example --as room.example
	assert_status 0
	assert_out 'still to sign: court.example'
	[ "$(ledger_size)" = "$before" ]
}

@test "a field that the kind does not have is named" {
	at 2023-07-03T18:00:00Z record claim colour=red --as notary.example
	assert_status 2
	assert_one_error
	assert_err 'no field "colour"' 'record claim --fields'
	at 2023-07-03T18:00:00Z record incident what=loss B-0001: what=loss \
	    --as room.example
	assert_status 2
	assert_err 'an item of a incident' || assert_err 'has no field "what"'
}

@test "what the program writes itself is not given as a field" {
	at 2023-07-03T18:00:00Z record claim at=2023-07-03T10:00:00Z \
	    asserts=received said=2023-07-03 --as notary.example
	assert_status 2
	assert_one_error
	assert_err '--at TIME'
}

@test "a word that is neither field nor item" {
	at 2023-07-03T18:00:00Z record claim received --as notary.example
	assert_status 2
	assert_one_error
	assert_err 'neither FIELD=VALUE nor ITEM:'
}

@test "a required field that is missing is named" {
	before=$(ledger_size)
	at 2023-07-03T18:00:00Z record claim asserts=received \
	    --as notary.example
	assert_status 2
	assert_one_error
	assert_err 'said is missing'
	[ "$(ledger_size)" = "$before" ]
}

@test "an unknown kind, a case, and a table that is asked for twice" {
	cf record rumour
	assert_status 2
	assert_one_error
	assert_err 'no kind "rumour"'
	cf record case name=x --as police.example
	assert_status 2
	assert_err 'counterfoil init'
	at 2023-07-03T18:00:00Z record claim said=2023-07-03 --json \
	    --as notary.example
	assert_status 2
	assert_err '--fields'
}

@test "without a terminal nothing is asked" {
	at 2023-07-03T18:00:00Z record claim --as notary.example
	assert_status 2
	assert_one_error
	assert_err 'FIELD=VALUE'
}

@test "--although is for what has happened" {
	at 2023-07-03T18:00:00Z record claim asserts=received \
	    said=2023-07-03 --although --as notary.example
	assert_status 2
	assert_one_error
	at 2023-06-22T10:00:00Z record incident what=loss B-0001: \
	    --as police.example --although
	assert_status 0
	assert_out '[not-holder: not-holder]'
}

@test "at a terminal it asks field by field" {
	command -v script >/dev/null || skip 'no script(1)'
	# claim: asserts, blank, said-by, speaker, a bad date, said, blanks
	printf '%s\n' received '' '' '' someday 2023-07-03 '' '' '' '' '' '' \
	    '' '' '' '' '' '' '' y >typed
	run script -qec "$COUNTERFOIL record claim --as notary.example \
	    --now 2023-07-03T18:00:00Z" /dev/null <typed
	assert_status 0
	assert_out 'asserts (what is said to have happened' \
	    'said: "someday" is not' 'Sign this?' '[good]'
}
