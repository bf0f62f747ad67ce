#!/usr/bin/env bats
# counterfoil incident: what went wrong, by whoever discovered it.

load helper

setup_file() { make_case; }
setup() { use_case; }

@test "the holder reports a broken seal" {
	at 2023-06-22T10:00:00Z incident seal-broken B-0001 \
	    --statement 'found open in the morning' --as room.example
	assert_status 0
	assert_out 'incident' '(1 item)' '[good]'
	at 2023-06-22T10:00:00Z show --json
	assert_json '[(t["item"], t["what"]) for t in j["troubles"]] ==
	    [("B-0001", "seal-broken")]'
	at 2023-06-22T10:00:00Z show B-0001
	assert_out 'seal found broken' 'found open in the morning'
}

@test "several items share one incident" {
	at 2023-06-22T10:00:00Z incident loss B-0001 B-0002 --as room.example
	assert_status 0
	assert_out '(2 items)'
}

@test "a place is withheld, its reveal is kept" {
	must 2023-06-22T10:00:00Z incident damage B-0001 --place 'cellar 4' \
	    --remark 'water' --as room.example
	at 2023-06-22T10:00:00Z show last
	assert_out 'place~: ' 'remark~: ' 'place: cellar 4' 'remark: water'
	run grep -r 'cellar 4' "$COUNTERFOIL_CASE/log"
	[ "$status" -eq 1 ]
}

@test "who holds nothing is refused, unless it is said all the same" {
	before=$(ledger_size)
	at 2023-06-22T10:00:00Z incident loss B-0001 --as police.example
	assert_status 1
	assert_err 'refused: not-holder: B-0001'
	[ "$(ledger_size)" = "$before" ]
	at 2023-06-22T10:00:00Z incident loss B-0001 --as police.example \
	    --although
	assert_status 0
	assert_out '[not-holder: not-holder]' 'marked as not-holder'
	at 2023-06-22T10:00:00Z show
	assert_out 'not-holder'
}

@test "a disinterested party may report too" {
	must 2023-06-22T10:00:00Z incident damage B-0001 --as court.example
	assert_out '[good]'
}

@test "an unknown item is named with the nearest" {
	at 2023-06-22T10:00:00Z incident loss B-0009 --as room.example
	assert_status 3
	assert_one_error
	assert_err 'B-0009' 'did you mean'
}

@test "an unknown word is answered with those that are known" {
	at 2023-06-22T10:00:00Z incident vanished B-0001 --as room.example
	assert_status 2
	assert_one_error
	assert_err 'loss theft damage seal-broken'
}

@test "without an item there is no incident" {
	at 2023-06-22T10:00:00Z incident loss --as room.example
	assert_status 2
	assert_one_error
	assert_err 'usage: counterfoil incident'
}

@test "what is entered late says why" {
	at 2023-06-25T10:00:00Z incident damage B-0001 \
	    --at 2023-06-22T10:00:00Z --as room.example
	assert_status 2
	assert_one_error
	assert_err '--late REASON'
	must 2023-06-25T10:00:00Z incident damage B-0001 \
	    --at 2023-06-22T10:00:00Z --late 'found in the book' \
	    --as room.example
}
