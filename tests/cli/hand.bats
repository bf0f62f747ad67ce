#!/usr/bin/env bats
# counterfoil hand: what is handed over, who counts it, what is refused.

load helper

setup_file() { make_case; }
setup() {
	use_case
	before=$(ledger_size)
}

nothing_entered() {
	[ "$(ledger_size)" = "$before" ]
}

# From the evidence room to the court, unless said otherwise.
give() {
	at 2023-06-22T09:00:00Z hand --to court.example --as room.example "$@"
}

@test "everything at one counter" {
	give --all --counter --as court.example --count 3 --count-received 3
	assert_status 0
	assert_out 'TO BE SIGNED: handover of 3 items' 'from ' 'room.example' \
	    'seals                3 intact, 0 broken, 0 without a seal' \
	    '3: first B-0001, last B-0003' "entered $before: handover" \
	    '(3 items) [good]'
	[ -z "$stderr" ]
	at 2023-06-22T10:00:00Z show PC-0001-D1
	assert_out 'held by court.example'
}

@test "an offer waits for the receiver" {
	give --all --count 3 --offer hand.offer --purpose 'custody' \
	    --given-by 'Sgt. A' --where 'room 4'
	assert_status 0
	assert_out 'offer ' 'handover of 3 items' \
	    'open until 2023-06-23T09:00:00Z' 'still to sign: court.example' \
	    'accept hand.offer'
	[ "$(head -1 hand.offer)" = counterfoil-offer/v1 ]
	[ "$(stat -c %a hand.offer)" = 600 ]
	nothing_entered
	at 2023-06-22T10:00:00Z offers
	assert_status 0
	assert_out 'handover of 3 items' 'to sign: court.example' 'open until'
	at 2023-06-22T10:00:00Z offers --json
	assert_json 'len(j) == 1 and j[0]["to-sign"] == ["court.example"]'
}

@test "a wrong count stops it and says where to look" {
	give --all --count 2
	assert_status 1
	assert_err 'the counts differ: room.example counted 2, selected are 3' \
	    'selected by place: hall 1 1, hall 2 2'
	nothing_entered
	[ -z "$(ls "$COUNTERFOIL_CASE/private/offers")" ]
}

@test "the receiver's count must be the same at the counter" {
	give --all --counter --as court.example --count 3 --count-received 2
	assert_status 1
	assert_err 'court.example counted 2, selected are 3'
	nothing_entered
}

@test "without a terminal the count must be given" {
	give --all
	assert_status 2
	assert_one_error
	assert_err '--count N'
	nothing_entered
}

@test "a count that is no number" {
	give --all --count three
	assert_status 2
	assert_one_error
	assert_err '--count "three"'
}

@test "what was taken at one place" {
	give --place 'HALL 2' --count 2
	assert_status 0
	assert_out 'item B-0002' 'item B-0003'
	refute_out B-0001
}

@test "packages that are named" {
	give --packages B-0003,B-0001 --count 2
	assert_status 0
	assert_out 'item B-0001' 'item B-0003'
	refute_out B-0002
}

@test "packages that were scanned, with the seals seen" {
	printf 'B-0001,451001,intact\r\n# comment\n\nB-0002\n' >scan
	give --scan scan --count 2
	assert_status 0
	assert_out 'item B-0001' 'item B-0002'
	run --separate-stderr "$COUNTERFOIL" hand --now 2023-06-22T09:00:00Z \
	    --to court.example --as room.example --scan - --count 1 <<<B-0003
	assert_status 0
	assert_out 'item B-0003'
}

@test "a seal that was scanned otherwise is refused" {
	echo B-0001,999999 >scan
	give --scan scan --count 1
	assert_status 1
	assert_err 'refused: seal-unexplained: B-0001'
	nothing_entered
}

@test "a scan with an unknown item, and one scanned twice" {
	echo B-0009 >scan
	give --scan scan --count 1
	assert_status 2
	assert_one_error
	assert_err 'scan:1: B-0009 is no item'
	printf 'B-0001\nB-0001\n' >scan
	give --scan scan --count 2
	assert_status 2
	assert_one_error
	assert_err 'scan:2: B-0001 was scanned before, on line 1'
	nothing_entered
}

@test "a single thing out of a sealed package is refused" {
	give --items PC-0001-D1 --count 1
	assert_status 1
	assert_err 'refused: seal-unexplained'
	nothing_entered
}

@test "an item that nobody knows" {
	give --items B-0004 --count 1
	assert_status 3
	assert_one_error
	assert_err 'no item "B-0004"' 'did you mean B-0001?'
}

@test "a thing that is no package" {
	give --packages PC-0001 --count 1
	assert_status 2
	assert_one_error
	assert_err 'no package' '--items'
}

@test "which items must be said, and in one way" {
	give --count 3
	assert_status 2
	assert_one_error
	assert_err '--all, --place, --packages, --items and --scan'
	give --all --packages B-0001 --count 3
	assert_status 2
	assert_one_error
}

@test "who holds nothing gives nothing" {
	at 2023-06-22T09:00:00Z hand --all --to room.example \
	    --as notary.example --count 3
	assert_status 3
	assert_one_error
	assert_err 'notary.example holds nothing'
}

@test "who does not hold it is refused" {
	at 2023-06-22T09:00:00Z hand --packages B-0001 --to court.example \
	    --as notary.example --count 1
	assert_status 1
	assert_out 'counterfoil-refusal/v1 not-holder' \
	    'case: seizure.example#' 'about: B-0001' '— seizure.example '
	assert_err 'refused: not-holder: B-0001'
	nothing_entered
	[ "$(ls "$COUNTERFOIL_CASE"/private/refusals | wc -l)" = 1 ]
}

@test "a red line is named before any other rule" {
	must 2023-06-22T08:00:00Z policy --red-line council.example \
	    --as police.example --as owner.example
	at 2023-06-22T09:00:00Z hand --packages B-0001 --to council.example \
	    --as notary.example --count 1
	assert_status 1
	assert_err 'refused: red-line: council.example'
}

@test "a party without a key cannot sign" {
	at 2023-06-22T09:00:00Z hand --all --to ministry.example \
	    --as room.example --count 3
	assert_status 3
	assert_one_error
	assert_err 'ministry.example has no key' '--receiver refused'
	nothing_entered
}

@test "a receiver who took it and does not sign holds it" {
	at 2023-06-22T09:00:00Z hand --packages B-0001 --to ministry.example \
	    --receiver refused --as room.example --count 1
	assert_status 0
	assert_out '(1 item) [good]'
	at 2023-06-22T10:00:00Z show B-0001
	assert_out 'ministry.example'
}

@test "what has happened enters although it breaks a rule, marked" {
	must 2023-06-22T08:00:00Z policy --red-line council.example \
	    --as police.example --as owner.example
	at 2023-06-22T09:00:00Z hand --packages B-0001 --to council.example \
	    --receiver refused --as room.example --count 1 --although
	assert_status 0
	assert_out '[breach: red-line]' 'marked as breach'
}

@test "--counter needs both keys" {
	give --all --counter --count 3
	assert_status 2
	assert_one_error
	assert_err '--as court.example'
}

@test "a party that nobody knows" {
	at 2023-06-22T09:00:00Z hand --all --to cort.example --as room.example \
	    --count 3
	assert_status 3
	assert_one_error
	assert_err 'did you mean court.example?'
}

@test "bidirectional marks are refused in a purpose" {
	give --all --count 3 --purpose $'to\u202eoc'
	assert_status 2
	assert_one_error
	assert_err 'purpose' 'U+202E'
	nothing_entered
}

@test "an expiry that is over" {
	give --all --count 3 --expires 2023-06-21T00:00:00Z
	assert_status 2
	assert_one_error
	assert_err '--expires'
}

@test "a missing folder of keys" {
	COUNTERFOIL_KEYS=$PWD/none give --all --count 3
	assert_status 3
	assert_one_error
	assert_err 'no key of room.example'
}

@test "two hand-overs at once: one waits, both are judged" {
	for item in B-0001 B-0002; do
		"$COUNTERFOIL" hand --now 2023-06-22T09:00:00Z \
		    --packages $item --to court.example --as room.example \
		    --as court.example --counter --count 1 --count-received 1 \
		    >out.$item 2>&1 </dev/null &
	done
	wait
	grep -q 'entered' out.B-0001
	grep -q 'entered' out.B-0002
	[ "$(ledger_size)" = $((before + 2)) ]
	cf fsck
	assert_status 0
}

@test "the same package twice at once goes once" {
	for i in 1 2 3; do
		"$COUNTERFOIL" hand --now 2023-06-22T09:00:00Z \
		    --packages B-0001 --to court.example --as room.example \
		    --as court.example --counter --count 1 --count-received 1 \
		    --remark "$i" >out.$i 2>&1 </dev/null &
	done
	wait
	[ "$(cat out.* | grep -c '^entered')" = 1 ]
	[ "$(ledger_size)" = $((before + 1)) ]
	cf fsck
	assert_status 0
}

@test "on a terminal each side is asked for its own count" {
	run python3 "$BATS_TEST_DIRNAME/terminal.py" \
	    'Giver: how many=three' 'no number=3' 'Receiver: how many=3' -- \
	    "$COUNTERFOIL" hand --now 2023-06-22T09:00:00Z --all \
	    --to court.example --counter --as room.example --as court.example
	assert_status 0
	assert_out '(3 items) [good]'
}

@test "more items than one record holds" {
	{ echo item,type; seq -f 'D-%.0f,drive' 5090; } >big.csv
	at 2023-06-20T12:00:00Z init big --plain-keys \
	    --roster "$BATS_FILE_TMPDIR/parties.csv"
	assert_status 0
	export COUNTERFOIL_CASE=big
	must 2023-06-21T12:00:00Z seize big.csv --by police.example \
	    --owner absent --witness notary.example --as police.example \
	    --as notary.example
	before=$(ledger_size)
	at 2023-06-22T09:00:00Z hand --all --to court.example \
	    --as police.example --count 5090
	assert_status 3
	assert_one_error
	assert_err 'bytes, more than 65535' 'name fewer items'
	nothing_entered
}

@test "nobody is made to sign that a broken or opened seal is intact" {
	must 2023-06-22T08:00:00Z incident seal-broken B-0001 --as room.example
	must 2023-06-22T08:10:00Z handling open B-0002 --order 'order 1/23' \
	    --as room.example --as notary.example
	at 2023-06-22T09:00:00Z hand --all --to court.example \
	    --as room.example --count 3
	assert_status 0
	assert_out '1 intact, 0 broken, 2 without a seal'
}

@test "a clock that goes back" {
	at 2023-06-20T13:00:00Z hand --to court.example --as room.example \
	    --all --counter --as court.example --count 3 --count-received 3
	cf show last --json
	assert_status 0
	# Entered with the last record's time: entries never go back.
	assert_out '"entered": "2023-06-21T09:40:00Z"'
	cf fsck
	assert_status 0
}

@test "the same record twice" {
	give --all --count 3 --offer hand.offer
	assert_status 0
	cp hand.offer again.offer
	must 2023-06-22T10:00:00Z accept hand.offer --as court.example --count 3
	size=$(ledger_size)
	at 2023-06-22T11:00:00Z accept again.offer --as court.example --count 3
	assert_out 'already in the ledger'
	[ "$(ledger_size)" = "$size" ]
	cf fsck
	assert_status 0
}
