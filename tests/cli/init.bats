#!/usr/bin/env bats
# counterfoil init: an empty folder becomes a case; a bad roster changes
# nothing.

load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	export COUNTERFOIL_KEYS=$BATS_TEST_TMPDIR/keys
	roster >parties.csv
}

# A roster from standard input that must be refused at this line with this
# text, and nothing made.
refused() {
	cat >bad.csv
	cf init case --roster bad.csv --plain-keys
	assert_status 2
	assert_err "bad.csv:$1: " "$2" 'nothing was changed'
	[ ! -e case ]
	[ ! -e keys ]
}

@test "a roster becomes a case with its first record" {
	at 2023-06-20T12:00:00Z init case --name seizure.example \
	    --roster parties.csv --plain-keys --title 'A raid'
	assert_status 0
	assert_out 'case seizure.example in case' \
	    'parties: 5 with a key, 2 named only; witnesses: 0' \
	    'entered 0: case'
	[ -z "$stderr" ]
	[ "$(head -1 case/counterfoil.conf)" = 'origin: seizure.example' ]
	[ "$(stat -c %a case/private)" = 700 ]
	[ "$(stat -c %a case/private/log.key)" = 600 ]
	[ "$(sed -n 1,2p case/log/checkpoint)" = $'seizure.example\n1' ]
	cf fsck --case case
	assert_status 0
}

@test "the folder's name is the case's, unless --name says otherwise" {
	cf init raid-2023 --roster parties.csv --plain-keys
	assert_status 0
	assert_out 'case raid-2023 in raid-2023'
}

@test "a folder whose name is no name wants --name" {
	cf init 'my raid' --roster parties.csv --plain-keys
	assert_status 2
	assert_one_error
	assert_err '--name'
	[ ! -e 'my raid' ]
}

@test "an empty folder that is there already is used" {
	mkdir here
	cd here
	cf init . --name seizure.example --roster ../parties.csv --plain-keys
	assert_status 0
	cf show
	assert_status 0
}

@test "a finished case is not made again" {
	cf init case --roster parties.csv --plain-keys
	assert_status 0
	before=$(find case -type f -exec sha256sum {} + | sort)
	cf init case --roster parties.csv --plain-keys
	assert_status 3
	assert_one_error
	assert_err 'is a case already' 'nothing was changed'
	[ "$(find case -type f -exec sha256sum {} + | sort)" = "$before" ]
}

@test "a folder with something else in it is left alone" {
	mkdir full
	echo mine >full/letter
	cf init full --roster parties.csv --plain-keys
	assert_status 3
	assert_one_error
	assert_err 'not empty'
	[ "$(ls full)" = letter ]
}

@test "what a cut-off init left is put aside" {
	mkdir -p case/private/log case/log
	echo half >case/private/log.key
	cf init case --roster parties.csv --plain-keys
	assert_status 0
	assert_err 'put' || assert_err 'left unfinished'
	[ "$(cat case/.unfinished-*/private/log.key)" = half ]
	cf fsck --case case
	assert_status 0
}

@test "keys are locked unless --plain-keys says otherwise" {
	printf 'correct horse\n' >secret
	cf init case --roster parties.csv --passphrase-file secret
	assert_status 0
	cf key show police.example
	assert_err 'locked with a passphrase'
	cf join court.example --case case --as court.example
	assert_status 3
	assert_one_error
	assert_err 'locked' '--passphrase-file'
	echo wrong >wrong
	cf join court.example --case case --as court.example \
	    --passphrase-file wrong
	assert_status 3
	assert_one_error
	assert_err 'passphrase is wrong'
	cf join court.example --case case --as court.example \
	    --passphrase-file secret
	assert_status 0
}

@test "a policy holder whose key is elsewhere signs the genesis later" {
	COUNTERFOIL_KEYS=$PWD/elsewhere cf key new owner.example --plain
	vkey=${lines[0]}
	sed "s|^owner.example,.*|owner.example,owner,,,$vkey,yes,|" \
	    parties.csv >mixed.csv
	cf init case --roster mixed.csv --plain-keys
	assert_status 0
	assert_out 'still to sign: owner.example'
	[ "$(sed -n 2p case/log/checkpoint)" = 0 ]
	cf join court.example --case case --as court.example
	assert_status 3
	assert_one_error
	assert_err 'has not begun'
	id=$(basename case/private/offers/*.offer .offer)
	cf accept "$id" --case case --key elsewhere/owner.example.key
	assert_status 0
	assert_out 'TO BE SIGNED: case of 7 parties' 'entered 0: case'
}

@test "--now is refused in a case whose clock is not set" {
	cf init case --roster parties.csv --plain-keys
	at 2023-06-20T12:00:00Z join --all --case case
	assert_status 2
	assert_one_error
	assert_err '--now'
}

@test "a witness is named by its own kind of key" {
	{ cat parties.csv; echo 'witness.example,witness,,,new,,'; } >with.csv
	cf init case --roster with.csv --plain-keys
	assert_status 0
	assert_out 'witnesses: 1'
	cf key show witness.example
	assert_err "a witness's key"
}

@test "--roster is needed" {
	cf init case
	assert_status 2
	assert_one_error
	assert_err '--roster FILE.csv is missing'
}

@test "a roster that is not there" {
	cf init case --roster none.csv
	assert_status 3
	assert_one_error
	assert_err 'none.csv'
}

@test "every wrong row is named" {
	cat >bad.csv <<-'END'
	party,side,key,policy-holder
	police.example,autority,new,yes
	Police.example,owner,new,
	o wner,owner,new,
	owner.example,owner,,yes
	lab.example,owner,nothing,maybe
	END
	cf init case --roster bad.csv --plain-keys
	assert_status 2
	assert_err 'bad.csv:2: side is "autority"' \
	    'bad.csv:3: Police.example stands on line 2 already' \
	    'bad.csv:4: "o wner" is no name' \
	    'bad.csv:5: owner.example needs a key' \
	    'bad.csv:6: policy-holder is "maybe"' \
	    'bad.csv:6: key is neither' 'errors in bad.csv'
	[ ! -e case ]
	[ ! -e keys ]
}

@test "a roster without policy holder" {
	refused 1 'nobody is a policy holder' <<-'END'
	party,side,key
	police.example,authority,new
	END
}

@test "a column that nobody knows" {
	refused 1 'column "sides" is not known' <<-'END'
	party,sides,key,policy-holder
	police.example,authority,new,yes
	END
}

@test "a column that is missing" {
	refused 1 'column "side" is missing' <<-'END'
	party,key,policy-holder
	police.example,new,yes
	END
}

@test "a roster that is no table" {
	printf 'party,side\n"police' >bad.csv
	cf init case --roster bad.csv
	assert_status 2
	assert_one_error
	[ ! -e case ]
}

@test "bidirectional marks are refused in a role" {
	printf '%b' 'party,side,role,key,policy-holder\n' \
	    'police.example,authority,x\xe2\x80\xaey,new,yes\n' >bad.csv
	cf init case --roster bad.csv --plain-keys
	assert_status 2
	assert_one_error
	assert_err 'bad.csv:2: role' 'U+202E'
	[ ! -e case ]
}

@test "a key that was promised and is not there" {
	sed 's/^\(police.example,authority\),.*,new/\1,,,file/' \
	    parties.csv >file.csv
	cf init case --roster file.csv --plain-keys
	assert_status 3
	assert_one_error
	assert_err 'no key of police.example'
	[ ! -e case ]
}
