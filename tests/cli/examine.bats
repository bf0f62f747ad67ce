#!/usr/bin/env bats
# counterfoil examine: what an image holds, under an order, for those whom the
# order names. The image is made here, with known people in it.

load helper

make_tree() {
	mkdir -p tree/home/mail
	cat >tree/home/card.vcf <<'END'
BEGIN:VCARD
VERSION:3.0
FN:Rosa Brandt
TEL;TYPE=cell:+49 30 901820
EMAIL:rosa.brandt@council.example.com
END:VCARD
END
	cat >tree/home/mail/one.eml <<'END'
From: "Rosa Brandt" <rosa.brandt@council.example.com>
To: "Ali Rezaei" <ali.rezaei@mail.example.org>
Subject: papers
Date: Tue, 20 Jun 2023 10:00:00 +0000

They are in the blue folder. My other address is rosa@private.example.net
END
	echo 'account DE89 3704 0044 0532 0130 00' >tree/home/bank.txt
	gzip -c tree/home/card.vcf >tree/home/card.vcf.gz
	printf 'zz%.0s' {1..4000} >tree/home/nothing
}

# enter ITEM FILE: its record, as of an image.
enter() {
	local length
	length=$(stat -c %s "$2")
	must 2023-06-22T11:00:00Z record image examiner=room.example \
	    custodian=room.example order="$order" PC-0002-D1: "$1": \
	    derived-from=PC-0002-D1 type=image length="$length" \
	    chunk-size=65536 tree-root="$(python3 \
	    "$COUNTERFOIL_SOURCE/tests/reference/imagetree.py" root \
	    "$length" $seed <"$2")" salts=ggm-hmac-sha256 --as room.example
}

# order_of [OPTION...]: an order to examine; its id is in $order.
order_of() {
	must 2023-06-22T12:00:00Z order authorisation --concerns drive \
	    --permits examine --until 2023-06-30 --as court.example "$@"
	order=$(record_id)
}

# examine [OPTION...]
examine() {
	at 2023-06-23T10:00:00Z examine I-1.img --under "$order" \
	    --as room.example "$@"
}

# What only the recipient sees.
opened() {
	age -d -i "$BATS_FILE_TMPDIR/owner.txt" I-1.examination/details.age |
	    tar x
}

setup_file() {
	export PATH=$PATH:/usr/sbin:/sbin
	make_case
	cd "$BATS_FILE_TMPDIR" || return 1
	seed=00112233445566778899aabbccddeeff0123456789abcdef0123456789abcdef
	make_tree
	truncate -s 8M I-1.img
	mke2fs -q -t ext4 -b 1024 -d tree I-1.img
	must 2023-06-22T10:00:00Z order authorisation --concerns all \
	    --permits image --until 2023-06-30 --as court.example
	imaged=$(record_id)
	export imaged seed
	order=$imaged enter I-1 I-1.img
	age-keygen -o owner.txt 2>/dev/null
	must 2023-06-22T11:30:00Z key encryption owner.example \
	    "$(age-keygen -y owner.txt)" --as owner.example
}

setup() {
	use_case
	cp "$BATS_FILE_TMPDIR/I-1.img" .
}

@test "an image is examined under an order, for its recipient alone" {
	order_of --details-to owner.example --purpose 'whom it exposes'
	examine
	assert_status 0
	assert_out 'details.age' 'owner.example' 'e-mail addresses'
	[[ $output != *[Bb]randt* ]]
	run ! grep -riq brandt I-1.examination
	cf show last
	assert_out 'finds: email' 'purpose: whom it exposes' \
	    'coverage: image: 8388608 bytes' "$(sha256sum \
	    <I-1.examination/details.age | cut -d' ' -f1)" "$(sha256sum \
	    <I-1.examination/public.json | cut -d' ' -f1)"
	opened
	(cd details/.. && sha256sum --quiet -c details/sha256sums)
	grep -q 'rosa.brandt@council.example.com' details/finds.csv
	# The file that holds it, also through a container.
	grep -q 'GZIP.*home/card.vcf.gz' details/finds.csv
	grep -q '^1,Rosa Brandt' details/people.csv
	# Who wrote to whom.
	grep -q '1,wrote to,2' details/links.csv
	python3 -c 'import xml.dom.minidom as m; m.parse("details/files.dfxml")'
}

@test "coverage adds up to the image" {
	order_of
	examine
	assert_status 0
	cf show last
	printf '%s\n' "$output" | python3 -c '
import re, sys
lines = [m.groups() for m in re.finditer(
    r"coverage: ([a-z ]+): (\d+) bytes", sys.stdin.read())]
whole = int(dict(lines)["image"])
parts = sum(int(n) for what, n in lines
            if what != "image" and not what.startswith("of "))
assert whole == parts == 8388608, (whole, parts, lines)'
}

@test "nothing is opened without an order that covers it" {
	order_of --finds email --details-to owner.example
	rm I-1.img # whoever opened it would say so
	examine --finds phone
	assert_status 1
	assert_err 'no-order'
	at 2023-07-02T10:00:00Z examine I-1.img --under "$order" \
	    --as room.example
	assert_status 1
	assert_err 'no-order'
	must 2023-06-22T13:00:00Z order authorisation --concerns drive \
	    --permits disclose --until 2023-06-30 --as court.example
	order=$(record_id)
	examine
	assert_status 1
	assert_err 'no-order'
	[ ! -e I-1.examination ]
}

@test "an order's kinds of finding are what is looked for" {
	order_of --finds iban --details-to owner.example
	examine
	assert_status 0
	opened
	grep -q DE89370400440532013000 details/finds.csv
	run ! grep -q rosa details/finds.csv
}

@test "who has no key for encryption gets no details, and that is said" {
	order_of --details-to notary.example
	examine
	assert_status 3
	assert_err 'notary.example has no key for encryption'
	[ ! -e I-1.examination ]
}

# A FAT of clusters of 512 bytes, in which only the gaps between other files
# are free: what is written then is in pieces, an address over a border among
# it, and a gzip.
make_pieces() {
	truncate -s 8M I-4.img
	mkfs.vfat -F 16 -s 1 I-4.img >/dev/null
	head -c 512 /dev/zero | tr '\0' x >one
	for i in {10..40}; do mcopy -i I-4.img one "::gap$i"; done
	for i in {11..39..2}; do mdel -i I-4.img "::gap$i"; done
	{ head -c 500 /dev/zero | tr '\0' ' '
	  echo 'over.the.border@council.example.com'; } >letter.txt
	python3 -c '
import gzip, random
r = random.Random(7)
open("packed.gz", "wb").write(gzip.compress(
    bytes(r.choice(b"abcdefgh \n") for _ in range(6000)) +
    b" deep.inside@council.example.com \n", mtime=0))'
	mcopy -i I-4.img letter.txt packed.gz ::
	must 2023-06-22T11:00:00Z record image examiner=room.example \
	    custodian=room.example order="$imaged" PC-0002-D1: I-4: \
	    derived-from=PC-0002-D1 type=image length=8388608 \
	    --as room.example
}

@test "files in pieces are read as wholes" {
	order_of --details-to owner.example
	make_pieces
	at 2023-06-23T10:00:00Z examine I-4.img --under "$order" \
	    --as room.example -o I-1.examination
	assert_status 0
	opened
	grep -q '^email,over.the.border@council.example.com,FILE' \
	    details/finds.csv
	grep '^email,deep.inside@council.example.com,FILE' details/finds.csv |
	    grep -q 'GZIP.*packed.gz'
}

@test "an order that names nobody has counts and no details" {
	order_of
	examine --json
	assert_status 0
	printf '%s' "$output" | python3 -m json.tool >/dev/null
	[ ! -e I-1.examination/details.age ]
	run ! grep -riq brandt "$COUNTERFOIL_CASE"
}

# A large one, with the same files at its beginning.
make_large() {
	cp I-1.img I-2.img
	truncate -s 1G I-2.img
	must 2023-06-22T11:00:00Z record image examiner=room.example \
	    custodian=room.example order="$imaged" PC-0002-D1: I-2: \
	    derived-from=PC-0002-D1 type=image length=1073741824 \
	    --as room.example
}

# Killed as soon as something of it is kept.
kill_one() {
	local journal=$COUNTERFOIL_CASE/private/examinations/I-2.journal
	"$COUNTERFOIL" examine I-2.img --under "$order" --as room.example \
	    --now 2023-06-23T10:00:00Z "$@" </dev/null >/dev/null 2>&1 3>&- &
	local pid=$!
	for _ in {1..2000}; do
		[ "$(stat -c %s "$journal" 2>/dev/null || echo 0)" -gt 1500 ] &&
		    break
		sleep 0.005
	done
	kill -9 $pid
	wait $pid || true
	[ -s "$journal" ]
}

@test "an examination that was killed goes on and ends alike" {
	order_of --details-to owner.example
	make_large
	examine_large() {
		at 2023-06-23T10:00:00Z examine I-2.img --under "$order" \
		    --as room.example "$@"
	}
	kill_one
	rm -r I-2.examination
	# Nothing of it is in the clear, and it is not begun twice.
	run ! grep -riq brandt "$COUNTERFOIL_CASE"
	examine_large
	assert_status 3
	assert_err '--resume' '--restart'
	examine_large --resume
	assert_status 0
	cf show last
	assert_out 'broken off, gone on with at byte'
	[ -z "$(ls "$COUNTERFOIL_CASE/private/examinations")" ]
	mv I-2.examination I-1.examination
	opened
	mv details resumed
	rm -r I-1.examination
	examine_large -o I-1.examination
	assert_status 0
	opened
	diff resumed/finds.csv details/finds.csv
	diff resumed/people.csv details/people.csv
}

@test "one that was broken off can be forgotten" {
	order_of
	make_large
	kill_one
	rm -r I-2.examination
	at 2023-06-23T10:00:00Z examine I-2.img --under "$order" \
	    --as room.example --restart
	assert_status 0
	cf show last
	[[ $output != *'broken off'* ]]
}

@test "another image under the item's name is refused" {
	order_of
	truncate -s 4M I-1.img
	examine
	assert_status 3
	assert_err 'another image'
}

@test "a folder with something in it is left alone" {
	order_of
	mkdir I-1.examination
	echo mine >I-1.examination/public.json
	examine
	assert_status 3
	assert_err 'new folder'
	[ "$(cat I-1.examination/public.json)" = mine ]
}
