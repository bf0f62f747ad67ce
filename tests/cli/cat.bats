#!/usr/bin/env bats
# cat: one file of an image, under an order.

load helper
load catalog_case

setup_file() {
	make_catalog_case
	examine ls fat
	printf '%s\n' "$output" >"$BATS_FILE_TMPDIR/list"
}

setup() {
	use_case
	cp "$BATS_FILE_TMPDIR"/{fat,list} .
}

bytes_of() {
	"$COUNTERFOIL" cat --now 2023-06-23T10:00:00Z fat "$(number "$1")" \
	    --item I-1 --under "$order" --custodian room.example \
	    --as room.example >bytes 2>said
}

@test "a file comes out as it was written, a deleted one too" {
	bytes_of home/stay.odt
	cmp bytes "$BATS_FILE_TMPDIR/stay"
	bytes_of home/_hole.txt
	cmp bytes "$BATS_FILE_TMPDIR/whole.txt"
	grep -q 'a deleted file: certain' said
	bytes_of home/_ne.txt
	cmp bytes "$BATS_FILE_TMPDIR/one.txt"
	grep -rq "$(sha256sum <bytes | cut -d' ' -f1)" "$COUNTERFOIL_CASE"
}

@test "a number that there is not, and one that is none" {
	examine cat fat 1:999999999
	assert_status 3
	assert_err 'there is no file 1:999999999'
	examine cat fat home/stay.odt
	assert_status 2
	assert_err "is no file's number"
}

@test "without an order that covers it no byte comes out" {
	when=2023-07-23T10:00:00Z examine cat fat "$(number home/stay.odt)"
	assert_status 1
	[ -z "$output" ]
}
