#!/usr/bin/env bats
# ls: the files of an image, under an order, in each of its formats.

load helper
load catalog_case

setup_file() {
	make_catalog_case
}

setup() {
	use_case
	cp "$BATS_FILE_TMPDIR/fat" .
}

@test "files are listed, deleted ones with their grade" {
	examine ls fat
	assert_status 0
	printf '%s\n' "$output" >list
	grep -Eq '^1:[0-9]+ +r live +9000 .* home/stay.odt$' list
	grep -Eq '^1:[0-9]+ +r certain +30300 .* home/_hole.txt$' list
	grep -Eq '^1:[0-9]+ +r certain +300 .* home/_ne.txt$' list
	examine ls fat --deleted
	assert_status 0
	refute_out stay.odt
	assert_out home/_hole.txt
}

@test "nothing is read that the order does not cover" {
	rm fat # it would be a matter of not being there
	under=$narrow examine ls fat
	[ "$status" -ne 0 ]
	refute_out home
	when=2023-07-23T10:00:00Z examine ls fat
	assert_status 1
	refute_out home
	[[ $output$stderr == *refused* ]]
}

@test "the record has the digest of what was printed, and no name" {
	examine ls fat --format csv
	assert_status 0
	sum=$(printf '%s\n' "$output" | sha256sum | cut -d' ' -f1)
	grep -rq "$sum" "$COUNTERFOIL_CASE"
	run ! grep -rqa 'hole.txt' "$COUNTERFOIL_CASE"
	cf show last
	assert_words 'volume 1 (fat12)' 'deleted'
}

@test "each format is what its readers expect" {
	examine ls fat --json
	assert_status 0
	printf '%s\n' "$output" >lines
	python3 -c 'import json
rows = [json.loads(line) for line in open("lines")]
by = {row["path"]: row for row in rows}
assert by["home/_hole.txt"]["state"] == "certain"
assert by["home/_hole.txt"]["size"] == 30300
assert by["home"]["type"] == "d"'
	examine ls fat --format csv
	printf '%s\n' "$output" | python3 -c 'import csv, sys
rows = list(csv.DictReader(sys.stdin))
assert [r for r in rows if r["path"] == "home/_ne.txt"][0]["size"] == "300"'
	examine ls fat --format dfxml
	printf '%s\n' "$output" | python3 -c '
import sys, xml.etree.ElementTree as tree
root = tree.fromstring(sys.stdin.read())
ns = "{http://www.forensicswiki.org/wiki/Category:Digital_Forensics_XML}"
found = {f.findtext(ns + "filename"): f for f in root.iter(ns + "fileobject")}
f = found["home/_hole.txt"]
assert f.findtext(ns + "alloc_inode") == "0"
run = f.find(ns + "byte_runs").find(ns + "byte_run")
data = open("fat", "rb").read()[int(run.get("img_offset")):][:16]
assert data == open(sys.argv[1], "rb").read(16)' \
	    "$BATS_FILE_TMPDIR/whole.txt"
}

@test "a bodyfile has the lines that fls -m has" {
	command -v fls >/dev/null || skip 'fls is not installed'
	examine ls fat --format bodyfile
	assert_status 0
	printf '%s\n' "$output" | sort >ours
	fls -m / -r fat | grep -v '|V/V' | sort >theirs
	diff ours theirs
}

@test "DFTT 6: all six deleted files are listed, three are certain" {
	images=${COUNTERFOIL_IMAGES:-$COUNTERFOIL_SOURCE/../shared/data/images}
	[ -f "$images/dftt/6-undel-fat.zip" ] || skip 'the image is not here'
	python3 -c 'import sys, zipfile
z = zipfile.ZipFile(sys.argv[1])
name = [n for n in z.namelist() if n.endswith(".dd")][0]
open("dftt", "wb").write(z.read(name))' "$images/dftt/6-undel-fat.zip"
	enter I-6 dftt
	at 2023-06-23T10:00:00Z ls dftt --deleted --item I-6 --under "$order" \
	    --custodian room.example --as room.example
	assert_status 0
	printf '%s\n' "$output" >list
	for name in _ing.dat _ult1.dat _ir1/mult2.dat; do
		grep -Eq " r certain .* $name\$" list
	done
	for name in _rag1.dat _rag2.dat _ir1/dir2/frag3.dat; do
		grep -Eq " r inferred .* $name\$" list
	done
}
