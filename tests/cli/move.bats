#!/usr/bin/env bats
# counterfoil move: another place, the same custodian.

load helper

setup_file() { make_case; }
setup() { use_case; }

@test "the holder puts a package elsewhere" {
	must 2023-06-22T10:00:00Z move B-0001 --place 'shelf 12' \
	    --state intact --as room.example
	assert_out 'move' '(1 item)' '[good]'
	at 2023-06-22T11:00:00Z show PC-0001-D1
	assert_out 'moved, under the same custodian (in B-0001)' \
	    'then held by room.example'
	at 2023-06-22T11:00:00Z show last
	assert_out 'place~:' 'seal: 451001' 'state: intact' 'place: shelf 12'
	at 2023-06-22T11:00:00Z show PC-0001-D1 --json
	assert_json 'j["timeline"][-1]["what"] == "moved"'
}

@test "without --state nothing is said of the seal" {
	must 2023-06-22T10:00:00Z move B-0001 --place 'shelf 12' \
	    --as room.example
	at 2023-06-22T11:00:00Z show last
	refute_out 'seal:' 'state:'
}

@test "who does not hold it cannot move it" {
	at 2023-06-22T10:00:00Z move B-0001 --place here --as police.example
	assert_status 2
	assert_one_error
	assert_err 'none of the signers holds B-0001' '--custodian'
}

@test "a move goes somewhere" {
	at 2023-06-22T10:00:00Z move B-0001 --as room.example
	assert_status 2
	assert_one_error
	assert_err '--place'
}

@test "a witness signs too" {
	must 2023-06-22T10:00:00Z move B-0001 --place cellar \
	    --witness court.example --as room.example
	assert_out 'still to sign: court.example'
}
