#!/usr/bin/env bats
# counterfoil compare: what two lists of one seizure do not agree on; and the
# one-sided case that the authority joins later.

load helper

# The owners alone keep a case and list what they saw. Then the authority
# joins and enters its own list and seizure.
setup_file() {
	export COUNTERFOIL_KEYS=$BATS_FILE_TMPDIR/keys
	export COUNTERFOIL_CASE=$BATS_FILE_TMPDIR/case
	export THINGS=$BATS_FILE_TMPDIR/things.csv
	things >"$THINGS"
	at 2023-06-20T12:00:00Z init "$COUNTERFOIL_CASE" \
	    --name seizure.example --plain-keys \
	    --roster "$COUNTERFOIL_SOURCE/example/parties-owner-only.csv"
	assert_status 0
	must 2023-06-20T12:05:00Z join notary.example --as notary.example
	must 2023-06-20T14:00:00Z seize "$THINGS" --by police.example \
	    --from owner.example --owner signed --authority absent \
	    --witness notary.example --counted '3 drive' --place 'the office' \
	    --announced '3 drive' --as owner.example --as notary.example
	cp -R "$COUNTERFOIL_CASE" "$BATS_FILE_TMPDIR/owners"
	must 2023-06-21T08:00:00Z join police.example --as police.example
	theirs >"$BATS_FILE_TMPDIR/theirs.csv"
	must 2023-06-21T09:00:00Z seize "$BATS_FILE_TMPDIR/theirs.csv" \
	    --by police.example --from owner.example --owner absent \
	    --counted '2 drive' --place 'hall 1' --announced '3 drive' \
	    --as police.example --at 2023-06-20T14:30:00Z
	must 2023-06-21T10:00:00Z ask --as owner.example \
	    --recipient information-council.example --from 2023-06-20 \
	    --to 2023-06-20 --addressee 'police.example due 2023-07-10'
}

setup() { use_case; }

# Without PC-0001-D2; PC-0002-D1 is called X-1; other seal, bag and make; one
# thing more.
theirs() {
	grep -v '^PC-0001-D2,' "$THINGS" |
	    sed 's/^PC-0002-D1,/X-1,/; s/451003/999999/; s/Crucial/Kingston/
		s/^PH-0001,phone,smartphone,B-0003/PH-0001,medium,stick,B-0002/'
	echo 'D-9,document,,,,,,,,,,,,,'
}

own() {
	cf compare "$@"
	assert_status 1
	[ -z "$stderr" ]
}

@test "in one case: every disagreement of owners and authority" {
	own
	assert_out 'A  the list that findings use: 11 things listed by' \
	    'owner.example' 'B  list 2: 11 things listed by police.example' \
	    'ONLY IN A (1)' 'PC-0001-D2, drive, in PC-0001' \
	    'ONLY IN B (1)' 'D-9, document' 'They do not agree.'
	assert_words \
	    'PC-0002-D1 (matched by serial), label: ' \
	    'label: A says PC-0002-D1, B says X-1' \
	    'B-0003 (matched by label), seal: A says 451003, B says 999999' \
	    'PC-0001-D1 (matched by serial), make: A says Crucial,' \
	    'Crucial, B says Kingston' \
	    'PH-0001 (matched by serial), type: A says phone, B says medium' \
	    'PH-0001 (matched by serial), inside: A says B-0003,' \
	    'B-0003, B says B-0002' \
	    'at: A says 2023-06-20T14:00:00Z, B says 2023-06-20T14:30:00Z' \
	    'place: A says the office, B says hall 1' \
	    'counted: A says 3 drive, B says 2 drive'
	refute_out 'announced' 'taken-by' 'HAND-OVERS'
	[ "$(printf '%s\n' "$output" | wc -L)" -le 80 ]
}

@test "the finding names the same lists, by label" {
	at 2023-07-12T00:00:00Z finding last
	assert_status 0
	assert_words 'The lists disagree on' 'only on the first list:' \
	    'PC-0001-D2' 'only on the other:' 'D-9' 'X-1' \
	    'differently described:' 'B-0003' 'PH-0001'
}

@test "the same as JSON" {
	own --json
	assert_json 'len(j) == 1 and j[0]["same"] is False'
	assert_json '[t["item"] for t in j[0]["only_a"]] == ["PC-0001-D2"]'
	assert_json '[t["item"] for t in j[0]["only_b"]] == ["D-9"]'
	assert_json 'j[0]["matched_by"] ==
	    {"serial": 7, "label": 3, "record": 0}'
	assert_json '{(d["item"], d["field"]) for d in j[0]["otherwise"]} == {
	    ("PC-0002-D1", "label"), ("B-0003", "seal"),
	    ("PC-0001-D1", "make"), ("PH-0001", "type"),
	    ("PH-0001", "inside")}'
	assert_json '{d["field"]: (d["a"], d["b"]) for d in j[0]["seizure"]} ==
	    {"at": ("2023-06-20T14:00:00Z", "2023-06-20T14:30:00Z"),
	     "place": ("the office", "hall 1"),
	     "counted": ("3 drive", "2 drive")}'
}

@test "serial numbers match only where both sides are revealed" {
	ours=$(basename "$(grep -l 'PC-0001-D2 serial' \
	    "$COUNTERFOIL_CASE"/private/reveals/*.txt)" .txt)
	theirs=$(basename "$(grep -l 'X-1 serial' \
	    "$COUNTERFOIL_CASE"/private/reveals/*.txt)" .txt)
	for list in "$ours" "$theirs"; do
		at 2023-06-22T10:00:00Z reveal "${list:0:12}" --field serial \
		    -o "$list".reveal
	done
	rm -r "$COUNTERFOIL_CASE/private"
	own
	assert_words 'Matched 0 by serial number, 9 by label' 'Not compared:'
	assert_out 'X-1, drive' 'PC-0002-D1, drive'
	own --with "$ours".reveal
	assert_words 'Matched 0 by serial number, 9 by label'
	own --with "$ours".reveal --with "$theirs".reveal
	assert_words 'Matched 7 by serial number, 3 by label' \
	    'label: A says PC-0002-D1, B says X-1'
	sed -i 's/S4MSUNG/S4MSUNH/' "$theirs".reveal
	cf compare --with "$theirs".reveal
	assert_status 1
	assert_one_error
	assert_err "--with $theirs.reveal"
}

@test "two ledgers, and a bundle: the same, but for the hand-over" {
	cp -R "$BATS_FILE_TMPDIR/owners" owners
	cf compare owners "$COUNTERFOIL_CASE:1"
	assert_status 0
	assert_out 'They agree.'
	COUNTERFOIL_CASE=$PWD/owners
	must 2023-06-21T08:00:00Z ask --as owner.example \
	    --recipient information-council.example --from 2023-06-20 \
	    --to 2023-06-20 --addressee 'police.example due 2023-07-10'
	at 2023-06-21T09:00:00Z bundle last -o owners.bundle
	COUNTERFOIL_CASE=$BATS_TEST_TMPDIR/case
	must 2023-06-21T12:00:00Z hand --packages B-0001 --from police.example \
	    --to notary.example --as police.example --as notary.example \
	    --counter --count 1 --count-received 1
	cf compare owners.bundle "$COUNTERFOIL_CASE"
	assert_status 1
	assert_out 'HAND-OVERS THAT ONLY ONE LEDGER KNOWS'
	assert_words 'only B: handover' 'of 5 things that both list'
	refute_out 'ONLY IN' 'OTHERWISE'
	cf compare owners.bundle "$COUNTERFOIL_CASE" --json
	assert_json 'j["hand_overs"][0]["only_in"] == "b"'
	cf compare owners "$COUNTERFOIL_CASE:2"
	assert_status 1
	assert_out 'PC-0001-D2, drive' 'D-9, document'
}

@test "a seal in a record of both matches what is called otherwise" {
	rm -r "$COUNTERFOIL_CASE"
	cp -R "$BATS_FILE_TMPDIR/owners" "$COUNTERFOIL_CASE"
	must 2023-06-21T08:00:00Z join police.example --as police.example
	sed 's/B-0003/BAG-3/; s/451003/999999/' "$THINGS" >theirs.csv
	must 2023-06-21T09:00:00Z seize theirs.csv --by police.example \
	    --from owner.example --owner absent --as police.example \
	    --at 2023-06-20T14:00:00Z
	own
	assert_out 'B-0003, package' 'BAG-3, package'
	echo B-0003,999999,intact >scan
	must 2023-06-21T10:00:00Z inspect --scan scan --as police.example \
	    --as owner.example --inspector owner.example \
	    --custodian police.example --also-in none --although
	own
	assert_words 'label: A says B-0003, B says BAG-3' \
	    '1 by a record of both'
	refute_out 'ONLY IN' 'PH-0001'
}

@test "a case with one list has nothing to compare it with" {
	cf compare "$BATS_FILE_TMPDIR/owners"
	assert_status 3
	assert_one_error
	assert_err 'has only one list'
}

@test "what cannot be compared" {
	cf compare nowhere other
	assert_status 3
	assert_one_error
	cf compare "$COUNTERFOIL_CASE:1" "$COUNTERFOIL_CASE:7"
	assert_status 2
	assert_one_error
	assert_err 'has 2 lists of a seizure, and no number 7'
	cf compare a b c
	assert_status 2
	assert_one_error
}
