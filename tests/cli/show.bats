#!/usr/bin/env bats
# counterfoil show: the case, an item, a party, a record.

load helper

setup_file() { make_case; }
setup() { use_case; }

@test "the case at a glance" {
	at 2023-06-22T10:00:00Z show
	assert_status 0
	[ -z "$stderr" ]
	assert_out 'seizure.example#' 'A small seizure' \
	    '3 packages, 2 computers, 2 casings, 3 drives, 1 phone' \
	    'room.example: 3 packages' 'nobody has asked' \
	    'nothing is missing, every seal is whole' \
	    'none: every record is in order' \
	    'none is drawn' 'witnesses: none is named'
	[ "$(printf '%s\n' "$output" | wc -L)" -le 80 ]
}

@test "the glance counts from the ledger" {
	size=$(ledger_size)
	at 2023-06-22T10:00:00Z show --json
	assert_json "j['ledger']['size'] == $size"
	assert_json 'j["items"] == {"package": 3, "computer": 2, "casing": 2,
	    "drive": 3, "phone": 1}'
	assert_json 'j["held_by"] == [{"party": "room.example",
	    "items": j["items"]}]'
	assert_json 'j["questions"] == [] and j["alarms"] == [] and
	    j["not_good"] == [] and j["offers"] == []'
}

@test "the glance shows questions with their days" {
	make_claim
	ask_question
	at 2023-07-12T12:00:00Z show
	assert_out 'hardware: 3 CONTESTED, 3 NOT SHOWN' \
	    'police.example: OVERDUE by 2 days'
	assert_words 'Part of the drives have been received.'
	at 2023-07-12T12:00:00Z show --json
	assert_json 'j["questions"][0]["hardware"] == {"CONTESTED": 3,
	    "NOT-SHOWN": 3}'
	assert_json 'j["questions"][0]["addressees"] == [{
	    "party": "police.example", "due": "2023-07-11T00:00:00Z",
	    "status": "overdue", "days": 2}]'
}

@test "an item has a timeline with who held it" {
	at 2023-06-22T10:00:00Z show PC-0001-D1
	assert_status 0
	assert_out 'PC-0001-D1, drive' 'held by room.example' \
	    'in: PC-0001, in B-0001 (seal 451001)' 'serial: WCJ6HLDUM7NG' \
	    '2023-06-20 14:00  seized by police.example' \
	    '2023-06-21 09:40  handed over (in B-0001) by police.example' \
	    'then held by police.example' 'then held by room.example'
}

@test "an item as JSON" {
	at 2023-06-22T10:00:00Z show PC-0001-D1 --json
	assert_json 'j["type"] == "drive" and j["in"] == "PC-0001"'
	assert_json 'j["listed"]["serial"] == "WCJ6HLDUM7NG"'
	assert_json '[(s["what"], s["held_by"]) for s in j["timeline"]] ==
	    [("seized", ["police.example"]), ("given", ["room.example"])]'
}

@test "without the reveals a withheld value is not shown" {
	rm -r "$COUNTERFOIL_CASE/private/reveals"
	at 2023-06-22T10:00:00Z show PC-0001-D1
	assert_status 0
	assert_out 'serial: (withheld)'
	refute_out 'WCJ6HLDUM7NG'
	at 2023-06-22T10:00:00Z show PC-0001-D1 --json
	assert_json 'j["listed"]["serial"] is None'
}

@test "a forged reveal is an error, not a value" {
	sed -i 's/WCJ6HLDUM7NG/WCJ6HLDUM7NH/' \
	    "$COUNTERFOIL_CASE"/private/reveals/*.txt
	at 2023-06-22T10:00:00Z show PC-0001-D1
	assert_status 1
	assert_one_error
	assert_err 'not the value that was signed'
}

@test "a package shows what it holds" {
	at 2023-06-22T10:00:00Z show B-0003
	assert_out 'enclosing seal: 451003' 'holds: PH-0001'
}

@test "what is missing, broken or open stands on the first screen" {
	must 2023-07-12T10:00:00Z inspect --all-sealed --broken B-0001 \
	    --missing PC-0001-D1 --missing PC-0001-D2 --also-in none \
	    --as room.example --as court.example
	must 2023-07-12T11:00:00Z handling open B-0002 --order 'order 1/23' \
	    --as room.example --as notary.example
	at 2023-07-12T12:00:00Z show
	assert_words 'PC-0001-D1, PC-0001-D2: missing, says inspection' \
	    'B-0001: seal broken, says inspection' \
	    'B-0002: opened and not sealed since, says handling'
	at 2023-07-12T12:00:00Z show --json
	assert_json 'sorted((t["item"], t["what"]) for t in j["troubles"]) == [
	    ("B-0001", "seal-broken"), ("B-0002", "not-resealed"),
	    ("PC-0001-D1", "missing"), ("PC-0001-D2", "missing")]'
	at 2023-07-12T12:00:00Z show PC-0001-D1
	assert_out 'in B-0001 (seal 451001, BROKEN)' 'not found as listed'
}

@test "counts that were claimed stand with their number" {
	must 2023-07-03T18:00:00Z claim --as notary.example --asserts count \
	    --count '150 computer' --said 2023-07-03 --said-by police.example
	at 2023-07-04T10:00:00Z show
	assert_words 'said 2023-07-03 by police.example: count, 150 computer'
}

@test "what else speaks of an item" {
	make_claim
	at 2023-07-04T10:00:00Z show PC-0001-D1
	assert_words 'WHAT ELSE SPEAKS OF IT claim' \
	    'Part of the drives have been received.'
	at 2023-07-04T10:00:00Z show PC-0001-C
	assert_words 'WHAT ELSE SPEAKS OF IT no claim'
}

@test "a party shows what it holds and held" {
	at 2023-06-22T10:00:00Z show police.example
	assert_status 0
	assert_out 'side: authority; organisation: police.example' \
	    'policy holder' 'now: nothing' 'at any time: 3 packages' \
	    'handover'
	at 2023-06-22T10:00:00Z show council.example
	assert_out 'named only' 'it has signed nothing'
	at 2023-06-22T10:00:00Z show room.example --json
	assert_json 'j["holds"]["package"] == 3 and j["side"] == "authority"
	    and j["key"].startswith("room.example+")'
}

@test "a record is shown as it was signed, with its standing" {
	at 2023-06-22T10:00:00Z show last
	assert_status 0
	assert_out 'standing: good' 'counterfoil-record/v1 handover' \
	    'counted-by-receiver: 3' '— police.example ' '— room.example '
	at 2023-06-22T10:00:00Z show last --json
	assert_json 'j["kind"] == "handover" and j["standing"] == "good" and
	    j["signers"] == ["police.example", "room.example"]'
}

@test "what nobody knows is answered with the nearest" {
	at 2023-06-22T10:00:00Z show PC-0001-D3
	assert_status 3
	assert_one_error
	assert_err 'did you mean PC-0001-D'
	at 2023-06-22T10:00:00Z show polise.example
	assert_status 3
	assert_err 'did you mean police.example?'
	at 2023-06-22T10:00:00Z show deadbeef
	assert_status 3
	assert_one_error
}

@test "a folder that is no case is said to be none" {
	mkdir empty
	cf show --case empty
	assert_status 3
	assert_one_error
	assert_err 'is no case'
}

@test "control characters of a record never reach the terminal" {
	must 2023-06-22T10:00:00Z incident damage B-0001 \
	    --statement 'a tab and a bell are refused before' \
	    --as room.example
	at 2023-06-22T10:00:00Z incident damage B-0001 \
	    --statement $'bell \a' --as room.example
	assert_status 2
	assert_one_error
	assert_err 'U+0007'
}

@test "an order of a computer speaks of its drives, an extension of no more" {
	must 2023-06-22T10:00:00Z order authorisation --concerns PC-0001 \
	    --permits image --until 2023-08-01 --as court.example
	must 2023-06-22T10:10:00Z order extension --order last \
	    --until 2023-09-01 --as court.example
	at 2023-06-22T11:00:00Z show PC-0001-D1
	assert_words 'authorisation by court.example' 'extension by'
	at 2023-06-22T11:00:00Z show B-0002
	refute_out 'extension by'
	refute_out 'authorisation by'
}
