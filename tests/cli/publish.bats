#!/usr/bin/env bats
# counterfoil publish: what becomes public is looked at first.

load helper

setup_file() {
	make_case
	make_claim
}
setup() { use_case; }

check() {
	at 2023-07-05T10:00:00Z publish --check "$@" </dev/null
}

publish() {
	at 2023-07-05T10:00:00Z publish site "$@"
}

@test "every value that a reader could read is listed, free text first" {
	check --all
	assert_status 0
	assert_out 'What everybody can read in the 8 records of log/:' \
	    'FREE TEXT' 'quote (' 'Part of the drives have been received.' \
	    'A small seizure' 'OPEN BY SCHEMA' 'PC-0001-D1' \
	    'WITHHELD - nobody can read these' 'serial (withheld): 8 values' \
	    'public for ever'
	refute_out WCJ6HLDUM7NG
	[[ $output == *'FREE TEXT'*'OPEN BY SCHEMA'*'WITHHELD'* ]]
	assert_err 'not confirmed'
	[ ! -e "$COUNTERFOIL_CASE/private/publish-checked.txt" ]
}

@test "nothing readable is left out" {
	check --all --json
	assert_status 0
	printf '%s' "$output" >check.json
	mkdir notes
	for id in $(ls "$COUNTERFOIL_CASE/private/receipts"); do
		sed '1,/^entered: /d; /^$/,$d' \
		    "$COUNTERFOIL_CASE/private/receipts/$id" >notes/"$id"
	done
	python3 - <<'END'
import glob, json, re
fields = json.load(open("check.json"))["fields"]
listed = {(f["field"], v) for f in fields for v in f["values"]}
read = {match.groups() for path in glob.glob("notes/*")
        for line in open(path)
        if (match := re.match(r" *([a-z-]+): (.*)", line))}
assert len(read) > 100, len(read)
assert read == listed, read ^ listed
counts = {f["field"]: f["count"] for f in fields if f["class"] == "withheld"}
assert counts["serial"] == 8, counts
END
}

@test "the first ten of a field, and how many more" {
	check
	assert_status 0
	assert_out 'item (open by schema): ' 'and 1 more'
	check --json
	assert_json 'all(len(f["values"]) <= 10 for f in j["fields"])'
	assert_json 'any(f["different"] > 10 for f in j["fields"])'
}

@test "what the policy opened is told apart" {
	roster >open.csv
	at 2023-06-20T12:00:00Z init opened --name opened.example \
	    --roster open.csv --plain-keys --open serial
	assert_status 0
	must 2023-06-20T14:00:00Z seize "$BATS_FILE_TMPDIR/things.csv" \
	    --by police.example --from owner.example --owner signed \
	    --as police.example --as owner.example --case opened
	at 2023-06-20T15:00:00Z publish --check --case opened
	assert_out 'serial (could be withheld, and is open): 8 values' \
	    WCJ6HLDUM7NG 'place (withheld)'
}

@test "the first publication needs a confirmed look at this size" {
	publish
	assert_status 3
	assert_one_error
	assert_err 'nobody has looked yet'
	[ ! -e site ]
	check --confirmed
	assert_status 0
	assert_err 'checked and confirmed at 8 records'
	grep -q '^8 ' "$COUNTERFOIL_CASE/private/publish-checked.txt"
	ask_question
	publish
	assert_status 3
	assert_one_error
	assert_err 'the first 8 records, and there are 9 now'
	[ ! -e site ]
	check --confirmed
	publish
	assert_status 0
	assert_err 'site: 9 records'
	cmp site/checkpoint "$COUNTERFOIL_CASE/log/checkpoint"
}

@test "what was published is a ledger by itself, and nothing else" {
	check --confirmed
	publish
	assert_status 0
	find site -type f | grep -vE '^site/(checkpoint|tile/[0-9a-z/.]+)$' &&
	    return 1
	mkdir reader
	cp "$COUNTERFOIL_CASE/counterfoil.conf" reader
	cp -R site reader/log
	cf fsck --case reader
	assert_status 0
	cf show --case reader
	assert_status 0
}

@test "later only what is new is listed, and the copy grows" {
	check --confirmed
	publish
	assert_status 0
	[ -z "$output" ] || refute_out 'Part of the drives'
	ask_question
	publish
	assert_status 0
	assert_out 'What is new in log/ since its first 8 records (now 9):' \
	    '2023-06-20T00:00:00Z'
	refute_out 'Part of the drives' 'PC-0001-D1'
	cmp site/checkpoint "$COUNTERFOIL_CASE/log/checkpoint"
	publish
	assert_status 0
	assert_out 'Nothing that was not there before.'
}

@test "other folders are not written into" {
	check --confirmed
	mkdir site
	echo hello >site/letter
	publish
	assert_status 3
	assert_one_error
	assert_err 'there is "letter" in it'
	rm site/letter
	publish
	assert_status 0
	at 2023-06-20T12:00:00Z init second --name second.example \
	    --roster "$BATS_FILE_TMPDIR/parties.csv" --plain-keys
	at 2023-07-05T10:00:00Z publish site --case second
	assert_status 3
	assert_one_error
	assert_err 'something else than this ledger'
	cmp site/checkpoint "$COUNTERFOIL_CASE/log/checkpoint"
}

@test "a look at one history is none at another" {
	check --confirmed
	sed -i 's/^8 ..../8 AAAA/' \
	    "$COUNTERFOIL_CASE/private/publish-checked.txt"
	publish
	assert_status 3
	assert_err 'nobody has looked yet'
}

@test "what lies beside the tiles is published too" {
	check --confirmed
	echo step >"$COUNTERFOIL_CASE/log/site"
	mkdir "$COUNTERFOIL_CASE/log/stamps"
	echo stamps >"$COUNTERFOIL_CASE/log/stamps/8"
	publish
	assert_status 0
	[ "$(cat site/site)" = step ]
	[ "$(cat site/stamps/8)" = stamps ]
	rm "$COUNTERFOIL_CASE/log/site"
	publish
	assert_status 0
}

@test "wrong usage" {
	cf publish
	assert_status 2
	assert_one_error
	cf publish site --check
	assert_status 2
	assert_one_error
	cf publish site --confirmed
	assert_status 2
	assert_one_error
}
