#!/usr/bin/env bats
# counterfoil dispose: what is destroyed, who watched, which copies remain.

load helper

# Package 1 is opened, and its drives are out of it.
setup_file() {
	make_case
	must 2023-06-21T10:00:00Z handling open B-0001 --order 'order 12' \
	    --as room.example --as notary.example
	must 2023-06-21T10:05:00Z handling take-out PC-0001-D1 PC-0001-D2 \
	    --order 'order 12' --as room.example --as notary.example
}
setup() { use_case; }

@test "before a disinterested witness, identified: no warning" {
	must 2023-06-22T10:00:00Z dispose PC-0001-D1 --seen serial-read \
	    --method shredded --as room.example --as court.example
	assert_out 'disposal' '[good]'
	[ -z "$stderr" ]
	at 2023-06-22T11:00:00Z show PC-0001-D1
	assert_out 'held by nobody' 'destroyed at room.example'
	at 2023-06-22T11:00:00Z show last
	assert_out 'witness: court.example' 'remaining-copy: none'
}

@test "before nobody disinterested: the warning says what follows" {
	must 2023-06-22T10:00:00Z dispose PC-0001-D1 --seen serial-read \
	    --as room.example --as police.example
	assert_err 'no disinterested witness signs for 1 of 1 item' \
	    'CONTESTED: destroyed-unseen'
	ask_question
	at 2023-07-05T10:00:00Z finding last --json
	assert_json '[line for line in j["lines"]
	    if line.get("item") == "PC-0001-D1" and "destroyed-unseen" in
	    [r["code"] for r in line["reasons"]]] != []'
}

@test "a label identifies nothing" {
	must 2023-06-22T10:00:00Z dispose PC-0001-D1 PC-0001-D2 \
	    --seen serial-read --seen label-read \
	    --as room.example --as court.example
	assert_err '1 of 2 items are not identified'
}

@test "copies of what is in it remain, the destroyed ones not" {
	at 2023-06-21T12:00:00Z record image examiner=room.example \
	    custodian=room.example \
	    I-1: derived-from=PC-0002-D1 type=image \
	    I-2: derived-from=PC-0002-D1 type=image \
	    --as room.example --although
	assert_status 0
	at 2023-06-21T12:30:00Z show PC-0002-D1
	assert_out 'copy: I-1, held by room.example' 'copied as I-1'
	at 2023-06-21T12:30:00Z show I-1
	assert_out 'copy of: PC-0002-D1' 'made as a copy of PC-0002-D1'
	must 2023-06-21T13:00:00Z dispose I-2 --seen hash-match \
	    --as room.example --as court.example
	must 2023-06-22T10:00:00Z dispose B-0002 --seen package-sealed \
	    --as room.example --as court.example
	assert_err 'a copy remains: I-1'
	at 2023-06-22T11:00:00Z show last
	assert_out 'remaining-copy: I-1' 'seal: 451002'
	refute_out 'remaining-copy: I-2'
}

@test "somebody must have watched" {
	at 2023-06-22T10:00:00Z dispose PC-0001-D1 --seen serial-read \
	    --as room.example
	assert_status 2
	assert_one_error
	assert_err '--witness'
}
