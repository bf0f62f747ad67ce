#!/usr/bin/env bats
# counterfoil handling: seals broken and set, parts taken out and put in.

load helper

setup_file() { make_case; }
setup() { use_case; }

open_bag() {
	must 2023-06-22T10:00:00Z handling open B-0001 --order 'order 1/23' \
	    --present-throughout --as room.example --as notary.example
}

@test "custodian and witness are found among the signers" {
	open_bag
	assert_out 'handling' '(1 item)' '[good]'
	at 2023-06-22T10:00:00Z show last
	assert_out 'custodian: room.example' 'witness: notary.example' \
	    'present-throughout: yes' 'authority: order 1/23' \
	    'item: B-0001' '  action: open'
	at 2023-06-22T10:00:00Z show B-0001
	assert_out 'seal broken under an order'
}

@test "a new seal takes the old one's place" {
	open_bag
	must 2023-06-22T11:00:00Z handling reseal B-0001 --seal 451099 \
	    --seal-type enclosing --order 'order 1/23' --as room.example \
	    --as notary.example
	at 2023-06-22T11:00:00Z show B-0001 --json
	assert_json 'j["seal"] == "451099"'
	assert_json '[s["what"] for s in j["timeline"]] ==
	    ["seized", "given", "opened", "sealed"]'
}

@test "a part taken out knows what it was in, and goes into another" {
	open_bag
	must 2023-06-22T10:30:00Z handling take-out PC-0001-D1 \
	    --order 'order 1/23' --as room.example --as notary.example
	at 2023-06-22T10:30:00Z show last
	assert_out '  out-of: PC-0001'
	must 2023-06-22T10:40:00Z handling put-in PC-0001-D1 --into B-0002 \
	    --order 'order 1/23' --as room.example --as notary.example
	at 2023-06-22T10:40:00Z show PC-0001-D1
	assert_out 'in: B-0002 (seal 451002)' 'put in to B-0002'
}

@test "a thing found in a computer is listed from then on" {
	must 2023-06-22T10:30:00Z handling found PC-0002-D2 --type drive \
	    --out-of PC-0002 --make Kingston --serial 7777 --slot 2 \
	    --order 'order 1/23' --as room.example --as notary.example
	at 2023-06-22T10:30:00Z show PC-0002-D2
	assert_out 'PC-0002-D2, drive' 'held by room.example' \
	    'in: PC-0002, in B-0002' 'serial: 7777' 'found and listed'
}

@test "one seal for each item" {
	at 2023-06-22T10:00:00Z handling reseal B-0001 B-0002 --seal 9001 \
	    --order 'order 1/23' --as room.example --as notary.example
	assert_status 2
	assert_one_error
	assert_err '2 items and 1 seal number'
}

@test "a reseal without a seal, a put-in without a target" {
	at 2023-06-22T10:00:00Z handling reseal B-0001 --order 'order 1/23' \
	    --as room.example --as notary.example
	assert_status 2
	assert_err '--seal NUMBER'
	at 2023-06-22T10:00:00Z handling put-in PC-0001-D1 \
	    --order 'order 1/23' --as room.example --as notary.example
	assert_status 2
	assert_err '--into ITEM'
}

@test "nobody handles without a witness or an order" {
	at 2023-06-22T10:00:00Z handling open B-0001 --order 'order 1/23' \
	    --as room.example
	assert_status 2
	assert_one_error
	assert_err '--witness PARTY'
	at 2023-06-22T10:00:00Z handling open B-0001 --as room.example \
	    --as notary.example
	assert_status 2
	assert_err '--order TEXT is missing'
}

@test "who holds nothing must say who does" {
	at 2023-06-22T10:00:00Z handling open B-0001 --order 'order 1/23' \
	    --as police.example --as notary.example
	assert_status 2
	assert_one_error
	assert_err 'none of the signers holds B-0001' '--custodian PARTY'
}

@test "a witness whose key is elsewhere gets an offer" {
	before=$(ledger_size)
	at 2023-06-22T10:00:00Z handling open B-0001 --order 'order 1/23' \
	    --witness court.example --as room.example
	assert_status 0
	assert_out 'still to sign: court.example'
	[ "$(ledger_size)" = "$before" ]
	at 2023-06-22T10:00:00Z show
	assert_out 'handling of 1 item; still to sign: court.example'
}

@test "a seal number is never used again" {
	before=$(ledger_size)
	open_bag
	at 2023-06-22T11:00:00Z handling reseal B-0001 --seal 451002 \
	    --order 'order 1/23' --as room.example --as notary.example
	assert_status 1
	assert_err 'refused: number-reused: B-0001'
	[ "$(ledger_size)" = "$((before + 1))" ]
}

@test "an action that is none is answered with those that are" {
	at 2023-06-22T10:00:00Z handling shake B-0001 --order 'order 1/23' \
	    --as room.example --as notary.example
	assert_status 2
	assert_one_error
	assert_err 'open reseal take-out put-in power-on found'
}
