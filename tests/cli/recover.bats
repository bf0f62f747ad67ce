#!/usr/bin/env bats
# recover: deleted files of an image in a folder, by their numbers.

load helper
load catalog_case

setup_file() {
	make_catalog_case
}

setup() {
	use_case
	cp "$BATS_FILE_TMPDIR/fat" .
}

# of PATH FIELD: out of the manifest
of() {
	python3 -c 'import json, sys
for line in open("out/manifest.jsonl"):
    row = json.loads(line)
    if row["path"] == sys.argv[1]:
        print(row[sys.argv[2]])' "$@"
}

@test "deleted files come back, under numbers, with a manifest" {
	examine recover fat -o out
	assert_status 0
	assert_words 'recovered: 5 files'
	(cd out && sha256sum --quiet -c SHA256SUMS)
	cmp "out/$(of home/_hole.txt object)" "$BATS_FILE_TMPDIR/whole.txt"
	cmp "out/$(of home/_ne.txt object)" "$BATS_FILE_TMPDIR/one.txt"
	[ "$(of home/_hole.txt grade)" = certain ]
	[ -z "$(find out -name '*hole*')" ]
	[ "$(stat -c %a out)" = 700 ]
	sum=$(sha256sum <out/manifest.jsonl | cut -d' ' -f1)
	grep -rq "$sum" "$COUNTERFOIL_CASE"
}

@test "what others have since is not taken for the file's" {
	mcopy -i fat "$BATS_FILE_TMPDIR/pieces.bin" ::new.bin
	examine recover fat --all -o all
	assert_status 0
	python3 - "$BATS_FILE_TMPDIR" <<'END'
import hashlib, json, sys
rows = [json.loads(line) for line in open("all/manifest.jsonl")]
by = {row["path"]: row for row in rows}
def sha256(name):
    with open(f"{sys.argv[1]}/{name}", "rb") as f:
        return hashlib.sha256(f.read()).hexdigest()
assert by["new.bin"]["sha256"] == sha256("pieces.bin")
lost = [r for r in rows if r["deleted"] and r["grade"] == "overwritten"]
assert lost, rows
for row in lost:
    live = [b for b in row["blocks"] if b["state"] == "live"]
    assert live and all(b["also-of"] == "new.bin" for b in live), row
    if row["object"] and row["overwritten"]:
        bytes_ = open(f"all/{row['object']}", "rb").read()
        at = live[0]["in-file"]
        assert not any(bytes_[at:at + live[0]["length"]])
for row in rows:
    if row["deleted"] and row["grade"] == "certain" and "hole" in row["path"]:
        assert row["sha256"] == sha256("whole.txt")
END
}

@test "one file, with MD5 and as JSON" {
	examine ls fat
	printf '%s\n' "$output" >list
	examine recover fat -o out --file "$(number home/_ne.txt)" --md5 --json
	assert_status 0
	assert_json 'j["objects"] == 1 and j["certain"] == 1'
	[ "$(of home/_ne.txt md5)" = \
	    "$(md5sum <"$BATS_FILE_TMPDIR/one.txt" | cut -d' ' -f1)" ]
}

@test "a folder with something in it, and one in the case, are refused" {
	mkdir full
	: >full/x
	examine recover fat -o full
	assert_status 3
	assert_err 'is not empty'
	examine recover fat -o "$COUNTERFOIL_CASE/found"
	assert_status 2
	[ ! -e "$COUNTERFOIL_CASE/found" ]
}

@test "what the ledger refuses leaves nothing" {
	when=2023-07-23T10:00:00Z examine recover fat -o out
	assert_status 1
	[ ! -e out ]
}

@test "DFTT 6: all six come back with the published hashes" {
	images=${COUNTERFOIL_IMAGES:-$COUNTERFOIL_SOURCE/../shared/data/images}
	[ -f "$images/dftt/6-undel-fat.zip" ] || skip 'the image is not here'
	python3 -c 'import sys, zipfile
z = zipfile.ZipFile(sys.argv[1])
name = [n for n in z.namelist() if n.endswith(".dd")][0]
open("dftt", "wb").write(z.read(name))' "$images/dftt/6-undel-fat.zip"
	enter I-6 dftt
	at 2023-06-23T10:00:00Z recover dftt -o out --md5 --item I-6 \
	    --under "$order" --custodian room.example --as room.example
	assert_status 0
	[ "$(of _ing.dat md5)" = 59b20779f69ff9f0ac5fcd2c38835a79 ]
	[ "$(of _ult1.dat md5)" = ffd27bd782bdce67750b6b9ee069d2ef ]
	[ "$(of _ir1/mult2.dat md5)" = 59cf0e9cd107bc1e75afb7374f6e05bb ]
	[ "$(of _rag1.dat md5)" = 7a3bc5b763bef201202108f4ba128149 ]
	[ "$(of _rag2.dat md5)" = 0e80ab84ef0087e60dfc67b88a1cf13e ]
	[ "$(of _ir1/dir2/frag3.dat md5)" = 21121699487f3fbbdb9a4b3391b6d3e0 ]
	[ "$(of _rag1.dat grade)" = inferred ]
}
