#!/usr/bin/env bats
# counterfoil disclose: chosen bytes of an image, with proof; and what the two
# verifiers say of them.

load helper

reference() {
	python3 "$COUNTERFOIL_SOURCE/tests/reference/imagetree.py" "$@"
}

# I-1 is an image of PC-0002-D1 with 7 chunks, the last one short; its record
# and an order to disclose are in the ledger.
setup_file() {
	make_case
	cd "$BATS_FILE_TMPDIR" || return 1
	seq 1 100000 | head -c 400000 >image
	length=$(stat -c %s image)
	seed=00112233445566778899aabbccddeeff0123456789abcdef0123456789abcdef
	echo $seed >seed
	root=$(reference root "$length" $seed <image)
	must 2023-06-22T10:00:00Z order authorisation --concerns all \
	    --permits image --permits disclose --until 2023-06-30 \
	    --as court.example
	order=$(record_id)
	must 2023-06-22T11:00:00Z record image examiner=room.example \
	    custodian=room.example order="$order" PC-0002-D1: \
	    I-1: derived-from=PC-0002-D1 type=image length="$length" \
	    chunk-size=65536 tree-root="$root" salts=ggm-hmac-sha256 \
	    I-2: derived-from=PC-0002-D1 type=image --as room.example
	record=$(record_id)
	cf receipt last -o image.receipt
	assert_status 0
	export length order record root
}
setup() {
	use_case
	cp "$BATS_FILE_TMPDIR"/{image,seed,image.receipt} .
}

disclose() {
	at 2023-06-23T10:00:00Z disclose image --item I-1 --seed seed \
	    --from room.example --to court.example -o out --as room.example \
	    --as court.example "$@"
}

# Both verifiers say the same, and end in the same way.
both() {
	cf verify "$@"
	local first=$output first_status=$status
	run --separate-stderr counterfoil-verify "$@"
	[ "$output" = "$first" ] && [ "$status" = "$first_status" ]
}

@test "what is disclosed is proved, recorded and written out" {
	disclose --order "$order" --ranges 65540-65541,200000-262144
	assert_status 0
	assert_words 'I-1 will be shown, in whole chunks of 65536 bytes' \
	    'bytes 65536 to 131071' 'bytes 196608 to 327679' 'disclosure' \
	    '[good]'
	at 2023-06-23T11:00:00Z show last
	assert_out "document: $(sha256sum out | cut -d' ' -f1)" \
	    'range: 65536, 65536' 'range: 196608, 131072'

	both out --with image.receipt
	assert_status 0
	assert_out 'This disclosure HOLDS' "record: $record" "root:   $root" \
	    'bytes 196608 to 327679 (131072)' 'room.example'
	cf verify out --with image.receipt --output bytes
	assert_status 0
	{
		tail -c +65537 image | head -c 65536
		tail -c +196609 image | head -c 131072
	} | cmp - bytes
	run --separate-stderr counterfoil-verify --output again \
	    --with image.receipt out
	assert_status 0
	cmp bytes again
}

@test "without the record it is said that nobody vouches for the root" {
	disclose --order "$order" --ranges 0-0
	both out
	assert_status 3
	assert_out 'LEAD TO THE ROOT' 'Nobody vouches'
	assert_err "give what holds its image's record with --with"
	refute_out 'HOLDS'
	both out --output shown
	assert_status 3
	assert_err 'nothing was written'
	[ ! -e shown ]
	run --separate-stderr counterfoil-verify --quiet out
	assert_status 3
	assert_out 'Nobody vouches'
	run --separate-stderr counterfoil-verify --quiet out \
	    --with image.receipt --output shown
	assert_status 0
	[ -z "$output" ] && [ -s shown ]
	cp image.receipt other
	cf receipt "$order" -o order.receipt
	both out --with order.receipt
	assert_status 3
	assert_err "$record" 'in none of the files'
	both out --machine
	assert_status 2
}

@test "a bundle holds the record, too" {
	disclose --order "$order" --ranges 0-0
	ask_question
	at 2023-07-12T00:00:00Z bundle last -o finding.bundle
	both out --with finding.bundle
	assert_status 0
	assert_out 'This disclosure HOLDS' 'Its standing: good'
	run --separate-stderr counterfoil-verify - --with finding.bundle <out
	assert_status 0
	assert_out 'This disclosure HOLDS'
}

@test "so does a slim bundle of what was disclosed" {
	disclose --order "$order" --ranges 0-0
	must 2023-07-04T09:00:00Z ask --as owner.example \
	    --recipient court.example --from 2023-06-20 --to 2023-07-03
	at 2023-07-12T00:00:00Z bundle last --slim -o slim.bundle
	assert_status 0
	both out --with slim.bundle
	assert_status 0
	assert_words 'This disclosure HOLDS' 'Its standing: not checked'
}

@test "a file of --with that is false or no such file says nothing" {
	disclose --order "$order" --ranges 0-0
	sed 's/^  format/  farmat/; s/derived-from: PC/derived-from: BC/' \
	    image.receipt >bad.receipt
	cmp -s image.receipt bad.receipt && return 1
	both out --with bad.receipt
	assert_status 3
	assert_err '--with bad.receipt: FALSE'
	both out --with image
	assert_status 3
	assert_err 'neither a bundle nor a receipt'
	key=$("$COUNTERFOIL" key show room.example | head -1)
	both out --with image.receipt --pin "$key"
	assert_status 0
	key=$("$COUNTERFOIL" key show notary.example | head -1)
	both out --with image.receipt --pin "$key"
	assert_status 3
	both out --pin "$key"
	assert_status 2
}

@test "an independent reader finds the same in it" {
	for ranges in all 0-0 65536-65536 399999-399999 0-65536,262144-270000
	do
		rm -f out
		disclose --order "$order" --ranges "$ranges"
		assert_status 0
		reference shown <out >shown
		grep -qx "image: $record" shown
		grep -qx "root: $root" shown
	done
	printf x | dd of=out bs=1 conv=notrunc status=none \
	    seek=$(($(stat -c %s out) - 1))
	run reference shown <out
	[ "$status" = 1 ]
	both out --with image.receipt
	assert_status 1
	assert_err 'FALSE'
}

@test "no byte can be altered" {
	disclose --order "$order" --ranges 399999-399999
	size=$(stat -c %s out)
	[ "$size" -lt 8192 ]
	n=0
	for at in $(seq 0 97 "$((size - 1))"); do
		cp out bad
		printf '\x7f' | dd of=bad bs=1 seek="$at" conv=notrunc \
		    status=none
		cmp -s out bad && continue
		run counterfoil-verify --quiet --with image.receipt bad \
		    --output bytes
		[ "$status" = 1 ] || [ "$status" = 3 ]
		[ ! -e bytes ]
		n=$((n + 1))
	done
	[ "$n" -gt 20 ]
}

@test "without an order nothing is read, and nothing is written" {
	mv image elsewhere
	disclose --ranges 0-0
	assert_status 1
	assert_err 'no-order'
	mv elsewhere image
	disclose --ranges 0-0
	assert_status 1
	assert_err 'no-order'
	[ ! -e out ]
	disclose --ranges 0-0 --although
	assert_status 0
	assert_out 'breach: no-order'
	[ -e out ]
}

@test "an order that is over does not cover it" {
	at 2023-07-02T10:00:00Z disclose image --item I-1 --seed seed \
	    --from room.example --to court.example -o out --order "$order" \
	    --as room.example --as court.example --ranges all
	assert_status 1
	assert_err 'no-order'
	[ ! -e out ]
	# Nor does it when the record would say that it was done before.
	for although in '' --although; do
		at 2023-07-02T10:00:00Z disclose image --item I-1 --seed seed \
		    --from room.example --to court.example -o out \
		    --order "$order" --as room.example --as court.example \
		    --ranges all --at 2023-06-30T12:00:00Z --late why $although
		assert_status 1
		assert_one_error
		assert_err 'no-order' 'as of now'
		[ ! -e out ]
	done
}

@test "another image, another seed, another length: nothing is written" {
	before=$(ledger_size)
	cp image whole
	printf x | dd of=image bs=1 seek=300000 conv=notrunc status=none
	disclose --order "$order" --ranges 0-0
	assert_status 1
	assert_one_error
	assert_err 'image' 'tree root'
	cp whole image
	tr 0 1 <seed >other && mv other seed
	disclose --order "$order" --ranges 0-0
	assert_status 1
	echo 12 >seed
	disclose --order "$order" --ranges 0-0
	assert_status 3
	assert_err 'no seed'
	printf x >>image
	cp "$BATS_FILE_TMPDIR/seed" seed
	disclose --order "$order" --ranges 0-0
	assert_status 3
	assert_err 'has 400001 bytes'
	[ ! -e out ]
	[ -z "$(find . -name '.tmp-*')" ]
	[ "$(ledger_size)" = "$before" ]
}

# Leaves as they lie beside an image that was made here.
make_tree() {
	reference leaves "$length" "$(cat seed)" <image >image.tree
}

@test "an E01, parts, and the leaves beside them" {
	disclose --order "$order" --ranges 65540-65541,200000-262144
	mv out expected
	head -c 131072 image >image.001
	tail -c +131073 image >image.002
	at 2023-06-23T10:00:00Z disclose image.001 --item I-1 --seed seed \
	    --from room.example --to court.example -o out \
	    --order "$order" --ranges 65540-65541,200000-262144 \
	    --as room.example --as court.example
	assert_status 0
	cmp out expected
	make_tree
	rm out
	disclose --order "$order" --ranges 65540-65541,200000-262144
	assert_status 0
	[ -z "$stderr" ]
	cmp out expected
	# Only what is shown is read.
	rm out
	printf x | dd of=image bs=1 seek=399999 conv=notrunc status=none
	disclose --order "$order" --ranges 65540-65541,200000-262144
	assert_status 0
	cmp out expected
	rm out
	printf x | dd of=image bs=1 seek=65536 conv=notrunc status=none
	disclose --order "$order" --ranges 65540-65541,200000-262144
	assert_status 1
	assert_err 'tree root'
	[ ! -e out ]
}

@test "leaves that are not the recorded ones are said and not used" {
	disclose --order "$order" --ranges 0-0
	mv out expected
	make_tree
	printf x | dd of=image.tree bs=1 seek=100 conv=notrunc status=none
	disclose --order "$order" --ranges 0-0
	assert_status 0
	assert_err 'not those of the recorded tree'
	cmp out expected
	rm out
	truncate -s 100 image.tree
	disclose --order "$order" --ranges 0-0
	assert_status 0
	assert_err 'not used'
	cmp out expected
	rm out
	disclose --order "$order" --ranges 0-0 --tree nowhere.tree
	assert_status 3
	assert_err 'nowhere.tree'
	[ ! -e out ]
}

@test "an E01 and its own seed, without being told where they are" {
	seq 1 200000 | head -c 1000000 >drive
	at 2023-06-22T12:00:00Z image drive --item PC-0002-D1 --copy I-3 \
	    -o x.E01 --segment-size 1M --order "$order" --as room.example
	assert_status 0
	cf receipt last -o copy.receipt
	for with in tree none; do
		[ "$with" = tree ] || rm x.tree
		at 2023-06-23T10:00:00Z disclose x.E01 --item I-3 -o "$with" \
		    --from room.example --to court.example --order "$order" \
		    --ranges 999999-999999 --as room.example --as court.example
		assert_status 0
	done
	cmp tree none
	cf verify tree --with copy.receipt --output bytes
	tail -c +983041 drive | cmp - bytes
}

@test "more ranges than a record holds stand in the file" {
	truncate -s 160M drive
	at 2023-06-22T12:00:00Z image drive --item PC-0002-D1 --copy I-3 \
	    -o x.raw --order "$order" --hash none --as room.example
	assert_status 0
	image_record=$(record_id)
	ranges=$(seq -s, 0 131072 157286400 | sed 's/[0-9]*/&-&/g')
	at 2023-06-23T10:00:00Z disclose x.raw --item I-3 -o out \
	    --from room.example --to court.example --order "$order" \
	    --ranges "$ranges" --as room.example --as court.example
	assert_status 0
	at 2023-06-23T11:00:00Z show last
	assert_out 'range: 1201 ranges, 78708736 bytes, in the document' \
	    "document: $(sha256sum out | cut -d' ' -f1)"
	[ "$(grep -ac '^range: ' out)" = 1201 ]
	cf receipt "$image_record" -o x.receipt
	both out --with x.receipt
	assert_status 0
}

@test "what cannot be asked for" {
	disclose --order "$order" --ranges 5-4
	assert_status 2
	assert_err '"5-4" ends before it begins'
	disclose --order "$order" --ranges 0-400000
	assert_status 2
	assert_err 'has 400000 bytes'
	disclose --order "$order" --ranges 0-4,x
	assert_status 2
	assert_err '"x" is no range'
	at 2023-06-23T10:00:00Z disclose image --item I-2 --seed seed \
	    --from room.example --to court.example -o out --as room.example \
	    --as court.example --ranges all
	assert_status 2
	assert_err 'no length or no tree root'
	at 2023-06-23T10:00:00Z disclose image --item PC-0002-D1 --seed seed \
	    --from room.example --to court.example -o out --as room.example \
	    --as court.example --ranges all
	assert_status 2
	assert_err 'no image'
	at 2023-06-23T10:00:00Z disclose image --item I-1 --seed seed \
	    --to court.example -o out --ranges all --as room.example
	assert_status 2
	assert_err '--from'
	touch out
	disclose --order "$order" --ranges 0-4
	assert_status 3
	assert_err 'exists already'
	cf verify image.receipt --output bytes
	assert_status 2
	[ ! -e bytes ]
}

@test "the receiver signs later, with the file's digest before him" {
	at 2023-06-23T10:00:00Z disclose image --item I-1 --seed seed \
	    --from room.example --to court.example -o out --order "$order" \
	    --as room.example --ranges all
	assert_status 0
	before=$(ledger_size)
	id=$("$COUNTERFOIL" offers --json --now 2023-06-23T10:30:00Z |
	    sed -n 's/.*"record": "\([0-9a-f]*\)".*/\1/p' | head -1)
	must 2023-06-23T11:00:00Z accept "$id" --as court.example --yes
	[ "$(ledger_size)" = $((before + 1)) ]
	at 2023-06-23T11:00:00Z show last
	assert_out "document: $(sha256sum out | cut -d' ' -f1)"
}
