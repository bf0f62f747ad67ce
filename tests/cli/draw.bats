#!/usr/bin/env bats
# counterfoil draw: a lot that neither side can choose.

load helper

setup_file() { make_case; }
setup() { use_case; }

# The owner commits, the police propose: $id is the draw, waiting for the owner.
propose() {
	at 2023-06-22T10:00:00Z draw --commit --as owner.example
	assert_status 0
	commit=$output
	must 2023-06-22T10:05:00Z draw --of package --detects 1 \
	    --until 2023-06-30 --with owner.example --their-commit "$commit" \
	    --as police.example
	id=$(printf '%s' "$output" | sed -n 's/^offer \([0-9a-f]*\):.*/\1/p')
}

draw_both() {
	propose
	must 2023-06-22T10:10:00Z accept "$id" --as owner.example --yes
	must 2023-06-22T10:20:00Z draw --open last --as owner.example
	must 2023-06-22T10:30:00Z draw --open last --as police.example
}

# The bytes that a file of hex digits stands for.
unhex() {
	python3 -c 'import sys; sys.stdout.buffer.write(bytes.fromhex(
	    open(sys.argv[1]).read().strip()))' "$1"
}

@test "who commits keeps the secret to itself" {
	at 2023-06-22T10:00:00Z draw --commit --as owner.example
	assert_status 0
	[[ $output =~ ^owner\.example\ [0-9a-f]{64}$ ]]
	file=$COUNTERFOIL_CASE/private/draws/${output#* }.secret
	[ "$(stat -c %a "$file")" = 600 ]
	[ "$(unhex "$file" | sha256sum)" = "${output#* }  -" ]
}

@test "the least sample is worked out and offered to the other side" {
	propose
	assert_out '3 of 3 will be drawn' 'at most 0' \
	    'still to sign: owner.example'
	must 2023-06-22T10:06:00Z accept "$id" --as owner.example --yes
	assert_out 'TO BE SIGNED: draw' 'detects' 'sample' "$commit" '[good]'
}

@test "nothing is drawn before both have opened" {
	propose
	must 2023-06-22T10:10:00Z accept "$id" --as owner.example --yes
	must 2023-06-22T10:20:00Z draw --open last --as owner.example
	at 2023-06-22T10:21:00Z draw --show
	assert_status 0
	assert_out 'owner.example opened its secret 2023-06-22 10:20' \
	    'police.example has not opened' 'nothing is drawn before'
	at 2023-06-22T10:21:00Z draw --show last --json
	assert_json '[not j[0]["all_opened"], j[0]["drawn"]] == [True, []]'
}

@test "both secrets draw, and what is looked at is told" {
	draw_both
	must 2023-06-23T10:00:00Z record inspection custodian=room.example \
	    inspector=court.example B-0002: seen=package-sealed \
	    state=intact seal=451002 --as room.example --as court.example
	at 2023-06-23T11:00:00Z draw --show
	assert_out 'drawn 2023-06-22 10:30' 'B-0001' 'B-0002  looked at' \
	    '1 of 3 looked at in time' 'at most 0 of 3 are missing, at 95 %'
	at 2023-06-23T11:00:00Z draw --show --json
	assert_json 'sorted((d["item"], d["looked_at"])
	    for d in j[0]["drawn"]) == [("B-0001", False),
	    ("B-0002", True), ("B-0003", False)]'
	at 2023-06-23T11:00:00Z show B-0003
	assert_out 'WHAT ELSE SPEAKS OF IT' 'draw '
}

@test "the other side must commit first" {
	at 2023-06-22T10:00:00Z draw --of package --detects 2 \
	    --until 2023-06-30 --with owner.example --as police.example
	assert_status 2
	assert_one_error
	assert_err 'owner.example must commit first' '--their-commit'
}

@test "one side alone draws nothing" {
	before=$(ledger_size)
	at 2023-06-22T10:00:00Z draw --of package --detects 2 \
	    --until 2023-06-30 --as police.example
	assert_status 1
	assert_err 'refused: draw'
	[ "$(ledger_size)" = "$before" ]
}

@test "both at one counter commit here" {
	must 2023-06-22T10:00:00Z draw --of all --detects 3 \
	    --until 2023-06-30 --as police.example --as owner.example
	assert_out '[good]'
}

@test "a secret that is not in this folder is not opened" {
	propose
	must 2023-06-22T10:10:00Z accept "$id" --as owner.example --yes
	rm "$COUNTERFOIL_CASE/private/draws/${commit#* }.secret"
	at 2023-06-22T10:20:00Z draw --open last --as owner.example
	assert_status 3
	assert_one_error
	assert_err 'not in this folder'
	at 2023-06-22T10:20:00Z draw --open last --as room.example
	assert_status 2
	assert_err 'room.example did not commit'
}

@test "more missing than there are cannot be seen" {
	at 2023-06-22T10:00:00Z draw --of package --detects 4 \
	    --until 2023-06-30 --as police.example --as owner.example
	assert_status 2
	assert_one_error
	assert_err 'from 1 to 3'
}
