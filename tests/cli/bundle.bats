#!/usr/bin/env bats
# counterfoil bundle and verify: one file, checked from the file alone.

load helper

setup_file() {
	make_case
	make_claim
	ask_question
}
setup() { use_case; }

bundle() {
	at 2023-07-12T00:00:00Z bundle last -o finding.bundle "$@"
}

@test "a bundle holds, and shows the finding's own screen" {
	bundle
	assert_status 0
	assert_out 'finding.bundle: ' 'records' 'counterfoil-verify'
	cf verify finding.bundle
	assert_status 0
	assert_out 'This finding HOLDS' 'clock: set' 'WHO SIGNED' \
	    'police.example (authority): key ' 'CONTESTED' \
	    'WHAT THIS PROGRAM DID'
	screen=$("$COUNTERFOIL" finding last --now 2023-07-12T00:00:00Z)
	assert_out "$screen"
}

@test "counterfoil-verify says the same" {
	bundle
	run --separate-stderr counterfoil-verify finding.bundle
	assert_status 0
	assert_out 'This finding HOLDS'
	run --separate-stderr counterfoil-verify --machine finding.bundle
	machine=$output
	cf verify finding.bundle --machine
	[ "$output" = "$machine" ]
	at 2023-07-12T00:00:00Z finding last --machine
	[ "$output" = "$machine" ]
}

@test "each record's standing, one a line, in both programs" {
	bundle
	cf verify finding.bundle --leaves
	assert_status 0
	leaves=$output
	[ "$(wc -l <<<"$leaves")" -eq "$(grep -c '^== leaf ' finding.bundle)" ]
	! grep -vqE '^[0-9]+ [a-z]+ good - [0-9a-f]{64}$' <<<"$leaves"
	[ "$(cut -d' ' -f1,2,5 <<<"$leaves")" = \
	    "$(sed -n 's/^== leaf \([0-9]*\) [0-9]* [0-9a-f]* /\1 /p' \
		finding.bundle)" ]
	run --separate-stderr counterfoil-verify --leaves finding.bundle
	assert_status 0
	[ "$output" = "$leaves" ]
	cf verify finding.bundle --leaves --machine
	machine=$("$COUNTERFOIL" verify finding.bundle --machine)
	[ "$output" = "$leaves"$'\n'"$machine" ]
}

@test "the page to print is one file without script or network" {
	bundle --html finding.html
	assert_status 0
	assert_out 'finding.html'
	grep -q 'CONTESTED' finding.html
	grep -q 'finding.bundle' finding.html
	! grep -qiE '<(script|link|iframe|img)|src=|@import' finding.html
	! grep -qiE 'https?:' finding.html
}

@test "nothing withheld is in it unless it is asked for" {
	bundle
	! grep -q WCJ6HLDUM7NG finding.bundle
	list=$(record_id)
	cf show --json
	leaf=$(grep -l 'PC-0001-D1 serial' \
	    "$COUNTERFOIL_CASE"/private/reveals/*.txt)
	list=$(basename "$leaf" .txt)
	bundle --reveal "${list:0:12}:PC-0001-D1"
	assert_status 0
	grep -q WCJ6HLDUM7NG finding.bundle
	! grep -q L3N0V0 finding.bundle
	cf verify finding.bundle
	assert_status 0
	assert_out 'checked 2 opened values'
}

@test "a bundle as of a past time" {
	must 2023-07-05T09:00:00Z answer last --answer not-held \
	    --as police.example
	at 2023-07-12T00:00:00Z bundle last -o past.bundle \
	    --at-time 2023-07-04T10:00:00Z
	assert_status 0
	cf verify past.bundle
	assert_status 0
	assert_out 'FINDING as of 2023-07-04 10:00'
}

@test "a slim bundle shows what was given, with a part of the records" {
	must 2023-07-11T09:00:00Z ask --as owner.example \
	    --recipient room.example --from 2023-06-20 --to 2023-07-10
	at 2023-07-12T00:00:00Z bundle last --slim -o yes.slim
	assert_status 0
	assert_out 'yes.slim: ' 'shows what is YES and nothing else'
	! grep -q 'Part of the drives' yes.slim
	cf verify yes.slim
	assert_status 0
	assert_out 'This slim bundle HOLDS' 'revocation not checked' \
	    'PC-0001-D1, hardware: YES' 'Everything else reads as not'
	whole=$output
	run --separate-stderr counterfoil-verify yes.slim
	assert_status 0
	[ "$output" = "$whole" ]
	cf verify yes.slim --machine
	assert_out '- unlisted NOT-SHOWN -' 'PC-0001-D1 hardware YES held:'
	cf verify yes.slim --leaves
	[ "$(wc -l <<<"$output")" -lt "$(ledger_size)" ]
	sed 's/^at: 2023-06-21T09:40/at: 2023-06-21T09:41/' yes.slim >bad.slim
	cf verify bad.slim
	assert_status 1
	assert_one_error
	assert_err 'bad.slim: FALSE: leaf' handover
}

@test "a slim bundle takes further records, and cannot show anything else" {
	must 2023-07-11T09:00:00Z ask --as owner.example \
	    --recipient room.example --from 2023-06-20 --to 2023-07-10
	at 2023-07-12T00:00:00Z bundle last -o whole.bundle
	claim=$(sed -n 's/^== leaf [0-9]* [0-9]* [0-9a-f]* claim //p' \
	    whole.bundle)
	at 2023-07-12T00:00:00Z bundle last "${claim:0:12}" --slim -o more.slim
	assert_status 0
	grep -q 'Part of the drives' more.slim
	cf verify more.slim
	assert_status 0
	must 2023-07-11T09:00:00Z ask --as owner.example \
	    --recipient court.example --from 2023-06-20 --to 2023-07-10
	at 2023-07-12T00:00:00Z bundle last --slim -o none.slim
	assert_status 3
	assert_one_error
	assert_err 'no record shows a YES by itself'
	[ ! -e none.slim ]
	at 2023-07-12T00:00:00Z bundle last "${claim:0:12}" -o none.slim
	assert_status 2
	at 2023-07-12T00:00:00Z bundle last --slim --html x -o none.slim
	assert_status 2
	cf verify more.slim --with more.slim
	assert_status 2
	assert_one_error
}

@test "one changed byte is found, and where" {
	bundle
	sed 's/^said: 2023-07-03$/said: 2023-07-02/' finding.bundle >bad.bundle
	cf verify bad.bundle
	assert_status 1
	assert_one_error
	assert_err 'bad.bundle: FALSE' 'claim'
}

@test "keys can be pinned" {
	bundle
	cf verify finding.bundle --pin "$COUNTERFOIL_KEYS/police.example.key"
	assert_status 0
	assert_out 'police.example (authority): pinned by you'
	COUNTERFOIL_KEYS=$PWD cf key new police.example --plain
	cf verify finding.bundle --pin police.example.key
	assert_status 1
	assert_one_error
	assert_err FALSE
	cf verify finding.bundle --pin nonsense
	assert_status 2
	assert_one_error
	assert_err '--pin nonsense'
}

@test "a file that is neither" {
	echo hello >letter
	cf verify letter
	assert_status 3
	assert_one_error
	assert_err 'could not be checked' 'neither'
	cf verify none
	assert_status 3
	assert_one_error
}

@test "where to write it must be said, and what the question is" {
	at 2023-07-12T00:00:00Z bundle last
	assert_status 2
	assert_one_error
	assert_err '--output FILE is missing'
	at 2023-07-12T00:00:00Z bundle 0000 -o x
	assert_status 3
	assert_one_error
	[ ! -e x ]
	claim=$("$COUNTERFOIL" show --json | grep -o '"leaf"' | head -1)
	at 2023-07-12T00:00:00Z bundle last -o x --reveal last
	assert_status 3
	assert_one_error
	assert_err '--reveal last'
	[ ! -e x ]
}
