#!/usr/bin/env bats
# counterfoil seize: a table of items becomes list and seizure, all at once or
# not at all.

load helper

setup_file() {
	export COUNTERFOIL_KEYS=$BATS_FILE_TMPDIR/keys
	roster >"$BATS_FILE_TMPDIR/parties.csv"
	at 2023-06-20T12:00:00Z init "$BATS_FILE_TMPDIR/case" \
	    --name seizure.example --roster "$BATS_FILE_TMPDIR/parties.csv" \
	    --plain-keys
	COUNTERFOIL_CASE=$BATS_FILE_TMPDIR/case must 2023-06-20T12:05:00Z \
	    join --all
}

setup() {
	use_case
	things >list.csv
	before=$(ledger_size)
}

HEADER=item,type,inside,bay,place,capacity_bytes,seal,seal_type,power_state

take() {
	at 2023-06-20T14:00:00Z seize "$@" --by police.example \
	    --from owner.example --owner signed --witness notary.example
}
sign() {
	take "$@" --as police.example --as owner.example --as notary.example
}

nothing_changed() {
	[ "$(ledger_size)" = "$before" ]
	[ ! -e "$COUNTERFOIL_CASE/private/reveals" ]
	[ -z "$(ls "$COUNTERFOIL_CASE/private/offers")" ]
}

# Rows from standard input, under the header, that must be complained about at
# a line with a text.
refused() {
	{ echo $HEADER; cat; } >bad.csv
	sign bad.csv
	assert_status 2
	assert_err "bad.csv:$1: $2"
	[[ $stderr == *'counterfoil: seize: '*'bad.csv'* ]]
	[[ $stderr == *'nothing was changed'* ]]
	nothing_changed
}

@test "a table becomes a list and a seizure" {
	sign list.csv --legal-basis 'warrant 7' --announced '2 computer'
	assert_status 0
	assert_out 'list.csv: 3 package, 2 computer, 2 casing, 3 drive, 1' \
	    'drive, 1 phone' \
	    'entered 4: list' '(11 items) [good]' 'entered 5: seizure'
	[ -z "$stderr" ]
	[ "$(ledger_size)" = 6 ]
	at 2023-06-20T15:00:00Z show police.example
	assert_out '3 packages'
	cf fsck
	assert_status 0
}

@test "a dry run enters nothing" {
	sign list.csv --dry-run
	assert_status 0
	assert_out '3 drive' 'would be entered in 2 records' \
	    'nothing was entered'
	nothing_changed
}

@test "the same list by the same signers is entered once" {
	sign list.csv
	assert_status 0
	sign list.csv
	assert_status 0
	assert_out 'already in the ledger: 5: seizure' '11 items'
	[ "$(ledger_size)" = 6 ]
}

@test "another list with the same numbers is refused" {
	sign list.csv
	sed 's/ProDesk 600/ProDesk 700/' list.csv >other.csv
	sign other.csv
	assert_status 1
	assert_out 'counterfoil-refusal/v1 number-reused'
	assert_err 'refused: number-reused'
	[ "$(ledger_size)" = 6 ]
}

@test "a list longer than a leaf is split, and entered in one commit" {
	{
		echo item,type,serial,place,condition
		for i in $(seq -w 1 400); do
			echo "D-$i,drive,S$i,shelf $i,$(
			    printf 'worn %.0s' {1..40})"
		done
	} >long.csv
	sign long.csv
	assert_status 0
	assert_out '400 drive' 'entered 4: list' 'entered 5: list' ': seizure'
	cf fsck
	assert_status 0
	sign long.csv
	assert_out 'already in the ledger'
}

@test "a crate with more in it than a record holds" {
	{
		echo item,type,inside,condition
		echo CR-1,package,,
		for i in $(seq -w 1 400); do
			echo "P-$i,phone,CR-1,$(printf 'worn %.0s' {1..40})"
		done
	} >crate.csv
	sign crate.csv
	assert_status 2
	assert_one_error
	assert_err 'crate.csv:2: CR-1 with the 400 things in it' \
	    'list it as two packages'
	nothing_changed
}

@test "rows may stand in any order, if containers come first" {
	{
		echo item,type,inside,condition
		for i in $(seq -w 1 150); do echo "B-$i,package,,"; done
		for i in $(seq -w 1 150); do
			echo "P-$i,phone,B-$i,$(printf 'worn %.0s' {1..80})"
		done
	} >shelves.csv
	sign shelves.csv
	assert_status 0
	assert_out 'entered 5: list' ': seizure'
}

@test "who has not signed yet gets an offer" {
	take list.csv --as police.example
	assert_status 0
	assert_out 'offer ' 'still to sign: owner.example' \
	    'still to sign: notary.example'
	[ "$(ledger_size)" = "$before" ]
	id=$(basename "$COUNTERFOIL_CASE"/private/offers/*.offer .offer)
	at 2023-06-20T14:10:00Z accept "$id" --as owner.example
	assert_status 0
	assert_out 'TO BE SIGNED: seizure of 11 items' \
	    'still to sign: notary.example'
	at 2023-06-20T14:20:00Z accept "$id" --as notary.example
	assert_status 0
	assert_out 'entered 5: seizure'
	[ -z "$(ls "$COUNTERFOIL_CASE/private/offers")" ]
}

@test "an absent authority does not sign" {
	at 2023-06-20T14:00:00Z seize list.csv --by police.example \
	    --from owner.example --authority absent --owner signed \
	    --witness notary.example --witness-saw 'nobody came' \
	    --as owner.example --as notary.example
	assert_status 0
	at 2023-06-20T15:00:00Z show last
	assert_out 'authority-signature: absent' 'witness-saw: nobody came'
}

@test "empty bays and unopened computers are on the list" {
	cat >bays.csv <<-'END'
	item,type,inside,bay
	PC-1,computer,,opened
	PC-1-B2,empty bay,PC-1,2
	PC-2,computer,,not opened
	END
	sign bays.csv
	assert_status 0
	assert_out 'empty bays: 1; computers not opened: 1'
}

@test "spreadsheets' line ends and byte order mark are read" {
	{ printf '\xef\xbb\xbf'; sed 's/$/\r/' list.csv; } >excel.csv
	sign excel.csv
	assert_status 0
}

@test "Unicode is brought to one form" {
	printf 'item,type,place\nB-1,package,caf\x65\xcc\x81\n' >nfd.csv
	sign nfd.csv
	assert_status 0
	at 2023-06-20T15:00:00Z show B-1
	assert_out $'caf\xc3\xa9'
}

@test "the owner's signature must be spoken of" {
	at 2023-06-20T14:00:00Z seize list.csv --by police.example \
	    --as police.example
	assert_status 2
	assert_one_error
	assert_err '--owner signed'
}

@test "a party that nobody knows" {
	at 2023-06-20T14:00:00Z seize list.csv --by polise.example \
	    --owner absent --as police.example
	assert_status 3
	assert_one_error
	assert_err 'did you mean police.example?'
	nothing_changed
}

@test "a key that would sign nothing" {
	at 2023-06-20T14:00:00Z seize list.csv --by police.example \
	    --from owner.example --owner signed --as police.example \
	    --as owner.example --as court.example
	assert_status 2
	assert_one_error
	assert_err 'court.example has no part in this'
	nothing_changed
}

@test "a date that is none" {
	sign list.csv --at 20.6.2023
	assert_status 2
	assert_one_error
	assert_err '--at "20.6.2023" is no time' '2023-06-21T09:40:00Z'
	nothing_changed
}

@test "a time in the future" {
	sign list.csv --at 2023-06-21T00:00:00Z
	assert_status 2
	assert_one_error
	assert_err 'in the future'
	nothing_changed
}

@test "a late entry wants a reason" {
	at 2023-06-25T14:00:00Z seize list.csv --by police.example \
	    --owner absent --witness notary.example \
	    --at 2023-06-20T14:00:00Z --as police.example --as notary.example
	assert_status 2
	assert_one_error
	assert_err '--late REASON'
	nothing_changed
	at 2023-06-25T14:00:00Z seize list.csv --by police.example \
	    --owner absent --witness notary.example \
	    --at 2023-06-20T14:00:00Z --as police.example --as notary.example \
	    --late 'entered from paper'
	assert_status 0
}

@test "a count that is none" {
	sign list.csv --announced 'many computers'
	assert_status 2
	assert_one_error
	assert_err 'announced' '213 computer'
	nothing_changed
}

@test "a table that is not there" {
	sign none.csv
	assert_status 3
	assert_one_error
	assert_err none.csv
}

@test "an empty table" {
	: >empty.csv
	sign empty.csv
	assert_status 2
	assert_one_error
	nothing_changed
}

@test "a table that is cut off" {
	printf 'item,type\nB-1,"package' >cut.csv
	sign cut.csv
	assert_status 2
	assert_one_error
	nothing_changed
}

@test "a table with a header and nothing else" {
	refused 1 'there is no item on the list' </dev/null
}

@test "an item without a number" {
	refused 2 'the item has no number' <<<',package,,,,,,,'
}

@test "an item that stands twice" {
	refused 3 'B-1 stands on line 2 already' <<'END'
B-1,package,,,,,,,
B-1,package,,,,,,,
END
}

@test "two items that differ only in capital letters" {
	refused 3 'b-1 differs from the item on line 2' <<'END'
B-1,package,,,,,,,
b-1,package,,,,,,,
END
}

@test "a parent that is not on the list" {
	refused 2 'it is inside B-9, which is not on the list' \
	    <<<'D-1,drive,B-9,,,,,,'
}

@test "a parent that stands below" {
	refused 2 'it is inside B-1, which stands below (line 3)' <<'END'
D-1,drive,B-1,,,,,,
B-1,package,,,,,,,
END
}

@test "something inside itself" {
	refused 2 'it is inside itself' <<<'B-1,package,B-1,,,,,,'
}

@test "something inside a drive" {
	refused 3 'it is inside D-1, which is a drive' <<'END'
D-1,drive,,,,,,,
D-2,drive,D-1,,,,,,
END
}

@test "a type that nobody knows" {
	refused 2 'type is "disk"' <<<'D-1,disk,,,,,,,'
}

@test "an empty bay without computer or number" {
	refused 2 'the bay is inside nothing' <<<'X-1,empty bay,,1,,,,,'
	refused 3 'which bay is empty?' <<'END'
PC-1,computer,,opened,,,,,
X-1,empty bay,PC-1,,,,,,
END
}

@test "a computer that is half opened" {
	refused 2 'bay of a computer is "half"' <<<'PC-1,computer,,half,,,,,'
}

@test "a seal that stands twice" {
	refused 3 'seal 451 is on the item of line 2 already' <<'END'
B-1,package,,,,,451,enclosing,
B-2,package,,,,,451,enclosing,
END
}

@test "a kind of seal without a seal" {
	refused 2 'it has a seal_type and no seal' \
	    <<<'B-1,package,,,,,,enclosing,'
}

@test "words that are none of the choices" {
	refused 2 'seal_type is "glue"; it must be one of: tag enclosing' \
	    <<<'B-1,package,,,,,1,glue,'
	refused 2 'power_state is "warm"' <<<'PC-1,computer,,,,,,,warm'
	refused 2 'capacity_bytes is "1 TB"' <<<'D-1,drive,,,,1 TB,,,'
}

@test "bidirectional marks and control characters" {
	printf '%s\nB-1,package,,,x\xe2\x80\xaey,,,,\n' $HEADER >bidi.csv
	sign bidi.csv
	assert_status 2
	assert_err 'bidi.csv:2: place: the character U+202E'
	nothing_changed
	printf '%s\nB-1,package,,,x\x1b[2Jy,,,,\n' $HEADER >esc.csv
	sign esc.csv
	assert_status 2
	assert_err 'esc.csv:2: place: the character U+001B'
	[[ $stderr != *$'\x1b'* ]]
	nothing_changed
}

@test "bytes that are not UTF-8" {
	printf '%s\nB-1,package,,,caf\xe9,,,,\n' $HEADER >latin1.csv
	sign latin1.csv
	assert_status 2
	assert_one_error
	assert_err UTF-8
	nothing_changed
}

@test "a number and a text that are too long" {
	refused 2 '"BBBB' \
	    <<<"$(printf 'B%.0s' {1..65}),package,,,,,,,"
	refused 2 'its 40007 bytes are more than one item may have (32768)' \
	    <<<"B-1,package,,,$(printf 'x%.0s' {1..40000}),,,,"
}

@test "every wrong row is named, up to twenty" {
	{
		echo item,type
		for i in $(seq 1 25); do echo "X-$i,thing"; done
	} >many.csv
	sign many.csv
	assert_status 2
	assert_err 'many.csv:2: ' 'many.csv:21: ' '... and 5 more' '25 errors'
	[[ $stderr != *many.csv:22:* ]]
	nothing_changed
}

@test "half a signature is no record" {
	take list.csv
	assert_status 0
	assert_out 'still to sign: police.example'
	[ "$(ledger_size)" = "$before" ]
}
