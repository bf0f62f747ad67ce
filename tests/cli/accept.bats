#!/usr/bin/env bats
# counterfoil accept and offers: who is asked to sign, what he sees, what he
# counts, and what he does not take.

load helper

setup_file() { make_case; }
setup() {
	use_case
	before=$(ledger_size)
	must 2023-06-22T09:00:00Z hand --all --to court.example \
	    --as room.example --count 3 --offer hand.offer \
	    --given-by 'Sgt. A' --purpose custody
	id=$(basename "$COUNTERFOIL_CASE"/private/offers/*.offer .offer)
}

accept() {
	at 2023-06-22T10:00:00Z accept "$@"
}

nothing_entered() {
	[ "$(ledger_size)" = "$before" ]
}

@test "the receiver sees what he signs, counts, and it is entered" {
	accept hand.offer --as court.example --count 3
	assert_status 0
	assert_out 'TO BE SIGNED: handover of 3 items' 'room.example' \
	    'Sgt. A  (withheld in the ledger)' \
	    '3 intact, 0 broken, 0 without a seal' '3: first B-0001' \
	    'offer-expires        2023-06-23T09:00:00Z' '(3 items) [good]'
	[ -z "$stderr" ]
	[ -z "$(ls "$COUNTERFOIL_CASE/private/offers")" ]
	at 2023-06-22T11:00:00Z show B-0001
	assert_out 'held by court.example'
}

@test "an offer is named by the start of its id, too" {
	accept "${id:0:5}" --as court.example --count 3
	assert_status 0
	assert_out '(3 items) [good]'
}

@test "an offer is named by its whole id, as --json prints it" {
	at 2023-06-22T10:00:00Z offers --json
	whole=$(printf '%s' "$output" |
	    sed -n 's/^ *"record": "\([0-9a-f]*\)".*/\1/p')
	[ "${#whole}" = 64 ]
	accept "${whole:0:63}$(tr 0-9a-f 1-9a-f0 <<<"${whole:63}")" \
	    --as court.example --count 3
	assert_status 3
	assert_one_error
	assert_err 'counterfoil offers'
	accept "${whole}0" --as court.example --count 3
	assert_status 3
	assert_one_error
	nothing_entered
	accept "$whole" --as court.example --count 3
	assert_status 0
	assert_out '(3 items) [good]'
}

@test "digits that several ids begin with say so" {
	offers=$COUNTERFOIL_CASE/private/offers
	cp "$offers/$id.offer" "$offers/${id:0:11}z.offer"
	accept "${id:0:8}" --as court.example --count 3
	assert_status 3
	assert_one_error
	assert_err "2 offers' ids begin with" 'give more digits'
	nothing_entered
}

@test "accepting twice says that it is done" {
	accept hand.offer --as court.example --count 3
	accept hand.offer --as court.example --count 3
	assert_status 0
	assert_out 'already in the ledger'
	[ "$(ledger_size)" = $((before + 1)) ]
}

@test "counts that differ" {
	accept hand.offer --as court.example --count 2
	assert_status 1
	assert_one_error
	assert_err 'you counted 2, offered are 3' '--except ITEM'
	nothing_entered
}

@test "no count" {
	accept hand.offer --as court.example
	assert_status 2
	assert_one_error
	assert_err '--count N'
	nothing_entered
}

@test "nobody signs" {
	accept hand.offer --count 3
	assert_status 2
	assert_one_error
	assert_err '--as PARTY' 'court.example has not signed'
	nothing_entered
}

@test "somebody who is not asked" {
	accept hand.offer --as notary.example --count 3
	assert_status 2
	assert_one_error
	assert_err 'notary.example is not asked to sign'
	nothing_entered
}

@test "an offer that expired" {
	at 2023-06-23T09:00:01Z accept hand.offer --as court.example --count 3
	assert_status 1
	assert_one_error
	assert_err 'expired at 2023-06-23T09:00:00Z'
	nothing_entered
	at 2023-06-23T09:00:01Z offers
	assert_out 'expired at'
}

@test "an offer overtaken by something else" {
	must 2023-06-22T09:30:00Z incident damage B-0001 --as room.example
	accept hand.offer --as court.example --count 3
	assert_status 1
	assert_one_error
	assert_err 'something else happened'
}

@test "less is taken than was offered" {
	accept hand.offer --as court.example --count 2 --except B-0002 \
	    --because 'not on the trolley'
	assert_status 0
	assert_out 'handover of 2 items' \
	    'not-taken            B-0002 not on the trolley' \
	    'counted-by-giver     2' 'still to sign: room.example'
	nothing_entered
	[ "$(ls "$COUNTERFOIL_CASE"/private/offers | wc -l)" = 1 ]
	other=$(basename "$COUNTERFOIL_CASE"/private/offers/*.offer .offer)
	[ "$other" != "$id" ]
	accept "$other" --as room.example --count 2
	assert_status 0
	assert_out '(2 items) [good]'
	at 2023-06-22T11:00:00Z show B-0002
	assert_out 'held by room.example'
	at 2023-06-22T11:00:00Z show B-0003
	assert_out 'held by court.example'
}

@test "less is taken, with both keys at one desk" {
	accept hand.offer --as court.example --as room.example --count 2 \
	    --except B-0002 --because 'not on the trolley'
	assert_status 0
	assert_out '(2 items) [good]'
	[ -z "$(ls "$COUNTERFOIL_CASE/private/offers")" ]
}

@test "what is not taken needs a reason, and must be offered" {
	accept hand.offer --as court.example --count 2 --except B-0002
	assert_status 2
	assert_one_error
	assert_err '--because TEXT'
	accept hand.offer --as court.example --count 2 --except B-9 \
	    --because why
	assert_status 2
	assert_one_error
	assert_err 'B-9 is not in this offer'
	accept hand.offer --as court.example --count 2 --because why
	assert_status 2
	assert_one_error
	accept hand.offer --as court.example --count 0 --except B-0001 \
	    --because a --except B-0002 --because b --except B-0003 --because c
	assert_status 2
	assert_one_error
	assert_err 'nothing would be left'
	nothing_entered
}

@test "an offer that was altered" {
	sed 's/purpose: custody/purpose: selling/' hand.offer >other.offer
	accept other.offer --as court.example --count 3
	assert_status 1
	assert_one_error
	nothing_entered
}

@test "every changed byte of an offer is noticed" {
	for offset in $(seq 0 37 "$(stat -c %s hand.offer)" | head -n -1); do
		python3 - "$offset" <<-'END'
		import sys
		b = bytearray(open("hand.offer", "rb").read())
		b[int(sys.argv[1])] ^= 4
		open("bad.offer", "wb").write(b)
		END
		accept bad.offer --as court.example --count 3
		[ "$status" -eq 1 ] || [ "$status" -eq 3 ] || show_result
		nothing_entered
	done
}

@test "an offer that was cut off" {
	head -c 300 hand.offer >cut.offer
	accept cut.offer --as court.example --count 3
	assert_status 3
	assert_one_error
	nothing_entered
}

@test "an offer with the reveals taken out" {
	python3 - <<-'END'
	text = open("hand.offer").read()
	at = text.rindex("reveals ")
	open("bare.offer", "w").write(text[:at] + "reveals 0\n")
	END
	accept bare.offer --as court.example --count 3
	assert_status 1
	assert_one_error
	assert_err 'given-by is not in the offer'
	nothing_entered
}

@test "an offer of another case" {
	at 2023-06-20T12:00:00Z init other --name other.example \
	    --roster "$BATS_FILE_TMPDIR/parties.csv" --plain-keys
	assert_status 0
	at 2023-06-22T10:00:00Z accept hand.offer --case other \
	    --as court.example --count 3
	assert_status 1
	assert_one_error
	assert_err 'another case'
}

@test "a file that is no offer" {
	echo hello >letter
	accept letter --as court.example
	assert_status 3
	assert_one_error
	assert_err 'does not begin as an offer does'
	accept none --as court.example
	assert_status 3
	assert_one_error
	assert_err 'counterfoil offers'
}

@test "the receiver's wrong key" {
	mkdir other
	COUNTERFOIL_KEYS=$PWD/other cf key new court.example --plain
	accept hand.offer --key other/court.example.key --count 3
	assert_status 3
	assert_one_error
	assert_err 'not its key in this case'
	nothing_entered
}

@test "a folder without the ledger's key collects the signatures" {
	mv "$COUNTERFOIL_CASE/private/log.key" "$BATS_TEST_TMPDIR/log.key"
	accept hand.offer --as court.example --count 3
	assert_status 0
	assert_out 'all have signed'
	nothing_entered
	mv "$BATS_TEST_TMPDIR/log.key" "$COUNTERFOIL_CASE/private/log.key"
	accept hand.offer
	assert_status 0
	assert_out '(3 items) [good]'
}

@test "on a terminal the receiver can say no" {
	must 2023-06-22T09:00:00Z join lab.example --side neutral \
	    --vkey "$("$COUNTERFOIL" key new lab.example --plain | head -1)" \
	    --countersign police.example --offer join.offer
	run python3 "$BATS_TEST_DIRNAME/terminal.py" 'Sign? [y/N]=n' -- \
	    "$COUNTERFOIL" accept join.offer --as police.example \
	    --now 2023-06-22T09:10:00Z
	assert_status 1
	assert_out 'not signed'
}

@test "a locked key is asked for its passphrase when it signs" {
	printf 'correct horse\n' >secret
	cf key new lab.example --keys locked --passphrase-file secret
	must 2023-06-22T09:00:00Z join lab.example --side neutral \
	    --key locked/lab.example.key --passphrase-file secret \
	    --countersign police.example --offer join.offer
	run python3 "$BATS_TEST_DIRNAME/terminal.py" \
	    'Passphrase of the key of lab.example=wrong' \
	    'Passphrase of the key of lab.example=correct horse' -- \
	    "$COUNTERFOIL" join lab.example --side neutral \
	    --key locked/lab.example.key --as police.example \
	    --now 2023-06-22T09:10:00Z
	assert_status 0
	assert_out '(lab.example) [good]'
	refute_out 'correct horse'
}

@test "a breach offered at one desk is entered at the other" {
	echo 'B-0002,999' >shelf.txt
	must 2023-07-12T10:00:00Z inspect --scan shelf.txt --inspector \
	    court.example --as room.example --although --offer seen.offer
	at 2023-07-12T10:10:00Z accept seen.offer --as court.example --yes
	assert_status 1
	assert_err 'seal-unexplained' 'say so with --although'
	must 2023-07-12T10:10:00Z accept seen.offer --as court.example --yes \
	    --although
	assert_out '[breach: seal-unexplained]'
}
