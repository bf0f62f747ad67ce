#!/usr/bin/env bats
# counterfoil inspect: a scanned list in; found, missing and unexpected out.

load helper

setup_file() { make_case; }
setup() { use_case; }

# Compares only.
look() {
	at 2023-07-12T10:00:00Z inspect --dry-run --as room.example "$@"
}

count_is() { # RESULT NUMBER
	assert_json "j['counts']['$1'] == $2"
}

@test "everything sealed is seen with its recorded seal" {
	at 2023-07-12T10:00:00Z inspect --all-sealed --also-in none \
	    --as room.example --as court.example
	assert_status 0
	assert_out 'should be there     3' 'found               3' \
	    'missing             0' 'inspection' '(3 items)' '[good]'
	at 2023-07-12T10:00:00Z show last
	assert_out 'custodian: room.example' 'inspector: court.example' \
	    'also-in: none' 'item: B-0002' '  seen: package-sealed' \
	    '  seal: 451002' '  state: intact'
}

@test "it settles the question" {
	ask_question
	must 2023-07-12T10:00:00Z inspect --all-sealed --also-in none \
	    --as room.example --as court.example
	at 2023-07-12T12:00:00Z finding last
	assert_out '3 NO (unwitnessed)'
}

@test "broken and missing things are named and recorded" {
	at 2023-07-12T10:00:00Z inspect --all-sealed --broken B-0001 \
	    --missing PC-0001-D1 --also-in none --as room.example \
	    --as court.example
	assert_status 0
	assert_out 'seal broken         1  B-0001' \
	    'missing             1  PC-0001-D1' 'found               2'
	at 2023-07-12T10:00:00Z show --json
	assert_json 'sorted((t["item"], t["what"]) for t in j["troubles"]) ==
	    [("B-0001", "seal-broken"), ("PC-0001-D1", "missing")]'
}

@test "a scanned list is compared line by line" {
	printf '%s\n' '# shelf 1' 'B-0001,451001' 'B-0002,999' \
	    'B-0003,451003,broken' 'X-0001' >shelf.txt
	look --scan shelf.txt --json
	assert_status 1
	count_is found 1
	count_is seal-differs 1
	count_is seal-broken 1
	count_is unexpected 1
	count_is missing 0
	count_is not-looked-at 0
	look --scan shelf.txt
	assert_out 'B-0002 (recorded 451002, seen 999)' 'X-0001 (not listed)'
}

@test "a dry run changes nothing and is true when all is well" {
	before=$(ledger_size)
	printf 'B-0001,451001\r\nB-0002,451002,intact\r\n' >shelf.txt
	look --scan shelf.txt
	assert_status 0
	assert_out 'not looked at       1  B-0003'
	[ "$(ledger_size)" = "$before" ]
}

@test "what was not scanned is missing only in a full inventory" {
	echo 'B-0001,451001' >shelf.txt
	look --scan shelf.txt --json
	assert_status 0
	count_is not-looked-at 2
	look --scan shelf.txt --full --json
	assert_status 1
	count_is missing 2
	must 2023-07-12T10:00:00Z inspect --scan shelf.txt \
	    --as room.example --as court.example
	assert_out '(1 item)'
}

@test "a label alone identifies nothing" {
	echo 'B-0001' >shelf.txt
	must 2023-07-12T10:00:00Z inspect --scan shelf.txt --as room.example \
	    --as court.example
	at 2023-07-12T10:00:00Z show last
	assert_out '  seen: label-read'
	refute_out 'seal: 451001'
}

@test "--seen says how scanned labels were seen" {
	echo 'B-0001' >shelf.txt
	must 2023-07-12T10:00:00Z inspect --scan shelf.txt \
	    --seen package-sealed --as room.example --as court.example
	at 2023-07-12T10:00:00Z show last
	assert_out '  seen: package-sealed' '  seal: 451001'
}

@test "serial numbers are compared with the list" {
	printf '%s\n' 'PC-0001-D1,serial,WCJ6HLDUM7NG' \
	    'PC-0002-D1,serial,OTHER' 'PC-0001-D2,serial,none visible' \
	    >drives.txt
	look --scan drives.txt --json
	assert_status 1
	assert_json '{i["item"]: (i["result"], i["seen"]) for i in j["items"]
	    if i["seen"]} == {
	    "PC-0001-D1": ("found", "serial-read"),
	    "PC-0002-D1": ("other", "serial-read"),
	    "PC-0001-D2": ("found", "label-read")}'
}

@test "a serial number whose reveal is elsewhere cannot be compared" {
	rm -r "$COUNTERFOIL_CASE/private/reveals"
	echo 'PC-0001-D1,serial,WCJ6HLDUM7NG' >drives.txt
	look --scan drives.txt
	assert_status 3
	assert_one_error
	assert_err 'drives.txt:1' 'reveal is not in this folder'
}

@test "another seal than recorded is refused, or entered as a breach" {
	before=$(ledger_size)
	echo 'B-0002,999' >shelf.txt
	at 2023-07-12T10:00:00Z inspect --scan shelf.txt --as room.example \
	    --as court.example
	assert_status 1
	assert_err 'refused: seal-unexplained: B-0002'
	[ "$(ledger_size)" = "$before" ]
	must 2023-07-12T10:00:00Z inspect --scan shelf.txt --as room.example \
	    --as court.example --although
	assert_out '[breach: seal-unexplained]'
}

@test "unexpected things are recorded unless told otherwise" {
	printf '%s\n' 'B-0001,451001' 'X-0001' >shelf.txt
	must 2023-07-12T10:00:00Z inspect --scan shelf.txt --as room.example \
	    --as court.example
	assert_out '(2 items)'
	at 2023-07-12T10:00:00Z show last
	assert_out '  found: unexpected'
	must 2023-07-12T11:00:00Z inspect --scan shelf.txt --only-seen \
	    --as room.example --as court.example
	assert_out '(1 item)'
}

@test "items are given by name and by how they were seen" {
	at 2023-07-12T10:00:00Z inspect --items B-0001,B-0002 \
	    --as room.example --as court.example
	assert_status 2
	assert_one_error
	assert_err '--seen'
	must 2023-07-12T10:00:00Z inspect --items B-0001,B-0002 \
	    --seen package-sealed --as room.example --as court.example
	assert_out '(2 items)'
	look --items B-0001,B-0009 --seen package-sealed
	assert_status 3
	assert_err 'B-0009'
}

@test "a drive is not seen sealed" {
	look --items PC-0001-D1 --seen package-sealed
	assert_status 2
	assert_one_error
	assert_err 'no recorded seal'
}

@test "bad lines of a scan are named" {
	printf '%s\n' 'B-0001,451001' 'B-0001,451001' >shelf.txt
	look --scan shelf.txt
	assert_status 2
	assert_one_error
	assert_err 'shelf.txt:2'
	echo 'B-0001,451001,torn' >shelf.txt
	look --scan shelf.txt
	assert_status 2
	assert_err 'shelf.txt:1' 'intact or broken'
}

@test "what somebody else holds is not missing here" {
	at 2023-07-12T10:00:00Z inspect --missing B-0001 --dry-run \
	    --custodian police.example
	assert_status 2
	assert_one_error
	assert_err 'not held by police.example'
}

@test "--json goes with --dry-run, and something must be looked at" {
	at 2023-07-12T10:00:00Z inspect --all-sealed --json --as room.example
	assert_status 2
	assert_err '--dry-run'
	at 2023-07-12T10:00:00Z inspect --as room.example
	assert_status 2
	assert_one_error
	assert_err 'what was looked at?'
}

@test "who holds nothing must say who does" {
	at 2023-07-12T10:00:00Z inspect --all-sealed --as court.example
	assert_status 2
	assert_one_error
	assert_err '--custodian PARTY'
}

@test "a scan comes from standard input too" {
	run --separate-stderr bash -c 'echo B-0001,451001 |
	    "$COUNTERFOIL" inspect --scan - --dry-run --as room.example \
	    --now 2023-07-12T10:00:00Z'
	assert_status 0
	assert_out 'found               1'
}
