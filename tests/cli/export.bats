#!/usr/bin/env bats
# counterfoil export: tables for a spreadsheet, which runs nothing in them.

load helper

setup_file() { make_case; }
setup() { use_case; }

# The output is CSV, and the Python expression on its rows (as t) is true.
assert_csv() {
	printf '%s' "$output" | python3 -c '
import csv, io, sys
text = sys.stdin.buffer.read().decode()
t = list(csv.DictReader(io.StringIO(text, newline="")))
sys.exit(0 if eval(f"({sys.argv[1]})") else f"not true: {sys.argv[1]}\n{t}")
' "$1" || show_result
}

@test "one row an item, with where it is and who has it" {
	at 2023-06-22T10:00:00Z export --csv
	assert_status 0
	assert_csv 'len(t) == 11 and t[0]["item"] == "B-0001" and
	    t[0]["holder"] == "room.example" and t[0]["seal"] == "451001" and
	    t[0]["since"] == "2023-06-21T09:40:00Z" and
	    t[0]["last-seen"] == "2023-06-20T14:00:00Z"'
	assert_csv '[(r["item"], r["inside"], r["make"], r["capacity"])
	    for r in t if r["type"] == "drive"][0] ==
	    ("PC-0001-D1", "PC-0001", "Crucial", "500000000000")'
	[[ $output == 'item,type,inside,holder,seal,since,last-seen,open,'* ]]
}

@test "withheld values stay withheld, unless they are asked for" {
	at 2023-06-22T10:00:00Z export --csv items
	refute_out WCJ6HLDUM7NG 'hall 1'
	assert_csv 'all(r["serial"] in ("", "withheld") for r in t)'
	at 2023-06-22T10:00:00Z export --csv items --private
	assert_csv '{r["item"]: r["serial"] for r in t}["PC-0001-D1"] ==
	    "WCJ6HLDUM7NG"'
	rm -r "$COUNTERFOIL_CASE/private/reveals"
	at 2023-06-22T10:00:00Z export --csv items --private
	assert_status 0
	refute_out WCJ6HLDUM7NG
}

@test "what is open of an item is said by question, form and word" {
	ask_question
	at 2023-07-05T10:00:00Z export --csv
	assert_csv '{r["item"]: r["open"] for r in t}["PC-0001-D1"].split()[1:3]
	    == ["hardware", "NOT-SHOWN;"] and t[0]["open"] == ""'
}

@test "one row an event" {
	at 2023-06-22T10:00:00Z export --csv events
	assert_status 0
	assert_csv '[(r["item"], r["giver"], r["receiver"],
	    r["signed-by-both"]) for r in t if r["event"] == "given"] ==
	    [(f"B-000{i}", "police.example", "room.example", "yes")
	    for i in (1, 2, 3)]'
	assert_csv 'len([r for r in t if r["event"] == "seized"]) >= 3 and
	    [r["at"] for r in t] == sorted(r["at"] for r in t)'
}

@test "one row a claim, with all its fields" {
	make_claim
	at 2023-07-04T10:00:00Z export --csv claims
	assert_csv 'len(t) == 1 and t[0]["asserts"] == "received" and
	    t[0]["quote"] == "Part of the drives have been received." and
	    t[0]["standing"] == "good" and len(t[0]["record"]) == 64 and
	    t[0]["signers"] == "notary.example"'
	at 2023-07-04T10:00:00Z export --csv claim
	assert_csv 'len(t) == 1'
}

@test "questions say who has answered and what the records show" {
	ask_question
	at 2023-07-12T10:00:00Z export --csv questions
	assert_csv 't[0]["status"] == "police.example overdue 2" and
	    "hardware NOT-SHOWN" in t[0]["words"] and
	    t[0]["addressee"] == "police.example due 2023-07-10"'
}

@test "one row a party" {
	at 2023-06-22T10:00:00Z export --csv parties
	assert_csv '{r["party"]: (r["side"], r["holds"]) for r in t} ==
	    {"police.example": ("authority", "0"),
	    "room.example": ("authority", "11"),
	    "owner.example": ("owner", "0"), "court.example": ("neutral", "0"),
	    "notary.example": ("neutral", "0"),
	    "council.example": ("outside", "0"),
	    "ministry.example": ("outside", "0")}'
}

@test "a kind with blocks has one row a block" {
	at 2023-06-22T10:00:00Z export --csv handovers
	assert_csv '[(r["from"], r["item"], r["item.seal"]) for r in t] ==
	    [("police.example", f"B-000{i}", f"45100{i}") for i in (1, 2, 3)]'
}

@test "no cell is a formula, and every value can be had again" {
	must 2023-07-03T18:00:00Z claim --as notary.example --asserts received \
	    --said 2023-07-03 --quote '=HYPERLINK("x","y")' \
	    --translation '@SUM(1)' --through '-1+2, "they" said' \
	    --remark "'quoted"
	at 2023-07-04T10:00:00Z export --csv claims --private
	assert_csv 'not any(v[:1] in ("=", "+", "-", "@")
	    for r in t for v in r.values())'
	assert_csv 't[0]["quote"] == "\x27=HYPERLINK(\"x\",\"y\")" and
	    t[0]["through"] == "\x27-1+2, \"they\" said" and
	    t[0]["remark"] == "\x27\x27quoted"'
}

@test "it goes to a file, a private one for private values" {
	at 2023-06-22T10:00:00Z export --csv items -o items.csv
	assert_status 0
	assert_out 'items.csv: items'
	[ "$(stat -c %a items.csv)" = 644 ]
	[ "$(tail -c 2 items.csv | od -An -tx1 | tr -d ' ')" = 0d0a ]
	must 2023-06-22T10:00:00Z export --csv items -o own.csv --private
	[ "$(stat -c %a own.csv)" = 600 ]
}

@test "a table that does not exist is refused" {
	at 2023-06-22T10:00:00Z export --csv rumours
	assert_status 2
	assert_one_error
	assert_err 'no table "rumours"'
	at 2023-06-22T10:00:00Z export items
	assert_status 2
	assert_one_error
	assert_err '--csv'
}
