#!/usr/bin/env bats
# counterfoil fsck: every damage is found and named.

load helper

setup_file() { make_case; }
setup() { use_case; }

# Changes one byte of a file in the case.
damage() {
	python3 - "$COUNTERFOIL_CASE/$1" "${2:-40}" <<-'END'
	import sys
	path, at = sys.argv[1], int(sys.argv[2])
	b = bytearray(open(path, "rb").read())
	b[at % len(b)] ^= 1
	open(path, "wb").write(b)
	END
}

@test "all is well" {
	cf fsck
	assert_status 0
	assert_out 'all is well: 7 records' 'reveals' '7 receipts' \
	    '0 open offers'
	[ -z "$stderr" ]
}

@test "a damaged entry bundle" {
	damage log/tile/entries/000.p/7 200
	cf fsck
	assert_status 1
	assert_out 'tile/entries/000'
	assert_one_error
	assert_err 'wrong'
}

@test "a damaged hash tile, rebuilt" {
	damage log/tile/0/000.p/7
	cf fsck
	assert_status 1
	assert_out 'tile/0/000'
	cf fsck --repair
	assert_status 0
	cf fsck
	assert_status 0
}

@test "a damaged checkpoint" {
	damage log/checkpoint 100
	cf fsck
	[ "$status" -eq 1 ] || [ "$status" -eq 3 ] || show_result
	[[ $output$stderr == *checkpoint* ]]
}

@test "a damaged reveal" {
	file=$(ls "$COUNTERFOIL_CASE"/private/reveals | head -1)
	damage "private/reveals/$file" -3
	cf fsck
	assert_status 1
	assert_out "private/reveals/$file"
	assert_one_error
}

@test "a damaged receipt" {
	file=$(ls "$COUNTERFOIL_CASE"/private/receipts | tail -1)
	damage "private/receipts/$file" 300
	cf fsck
	assert_status 1
	assert_out "private/receipts/$file"
}

@test "a receipt for a record that the ledger does not have" {
	cp -R "$COUNTERFOIL_CASE" other
	must 2023-06-22T09:00:00Z incident damage B-0001 --as room.example
	cp "$COUNTERFOIL_CASE"/private/receipts/000007-* other/private/receipts/
	cf fsck --case other
	assert_status 1
	assert_out 'has lost record 7'
}

@test "a damaged offer" {
	must 2023-06-22T09:00:00Z hand --all --to court.example \
	    --as room.example --count 3
	file=$(ls "$COUNTERFOIL_CASE"/private/offers)
	damage "private/offers/$file" 150
	cf fsck
	assert_status 1
	assert_out "private/offers/$file"
}

@test "a file that a crash left while it was written is passed over" {
	touch "$COUNTERFOIL_CASE"/private/offers/.tmp-1234 \
	    "$COUNTERFOIL_CASE"/private/receipts/.tmp-1234
	cf fsck
	assert_status 0
}

@test "a folder that is no case" {
	cf fsck --case "$BATS_TEST_TMPDIR"
	assert_status 3
	assert_one_error
	assert_err 'is no case'
}
