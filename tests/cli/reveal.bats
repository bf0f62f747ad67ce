#!/usr/bin/env bats
# counterfoil reveal: withheld values for chosen people.

load helper

setup_file() {
	make_case
	ask_question
}
setup() {
	use_case
	list=$(basename "$(grep -l 'PC-0001-D1 serial' \
	    "$COUNTERFOIL_CASE"/private/reveals/*.txt)" .txt)
}

write() {
	at 2023-07-05T10:00:00Z reveal "${list:0:12}" -o values.reveal "$@"
}

# A reader has the public half of the case and no private folder.
reader() {
	cp -R "$COUNTERFOIL_CASE" reader
	rm -r reader/private
}

@test "what could be revealed is listed, without values" {
	cf reveal
	assert_status 0
	assert_out "list ${list:0:12}: " 'serial 8' 'place 11'
	refute_out WCJ6HLDUM7NG
	cf reveal "${list:0:12}"
	assert_status 0
	assert_out 'PC-0001-D1 serial'
	refute_out WCJ6HLDUM7NG
	reader
	cf reveal --case reader
	assert_status 0
	[ "$output" = 'nothing that is withheld is at hand here' ]
}

@test "a chosen field goes to chosen people, and says who gave it" {
	write --field serial --for court.example --for council.example \
	    --as police.example
	assert_status 0
	assert_out 'values.reveal: 8 values of withheld fields'
	assert_err 'WARNING: everybody who gets values.reveal can read it' \
	    'meant for council.example, court.example'
	[ "$(head -n 1 values.reveal)" = 'counterfoil-reveal/v1 8' ]
	grep -q '^signer: police.example ' values.reveal
	[ "$(grep '^for: ' values.reveal)" = \
	    $'for: council.example\nfor: court.example' ]
	! grep -q ' place ' values.reveal
	[ "$(stat -c %a values.reveal)" = 600 ]
}

@test "one item, and the ledger's key where nobody is named" {
	write --item PC-0001-D1
	assert_status 0
	grep -q WCJ6HLDUM7NG values.reveal
	! grep -q L3N0V0 values.reveal
	grep -q '^signer: seizure.example ' values.reveal
	write --item PC-0001-D1 --field remark
	assert_status 3
	assert_one_error
	assert_err 'nothing of that is at hand'
	write --field colour
	assert_status 2
	assert_one_error
	write --for nobody.example
	assert_status 3
	assert_one_error
}

@test "it is checked against the bundle, by both programs" {
	write --field serial --as police.example --for court.example
	at 2023-07-12T00:00:00Z bundle last -o finding.bundle
	cf verify values.reveal --with finding.bundle
	assert_status 0
	assert_words 'These values HOLD' 'Revealed by police.example' \
	    'for court.example; that signature was checked' \
	    'PC-0001-D1 serial: WCJ6HLDUM7NG'
	words=$output
	run --separate-stderr counterfoil-verify values.reveal \
	    --with finding.bundle
	assert_status 0
	[ "$output" = "$words" ]
	cf verify values.reveal
	assert_status 3
	assert_one_error
	assert_err "record ${list:0:12} is needed to check it"
}

@test "the record or its receipt is enough for the values" {
	write --field serial --as police.example
	cf receipt "${list:0:12}" -o list.receipt
	cf verify values.reveal --with list.receipt
	assert_status 0
	assert_words 'These values HOLD' 'that signature was NOT checked'
	cf verify values.reveal --with list.receipt \
	    --pin "$COUNTERFOIL_KEYS/police.example.key"
	assert_status 0
	assert_words 'that signature was checked'
	sed '1,/^entered: /d; /^c2sp.org\/tlog-proof/,$d' list.receipt >note
	cf verify values.reveal --with note
	assert_status 0
}

@test "a changed value, signature or bundle is found" {
	write --field serial --as police.example
	at 2023-07-12T00:00:00Z bundle last -o finding.bundle
	sed 's/WCJ6HLDUM7NG/WCJ6HLDUM7NH/' values.reveal >bad.reveal
	cf receipt "${list:0:12}" -o list.receipt
	for with in finding.bundle list.receipt; do
		cf verify bad.reveal --with $with
		assert_status 1
		assert_one_error
		assert_err 'bad.reveal: FALSE'
	done
	sed 's/^at: 2023/at: 2024/' values.reveal >bad.reveal
	cf verify bad.reveal --with finding.bundle
	assert_status 1
	assert_err 'bad.reveal: FALSE'
	sed 's/^said: \|^at: 2023-06-20T14:00/at: 2023-06-20T14:01/' \
	    finding.bundle >bad.bundle
	cf verify values.reveal --with bad.bundle
	assert_status 3
	assert_one_error
	assert_err '--with bad.bundle: FALSE'
	sed '1s/8/9/' \
	    values.reveal >bad.reveal
	cf verify bad.reveal --with list.receipt
	assert_status 3
	assert_err 'could not be checked' 'first line says 9'
}

@test "another folder takes it, and shows the values" {
	write --field serial --as police.example
	reader
	cf show PC-0001-D1 --case reader
	assert_out 'serial: (withheld)'
	cf reveal --take values.reveal --case reader
	assert_status 0
	assert_out '8 values by police.example hold; 8 taken, 0 known already'
	cf show PC-0001-D1 --case reader
	assert_out 'serial: WCJ6HLDUM7NG'
	[ "$(stat -c %a reader/private/reveals/"$list".txt)" = 600 ]
	write --as police.example
	cf reveal --take values.reveal --case reader
	assert_status 0
	assert_out '8 known already'
	refute_out ' 0 taken'
	diff <(sort reader/private/reveals/"$list".txt) \
	    <(sort "$COUNTERFOIL_CASE/private/reveals/$list.txt")
}

@test "nothing false is taken" {
	write --field serial --as police.example
	reader
	sed 's/WCJ6HLDUM7NG/WCJ6HLDUM7NH/' values.reveal >bad.reveal
	cf reveal --take bad.reveal --case reader
	assert_status 1
	assert_one_error
	assert_err 'bad.reveal: FALSE'
	[ ! -e reader/private/reveals ]
	cf reveal --take values.reveal last --case reader
	assert_status 2
	assert_one_error
	COUNTERFOIL_KEYS=$PWD/keys cf key new police.example --plain
	COUNTERFOIL_KEYS=$PWD/keys at 2023-07-05T10:00:00Z \
	    reveal "${list:0:12}" -o other.reveal --as police.example
	assert_status 2
	assert_err 'has no such key in this case'
}
