#!/usr/bin/env bats
# counterfoil lock and unlock: a copy is encrypted to a key that nobody has,
# and opened again by two of three who each have a share.

load lock_case

@test "the ledger says who can open it, and the three files are there" {
	at 2023-06-24T10:00:00Z show last
	assert_out 'threshold: 2' 'holder: room.example' 'trial: asserted' \
	    'plaintext: kept' 'quorum-key: age1'
	[ "$("$COUNTERFOIL" show last </dev/null | grep -c commitment:)" = 2 ]
	for party in room owner court; do
		head -c 21 "d1.age.$party.example.share" |
		    grep -qx 'age-encryption.org/v1'
	done
	cmp -n 21 d1.age d1.age.room.example.share
	# Nothing that opens it is in the case folder.
	! grep -rl 'counterfoil-share\|AGE-SECRET-KEY' "$COUNTERFOIL_CASE"
}

@test "any two of the three open it, by any way" {
	unlock_by 'room owner' -o out.raw --host room.example
	assert_status 0
	assert_out 'unlock' '[good]'
	cmp out.raw d1.raw
	unlock_by 'owner court' -o out2.raw --host court.example
	cmp out2.raw d1.raw
	unlock_by 'court room' -o out3.raw --purpose drill
	cmp out3.raw d1.raw
	at 2023-06-25T10:00:00Z show PC-0001-D1-I1
	assert_words 'locked to a quorum' 'opened by its quorum'
}

@test "a share that its holder has opened is as good" {
	command -v age >/dev/null || skip 'age is not here'
	age -d -i owner.txt d1.age.owner.example.share >owner.share
	grep -q '^holder: owner.example$' owner.share
	at 2023-06-24T10:00:00Z unlock d1.age --order "$(record_id_of order)" \
	    --share owner.share --share d1.age.room.example.share \
	    --identity room.txt -o out.raw --as room.example --as owner.example
	assert_status 0
	cmp out.raw d1.raw
}

@test "the key of two shares is one that any age takes" {
	command -v age >/dev/null || skip 'age is not here'
	for party in owner court; do
		age -d -i "$party.txt" "d1.age.$party.example.share" \
		    >"$party.share"
	done
	# Put together by the other implementation.
	python3 "$COUNTERFOIL_SOURCE/tests/reference/share.py" recover \
	    owner.share court.share >key.txt
	age -d -i key.txt -o out.raw d1.age
	cmp out.raw d1.raw
}

@test "another implementation agrees on commitments and shares" {
	"$COUNTERFOIL" show last </dev/null >record.txt
	for party in room owner court; do
		python3 "$COUNTERFOIL_SOURCE/tests/reference/share.py" open \
		    "$party.txt" "d1.age.$party.example.share" >"$party.share"
	done
	python3 - <<'END'
import json, re
text = open('record.txt').read()
key, = re.findall(r'quorum-key: (age1\w+)', text)
json.dump({'quorum-key': key,
           'commitment': re.findall(r'commitment: ([0-9a-f]{64})', text)},
          open('lock.json', 'w'))
END
	run python3 "$COUNTERFOIL_SOURCE/tests/reference/share.py" check \
	    lock.json room.share owner.share court.share
	assert_status 0
	assert_out 'share 1 of room.example fits' 'share 2 of owner.example' \
	    'share 3 of court.example fits'
	sed 's/^index: 1$/index: 2/' room.share >moved.share
	run python3 "$COUNTERFOIL_SOURCE/tests/reference/share.py" check \
	    lock.json moved.share
	assert_status 1
}

@test "one range is read, and the rest may be lost" {
	size=$(stat -c %s d1.age)
	cp d1.age whole.age
	# The first chunk is destroyed; bytes 131072 to 196607 are not in it.
	printf 'XXXXXXXX' | dd of=d1.age bs=1 seek=300 conv=notrunc status=none
	[ "$(stat -c %s d1.age)" = "$size" ]
	before=$(ledger_size)
	unlock_by 'room owner' --range 140000-140099 -o part
	assert_status 1
	assert_one_error
	assert_err 'not the file that was locked' '--unchecked'
	[ ! -e part ] && [ "$(ledger_size)" = "$before" ]
	unlock_by 'room owner' --range 140000-140099 --unchecked -o part
	assert_status 4
	assert_err 'NOT HELD AGAINST THE LEDGER'
	cmp part <(tail -c +140001 d1.raw | head -c 100)
	unlock_by 'room court' --range 0-99 --unchecked -o other
	assert_status 1
	assert_err 'bytes 0 to 65535 were altered'
	[ ! -e other ]
	unlock_by 'owner court' -o all
	assert_status 1
	[ ! -e all ]
}

@test "a range of a file that somebody else encrypted is not opened" {
	key=$("$COUNTERFOIL" show last </dev/null |
	    sed -n 's/.*quorum-key: \(age1[a-z0-9]*\).*/\1/p')
	python3 -c 'import sys; sys.stdout.buffer.write(b"forged" * 50000)' \
	    >forged.raw
	command -v age >/dev/null || skip 'age is not here'
	cp d1.age kept.age
	age -r "$key" -o d1.age forged.raw
	before=$(ledger_size)
	for words in '-o part' '-o -' '--record last'; do
		read -ra words <<<"$words"
		unlock_by 'room owner' --range 0-99 "${words[@]}"
		assert_status 1
		assert_one_error
		assert_err 'is not the file that was locked'
		[ -z "$output" ] && [ ! -e part ]
	done
	[ "$(ledger_size)" = "$before" ]
	# The locked file itself, and what is asked for, is opened.
	mv kept.age d1.age
	unlock_by 'room owner' --range 0-99 -o part
	assert_status 0
	cmp part <(head -c 100 d1.raw)
	unlock_by 'room owner' --unchecked -o all
	assert_status 2
	assert_err '--unchecked goes with --range'
	# Who was not told the SHA-256 is told why it is not opened.
	rm "$COUNTERFOIL_CASE"/private/reveals/*
	unlock_by 'owner court' --range 0-99 -o other
	assert_status 3
	assert_err 'withheld from this folder' '--unchecked'
	[ ! -e other ]
}

@test "a range goes to standard output, and not beyond the end" {
	for words in '' '-o -'; do
		read -ra words <<<"$words"
		shares_of room owner
		"$COUNTERFOIL" unlock d1.age --now 2023-06-24T10:00:00Z \
		    --order "$(record_id_of order)" --range 65530-65545 \
		    "${shares[@]}" --as room.example --as owner.example \
		    "${words[@]}" </dev/null >out 2>said
		# The bytes alone: what is said of them is beside them.
		cmp out <(tail -c +65531 d1.raw | head -c 16)
		grep -q '^entered .*unlock.*\[good\]' said
	done
	[ ! -e - ]
	unlock_by 'owner court' -o -
	assert_status 2
	assert_err 'where to?'
	unlock_by 'owner court' --range 0-300000
	assert_status 2
	assert_err 'it has 300000 bytes'
	unlock_by 'owner court' --range 9-1
	assert_status 2
}

@test "one share is too few, and the same twice is one" {
	before=$(ledger_size)
	unlock_by room -o out.raw
	assert_status 3
	assert_one_error
	assert_err '1 share, and 2 must come together'
	unlock_by 'room room' -o out.raw
	assert_status 2
	assert_err 'the share of room.example was given twice'
	[ ! -e out.raw ]
	[ "$(ledger_size)" = "$before" ]
}

@test "a false share names its holder" {
	python3 "$COUNTERFOIL_SOURCE/tests/reference/share.py" open court.txt \
	    d1.age.court.example.share >court.share
	awk '/^share: / { digit = substr($2, 1, 1) == "0" ? "1" : "0"
		print "share: " digit substr($2, 2); next } { print }' \
	    court.share >false.share
	at 2023-06-24T10:00:00Z unlock d1.age --order "$(record_id_of order)" \
	    --share false.share --share d1.age.room.example.share \
	    --identity room.txt -o out.raw --as room.example --as court.example
	assert_status 1
	assert_one_error
	assert_err 'the share of court.example is false'
	[ ! -e out.raw ]
	# Nor does it pass as somebody else's.
	sed 's/^holder: .*/holder: owner.example/' court.share >moved.share
	at 2023-06-24T10:00:00Z lock --check-share moved.share last
	assert_status 1
	assert_err 'share 3 of the lock is not that of owner.example'
}

@test "a share of another lock is none of this one" {
	cp -R case kept
	mv d1.age first.age
	mkdir old
	mv d1.age.*.share old
	lock
	cp -f old/*.share .
	at 2023-06-23T11:00:00Z accept "$(offer)" --as owner.example --yes \
	    --share d1.age.owner.example.share --identity owner.txt
	assert_status 1
	assert_err "it is owner.example's share of another lock"
}

@test "who has the wrong keys cannot open a share" {
	at 2023-06-24T10:00:00Z lock --check-share d1.age.owner.example.share \
	    --identity council.txt last
	assert_status 3
	assert_err 'not encrypted to any of these keys'
	at 2023-06-24T10:00:00Z lock --check-share d1.age.owner.example.share \
	    last
	assert_status 3
	assert_err '--identity FILE'
	at 2023-06-24T10:00:00Z lock --check-share d1.age.owner.example.share \
	    --identity owner.txt last
	assert_status 0
	assert_out 'share verified' 'share 2 of 3' 'any 2 open it'
}

@test "an altered byte is found wherever it is" {
	size=$(stat -c %s d1.age)
	cp d1.age whole.age
	for at in 0 30 70 100 150 180 $((size - 1)); do
		cp whole.age d1.age
		python3 - d1.age "$at" <<'END'
import sys
path, at = sys.argv[1], int(sys.argv[2])
data = bytearray(open(path, 'rb').read())
data[at] ^= 2
open(path, 'wb').write(data)
END
		unlock_by 'room owner' -o out.raw
		[ "$status" = 1 ] || [ "$status" = 3 ] || show_result
		[ ! -e out.raw ]
	done
}

@test "a file cut at a border of chunks has lost its end" {
	cp d1.age whole.age
	for chunks in 0 1 2 3 4; do
		head -c $((184 + chunks * 65552)) whole.age >d1.age
		unlock_by 'room owner' -o out.raw
		assert_status 1
		assert_err 'cut'
		[ ! -e out.raw ]
	done
	assert_err 'its end is missing'
}

@test "a second recipient in the header is refused" {
	command -v age >/dev/null || skip 'age is not here'
	key=$("$COUNTERFOIL" show last </dev/null |
	    sed -n 's/.*quorum-key: //p')
	age -r "$key" -r "$(recipient_of council)" -o d1.age.two d1.raw
	mv d1.age.two d1.age
	unlock_by 'room owner' -o out.raw
	assert_status 1
	assert_err 'it has 2 recipients'
	# Encrypted by anybody to the quorum's key alone: not what was locked.
	age -r "$key" -o d1.age.one d1.raw
	mv d1.age.one d1.age
	unlock_by 'room owner' -o out.raw
	assert_status 1
	assert_err 'not the file that was locked'
	[ ! -e out.raw ]
	trial_by 'room owner court' --remove d1.raw
	assert_status 1
	assert_err 'not the file that was locked'
	[ -e d1.raw ]
}

@test "a file that is locked to another key does not open" {
	command -v age >/dev/null || skip 'age is not here'
	age -r "$(recipient_of council)" -o other.age d1.raw
	mv other.age d1.age
	unlock_by 'room owner' -o out.raw
	assert_status 3
	assert_err 'not encrypted to any of these keys' 'was altered'
}

@test "commitments that are not the key's are no lock" {
	unlocked
	key=$(recipient_of council)
	c=$(python3 "$COUNTERFOIL_SOURCE/tests/reference/share.py" point 5)
	raw=(record lock custodian=room.example threshold=2
	    holder=notary.example holder=owner.example holder=court.example
	    plaintext=kept)
	signers=(--signer room.example --signer owner.example
	    --signer court.example --signer notary.example)
	at 2023-06-23T10:00:00Z "${raw[@]}" quorum-key="$key" \
	    commitment="$c" commitment="$c" PC-0001-D1-I1: \
	    --as room.example "${signers[@]}"
	assert_status 0
	at 2023-06-23T10:10:00Z accept "$(offer)" --as owner.example --yes
	assert_status 1
	assert_err 'is not that of the quorum'
	rm "$COUNTERFOIL_CASE"/private/offers/*
	# A holder signs no lock that names no key, nor one without its share,
	# whatever command made it.
	at 2023-06-23T10:20:00Z "${raw[@]}" PC-0001-D1-I1: \
	    --as room.example "${signers[@]}"
	assert_status 0
	at 2023-06-23T10:30:00Z accept "$(offer)" --as owner.example --yes
	assert_status 3
	assert_err 'names no quorum-key'
	before=$(ledger_size)
	rm "$COUNTERFOIL_CASE"/private/offers/*
	at 2023-06-23T10:40:00Z "${raw[@]}" quorum-key="$key" \
	    commitment="$c" commitment="$c" PC-0001-D1-I1: \
	    --as room.example --as owner.example "${signers[@]}"
	assert_status 2
	assert_one_error
	assert_err 'leave the key of owner.example out'
	[ -z "$(ls "$COUNTERFOIL_CASE"/private/offers)" ]
	[ "$(ledger_size)" = "$before" ]
}

@test "without an order nothing is opened" {
	before=$(ledger_size)
	shares_of room owner
	at 2023-06-24T10:00:00Z unlock d1.age "${shares[@]}" \
	    -o out.raw --as room.example --as owner.example
	assert_status 2
	assert_err '--order RECORD'
	must 2023-06-24T09:00:00Z order revocation \
	    --order "$(record_id_of order)" --as court.example
	unlock_by 'room owner' -o out.raw
	assert_status 1
	assert_err 'no-order'
	[ ! -e out.raw ]
}

@test "what is done now is not permitted by an order that ran before" {
	order=$(record_id_of order)
	must 2023-06-24T09:58:00Z order revocation --order "$order" \
	    --as court.example
	before=$(ledger_size)
	unlock_by 'room owner' -o out.raw --at 2023-06-24T09:57:00Z
	assert_status 1
	assert_one_error
	assert_err 'no-order' 'as of now' '--at changes nothing'
	for although in '' --although; do
		at 2023-06-24T10:00:00Z image d1.raw --item PC-0001-D1 \
		    --copy PC-0001-D1-I2 -o i2 --order "$order" \
		    --at 2023-06-24T09:57:00Z --as room.example $although
		assert_status 1
		assert_one_error
		assert_err 'no-order' 'as of now'
	done
	[ ! -e out.raw ] && [ ! -e i2 ]
	[ "$(ledger_size)" = "$before" ]
	# While an order runs, a time of a moment ago is no obstacle.
	must 2023-06-24T10:01:00Z order authorisation --permits unlock \
	    --since 2023-06-24T09:50:00Z --as court.example
	bring 'room owner'
	at 2023-06-24T10:05:00Z unlock d1.age --order "$(record_id)" \
	    "${brought[@]}" -o out.raw --at 2023-06-24T10:03:00Z
	assert_status 0
}

@test "the record comes first: a holder away means an offer" {
	shares_of room owner
	at 2023-06-24T10:00:00Z unlock d1.age --order "$(record_id_of order)" \
	    "${shares[@]}" -o out.raw --as room.example
	assert_status 3
	assert_out 'still to sign: owner.example'
	assert_err 'nothing was opened'
	[ ! -e out.raw ]
	must 2023-06-24T10:10:00Z accept "$(offer)" --as owner.example --yes
	id=$(record_id)
	shares_of room court
	at 2023-06-24T10:20:00Z unlock d1.age --record "$id" \
	    "${shares[@]}" -o out.raw
	assert_status 1
	assert_err 'does not stand for this'
	shares_of room owner
	at 2023-06-24T10:20:00Z unlock d1.age --record "$id" \
	    "${shares[@]}" -o out.raw
	assert_status 0
	cmp out.raw d1.raw
}

@test "a set that one organisation opens or blocks alone is refused" {
	unlocked
	before=$(ledger_size)
	must 2023-06-23T09:00:00Z relate court.example \
	    --acts-for owner.example --basis declared --as court.example
	at 2023-06-23T10:00:00Z lock d1.raw --item PC-0001-D1-I1 \
	    --holder room.example --holder owner.example \
	    --holder court.example --threshold 2 -o d1.age --as room.example \
	    --identity room.txt
	assert_status 1
	assert_err 'quorum'
	[ ! -e d1.age ]
	[ -z "$(ls d1.age* 2>/dev/null)" ]
}

# Those that room and others would be: refuse_quorum THRESHOLD HOLDER...
refuse_quorum() {
	local threshold=$1 holders=()
	shift
	for party; do
		holders+=(--holder "$party.example")
	done
	at 2023-06-23T10:00:00Z lock d1.raw --item PC-0001-D1-I1 \
	    "${holders[@]}" --threshold "$threshold" -o d1.age \
	    --as room.example --identity room.txt
	assert_status 1
	assert_err 'quorum'
	[ -z "$(ls d1.age* 2>/dev/null)" ]
	at 2023-06-23T10:00:00Z image d1.raw --item PC-0001-D1 \
	    --copy PC-0001-D1-I3 -o i3 --lock i3.age "${holders[@]}" \
	    --threshold "$threshold" --identity room.txt --as room.example \
	    --order "$(record_id_of order)"
	assert_status 1
	assert_one_error
	assert_err 'one organisation could open'
	[ -z "$(ls i3* 2>/dev/null)" ]
}

# Four holders of whom two are one organisation.
four_holders() {
	unlocked
	must 2023-06-23T09:00:00Z key encryption police.example \
	    "$(recipient_of council)" --as police.example
	at 2023-06-23T09:10:00Z lock d1.raw --item PC-0001-D1-I1 \
	    --holder room.example --holder owner.example \
	    --holder court.example --holder police.example \
	    --threshold "$1" -o fair.age --as room.example \
	    --identity room.txt
	assert_status 0
	must 2023-06-23T09:30:00Z relate police.example \
	    --acts-for owner.example --basis declared --as police.example
}

@test "two of one organisation that reach the threshold are refused" {
	four_holders 2
	refuse_quorum 2 room owner court police
}

@test "two of one organisation that could block are refused" {
	# Two of four cannot open what takes three, but can keep it closed.
	four_holders 3
	refuse_quorum 3 room owner court police
}

@test "two holders with the same key for encryption are refused" {
	unlocked
	must 2023-06-23T09:00:00Z key encryption court.example \
	    "$(recipient_of owner)" --as court.example
	at 2023-06-23T10:00:00Z lock d1.raw --item PC-0001-D1-I1 \
	    --holder room.example --holder owner.example \
	    --holder court.example --threshold 2 -o d1.age --as room.example \
	    --identity room.txt
	assert_status 1
	assert_one_error
	assert_err 'quorum' 'owner.example and court.example' 'the same key'
	# A new one does not undo it: the court has what owner's is sealed to.
	must 2023-06-23T10:10:00Z key encryption court.example \
	    "$(recipient_of council)" --as court.example
	refuse_quorum 2 room owner court
	must 2023-06-23T10:20:00Z key encryption owner.example \
	    "$(recipient_of police)" --as owner.example
	lock
}

@test "a holder is named once" {
	unlocked
	for command in 'lock d1.raw --item PC-0001-D1-I1 -o d1.age' \
	    'image d1.raw --item PC-0001-D1 --copy PC-0001-D1-I3 -o i3
	    --lock d1.age'; do
		read -ra words <<<"${command//$'\n'/ }"
		[[ $command == lock* ]] ||
		    words+=(--order "$(record_id_of order)")
		at 2023-06-23T10:00:00Z "${words[@]}" \
		    --holder room.example --holder owner.example \
		    --holder owner.example --threshold 2 \
		    --as room.example --identity room.txt
		assert_status 2
		assert_one_error
		assert_err 'owner.example is named twice'
		[ -z "$(ls d1.age* i3* 2>/dev/null)" ]
	done
}

@test "two must come together, and one can be missing" {
	unlocked
	for threshold in 1 3; do
		at 2023-06-23T10:00:00Z lock d1.raw --item PC-0001-D1-I1 \
		    --holder room.example --holder owner.example \
		    --holder court.example --threshold "$threshold" \
		    -o d1.age --as room.example --identity room.txt
		assert_status 2
		assert_one_error
	done
	[ ! -e d1.age ]
}

@test "a holder without a key for encryption is told how to get one" {
	unlocked
	at 2023-06-23T10:00:00Z lock d1.raw --item PC-0001-D1-I1 \
	    --holder room.example --holder owner.example \
	    --holder notary.example --threshold 2 -o d1.age --as room.example
	assert_status 3
	assert_one_error
	assert_err 'counterfoil key encryption notary.example'
}

@test "who signs as a holder has opened its share" {
	unlocked
	at 2023-06-23T10:00:00Z lock d1.raw --item PC-0001-D1-I1 \
	    --holder room.example --holder owner.example \
	    --holder court.example --threshold 2 -o d1.age --as room.example
	assert_status 2
	assert_err 'room.example would sign that its share fits'
	lock
	at 2023-06-23T11:00:00Z accept "$(offer)" --as owner.example --yes
	assert_status 2
	assert_err 'give the share of owner.example'
	accept_as owner
	accept_as court
	shares_of owner court
	at 2023-06-23T12:00:00Z lock d1.age --trial --item PC-0001-D1-I1 \
	    "${shares[@]}" --as room.example
	assert_status 2
	assert_err 'room.example would sign that its share fits'
}

@test "a share goes with a lock alone" {
	must 2023-06-24T09:00:00Z order hold --issuer court.example \
	    --as room.example
	at 2023-06-24T09:10:00Z accept "$(offer)" --as court.example --yes \
	    --share d1.age.court.example.share --identity court.txt
	assert_status 2
	assert_one_error
	assert_err '--share is for a lock'
}

@test "nobody signs as a holder of several copies at once" {
	must 2023-06-22T12:00:00Z record image examiner=room.example \
	    custodian=room.example order="$(record_id_of order)" PC-0001-D1: \
	    PC-0001-D1-I2: type=image derived-from=PC-0001-D1 length=300000 \
	    --as room.example
	key=$(recipient_of council)
	must 2023-06-24T09:00:00Z record lock custodian=room.example \
	    threshold=2 holder=police.example holder=owner.example \
	    holder=court.example quorum-key="$key" trial=asserted \
	    plaintext=kept PC-0001-D1-I1: PC-0001-D1-I2: --as room.example \
	    --signer room.example --signer police.example \
	    --signer owner.example --signer court.example
	at 2023-06-24T10:00:00Z accept "$(offer)" --as court.example --yes \
	    --share d1.age.court.example.share --identity court.txt
	assert_status 3
	assert_one_error
	assert_err 'a lock of 2 copies' 'lock each copy by itself'
}

@test "a share is read into memory that is locked" {
	shares_of owner court
	strace -f -o trace -e trace=openat,read,mlock,munlock -e raw=read \
	    "$COUNTERFOIL" unlock d1.age --order "$(record_id_of order)" \
	    "${shares[@]}" --as owner.example --as court.example -o out.raw \
	    --now 2023-06-24T10:00:00Z </dev/null
	cmp out.raw d1.raw
	# Every key file and share is read to where mlock was asked for.
	python3 - trace <<'END'
import re, sys
locked, files, seen = [], {}, set()
for line in open(sys.argv[1], errors='replace'):
    line = line.split(None, 1)[1]
    m = re.match(r'mlock\((0x[0-9a-f]+), (\d+)\) += 0', line)
    if m:
        locked.append((int(m[1], 16), int(m[1], 16) + int(m[2])))
    m = re.match(r'munlock\((0x[0-9a-f]+), ', line)
    if m:
        locked = [r for r in locked if r[0] != int(m[1], 16)]
    m = re.match(r'openat\(.*?, "([^"]+)".*= (\d+)$', line)
    if m:
        files[int(m[2])] = m[1]
    m = re.match(r'read\((\S+), (\S+), (\S+)\)', line)
    name = files.get(int(m[1], 0), '') if m else ''
    if re.search(r'\.share$|^(owner|court)\.txt$', name):
        start = int(m[2], 0)
        end = start + int(m[3], 0)
        assert any(a <= start and end <= b for a, b in locked), line
        seen.add(name)
assert len(seen) == 4, seen
END
}

@test "what is not the image is not locked as the image" {
	unlocked
	echo other >short.raw
	tr '\000' '\001' <d1.raw >other.raw
	for file in short other; do
		at 2023-06-23T10:00:00Z lock "$file.raw" \
		    --item PC-0001-D1-I1 --holder room.example \
		    --holder owner.example --holder court.example \
		    --threshold 2 -o d1.age --as room.example \
		    --identity room.txt
		assert_status 1
		assert_one_error
		assert_err 'is not what was recorded as PC-0001-D1-I1'
	done
	[ -z "$(ls d1.age* .tmp-* 2>/dev/null)" ]
}

@test "neither the locked file nor the open one goes into the case folder" {
	ln -s case/log link
	at 2023-06-23T10:00:00Z lock d1.raw --item PC-0001-D1-I1 \
	    --holder room.example --holder owner.example \
	    --holder court.example --threshold 2 -o link/d1.age \
	    --identity room.txt --as room.example
	assert_status 2
	assert_one_error
	assert_err 'lock: --output link/d1.age lies in the case folder'
	before=$(ledger_size)
	unlock_by 'room owner' -o case/private/out.raw
	assert_status 2
	assert_one_error
	assert_err 'unlock: --output case/private/out.raw lies in the case'
	[ "$(ledger_size)" = "$before" ]
	[ -z "$(find case -name '*.age*' -o -name 'out*')" ]
}

@test "nothing is written over" {
	at 2023-06-23T12:00:00Z lock d1.raw --item PC-0001-D1-I1 \
	    --holder room.example --holder owner.example \
	    --holder court.example --threshold 2 -o d1.age --as room.example \
	    --identity room.txt
	assert_status 3
	assert_err 'is not written over'
	echo mine >out.raw
	unlock_by 'room owner' -o out.raw
	assert_status 3
	grep -qx mine out.raw
}

@test "after a trial opening the image is removed, and all sign that" {
	trial_by 'room owner court' --remove d1.raw \
	    --witness notary.example --as notary.example
	assert_status 0
	assert_out 'was opened on trial' '[good]'
	assert_err 'd1.raw is removed' '--remove did not name'
	[ ! -e d1.raw ] && [ ! -e d1.raw.removing ]
	at 2023-06-23T13:00:00Z show last
	assert_out 'trial: opened' 'plaintext: destroyed' \
	    'witness: notary.example'
	# The new record is of the same key: the shares are good.
	cp "$BATS_FILE_TMPDIR/d1.raw" .
	unlock_by 'owner court' -o out.raw
	cmp out.raw d1.raw
}

@test "nothing is removed that was not opened, or is something else" {
	at 2023-06-23T12:00:00Z lock d1.raw --item PC-0001-D1-I1 \
	    --holder room.example --threshold 2 -o x --as room.example \
	    --remove d1.raw
	assert_status 2
	assert_err '--remove goes with --trial'
	echo other >other.raw
	trial_by 'room owner court' --remove other.raw
	assert_status 1
	assert_err 'is not removed'
	[ -e other.raw ]
	shares_of room
	at 2023-06-23T12:00:00Z lock d1.age --trial --item PC-0001-D1-I1 \
	    "${shares[@]}" --remove d1.raw --as room.example
	assert_status 3
	cp d1.age good.age
	printf 'X' | dd of=d1.age bs=1 seek=70000 conv=notrunc status=none
	trial_by 'room owner court' --remove d1.raw
	assert_status 1
	assert_err 'altered'
	cmp d1.raw "$BATS_FILE_TMPDIR/d1.raw"
}

# ---- an image with a tree: its seed is locked with it ----

@test "the seed is locked with the image, goes at the trial and comes back" {
	lock_a_tree
	"$COUNTERFOIL" show last </dev/null >record.txt
	grep -q "locked-seed: $(sha256sum <i2.age.seed.age | cut -c 1-64)" \
	    record.txt
	head -c 21 i2.age.seed.age | grep -qx 'age-encryption.org/v1'
	! grep -q "$(cat kept.seed)" i2.age.seed.age record.txt
	trial_of_i2 --remove i2
	assert_status 0
	assert_out 'by the root of its tree'
	assert_err 'the seed in this folder is removed'
	[ ! -e i2 ] && [ ! -e "$seed" ]
	# Without it nothing can be shown of the image.
	at 2023-06-24T15:00:00Z verify-image d1.raw --item PC-0001-D1-I2
	assert_status 3
	assert_err 'neither root and seed nor a hash'
	i2_by -o out
	assert_status 0
	cmp out d1.raw
	cmp out.seed kept.seed
	[ "$(stat -c %a out.seed)" = 600 ]
	at 2023-06-24T15:00:00Z verify-image out --item PC-0001-D1-I2 \
	    --seed out.seed
	assert_status 0
	assert_out 'tree: as recorded'
	at 2023-06-24T15:00:00Z disclose out --item PC-0001-D1-I2 \
	    --seed out.seed --ranges 0-9 -o part --although \
	    --from room.example --to court.example --as room.example
	assert_out 'written: part'
}

@test "a lock of other bytes does not get past the root" {
	lock_a_tree
	command -v age >/dev/null || skip 'age is not here'
	key=$("$COUNTERFOIL" show last </dev/null |
	    sed -n 's/.*quorum-key: //p')
	tr '\000' '\001' <d1.raw >other.raw
	# A folder that does not know the locked file's digest.
	rm -rf "$COUNTERFOIL_CASE"/private/reveals
	age -r "$key" -o i2.age.new other.raw
	mv i2.age.new i2.age
	i2_by -o out
	assert_status 1
	assert_err 'its tree has another root'
	[ ! -e out ] && [ ! -e out.seed ]
	trial_of_i2 --remove i2
	assert_status 1
	[ -e i2 ] && [ -e "$seed" ]
}

@test "what is not the image by its tree is not locked" {
	must 2023-06-24T11:00:00Z image d1.raw --item PC-0001-D1 \
	    --copy PC-0001-D1-I2 -o i2 --hash none \
	    --order "$(record_id_of order)" --as room.example
	seed=$COUNTERFOIL_CASE/private/seeds/PC-0001-D1-I2.seed
	tr '\000' '\001' <d1.raw >other.raw
	lock_i2=(--item PC-0001-D1-I2 --holder room.example
	    --holder owner.example --holder court.example --threshold 2
	    -o i2.age --identity room.txt --as room.example)
	at 2023-06-24T12:00:00Z lock other.raw "${lock_i2[@]}"
	assert_status 1
	assert_one_error
	assert_err 'another root'
	[ -z "$(ls i2.age* 2>/dev/null)" ]
	# The seed belongs to it, unless nobody has it.
	mv "$seed" kept.seed
	at 2023-06-24T12:00:00Z lock i2 "${lock_i2[@]}"
	assert_status 3
	assert_err '--no-seed'
	[ -z "$(ls i2.age* 2>/dev/null)" ]
	at 2023-06-24T12:00:00Z lock i2 "${lock_i2[@]}" --no-seed
	assert_status 0
	assert_err 'only its length was looked at'
	[ ! -e i2.age.seed.age ]
}

@test "a seed that was changed or is gone is said" {
	lock_a_tree
	cp i2.age.seed.age whole
	printf X | dd of=i2.age.seed.age bs=1 seek=190 conv=notrunc status=none
	before=$(ledger_size)
	i2_by -o out
	assert_status 1
	assert_err 'not the locked seed that the record names'
	trial_of_i2 --remove i2
	assert_status 1
	[ "$(ledger_size)" = "$before" ]
	rm i2.age.seed.age
	trial_of_i2 --remove i2
	assert_status 3
	[ -e i2 ] && [ -e "$seed" ]
	i2_by -o out
	assert_status 0
	assert_err 'the tree cannot be checked'
	[ ! -e out.seed ]
	cmp out d1.raw
	# Another seed in the folder is not taken for the locked one.
	cp whole i2.age.seed.age
	head -c 64 /dev/zero | tr '\0' 0 >"$seed" && echo >>"$seed"
	trial_of_i2 --remove i2
	assert_status 1
	assert_err 'is not the seed that was locked'
	[ -e i2 ] && [ -e "$seed" ]
}

@test "the stock age opens image and seed" {
	command -v age >/dev/null || skip 'age is not here'
	lock_a_tree
	for party in owner court; do
		age -d -i "$party.txt" "i2.age.$party.example.share" \
		    >"$party.share"
	done
	python3 "$COUNTERFOIL_SOURCE/tests/reference/share.py" recover \
	    owner.share court.share >key.txt
	age -d -i key.txt -o out i2.age
	age -d -i key.txt -o out.seed i2.age.seed.age
	cmp out d1.raw
	cmp out.seed kept.seed
}

# ---- while imaging ----

lock_i3=(--item PC-0001-D1 --copy PC-0001-D1-I3 -o i3 --lock i3.age
    --holder room.example --holder owner.example --holder court.example
    --threshold 2 --identity room.txt --as room.example)

@test "an image is locked while it is made, and the same opens" {
	at 2023-06-24T11:00:00Z image d1.raw "${lock_i3[@]}" \
	    --order "$(record_id_of order)"
	assert_status 0
	assert_out 'copied: 300000 bytes' 'i3.age is locked' \
	    'still to sign: owner.example'
	cmp i3 d1.raw
	for party in owner court; do
		must 2023-06-24T13:00:00Z accept "$(offer)" \
		    --as "$party.example" --yes --identity "$party.txt" \
		    --share "i3.age.$party.example.share"
	done
	at 2023-06-24T14:00:00Z lock i3.age --trial --item PC-0001-D1-I3 \
	    --share i3.age.room.example.share --identity room.txt \
	    --share i3.age.court.example.share --identity court.txt \
	    --share i3.age.owner.example.share --identity owner.txt \
	    --remove i3 --as room.example --as court.example \
	    --as owner.example
	assert_status 0
	assert_out 'by the root of its tree'
	[ ! -e i3 ]
	at 2023-06-24T14:00:00Z unlock i3.age \
	    --order "$(record_id_of order)" \
	    --share i3.age.room.example.share --identity room.txt \
	    --share i3.age.owner.example.share --identity owner.txt \
	    --as room.example --as owner.example -o out
	assert_status 0
	cmp out d1.raw
	[ -e out.seed ]
}

# Examiner and custodian are different parties, each with one of the records.
by_police=(--item PC-0001-D1 --copy PC-0001-D1-I3 -o i3 --lock i3.age
    --holder notary.example --holder owner.example --holder court.example
    --threshold 2)

enrol_notary() {
	mv council.txt notary.txt
	must 2023-06-24T09:00:00Z key encryption notary.example \
	    "$(recipient_of notary)" --as notary.example
}

@test "who gives the original away signs the image, and not the lock" {
	enrol_notary
	order=$(record_id_of order)
	# A key that signs neither is refused before anything is read.
	for lock in yes no; do
		words=("${by_police[@]}")
		[ "$lock" = yes ] || words=("${by_police[@]:0:6}")
		at 2023-06-24T11:00:00Z image d1.raw "${words[@]}" \
		    --order "$order" --as room.example --as police.example
		assert_status 2
		assert_one_error
		assert_err 'police.example has no part in this'
		[ -z "$(ls -A | grep i3)" ]
	done
	at 2023-06-24T11:00:00Z image d1.raw "${by_police[@]}" \
	    --order "$order" --as police.example --as room.example
	assert_status 0
	assert_out 'i3.age is locked' \
	    'still to sign: notary.example' 'still to sign: court.example'
	for party in notary owner court; do
		must 2023-06-24T13:00:00Z accept "$(offer)" \
		    --as "$party.example" --yes --identity "$party.txt" \
		    --share "i3.age.$party.example.share"
	done
	assert_out '[good]'
	at 2023-06-24T14:00:00Z unlock i3.age --order "$order" \
	    --share i3.age.notary.example.share --identity notary.txt \
	    --share i3.age.owner.example.share --identity owner.txt \
	    --as notary.example --as owner.example -o out
	assert_status 0
	cmp out d1.raw
}

@test "a lock that fails after the copy says that the image is there" {
	enrol_notary
	order=$(record_id_of order)
	# The share is named as soon as the copy is made, and not before.
	strace -f -o trace -e trace=pwrite64 -P "$PWD/i3.part" \
	    -e inject=pwrite64:delay_enter=3s:when=1 \
	    "$COUNTERFOIL" image d1.raw "${by_police[@]}" --order "$order" \
	    --as police.example --as room.example \
	    --now 2023-06-24T11:00:00Z </dev/null >out.1 2>err.1 3>&- &
	job=$!
	until [ -e i3.part ]; do sleep 0.1; done
	echo in the way >i3.age.owner.example.share
	status=0
	wait "$job" || status=$?
	cat err.1
	[ "$status" = 3 ]
	grep -q 'PC-0001-D1-I3 is made and recorded, its lock is not' err.1
	grep -q 'counterfoil lock' err.1
	# Nothing is left of the lock, and the image is what the ledger says.
	[ "$(ls -A | grep i3.age)" = i3.age.owner.example.share ]
	cmp i3 d1.raw
	at 2023-06-24T12:00:00Z show PC-0001-D1-I3
	assert_status 0
	at 2023-06-24T12:00:00Z lock i3 --item PC-0001-D1-I3 -o j3.age \
	    --holder notary.example --holder owner.example \
	    --holder court.example --threshold 2 --as police.example
	assert_status 0
}

@test "what cannot be locked is not imaged either" {
	must 2023-06-23T09:00:00Z relate court.example \
	    --acts-for owner.example --basis declared --as court.example
	at 2023-06-24T11:00:00Z image d1.raw "${lock_i3[@]}" \
	    --order "$(record_id_of order)"
	assert_status 1
	assert_one_error
	assert_err 'one organisation could open'
	[ -z "$(ls i3* 2>/dev/null)" ]
	at 2023-06-24T11:00:00Z image d1.raw --item PC-0001-D1 \
	    --copy PC-0001-D1-I3 -o i3 --holder room.example \
	    --order "$(record_id_of order)" --as room.example
	assert_status 2
	assert_err '--holder goes with --lock'
}

@test "an image whose record would have to wait is not locked meanwhile" {
	for other in --witness --examiner; do
		at 2023-06-24T11:00:00Z image d1.raw "${lock_i3[@]}" \
		    --order "$(record_id_of order)" "$other" court.example
		assert_status 2
		assert_one_error
		assert_err 'key of court.example' 'lock the image when'
		[ -z "$(ls -A | grep i3)" ]
	done
}

@test "who is killed while locking leaves nothing of it" {
	python3 -c 'import random, sys
r = random.Random(3)
sys.stdout.buffer.write(r.randbytes(50000000))' >big
	order=$(record_id_of order)
	# Killed at the fourth block of one of the files.
	strace -f -o trace -e trace=pwrite64 \
	    -e inject=pwrite64:signal=SIGKILL:when=4 \
	    "$COUNTERFOIL" image big "${lock_i3[@]}" --order "$order" \
	    --now 2023-06-24T11:00:00Z </dev/null >out.1 2>err.1 && false
	grep -q 'killed by SIGKILL' trace
	[ -e i3.part ]
	[ -z "$(ls -A | grep -e '^\.tmp-' -e '^i3\.age')" ]
	at 2023-06-24T11:00:00Z image big "${lock_i3[@]}" --order "$order" \
	    --resume
	assert_status 0
	cmp i3 big
	[ -z "$(ls -A | grep '^\.tmp-')" ]
}

@test "an image that is gone on with is locked as a whole" {
	python3 -c 'import random, sys
r = random.Random(3)
sys.stdout.buffer.write(r.randbytes(70000000))' >big
	order=$(record_id_of order)
	# It cannot get past 40 MB, and goes on from what it has.
	(ulimit -f 40000
	    "$COUNTERFOIL" image big "${lock_i3[@]}" --order "$order" \
		--now 2023-06-24T11:00:00Z </dev/null >out.1 2>err.1) && false
	[ ! -e i3.age ] && [ -e i3.part ]
	[ -z "$(ls i3.age* 2>/dev/null)" ]
	at 2023-06-24T11:00:00Z image big "${lock_i3[@]}" --order "$order" \
	    --resume
	assert_status 0
	assert_out 'i3.age is locked'
	python3 "$COUNTERFOIL_SOURCE/tests/reference/share.py" open room.txt \
	    i3.age.room.example.share >room.share
	python3 "$COUNTERFOIL_SOURCE/tests/reference/share.py" open court.txt \
	    i3.age.court.example.share >court.share
	command -v age >/dev/null || skip 'age is not here'
	python3 "$COUNTERFOIL_SOURCE/tests/reference/share.py" recover \
	    room.share court.share >key.txt
	age -d -i key.txt i3.age | cmp - big
}
