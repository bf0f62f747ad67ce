#!/usr/bin/env bats
# counterfoil label: what is printed reads back to exactly what was meant, and
# what was misread is refused.

load helper

setup_file() {
	make_case
	make_big_case
}
setup() { use_case; }

# 30 items: ten packages, each with a computer and its drive.
make_big_case() {
	local i
	{
		echo item,type,inside,bay,seal,seal_type
		for i in 01 02 03 04 05 06 07 08 09 10; do
			echo "B-00$i,package,,,4510$i,enclosing"
			echo "PC-00$i,computer,B-00$i,opened,,"
			echo "PC-00$i-D1,drive,PC-00$i,1,,"
		done
	} >"$BATS_FILE_TMPDIR/thirty.csv"
	export BIG=$BATS_FILE_TMPDIR/big
	cp "$BATS_FILE_TMPDIR/parties.csv" "$BATS_FILE_TMPDIR/p.csv"
	COUNTERFOIL_KEYS=$BATS_FILE_TMPDIR/bigkeys
	must 2023-06-20T12:00:00Z init "$BIG" --name big.example \
	    --roster "$BATS_FILE_TMPDIR/p.csv" --plain-keys
	must 2023-06-20T12:05:00Z join --all --case "$BIG"
	must 2023-06-20T14:00:00Z seize "$BATS_FILE_TMPDIR/thirty.csv" \
	    --by police.example --from owner.example --owner signed \
	    --witness notary.example --as police.example --as owner.example \
	    --as notary.example --case "$BIG"
	COUNTERFOIL_KEYS=$BATS_FILE_TMPDIR/keys
}

# Each label of the file as its own picture, in the order of the file.
pictures() {
	python3 - "$1" <<'END'
import re, subprocess, sys
text = open(sys.argv[1], encoding="utf-8").read()
for i, svg in enumerate(re.findall(r"<svg.*?</svg>", text, re.S)):
    subprocess.run(["rsvg-convert", "--dpi-x", "300", "--dpi-y", "300",
                    "--background-color", "white", "-o", f"l{i:03}.png"],
                   input=svg.encode(), check=True)
END
}

# What a scanner reads off all pictures, one line each.
scanned() {
	zbarimg -q --raw l*.png
}

# What must be read: every item with its check character, computed here.
expected() {
	python3 - "$BATS_FILE_TMPDIR/thirty.csv" <<'END'
import csv, sys
for row in csv.DictReader(open(sys.argv[1])):
    p = 36
    for c in row["item"]:
        if c.isalnum():
            s = (p + int(c, 36)) % 36 or 36
            p = 2 * s % 37
    check = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[(37 - p) % 36]
    print(row["item"] + "*" + check)
END
}

@test "every label of thirty reads back: QR" {
	must 2023-06-22T10:00:00Z label --all -o l.html --case "$BIG"
	assert_out 'l.html: 30 labels'
	pictures l.html
	diff <(scanned | sort) <(expected | sort)
}

@test "every label of thirty reads back: Code 128" {
	must 2023-06-22T10:00:00Z label --all --code code128 -o l.html \
	    --case "$BIG"
	pictures l.html
	diff <(scanned | sort) <(expected | sort)
}

@test "small labels and a roll read back too" {
	must 2023-06-22T10:00:00Z label PC-0001-D1 B-0002 --sheet a4-5x13 \
	    --code code128 -o l.html
	pictures l.html
	[ "$(scanned | wc -l)" -eq 2 ]
	rm l0*.png
	must 2023-06-22T10:00:00Z label PC-0001-D1 B-0002 --sheet a4-5x13 \
	    -o l.html
	pictures l.html
	[ "$(scanned | wc -l)" -eq 2 ]
	rm l0*.png
	must 2023-06-22T10:00:00Z label PC-0001-D1 --roll 62x29 -o l.html
	grep -q '@page{margin:0;size:62.00mm 29.00mm}' l.html
	pictures l.html
	[[ $(scanned) == 'PC-0001-D1*'[0-9A-Z] ]]
}

@test "a label says case, item, date, and where the copy goes" {
	must 2023-06-22T10:00:00Z label PC-0001-D1 --copies 3 -o l.html
	assert_out '3 labels'
	[ "$(grep -c '>seizure.example</text>' l.html)" -eq 3 ]
	grep -q '>item 4 of 11, bag</text>' l.html
	grep -q '>item 4 of 11, object</text>' l.html
	grep -q '>item 4 of 11, form</text>' l.html
	grep -q '>2023-06-20</text>' l.html
	grep -q '@page{margin:0;size:210.00mm 297.00mm}' l.html
	run grep -cE '<script|src=|href=|@import|url\(' l.html
	[ "$output" = 0 ]
	grep -q 'style="left:140.00mm;top:0.50mm"' l.html
}

@test "a sheet is filled and the next one begun; --skip spares used places" {
	must 2023-06-22T10:00:00Z label --all --copies 3 -o l.html
	[ "$(grep -c '<section' l.html)" -eq 2 ]
	must 2023-06-22T10:00:00Z label B-0001 --skip 23 -o l.html
	[ "$(grep -c '<section' l.html)" -eq 1 ]
	grep -q 'left:140.00mm;top:259.50mm' l.html
	must 2023-06-22T10:00:00Z label B-0001 B-0002 --skip 23 -o l.html
	[ "$(grep -c '<section' l.html)" -eq 2 ]
}

@test "new numbers go on after the last, and none is given twice" {
	must 2023-06-22T10:00:00Z label --new 2 -o l.html
	grep -q 'PC-0003\*' l.html
	grep -q 'PC-0004\*' l.html
	must 2023-06-22T10:00:00Z label --new 1 -o l.html
	grep -q 'PC-0005\*' l.html
	must 2023-06-22T10:00:00Z label --new 1 --prefix B -o l.html
	grep -q 'B-0004\*' l.html
	[ "$(cat "$COUNTERFOIL_CASE/private/issued.txt")" = $'PC 5\nB 4' ]
}

@test "search takes a label, and refuses a misread one in plain words" {
	label=$(expected | grep '^PC-0001-D1\*')
	at 2023-06-22T10:00:00Z search "$label"
	assert_status 0
	assert_out 'PC-0001-D1 (list'
	at 2023-06-22T10:00:00Z search 'PC-0002-D1*'"${label: -1}"
	assert_status 1
	assert_one_error
	assert_err 'misread or mistyped: its last character does not fit' \
	    'scan the label again'
}

@test "hand, inspect, incident and show take labels" {
	b1=$(expected | grep '^B-0001\*')
	b2=$(expected | grep '^B-0002\*')
	must 2023-06-22T10:00:00Z hand --items "$b1" --from room.example \
	    --to police.example --as room.example --as police.example \
	    --counter --count 1 --count-received 1
	at 2023-06-22T10:00:00Z show "$b1" --json
	assert_json 'j["item"] == "B-0001"'
	printf '%s\n' "$b2" 'B-0003,451003' >scan.txt
	at 2023-06-22T11:00:00Z inspect --scan scan.txt --custodian \
	    room.example --dry-run --seen package-sealed
	assert_status 0
	must 2023-06-22T12:00:00Z incident damage "$b2" --as room.example
	at 2023-06-22T12:00:00Z inspect --items "$b2" --seen package-sealed \
	    --missing 'B-0003*0' --custodian room.example --dry-run
	assert_status 1
	assert_one_error
	assert_err 'misread'
}

@test "one misread line of a scan stops the whole list" {
	printf 'B-0001\nB-0002*0\n' >scan.txt
	at 2023-06-22T10:00:00Z hand --scan scan.txt --from room.example \
	    --to police.example --as room.example --count 2
	assert_status 1
	assert_one_error
	assert_err 'scan.txt:2: "B-0002*0" was misread'
}

@test "labels made before the seizure are scanned into its list" {
	sed "s/^PC-0001,computer,B-0001,/$(expected |
	    grep '^PC-0001\*'),computer,$(expected | grep '^B-0001\*'),/" \
	    "$BATS_FILE_TMPDIR/thirty.csv" >list.csv
	grep -q 'PC-0001\*' list.csv
	at 2023-06-22T10:00:00Z seize list.csv --by police.example \
	    --from owner.example --owner signed --as police.example \
	    --as owner.example --witness notary.example --as notary.example \
	    --case "$BIG" --keys "$BATS_FILE_TMPDIR/bigkeys" --dry-run
	assert_status 0
	sed -i 's/^PC-0002,/PC-0002*0,/' list.csv
	at 2023-06-22T10:00:00Z seize list.csv --by police.example \
	    --from owner.example --owner signed --as police.example \
	    --as owner.example --witness notary.example --as notary.example \
	    --case "$BIG" --keys "$BATS_FILE_TMPDIR/bigkeys" --dry-run
	assert_status 2
	assert_err 'misread'
}

@test "what cannot be printed readably is refused" {
	at 2023-06-22T10:00:00Z label B-0001 --roll 15x15 --code code128 \
	    -o l.html
	assert_status 2
	assert_one_error
	assert_err 'take a larger label'
	[ ! -e l.html ]
	for wrong in '--roll 5x5' '--sheet a5' '--copies 4' '--code aztec' \
	    '--skip 24' '--all'; do
		# shellcheck disable=SC2086 # two words each
		at 2023-06-22T10:00:00Z label B-0001 $wrong -o l.html
		assert_status 2
		assert_one_error
	done
	at 2023-06-22T10:00:00Z label B-0001
	assert_status 2
	assert_err '--output'
}
