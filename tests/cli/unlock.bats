#!/usr/bin/env bats
# counterfoil lock --trial --remove and unlock: what is gone is gone, and what
# was opened was opened once, for what the record says.

load lock_case

# ---- what is not locked goes ----

@test "another name of the image is not taken for the image" {
	before=$(ledger_size)
	ln -s d1.raw link
	trial_by 'room owner court' --remove link
	assert_status 3
	assert_one_error
	assert_err 'symbolic link'
	[ -L link ]
	ln d1.raw second
	trial_by 'room owner court' --remove second
	assert_status 3
	assert_err 'the same file has 2 names'
	mkfifo pipe
	trial_by 'room owner court' --remove pipe
	assert_status 3
	assert_err 'not a regular file'
	trial_by 'room owner court' --remove nowhere
	assert_status 3
	cp d1.raw longer && echo >>longer
	trial_by 'room owner court' --remove longer
	assert_status 1
	assert_err 'is not what was opened'
	cmp d1.raw "$BATS_FILE_TMPDIR/d1.raw"
	cmp second d1.raw
	[ "$(ledger_size)" = "$before" ]
	[ -z "$(ls ./*.removing 2>/dev/null)" ]
}

@test "a file is named once among those to remove" {
	for other in ./d1.raw d1.raw; do
		trial_by 'room owner court' --remove d1.raw --remove "$other"
		assert_status 2
		assert_one_error
		assert_err "d1.raw and $other are the same file"
		cmp d1.raw "$BATS_FILE_TMPDIR/d1.raw"
	done
}

@test "where the seed is locked, that and how it comes back is said" {
	lock_a_tree
	at 2023-06-24T13:10:00Z verify-image i2 --item PC-0001-D1-I2
	assert_status 0
	cp i2 kept
	trial_of_i2 --remove i2
	assert_status 0
	[ ! -e "$seed" ]
	at 2023-06-24T15:00:00Z verify-image kept --item PC-0001-D1-I2
	assert_err 'only the hashes; it is locked with the copy' 'unlock'
	at 2023-06-24T15:00:00Z convert kept --item PC-0001-D1-I2 -o other.E01
	assert_status 3
	assert_one_error
	assert_err 'it is locked with the copy' 'FILE.seed'
	at 2023-06-24T15:00:00Z lock kept --item PC-0001-D1-I2 \
	    --holder room.example --holder owner.example \
	    --holder court.example --threshold 2 -o j2.age \
	    --identity room.txt --as room.example
	assert_status 3
	assert_one_error
	assert_err 'it is locked with the copy'
	# And so it comes back.
	i2_by -o out
	assert_status 0
	at 2023-06-24T15:00:00Z convert kept --item PC-0001-D1-I2 \
	    -o other.E01 --seed out.seed
	assert_status 0
}

@test "every copy that is named goes, or none" {
	rm -f second link
	cp d1.raw second.raw
	echo other >other.raw
	trial_by 'room owner court' --remove d1.raw --remove other.raw
	assert_status 1
	[ -e d1.raw ] && [ -e other.raw ]
	trial_by 'room owner court' --remove d1.raw --remove second.raw
	assert_status 0
	assert_out '[good]'
	[ ! -e d1.raw ] && [ ! -e second.raw ]
	[ -z "$(ls ./*.removing 2>/dev/null)" ]
}

@test "nothing is removed while a signature is missing" {
	before=$(ledger_size)
	trial_by 'room owner' --remove d1.raw
	assert_status 2
	assert_one_error
	assert_err 'wait for the key of court.example' 'nothing is removed'
	cmp d1.raw "$BATS_FILE_TMPDIR/d1.raw"
	[ "$(ledger_size)" = "$before" ]
	[ -z "$(ls "$COUNTERFOIL_CASE"/private/offers 2>/dev/null)" ]
	# Without --remove it may wait, and says what is so.
	trial_by 'room owner'
	assert_status 0
	assert_out 'still to sign: court.example'
	accept_as court 2023-06-23T12:10:00Z
	at 2023-06-23T13:00:00Z show last
	assert_out 'trial: opened' 'plaintext: kept'
}

# strace_trial INJECT OPTION...: a trial by all three with a fault in it.
strace_trial() {
	local fault=$1
	shift
	shares_of room owner court
	run --separate-stderr strace -f -o trace -e trace="${fault%%:*}" \
	    -e inject="$fault" "$COUNTERFOIL" lock d1.age --trial \
	    --item PC-0001-D1-I1 "${shares[@]}" --as room.example \
	    --as owner.example --as court.example \
	    --now 2023-06-23T12:00:00Z "$@" </dev/null
}

@test "a removal whose record is not entered is gone on with" {
	before=$(ledger_size)
	strace_trial flock:error=EIO --remove d1.raw
	[ "$status" -ne 0 ] || show_result
	assert_err 'no record says so yet' 'give the same command again'
	[ ! -e d1.raw ] && [ -e d1.raw.removing ]
	[ "$(ledger_size)" = "$before" ]
	trial_by 'room owner court' --remove d1.raw
	assert_status 0
	assert_out '[good]'
	[ ! -e d1.raw.removing ]
	[ "$(ledger_size)" -gt "$before" ]
}

@test "who is killed while removing goes on" {
	cp d1.raw second.raw
	strace_trial unlinkat:signal=SIGKILL:when=2 --remove d1.raw \
	    --remove second.raw
	grep -q 'killed by SIGKILL' trace
	[ -e d1.raw.removing ] && [ -e second.raw.removing ]
	trial_by 'room owner court' --remove d1.raw --remove second.raw
	assert_status 0
	[ -z "$(ls d1.raw* second.raw* 2>/dev/null)" ]
	# A note of something else is no leave to say that it is gone.
	echo mine >third.raw.removing
	trial_by 'room owner court' --remove third.raw
	assert_status 3
	grep -qx mine third.raw.removing
}

# An image PC-0001-D1-I2 in three segments, i2.E01, locked by three.
lock_segments() {
	python3 -c 'import random, sys
sys.stdout.buffer.write(random.Random(3).randbytes(3000000))' >d1.raw
	must 2023-06-24T11:00:00Z image d1.raw --item PC-0001-D1 \
	    --copy PC-0001-D1-I2 -o i2.E01 --segment-size 1200K \
	    --lock i2.age --holder room.example --holder owner.example \
	    --holder court.example --threshold 2 --identity room.txt \
	    --as room.example --order "$(record_id_of order)"
	for party in owner court; do
		must 2023-06-24T13:00:00Z accept "$(offer)" \
		    --as "$party.example" --yes --identity "$party.txt" \
		    --share "i2.age.$party.example.share"
	done
}

@test "what a removal left is removed if it is what it was, and not by name" {
	local shares=() party
	lock_segments
	cp case/private/seeds/PC-0001-D1-I2.seed kept.seed
	for party in room owner court; do
		shares+=(--share "i2.age.$party.example.share" --identity
		    "$party.txt" --as "$party.example")
	done
	strace -o /dev/null true || skip 'strace may not trace here'
	# Seed, first segment, second segment: killed before the second goes.
	run strace -f -o trace -e trace=unlinkat \
	    -e inject=unlinkat:signal=SIGKILL:when=3 "$COUNTERFOIL" lock \
	    i2.age --trial --item PC-0001-D1-I2 "${shares[@]}" \
	    --remove i2.E01 --now 2023-06-24T14:00:00Z </dev/null
	grep -q 'killed by SIGKILL' trace
	[ ! -e i2.E01 ] && [ -e i2.E03 ] && [ -e i2.E01.removing ]
	# Others say what became of it.
	at 2023-06-24T14:00:00Z verify-image i2.E01 --item PC-0001-D1-I2
	assert_status 3
	assert_one_error
	assert_err 'i2.E01 is not there, and i2.E01.removing is' \
	    'give that command again'
	at 2023-06-24T14:00:00Z convert i2.E01 --item PC-0001-D1-I2 \
	    --seed kept.seed -o y
	assert_status 3
	assert_err 'i2.E01 is not there, and i2.E01.removing is'
	# Somebody else's file has the name meanwhile: it stays.
	mv i2.E03 kept.E03
	echo mine >i2.E03
	before=$(ledger_size)
	trial_of_i2 --remove i2.E01
	assert_status 3
	assert_err 'i2.E03: a removal ended before' 'it stays'
	grep -qx mine i2.E03
	cp kept.E03 i2.E03
	trial_of_i2 --remove i2.E01
	assert_status 3
	[ -e i2.E03 ] && [ "$(ledger_size)" = "$before" ]
	mv kept.E03 i2.E03
	trial_of_i2 --remove i2.E01
	assert_status 0
	assert_err 'a removal that did not end is gone on with' 'of its 4 files'
	assert_out '[good]'
	[ -z "$(ls i2.E0? i2.tree i2.*removing 2>/dev/null)" ]
}

@test "an image in many files goes with all of them, and its tree" {
	for name in i2.E01 i2.001; do
		rm -rf case
		cp -R "$BATS_FILE_TMPDIR/locked" case
		rm -rf i2.*
		python3 -c 'import random, sys
sys.stdout.buffer.write(random.Random(3).randbytes(3000000))' >d1.raw
		must 2023-06-24T11:00:00Z image d1.raw --item PC-0001-D1 \
		    --copy PC-0001-D1-I2 -o "$name" --segment-size 1200K \
		    --lock i2.age --holder room.example \
		    --holder owner.example --holder court.example \
		    --threshold 2 --identity room.txt --as room.example \
		    --order "$(record_id_of order)"
		for party in owner court; do
			must 2023-06-24T13:00:00Z accept "$(offer)" \
			    --as "$party.example" --yes \
			    --identity "$party.txt" \
			    --share "i2.age.$party.example.share"
		done
		[ -e i2.tree ]
		[ "$(ls i2.E0? i2.00? 2>/dev/null | wc -l)" = 3 ]
		trial_of_i2 --remove "$name"
		assert_status 0
		assert_out '[good]'
		[ -z "$(ls i2.E0? i2.00? i2.tree i2.*removing 2>/dev/null)" ]
	done
}

@test "an E01 and parts are locked as the medium that they hold" {
	local name
	for name in i2.E01 i2.001; do
		rm -rf case i2.*
		cp -R "$BATS_FILE_TMPDIR/locked" case
		# The tail fills no sector, and an E01 fills it up.
		python3 -c 'import random, sys
sys.stdout.buffer.write(random.Random(4).randbytes(3000100))' >d1.raw
		must 2023-06-24T11:00:00Z image d1.raw --item PC-0001-D1 \
		    --copy PC-0001-D1-I2 -o "$name" --segment-size 1200K \
		    --order "$(record_id_of order)" --as room.example \
		    --hash none
		[ "$(ls i2.E0? i2.00? 2>/dev/null | wc -l)" = 3 ]
		lock_it "$name"
		assert_status 0
		for party in owner court; do
			must 2023-06-24T13:00:00Z accept "$(offer)" \
			    --as "$party.example" --yes \
			    --identity "$party.txt" \
			    --share "i2.age.$party.example.share"
		done
		trial_of_i2 --remove "$name"
		assert_status 0
		assert_out '[good]' 'by the root of its tree'
		[ -z "$(ls i2.E0? i2.00? i2.tree i2.*removing 2>/dev/null)" ]
		rm -f out out.seed
		i2_by -o out
		assert_status 0
		cmp out d1.raw
	done
}

# lock_it IMAGE: PC-0001-D1-I2 as i2.age
lock_it() {
	at 2023-06-24T12:00:00Z lock "$1" --item PC-0001-D1-I2 \
	    --holder room.example --holder owner.example \
	    --holder court.example --threshold 2 -o i2.age \
	    --identity room.txt --as room.example
}

@test "an E01 that is damaged, or lacks a segment, is not locked" {
	python3 -c 'import random, sys
sys.stdout.buffer.write(random.Random(4).randbytes(3000100))' >d1.raw
	must 2023-06-24T11:00:00Z image d1.raw --item PC-0001-D1 \
	    --copy PC-0001-D1-I2 -o i2.E01 --segment-size 1200K \
	    --order "$(record_id_of order)" --as room.example --hash none
	before=$(ledger_size)
	cp i2.E02 kept
	printf XXXX | dd of=i2.E02 bs=1 seek=500000 conv=notrunc status=none
	lock_it i2.E01
	assert_status 3
	assert_one_error
	assert_err 'i2.E02'
	cp kept i2.E02
	mv i2.E03 gone
	lock_it i2.E01
	assert_status 3
	assert_one_error
	mv gone i2.E03
	# Another medium of the same length.
	python3 -c 'import random, sys
sys.stdout.buffer.write(random.Random(5).randbytes(3000100))' >other.raw
	lock_it other.raw
	assert_status 1
	assert_err 'its tree has another root'
	truncate -s 2999000 other.raw
	lock_it other.raw
	assert_status 1
	assert_err 'it has 2999000 bytes, not 3000100'
	[ "$(ledger_size)" = "$before" ]
	[ -z "$(ls i2.age* 2>/dev/null)" ]
}

# ---- one record, one opening ----

# again_at TIME BY RECORD OPTION...: go on with an opening that is recorded.
again_at() {
	local time=$1 by=$2 record=$3 parties
	shift 3
	read -ra parties <<<"$by"
	shares_of "${parties[@]}"
	at "$time" unlock d1.age --record "$record" "${shares[@]}" "$@"
}

@test "a record is good for a day, and while its order runs" {
	unlock_by 'room owner' -o out.raw
	assert_status 0
	id=$(record_id_of unlock)
	again_at 2023-06-24T12:00:00Z 'room owner' "$id" -o again.raw
	assert_status 0
	cmp again.raw d1.raw
	again_at 2023-06-25T10:00:01Z 'room owner' "$id" -o late.raw
	assert_status 1
	assert_one_error
	assert_err 'more than 24 hours ago'
	[ ! -e late.raw ]
	must 2023-06-24T13:00:00Z order revocation \
	    --order "$(record_id_of order)" --as court.example
	again_at 2023-06-24T13:30:00Z 'room owner' "$id" -o late.raw
	assert_status 1
	assert_one_error
	assert_err 'its order does not run any more'
	[ ! -e late.raw ]
}

@test "a record is not good when its order has ended" {
	must 2023-06-24T08:00:00Z order authorisation --permits unlock \
	    --until 2023-06-24T11:00:00Z --as court.example
	order=$(record_id)
	shares_of room owner
	must 2023-06-24T10:00:00Z unlock d1.age --order "$order" \
	    "${shares[@]}" -o out.raw --as room.example --as owner.example
	id=$(record_id_of unlock)
	again_at 2023-06-24T10:59:59Z 'room owner' "$id" -o again.raw
	assert_status 0
	again_at 2023-06-24T11:00:00Z 'room owner' "$id" -o late.raw
	assert_status 1
	assert_err 'its order does not run any more'
	[ ! -e late.raw ]
}

@test "the record says which bytes, and others are not opened by it" {
	unlock_by 'room owner' --range 100-199 -o part
	assert_status 0
	id=$(record_id_of unlock)
	at 2023-06-24T10:10:00Z show "$id"
	assert_out 'range: 100-199'
	for range in 100-200 99-199 0-9; do
		again_at 2023-06-24T10:20:00Z 'room owner' "$id" \
		    --range "$range" -o other
		assert_status 1
		assert_one_error
		assert_err 'give --range 100-199'
	done
	again_at 2023-06-24T10:20:00Z 'room owner' "$id" -o other
	assert_status 1
	assert_err 'give --range 100-199'
	[ ! -e other ]
	again_at 2023-06-24T10:20:00Z 'room owner' "$id" --range 100-199 \
	    -o again
	assert_status 0
	cmp again part
	cmp part <(tail -c +101 d1.raw | head -c 100)
}

@test "the record of all bytes is not of a range" {
	unlock_by 'room owner' -o out.raw
	id=$(record_id_of unlock)
	at 2023-06-24T10:10:00Z show "$id"
	refute_out 'range:'
	again_at 2023-06-24T10:20:00Z 'room owner' "$id" --range 0-9 -o part
	assert_status 1
	assert_err 'of all bytes'
	[ ! -e part ]
}

# ---- what is no copy ----

@test "the locked seed is not opened as the image" {
	lock_a_tree
	before=$(ledger_size)
	mv i2.age kept.age
	cp i2.age.seed.age i2.age
	for where in '--range 0-10' '--range 0-64 -o out' '-o out'; do
		read -ra words <<<"$where"
		i2_by "${words[@]}"
		assert_status 1
		assert_one_error
		assert_err 'is not the locked copy PC-0001-D1-I2'
		[ -z "$output" ] && [ ! -e out ]
	done
	[ "$(ledger_size)" = "$before" ]
}

# ---- what a crash leaves ----

# killed_at FAULT: an opening that is killed while it writes.
killed_at() {
	local fault order
	order=$(record_id_of order)
	fault=(-e 'trace=access,faccessat,faccessat2,pwrite64')
	for one; do
		fault+=(-e "inject=$one")
	done
	shares_of room owner
	run strace -f -o trace "${fault[@]}" "$COUNTERFOIL" unlock d1.age \
	    --order "$order" "${shares[@]}" -o out.raw --as room.example \
	    --as owner.example --now 2023-06-24T10:00:00Z </dev/null
	grep -q 'killed by SIGKILL' trace
	[ ! -e out.raw ]
}

@test "an opening that is killed leaves no plaintext" {
	ls -A | sed '/^trace$/d' >before.txt
	killed_at pwrite64:signal=SIGKILL:when=1
	ls -A | sed '/^trace$/d' | grep -v '^before.txt$' |
	    diff <(grep -v '^before.txt$' before.txt) -
	# The record is there, and the opening is gone on with.
	again_at 2023-06-24T10:10:00Z 'room owner' "$(record_id_of unlock)" \
	    -o out.raw
	assert_status 0
	cmp out.raw d1.raw
}

@test "where no file is without a name, what is left is what unlock(1) says" {
	killed_at access:error=ENOENT pwrite64:signal=SIGKILL:when=1
	left=$(ls -A | grep '^\.tmp-[0-9a-f]\{16\}$')
	[ "$(stat -c %a "$left")" = 600 ]
	grep -q '^\.Pa \.tmp- ,$' \
	    "$COUNTERFOIL_SOURCE/docs/man/counterfoil-unlock.1"
}
