#!/usr/bin/env bats
# counterfoil image, verify-image, convert: a drive becomes an image in the
# ledger; other programs read ours, we read theirs; damage is found and named.

load helper

setup_file() {
	make_case
	must 2023-06-22T10:00:00Z order authorisation --concerns drive \
	    --permits image --as court.example
	# Half of it does not compress; the tail fills no sector.
	python3 -c 'import random, sys
r = random.Random(7)
for i in range(54):
    sys.stdout.buffer.write(r.randbytes(32768) + (b"%d words " % i * 9999)
        [:32768])' | head -c 3538890 >"$BATS_FILE_TMPDIR/drive"
}

setup() {
	use_case
	drive=$BATS_FILE_TMPDIR/drive
}

# image_it DEST [OPTION...]: an image I-1 of PC-0001-D1
image_it() {
	at 2023-06-22T12:00:00Z image "$drive" --item PC-0001-D1 --copy I-1 \
	    -o "$@" --order last --as room.example
}

verify_it() {
	at 2023-06-23T12:00:00Z verify-image "$@" --item I-1
}

# Overwrites $3 bytes at $2 of the file $1.
damage() {
	head -c "$3" /dev/zero | tr '\0' Q |
	    dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

@test "an image enters as an item with root, hashes and length" {
	image_it x.E01 --hash md5,sha1,sha256 --place 'the lab'
	assert_status 0
	assert_out 'copied: 3538890 bytes' 'image' '[good]' \
	    "$(sha256sum "$drive" | cut -c1-64)"
	at 2023-06-22T13:00:00Z show last
	assert_out 'derived-from: PC-0001-D1' 'length: 3538890' \
	    'chunk-size: 65536' 'salts: ggm-hmac-sha256' 'tree-root:' \
	    'format: E01'
	[ "$(stat -c %a "$COUNTERFOIL_CASE/private/seeds/I-1.seed")" = 600 ]
	seed=$(cat "$COUNTERFOIL_CASE/private/seeds/I-1.seed")
	refute_out "$seed"
	[ ! -e x.journal ] && [ ! -e x.E01.part ]
	verify_it x.E01
	assert_status 0
	assert_out 'tree: as recorded' 'sha256: as recorded' \
	    'sha1: as recorded' 'x.E01: intact' \
	    '54 bytes of zero, which fill up the last sector'
}

@test "another length than the list says is remarked, not refused" {
	image_it x.raw
	assert_status 0
	assert_out '[good]'
	assert_err 'THE LIST SAYS 500000000000 BYTES OF PC-0001-D1' \
	    'THE SOURCE HAS 3538890'
	# Of this one the list says none.
	at 2023-06-22T12:00:00Z image "$drive" --item PC-0001-C --copy I-2 \
	    -o y.raw --order last --as room.example --although
	[[ $stderr != *'THE LIST'* ]]
}

@test "examiner and custodian sign: without one it is an offer" {
	at 2023-06-22T12:00:00Z image "$drive" --item PC-0001-D1 --copy I-1 \
	    -o x.raw --order last --as room.example --examiner police.example
	assert_status 0
	assert_out 'still to sign: police.example'
	[ "$(ls "$COUNTERFOIL_CASE/private/offers" | wc -l)" = 1 ]
	at 2023-06-22T12:05:00Z accept "$COUNTERFOIL_CASE"/private/offers/* \
	    --as police.example
	assert_status 0
	verify_it x.raw
	assert_status 0
}

@test "what the law forbids is not read" {
	at 2023-06-22T12:00:00Z image "$drive" --item PC-0001-D1 --copy I-1 \
	    -o x.raw --as room.example
	assert_status 1
	assert_err 'no-order'
	[ ! -e x.raw ] && [ ! -e x.raw.part ]
	at 2023-06-22T12:00:00Z image "$drive" --item PC-0001-D9 --copy I-1 \
	    -o x.raw --as room.example
	assert_status 2
	at 2023-06-22T12:00:00Z image "$drive" --item PC-0001-D1 \
	    --copy PC-0002-D1 -o x.raw --as room.example
	assert_status 2
	assert_err 'is in the ledger already'
	# A name that was mistyped is refused by nobody.
	at 2023-06-22T12:00:00Z image nothing --item PC-0001-D1 --copy I-1 \
	    -o x.raw --as room.example
	assert_status 3
	assert_err 'the source nothing: No such file'
	[[ $stderr != *no-order* ]]
}

@test "ewfverify, ewfexport, ewfinfo and The Sleuth Kit read ours" {
	truncate -s 3538432 sectors
	dd if="$drive" of=sectors conv=notrunc bs=512 count=6911 status=none
	drive=$PWD/sectors
	image_it x.E01 --hash md5,sha1,sha256 --segment-size 1M
	assert_status 0
	[ -e x.E02 ]
	for f in x.E??; do [ "$(stat -c %s "$f")" -le 1048576 ]; done
	ewfverify -q x.E01 | grep 'SUCCESS'
	ewfexport -q -u -f raw -t out x.E01
	cmp out.raw sectors
	ewfinfo x.E01 | grep "$(md5sum sectors | cut -c1-32)"
	ewfinfo x.E01 | grep "$(sha1sum sectors | cut -c1-40)"
	img_stat x.E01 | grep '3538432'
	img_cat x.E01 | cmp - sectors
}

@test "an E01 is compressed as asked, and says how" {
	image_it fast.E01
	assert_status 0
	size=$(stat -c %s fast.E01)
	at 2023-06-23T12:00:00Z convert fast.E01 --item I-1 -o none.E01 \
	    --compression none
	assert_status 0
	at 2023-06-23T12:00:00Z convert fast.E01 --item I-1 -o best.E01 \
	    --compression best
	assert_status 0
	[ "$(stat -c %s none.E01)" -ge "$(stat -c %s "$drive")" ]
	[ "$(stat -c %s best.E01)" -lt "$size" ]
	for f in none fast best; do
		ewfverify -q $f.E01 | grep 'SUCCESS'
		img_cat $f.E01 | head -c 3538890 | cmp - "$drive"
	done
	ewfinfo none.E01 | grep -i 'compression.*no compression'
	ewfinfo best.E01 | grep -i 'compression.*best'
	at 2023-06-23T12:00:00Z convert fast.E01 --item I-1 -o x.E01 \
	    --compression most
	assert_status 2
	at 2023-06-23T12:00:00Z convert fast.E01 --item I-1 -o x.raw \
	    --compression best
	assert_status 2
	assert_err 'a raw image has none'
}

@test "other programs lose nothing of a tail that fills no sector" {
	image_it x.E01
	assert_status 0
	ewfverify -q x.E01 | grep 'SUCCESS'
	img_cat x.E01 | head -c 3538890 | cmp - "$drive"
}

@test "we read theirs" {
	dd if="$drive" of=sectors bs=512 count=6911 status=none
	ewfacquire -q -u -t y -c fast -S 1MiB -d sha1 sectors
	[ -e y.E02 ]
	cf verify-image y.E01
	assert_status 0
	assert_out 'md5: as recorded' 'y.E01: intact'
	assert_err 'what it says of itself'
	damage y.E02 5000 10
	cf verify-image y.E01
	assert_status 1
	assert_out 'md5: NOT as recorded' 'damaged: bytes' 'y.E02, bytes'
}

@test "raw and parts: damage is named to the chunk, the rest vouched for" {
	image_it x --format raw --segment-size 1M
	assert_status 0
	[ "$(ls x.0?? | wc -l)" = 4 ]
	verify_it x.001
	assert_status 0
	assert_out 'x.001: intact'
	damage x.002 100000 3
	verify_it x.001
	assert_status 1
	assert_out 'tree: NOT as recorded' 'sha256: NOT as recorded' \
	    'damaged: bytes 1114112 to 1179647, chunk 17 to 17: x.002' \
	    'vouched for: the other 3473354 of 3538890 bytes' \
	    'x.001: NOT intact'
	head -c 1728 /dev/zero >x.tree
	verify_it x.001
	assert_status 1
	assert_words 'the .tree file is there and is NOT that of the recorded' \
	    'where cannot be said without'
	rm x.tree
	verify_it x.001
	assert_status 1
	assert_out 'where cannot be said without'
	refute_out 'is NOT that of the recorded'
}

@test "what the image's own disk does not give is named, not the end" {
	image_it x.raw
	assert_status 0
	export LD_PRELOAD=$COUNTERFOIL_BUILD/tests/bad_sectors.so
	export BAD_FILE=/x.raw BAD_PLACES='1200000 512 3538880 10'
	export ASAN_OPTIONS=${ASAN_OPTIONS:-}:verify_asan_link_order=0
	verify_it x.raw
	assert_status 1
	assert_words 'unreadable: bytes 1196032 to 1204223, chunk 18 to 18: x' \
	    'unreadable: bytes 3534848 to 3538889' 'does not give these' \
	    'damaged: bytes 1179648 to 1245183' 'NOT intact'
	assert_out 'vouched for: the other'
	mv x.raw.tree away
	verify_it x.raw
	assert_status 1
	assert_words 'unreadable: bytes 1196032' \
	    'whether the rest is right cannot be said'
	refute_out 'vouched for'
	unset LD_PRELOAD
	mv away x.raw.tree
	verify_it x.raw
	assert_status 0
}

@test "a damaged E01 is named by segment file and offset" {
	image_it x.E01 --segment-size 1M
	assert_status 0
	damage x.E02 70000 2
	verify_it x.E01
	assert_status 1
	assert_out 'damaged: bytes' 'x.E02, bytes' 'vouched for: the other'
	rm x.tree
	verify_it x.E01
	assert_out 'damaged: bytes' "image's own checksums"
	rm x.E02
	verify_it x.E01
	assert_status 3
	assert_err 'x.E01' 'goes on in a next file, which is missing'
}

# section TYPE NUMBER FILE: where that section begins, and how long it is.
section() {
	python3 - "$@" <<'END'
import struct, sys
kind, number, path = sys.argv[1], int(sys.argv[2]), sys.argv[3]
data, at = open(path, "rb").read(), 13
while True:
    name = data[at:at + 16].rstrip(b"\0").decode()
    following = struct.unpack_from("<Q", data, at + 16)[0]
    number -= name == kind
    if number == 0:
        print(at, (following if following > at else len(data)) - at)
        break
    at = following
END
}

@test "what is damaged around the medium is named, and judges nothing" {
	image_it x.E01 --hash md5,sha1
	for what in 'header 1' 'header2 1' 'header2 2' 'table 1' 'table2 1' \
	    'hash 1' 'digest 1'; do
		cp x.E01 y.E01
		# shellcheck disable=SC2086 # two words
		read -r begin n <<<"$(section $what y.E01)"
		damage y.E01 $((begin + n - 5)) 1
		verify_it y.E01
		assert_status 1
		assert_out "damaged: section ${what% *} of y.E01, bytes" \
		    'md5: as recorded' 'tree: as recorded' \
		    'the bytes are as recorded; the file has damage'
		refute_out 'NOT'
	done
	at 2023-06-23T12:00:00Z verify-image y.E01
	assert_status 1
	assert_out 'the bytes are as the image says; the file has damage'
	cp x.E01 y.E01
	echo more >>y.E01
	verify_it y.E01
	assert_status 1
	assert_out 'damaged: what lies behind the last section of y.E01'
	at 2023-06-23T12:00:00Z convert y.E01 --item I-1 -o z.E01
	assert_status 0
	assert_out 'damaged: what lies behind' 'the recorded one'
	verify_it z.E01
	assert_status 0
	run ewfverify -q z.E01
	assert_status 0
}

@test "the hash inside an image counts for nothing before the ledger" {
	image_it x.E01
	dd if=/dev/urandom of=other bs=512 count=6912 status=none
	mkdir forged
	ewfacquire -q -u -t forged/x -c fast other
	cf verify-image forged/x.E01
	assert_status 0
	verify_it forged/x.E01
	assert_status 1
	assert_out 'tree: NOT as recorded'
}

@test "converting does not change the tree" {
	image_it x.E01
	at 2023-06-23T12:00:00Z convert x.E01 --item I-1 -o y.raw
	assert_status 0
	assert_out 'the tree root is the recorded one'
	cmp y.raw "$drive"
	at 2023-06-23T12:00:00Z convert y.raw --item I-1 -o z.E01 \
	    --segment-size 1M
	assert_status 0
	verify_it z.E01
	assert_status 0
	damage y.raw 7 1
	at 2023-06-23T12:00:00Z convert y.raw --item I-1 -o w.E01
	assert_status 1
	assert_err 'not those of the tree root in the ledger'
	[ ! -e w.E01 ]
}

@test "an image with a tail behind its sectors is explained" {
	# As email_test.E01 of bulk_extractor: the last chunk holds 458 bytes
	# more than the sectors that are declared, and the hash covers them.
	image_it x.E01
	python3 "$COUNTERFOIL_SOURCE/tests/cli/tail.py" x.E01 y.E01 "$drive"
	cf verify-image y.E01
	assert_status 0
	assert_words 'md5: as recorded' 'tail: 458 bytes lie behind the last' \
	    'the stored hash is with them' 'y.E01: intact'
	verify_it y.E01
	assert_status 0
	refute_out 'behind the end'
}

@test "bulk_extractor's email_test.E01 is intact, with its tail" {
	image=${COUNTERFOIL_IMAGES:-$COUNTERFOIL_SOURCE/../shared/data/images}
	image=$image/be/email_test.E01
	[ -e "$image" ] || skip 'email_test.E01 is not here'
	cf verify-image "$image"
	assert_status 0
	assert_words 'b817ed2590eeeb39f42445088d369f6c' 'tail: 458 bytes'
}

@test "an image that is cut off by much is looked at to its end" {
	image_it x.raw
	truncate -s 1100000 x.raw
	verify_it x.raw
	assert_status 1
	assert_words \
	    'missing: bytes 1100000 to 3538889, chunk 16 to 53: behind' \
	    'missing: 2438890 of 3538890 bytes' 'tree and hashes: cannot be' \
	    'damaged: bytes 1048576 to 3538889' 'vouched for: the other 1048576'
	refute_out 'as recorded'
	rm x.raw.tree
	verify_it x.raw --json
	assert_status 1
	assert_json 'j["verdict"] == "not-intact" and
	    j["missing_bytes"] == 2438890 and j["damaged"]["count"] == 0'
}

@test "missing zeros are missing, whatever the hashes would be" {
	head -c 200000 "$drive" >zeros
	truncate -s 3M zeros
	drive=$PWD/zeros
	image_it x.raw
	truncate -s 2900000 x.raw
	verify_it x.raw
	assert_status 1
	refute_out 'as recorded'
	assert_words 'missing: bytes 2900000 to 3145727' 'NOT intact' \
	    'vouched for: the other 2883584 of 3145728'
}

@test "a part that is missing or cut off is named, the rest vouched for" {
	image_it x.001 --segment-size 1M
	cp x.002 two
	rm x.002
	verify_it x.001
	assert_status 1
	assert_words \
	    'missing: bytes 1048576 to 2097151, chunk 16 to 31: x.002, which' \
	    'vouched for: the other 2490314 of 3538890 bytes'
	at 2023-06-23T12:00:00Z convert x.001 --item I-1 -o y.raw
	assert_status 3
	assert_err 'x.002 is missing, and x.003 is there'
	head -c 500000 two >x.002
	verify_it x.001
	assert_status 1
	assert_words 'missing: bytes 1548576 to 2097151' 'x.002, bytes 500000' \
	    'vouched for: the other 2949066'
	verify_it x.001 --json
	assert_json 'j["missing_bytes"] == 548576 ==
	    j["missing"]["bytes"] and j["tree"] is None and j["hashes"] == []'
	mv two x.002
	verify_it x.001
	assert_status 0
	# A later file is not an image by itself.
	verify_it x.003
	assert_status 2
	assert_err 'x.003 is a later file of an image that begins with x.001'
	cp x.001 y.E02
	verify_it y.E02
	assert_status 2
	assert_err 'begins with y.E01'
}

@test "bytes behind a raw image or its parts are not the image" {
	image_it x.raw
	cp x.raw y.raw
	head -c 5000 /dev/zero >>y.raw
	verify_it y.raw --tree x.raw.tree
	assert_status 1
	assert_words 'tree: as recorded' 'sha256: as recorded' \
	    'behind the end: 5000 bytes that are not in the record: y.raw' \
	    'bytes 3538890 to 3543889' 'the bytes are as recorded; the file has'
	refute_out 'intact'
	verify_it y.raw --json
	assert_status 1
	assert_json 'j["verdict"] == "file-damaged" and
	    j["bytes_behind_the_end"] == 5000'
	split -b 1M -d -a 3 --numeric-suffixes=1 x.raw p.
	verify_it p.001
	assert_status 0
	head -c 700 /dev/urandom >p.005
	verify_it p.001
	assert_status 1
	assert_words 'p.005, bytes 0 to 699'
}

@test "what verify-image finds is JSON, too" {
	image_it x.E01 --hash md5,sha256
	verify_it x.E01 --json
	assert_status 0
	assert_json 'j["image"] == "x.E01" and j["item"] == "I-1"'
	assert_json 'j["held_against"] == "ledger" and
	    j["verdict"] == "intact" and j["length"] == 3538890'
	assert_json 'j["tree"]["is_right"] is True and j["flaws"] == []'
	assert_json "[(h['kind'], h['is_right']) for h in j['hashes']] ==
	    [('md5', True), ('sha256', True)] and
	    j['hashes'][1]['value'] == '$(sha256sum "$drive" | cut -c1-64)'"
	assert_json 'j["bytes_behind_the_end"] == 54 and
	    j["is_zero_behind_the_end"] is True and j["missing_bytes"] == 0'
	assert_json 'j["damaged"]["ranges"] == j["unreadable"]["ranges"] == []'
	cf verify-image x.E01 --json
	assert_status 0
	assert_json 'j["item"] is None and j["held_against"] == "itself" and
	    j["verdict"] == "intact" and j["tree"] is None'
	assert_err 'Give --item COPY'
	cp x.E01 y.E01
	printf more >>y.E01
	verify_it y.E01 --json
	assert_status 1
	assert_json 'j["verdict"] == "file-damaged" and len(j["flaws"]) == 1'
}

# refused_inside OPTION PATH WORD...: the words, and why they are refused.
refused_inside() {
	local option=$1 path=$2
	shift 2
	at 2023-06-22T12:00:00Z "$@"
	assert_status 2
	assert_one_error
	assert_err "$1: --$option $path lies in the case folder"
}

@test "no copy is written into the case folder, whatever way leads there" {
	local path inside
	image_it x.E01
	find case | sort >before
	ln -s case/log/tile link
	mkdir -p other/folder
	ln -s ../../case other/folder/back
	for path in case/y.E01 case/log/y.001 "$PWD/case/private/y" link/y \
	    other/folder/back/log/y other/../case/./log/y case/evidence/../y; do
		mkdir -p case/evidence
		refused_inside output "$path" image "$drive" --copy I-2 \
		    --item PC-0001-D1 --segment-size 4M --format raw \
		    -o "$path" --order last --as room.example
		refused_inside output "$path" convert x.E01 --item I-1 \
		    -o "$path" --segment-size 4M --format raw
		refused_inside second "$path" convert x.E01 --item I-1 \
		    -o y --second "$path" --segment-size 4M --format raw
		refused_inside lock "$path" image "$drive" --copy I-2 \
		    --item PC-0001-D1 -o y --lock "$path" --order last \
		    --as room.example
	done
	# From within, by a name alone.
	inside=$PWD
	cd case/log
	refused_inside output y.E01 convert "$inside/x.E01" --item I-1 \
	    -o y.E01
	cd "$inside"
	rmdir case/evidence
	find case | sort | cmp - before
	[ ! -e y ] && [ ! -e y.001 ]
	# Beside the case it may lie.
	at 2023-06-22T12:00:00Z convert x.E01 --item I-1 -o other/y
	assert_status 0
}

@test "an image is not made twice and nothing is written over" {
	order=$(record_id)
	image_it x.raw
	assert_status 0
	at 2023-06-22T12:30:00Z image "$drive" --item PC-0001-D1 --copy I-2 \
	    -o x.raw --order "$order" --as room.example
	assert_status 3
	assert_err 'x.raw is there already'
	# Later files of a set would be taken for the image's own.
	echo >z.E02
	at 2023-06-22T12:30:00Z convert x.raw --item I-1 -o z.E01
	assert_status 3
	assert_err 'z.E02 is there already and would be taken for a file of'
	echo >y.003
	at 2023-06-22T12:30:00Z convert x.raw --item I-1 -o y.001 \
	    --segment-size 4M
	assert_status 3
	assert_err 'y.003 is there already'
	[ ! -e z.E01.part ] && [ ! -e z.journal ] && [ ! -e y.001.part ]
	# What only looks like one is none.
	touch w.img w.E02.txt ww.E02
	at 2023-06-22T12:30:00Z convert x.raw --item I-1 -o w.E01
	assert_status 0
}

@test "where there is nothing to go on with, it is begun anew" {
	order=$(record_id)
	seed=$COUNTERFOIL_CASE/private/seeds/I-1.seed
	image_it x.raw --resume
	assert_status 0
	assert_err 'x.raw.journal is not there' 'it is begun anew'
	verify_it x.raw
	assert_status 0
	# When all was done there is nothing left to do.
	image_it x.raw --resume
	assert_status 0
	assert_out 'I-1 is made and recorded; there is nothing left to do'
	# A journal without a point, whole or not, and no seed.
	for begin in '' 'counterfoil journal 3' ; do
		number=$((${number:-1} + 1))
		printf '%s' "$begin" >y$number.raw.journal
		echo old >y$number.raw.part
		at 2023-06-22T12:30:00Z image "$drive" --item PC-0001-D1 \
		    --copy I-$number -o y$number.raw --order "$order" \
		    --resume --as room.example
		assert_status 0
		assert_err 'came to no point that can be gone on from'
		cmp y$number.raw "$drive"
	done
	[ -e "$seed" ]
}

@test "where the destination is full, --resume is the way on" {
	strace -o /dev/null true 2>/dev/null || skip 'strace may not trace here'
	run --separate-stderr strace -f -qq -o /dev/null \
	    -e inject=pwrite64:error=ENOSPC "$COUNTERFOIL" image "$drive" \
	    --item PC-0001-D1 --copy I-1 -o x.raw --order last \
	    --as room.example --now 2023-06-22T12:00:00Z </dev/null
	assert_status 3
	assert_err 'x.raw' 'make room there, then go on with --resume' \
	    'No space'
	image_it x.raw --resume
	assert_status 0
	verify_it x.raw
	assert_status 0
}

@test "what cannot be gone on with says which files to remove" {
	truncate -s 200M big
	drive=$PWD/big
	"$COUNTERFOIL" image "$drive" --item PC-0001-D1 --copy I-1 -o x.E01 \
	    --order last --as room.example --now 2023-06-22T12:00:00Z \
	    --second two.E01 </dev/null >/dev/null 2>&1 3>&- &
	pid=$!
	for _ in $(seq 3000); do
		grep -q '^safe:' x.journal 2>/dev/null && break
		sleep 0.01
	done
	kill -KILL "$pid"
	wait "$pid" || true
	[ -e x.E01.part ] || skip 'it was done before it could be killed'
	echo "safe: 1" >>x.journal
	image_it x.E01 --second two.E01 --resume
	assert_status 3
	assert_err \
	    'to begin anew, move away or remove: x.journal, x.tree.part' \
	    'x.E01.part, two.tree.part, two.E01.part'
	mv x.journal away
	image_it x.E01 --second two.E01 --resume
	assert_status 3
	assert_err 'x.E01.part is there: an image that was not finished'
}

@test "killed in the middle, it goes on, and nothing is read twice" {
	truncate -s 900M big
	dd if="$drive" of=big bs=1M seek=100 conv=notrunc status=none
	dd if="$drive" of=big bs=1M seek=700 conv=notrunc status=none
	drive=$PWD/big
	"$COUNTERFOIL" image "$drive" --item PC-0001-D1 --copy I-1 -o x.E01 \
	    --order last --as room.example --now 2023-06-22T12:00:00Z \
	    </dev/null >/dev/null 2>&1 3>&- &
	pid=$!
	for _ in $(seq 1000); do
		grep -q '^safe:' x.journal 2>/dev/null && break
		sleep 0.01
	done
	kill -KILL "$pid"
	wait "$pid" || true
	[ ! -e x.E01 ] && [ -e x.E01.part ]
	safe=$(sed -n 's/^safe: [0-9]* 1 \([0-9]*\) .*/\1/p' x.journal |
	    tail -1)
	before=$(head -c "$safe" x.E01.part | sha256sum)
	image_it x.E01
	assert_status 3
	assert_err '--resume'
	image_it x.E01 --segment-size 1G --resume
	assert_status 3
	assert_err 'give the same options as before'
	image_it x.E01 --resume
	assert_status 0
	[ "$(head -c "$safe" x.E01 | sha256sum)" = "$before" ]
	verify_it x.E01
	assert_status 0
	ewfverify -q x.E01 | grep SUCCESS
}

# $1: "AT LENGTH ..." of the drive cannot be read; then as image_it.
image_badly() {
	local places=$1
	shift
	export LD_PRELOAD=$COUNTERFOIL_BUILD/tests/bad_sectors.so
	export BAD_FILE=/drive BAD_PLACES=$places
	export ASAN_OPTIONS=${ASAN_OPTIONS:-}:verify_asan_link_order=0
	image_it "$@"
	unset LD_PRELOAD
}

@test "what cannot be read is zero, listed by sector, and said" {
	image_badly '512 1024 2000000 1 3538888 2' x.E01 --retries 0
	assert_status 4
	assert_err '1994 bytes in 3 ranges could not be read' 'x.unreadable'
	[ "$(cat x.unreadable)" = $'512 1024\n1999872 512\n3538432 458' ]
	at 2023-06-22T13:00:00Z show last
	assert_out 'unreadable: 512 1024' 'unreadable: 1999872 512' \
	    'unreadable: 3538432 458'
	cp "$drive" expected
	for place in '1 2' '3906 1' '6911 1'; do
		dd if=/dev/zero of=expected bs=512 conv=notrunc status=none \
		    seek="${place% *}" count="${place#* }"
	done
	truncate -s 3538890 expected
	img_cat x.E01 | head -c 3538890 | cmp - expected
	ewfinfo x.E01 | grep -A3 'Read errors' | grep 'total number: 3'
	verify_it x.E01
	assert_status 0
}

@test "the record of a copy says that it was written to two places" {
	mkdir two
	image_it x.E01 --second two/x.E01
	assert_status 0
	cmp x.E01 two/x.E01
	at 2023-06-23T12:00:00Z show I-1
	assert_out 'remark: written to two places at the same time'
}

@test "what could not be read is carried along, and shown" {
	image_badly '512 1024 2000000 1 3538888 2' x.raw --retries 0
	assert_status 4
	at 2023-06-23T12:00:00Z show I-1
	assert_out 'unreadable: 1994 bytes in 3 ranges of the source'
	rm x.raw.unreadable
	at 2023-06-23T12:00:00Z convert x.raw --item I-1 -o y.E01
	assert_status 0
	assert_err '1994 bytes in 3 ranges could not be read' 'y.unreadable'
	ewfinfo y.E01 | grep -A3 'Read errors' | grep 'total number: 3'
	rm y.unreadable
	at 2023-06-23T12:00:00Z convert y.E01 --item I-1 -o z.raw
	assert_status 0
	[ "$(cat z.raw.unreadable)" = \
	    $'512 1024\n1999872 512\n3538432 458' ]
}

@test "ranges that the record has no room for come from the list" {
	image_badly "$(seq 0 2048 260000 | sed 's/$/ 1/' | tr '\n' ' ')" x.raw \
	    --retries 0
	assert_status 4
	at 2023-06-23T12:00:00Z show I-1
	assert_out 'unreadable: 65024 bytes in 127 ranges of the source'
	at 2023-06-23T12:00:00Z convert x.raw --item I-1 -o y.E01
	assert_status 0
	cmp x.raw.unreadable y.unreadable
	echo '0 512' >x.raw.unreadable
	at 2023-06-23T12:00:00Z convert x.raw --item I-1 -o z.E01
	assert_status 0
	assert_err '127 ranges could not be read' 'only 100 stand in the record'
	[ "$(wc -l <z.unreadable)" = 100 ]
}

@test "a device must be write-protected, and the record says that it was" {
	head -c 3538432 "$drive" >disk
	device=$(losetup --show -f disk 2>/dev/null) ||
	    skip 'no loop devices here'
	drive=$device
	image_it x.E01
	losetup -d "$device"
	assert_status 3
	assert_err 'is not write-protected' '--writable'
	[ ! -e x.E01.part ]
	device=$(losetup -r --show -f disk)
	drive=$device
	image_it x.E01
	losetup -d "$device"
	assert_status 0
	at 2023-06-22T13:00:00Z show last
	assert_words 'read-only by the kernel: yes at the start, yes at the end'
	ewfinfo x.E01 | grep 'Is physical:.*yes'
}

@test "an image of very many files is opened" {
	truncate -s 160M big
	dd if=/dev/urandom of=big bs=1M count=130 conv=notrunc status=none
	drive=$PWD/big
	image_it x.E01 --segment-size 1M --hash none
	assert_status 0
	[ -e x.EAA ] && [ ! -e x.FAA ]
	ulimit -S -n 64
	verify_it x.E01
	assert_status 0
	ulimit -S -n 1024
	ewfverify -q x.E01
}

@test "a FIFO where a file is meant is refused, and nobody waits for it" {
	image_it x.E01
	mkfifo ff y.tree
	cp x.E01 y.E01
	soon() {
		run --separate-stderr timeout 20 "$@"
		assert_status "${want:-3}"
		assert_err "$named"
	}
	local now='--now 2023-06-23T12:00:00Z' named=ff
	# shellcheck disable=SC2086 # two words
	{
		soon "$COUNTERFOIL" verify-image ff $now
		soon "$COUNTERFOIL" verify-image x.E01 --item I-1 --seed ff $now
		soon "$COUNTERFOIL" verify-image x.E01 --item I-1 --tree ff $now
		soon "$COUNTERFOIL" convert x.E01 --item I-1 --seed ff -o z $now
		soon "$COUNTERFOIL" image register x.E01 --log ff $now \
		    --item PC-0001-D1 --copy I-2 --as room.example
		soon "$COUNTERFOIL" verify ff
		named=y.tree
		soon "$COUNTERFOIL" verify-image y.E01 --item I-1 $now
	}
	named=ff
	soon counterfoil-verify ff
	soon counterfoil-verify --with ff x.E01
	cf receipt last -o r
	run counterfoil-verify <(cat r)
	assert_status 0
	run counterfoil-verify - <r
	assert_status 0
}

@test "options are checked" {
	image_it x.bin --format tape
	assert_status 2
	image_it x.001
	assert_status 2
	assert_err '--segment-size'
	image_it x.E01 --segment-size 1Q
	assert_status 2
	image_it x.E01 --hash crc32
	assert_status 2
	image_it x.E01 --segment-size 1000
	assert_status 2
	image_it x.001 --segment-size 1K
	assert_status 2
	assert_err 'an image has at most 999 parts: make them larger, at least'
	for name in x.part x.tree x.journal x.unreadable x.E02 x.002; do
		image_it "$name"
		assert_status 2
		assert_err "$name: "
	done
	image_it x.E01 --format raw
	assert_status 2
	# Nothing of that stands in the way.
	[ ! -e "$COUNTERFOIL_CASE/private/seeds/I-1.seed" ]
	[ -z "$(ls x.*)" ]
	image_it x.E01
	assert_status 0
}

@test "a seed of a run that came to nothing does not stand in the way" {
	mkdir -p "$COUNTERFOIL_CASE/private/seeds"
	printf '%064d\n' 7 >"$COUNTERFOIL_CASE/private/seeds/I-1.seed"
	image_it x.raw
	assert_status 0
	[ "$(cat "$COUNTERFOIL_CASE/private/seeds/I-1.seed")" = \
	    "$(printf '%064d' 7)" ]
	verify_it x.raw
	assert_status 0
}
