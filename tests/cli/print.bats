#!/usr/bin/env bats
# counterfoil print: every value of a record is on its sheet, nothing withheld
# is without its reveal, and the code leads back to the record.

load helper

setup_file() { make_case; }
setup() { use_case; }

# What a reader sees of a page, white space evened out.
text_of() {
	python3 - "$1" <<'END'
import html, re, sys
page = open(sys.argv[1], encoding="utf-8").read()
body = re.sub(r"<(style|title).*?</\1>", "", page, flags=re.S)
print(re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", body))))
END
}

# Every open value of the record, as signed, can be read on the sheet.
assert_all_values() {
	"$COUNTERFOIL" show "$1" --json </dev/null | python3 -c '
import html, json, re, sys
page = open(sys.argv[1], encoding="utf-8").read()
even = lambda s: re.sub(r"\s+", " ", s)
seen = even(html.unescape(re.sub(r"<[^>]+>", " ", page)))
tight = seen.replace(" ", "")
missing = []
for line in json.load(sys.stdin)["note"].split("\n\n")[0].split("\n")[1:]:
    name, _, value = line.strip().partition(": ")
    if name.endswith("~"):
        continue
    words = value.split(" ")[:1] if name in ("signer", "case") else [value]
    for word in words:
        plain = word.replace("\\n", " ").replace("\\\\", "\\")
        if even(plain).replace(" ", "") not in tight:
            missing.append(line)
sys.exit(f"not on the sheet: {missing}" if missing else 0)' "$2"
}

assert_on() {
	local text page
	page=$(text_of "$1")
	shift
	for text; do
		[[ $page == *"$text"* ]] ||
		    { echo "not on the sheet: $text"; echo "$page"; return 1; }
	done
}

# The first code of a sheet, as a scanner reads it.
scanned() {
	python3 - "$1" <<'END'
import re, subprocess, sys
page = open(sys.argv[1], encoding="utf-8").read()
svg = re.search(r"<svg.*?</svg>", page, re.S)[0]
subprocess.run(["rsvg-convert", "--dpi-x", "200", "--dpi-y", "200",
                "--background-color", "white", "-o", "qr.png"],
               input=svg.encode(), check=True)
END
	zbarimg -q --raw qr.png
}

# Case, ledger and its root, how to check, page numbers; nothing to load.
assert_sheet() {
	local size root
	size=$(ledger_size)
	root=$(sed -n 3p "$COUNTERFOIL_CASE/log/checkpoint")
	assert_on "$1" 'Case: seizure.example#' \
	    "Ledger: $size records, root $root" 'How to check it:'
	grep -q 'counter(page) " of " counter(pages)' "$1"
	grep -q '@page{margin' "$1"
	run grep -cE '<script|<link|src=|href=|@import|url\(|https?://[^w]' "$1"
	[ "$output" = 0 ]
}

@test "a hand-over has all its values, two boxes to sign, and its code" {
	id=$(record_id)
	must 2023-06-22T10:00:00Z print handover -o h.html
	assert_sheet h.html
	assert_all_values last h.html
	assert_on h.html 'Given by' 'Received by' "Record: ${id:0:12}" \
	    'B-0001 *' 'seal: 451002'
	[ "$(grep -c 'class="box"' h.html)" -eq 2 ]
	[ "$(scanned h.html)" = "$id" ]
}

@test "an offer is printed as what it is" {
	must 2023-06-22T10:00:00Z hand --all --from room.example \
	    --to police.example --as room.example --count 3 \
	    --given-by 'Officer Roe'
	[[ $output =~ offer\ ([0-9a-f]{12}) ]]
	offer=${BASH_REMATCH[1]}
	must 2023-06-22T10:00:00Z print handover "$offer" -o o.html
	assert_on o.html 'An offer: not in the ledger yet' 'not yet' \
	    'Officer Roe' 'not public'
	[[ $(scanned o.html) == "$offer"* ]]
}

@test "the seizure is the whole list, and a receipt for the owner" {
	must 2023-06-22T10:00:00Z print seizure -o s.html --public
	assert_sheet s.html
	assert_on s.html 'Seizure: inventory' 'PC-0001-D1' 'model: MX500' \
	    'Receipt for the owner' 'Receipt taken by the owner' \
	    'In all: 3 packages, 2 computers, 2 casings, 3 drives, 1 phone.'
	for i in $("$COUNTERFOIL" show --json </dev/null |
	    sed -n 's/.*"seizure": "\(.*\)".*/\1/p'); do
		assert_all_values "$i" s.html
		[ "$(scanned s.html)" = "$i" ]
	done
	[ "$(grep -c '<section' s.html)" -eq 2 ]
	[ "$(grep -c 'How to check it' s.html)" -eq 2 ]
}

@test "what is withheld is on paper only with its reveal, and marked" {
	must 2023-06-22T10:00:00Z print seizure -o s.html
	assert_out 'not public'
	[ "$(stat -c %a s.html)" = 600 ]
	assert_on s.html 'WCJ6HLDUM7NG' 'hall 1' 'not public'
	must 2023-06-22T10:00:00Z print seizure -o s.html --public
	[ "$(stat -c %a s.html)" = 644 ]
	run grep -cE 'WCJ6HLDUM7NG|hall 1|not public' s.html
	[ "$output" = 0 ]
	rm -r "$COUNTERFOIL_CASE/private/reveals"
	must 2023-06-22T10:00:00Z print seizure -o s.html
	run grep -cE 'WCJ6HLDUM7NG|hall 1|not public' s.html
	[ "$output" = 0 ]
	assert_on s.html 'serial: withheld'
}

@test "an inspection says what is amiss first" {
	printf '%s\n' B-0001,451001,broken B-0003,451003,intact X-1,451009 \
	    >scan.txt
	must 2023-06-22T10:00:00Z inspect --scan scan.txt --as room.example \
	    --as court.example
	must 2023-06-22T10:00:00Z print inspection -o i.html
	assert_sheet i.html
	assert_all_values last i.html
	assert_on i.html 'Found, but not expected here: 1' 'Missing: 0' \
	    'Found with a broken seal: 1' 'Found as listed: 1' \
	    'Expected, but not looked at Item Type B-0002 package' \
	    "Expected at the custodian's: 3; not looked at: 1."
}

@test "an inventory sheet lists what should be there" {
	must 2023-06-22T10:00:00Z print inventory room.example -o i.html
	assert_sheet i.html
	assert_on i.html 'Expected: 3.' 'B-0002' '451002' '☐'
	at 2023-06-22T10:00:00Z print inventory police.example -o j.html
	assert_status 3
	assert_one_error
	assert_err 'holds nothing'
	[ ! -e j.html ]
}

@test "a question shows its days, and an empty answer to fill in" {
	ask_question
	must 2023-07-12T10:00:00Z print question -o q.html
	assert_sheet q.html
	assert_all_values last q.html
	assert_on q.html 'OVERDUE by 2 days (due 2023-07-10' '☐ yes' \
	    '☐ refused'
	must 2023-07-12T11:00:00Z answer last --answer no --statement \
	    'Nothing left the room.' --as police.example
	must 2023-07-12T12:00:00Z print question -o q.html
	assert_on q.html 'answered "no"' 'Nothing left the room.'
	run grep -c '☐' q.html
	[ "$output" = 0 ]
}

@test "a claim is there word for word, escaped, in its language" {
	must 2023-07-03T18:00:00Z claim --as notary.example \
	    --asserts received --said 2023-07-03 --language ar \
	    --quote 'استلمنا <b>جزءا</b> & "نعم"' \
	    --translation 'We received <i>part</i>' --speaker 'A. Person'
	id=$(record_id)
	must 2023-07-04T09:00:00Z print claim -o c.html
	assert_sheet c.html
	assert_all_values last c.html
	grep -q 'lang="ar"' c.html
	grep -q 'استلمنا &lt;b&gt;جزءا&lt;/b&gt; &amp; &quot;نعم&quot;' c.html
	assert_on c.html 'A. Person not public' 'not graded'
	must 2023-07-04T10:00:00Z assess "$id" --source B --information 2 \
	    --reason 'heard twice' --as notary.example
	must 2023-07-04T11:00:00Z print claim "$id" -o c.html
	assert_on c.html 'heard twice'
}

@test "a kind without a sheet of its own is printed from the schema" {
	must 2023-06-22T10:00:00Z incident damage B-0001 \
	    --statement 'wet' --as room.example
	must 2023-06-22T10:00:00Z print incident -o i.html
	assert_sheet i.html
	assert_all_values last i.html
	must 2023-06-22T10:00:00Z print case -o c.html
	assert_all_values "$("$COUNTERFOIL" show --json </dev/null |
	    python3 -c 'import json, sys
print(json.load(sys.stdin)["case"].split("#")[1][:32])')" c.html
}

@test "empty forms have numbers that never come again" {
	must 2023-06-22T10:00:00Z print hand --blank --copies 2 -o f.html
	assert_sheet f.html
	assert_on f.html 'Form: handover-0001' 'Form: handover-0002' \
	    'late entry from paper form handover-0002' 'counted by giver'
	[ "$(scanned f.html)" = handover-0001 ]
	must 2023-06-22T10:00:00Z print handover --blank -o f.html
	assert_on f.html 'Form: handover-0003'
	for kind in seize inspect incident; do
		must 2023-06-22T10:00:00Z print $kind --blank -o f.html
		assert_on f.html '-0001' 'Signature'
	done
}

@test "what cannot be printed is said" {
	at 2023-06-22T10:00:00Z print rumour -o x.html
	assert_status 2
	assert_one_error
	assert_err 'no sheet "rumour"'
	at 2023-06-22T10:00:00Z print claim -o x.html
	assert_status 3
	assert_one_error
	at 2023-06-22T10:00:00Z print handover
	assert_status 2
	assert_err '--output'
	at 2023-06-22T10:00:00Z print handover --copies 2 -o x.html
	assert_status 2
	at 2023-06-22T10:00:00Z print handover --blank --copies 501 -o x.html
	assert_status 2
	[ ! -e x.html ]
}
