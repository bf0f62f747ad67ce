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

