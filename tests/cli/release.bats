#!/usr/bin/env bats
# counterfoil release: what is given back, counted by both, and what remains.

load helper

setup_file() { make_case; }
setup() { use_case; }

@test "both count at one counter, and the owner holds it again" {
	must 2023-06-22T10:00:00Z release --all --to owner.example --counter \
	    --count 3 --count-received 3 --as room.example --as owner.example
	assert_out 'TO BE SIGNED: release of 3 items' '3 intact' '[good]'
	at 2023-06-22T11:00:00Z show PC-0001-D1
	assert_words 'held by owner.example' 'given back (in B-0001)' \
	    'by room.example to owner.example, signed by both'
	at 2023-06-22T11:00:00Z show last
	assert_out 'counted-by-receiver: 3' 'remaining-copy: none'
}

@test "the receiver counts for himself, and leaves out what is not there" {
	must 2023-06-22T10:00:00Z release --all --to owner.example \
	    --count 3 --as room.example
	id=$(printf '%s' "$output" | sed -n 's/^offer \([0-9a-f]*\):.*/\1/p')
	at 2023-06-22T10:10:00Z accept "$id" --as owner.example --count 2
	assert_status 1
	assert_err 'the counts differ'
	must 2023-06-22T10:10:00Z accept "$id" --as owner.example \
	    --except B-0003 --because 'not on the trolley' --count 2
	assert_out 'not-taken' 'still to sign: room.example'
}

@test "a wrong count enters nothing" {
	before=$(ledger_size)
	at 2023-06-22T10:00:00Z release --all --to owner.example --counter \
	    --count 3 --count-received 2 --as room.example --as owner.example
	assert_status 1
	assert_err 'release: the counts differ: owner.example counted 2'
	[ "$(ledger_size)" = "$before" ]
}

@test "copies that remain are named, or said to be none" {
	at 2023-06-21T12:00:00Z record image examiner=room.example \
	    custodian=room.example I-1: derived-from=PC-0001-D1 type=image \
	    --as room.example --although
	assert_status 0
	at 2023-06-21T12:10:00Z record image examiner=room.example \
	    custodian=room.example X-1: derived-from=I-1 type=extract \
	    --as room.example --although
	assert_status 0
	must 2023-06-22T10:00:00Z release --packages B-0001 \
	    --to owner.example --counter --count 1 --count-received 1 \
	    --as room.example --as owner.example
	assert_err 'a copy remains: I-1' 'a copy remains: X-1'
	at 2023-06-22T11:00:00Z show last
	assert_out 'remaining-copy: I-1' 'remaining-copy: X-1'
	must 2023-06-22T10:00:00Z release --packages B-0002 \
	    --to owner.example --counter --count 1 --count-received 1 \
	    --as room.example --as owner.example
	at 2023-06-22T11:00:00Z show last
	assert_out 'remaining-copy: none'
}

@test "who receives must be able to sign" {
	at 2023-06-22T10:00:00Z release --all --to council.example \
	    --count 3 --as room.example
	assert_status 3
	assert_one_error
	assert_err 'release: council.example has no key' '--receiver refused'
}
