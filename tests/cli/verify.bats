#!/usr/bin/env bats
# counterfoil verify --with: what somebody else has is held against a bundle.

load helper

setup_file() {
	make_case
	ask_question
}
setup() { use_case; }

bundle() {
	at 2023-07-12T00:00:00Z bundle last -o finding.bundle "$@"
	assert_status 0
}

# Runs a command on a copy of the ledger: what happened there, and was signed,
# is not known here.
elsewhere() {
	cp -R "$COUNTERFOIL_CASE" other
	COUNTERFOIL_CASE=$PWD/other must "$@"
	COUNTERFOIL_CASE=$PWD/other cf receipt last -o other.receipt
	assert_status 0
	sed '1,/^entered: /d; /^c2sp.org\/tlog-proof/,$d' other.receipt \
	    >other.note
}

give_to_court() {
	elsewhere 2023-07-05T09:00:00Z hand --packages B-0001 \
	    --from room.example --to court.example \
	    --as room.example --as court.example --counter \
	    --count 1 --count-received 1
}

both() {
	cf verify "$@"
	local first=$output first_status=$status
	run --separate-stderr counterfoil-verify "$@"
	[ "$output" = "$first" ] && [ "$status" = "$first_status" ]
}

@test "a receipt whose record is here changes nothing" {
	bundle
	cf receipt last -o here.receipt
	both finding.bundle --with here.receipt
	assert_status 0
	assert_out 'it STANDS with what you added' 'here.receipt: question' \
	    'is in the ledger.'
}

@test "a receipt whose record is missing: the ledger is incomplete" {
	elsewhere 2023-07-05T09:00:00Z incident damage B-0001 \
	    --as room.example --statement 'Water in the evidence room.'
	must 2023-07-05T10:00:00Z answer last --answer no --as police.example
	bundle
	both finding.bundle --with other.receipt
	assert_status 1
	assert_out 'DOES NOT STAND' 'other.receipt: incident' 'IS MISSING' \
	    'The ledger is incomplete'
	both finding.bundle --machine --with other.receipt
	assert_status 1
	assert_out 'incomplete:-'
	run --separate-stderr counterfoil-verify --quiet finding.bundle \
	    --with other.receipt
	assert_status 1
	assert_out 'IS MISSING'
}

@test "a receipt of the time after the finding changes nothing" {
	bundle
	elsewhere 2023-07-13T09:00:00Z answer last --answer no \
	    --as police.example
	both finding.bundle --with other.receipt
	assert_status 0
	assert_out 'other.receipt: answer' 'of a time after this finding'
}

@test "a record that was left out counts, however late" {
	must 2023-07-11T09:00:00Z ask --as owner.example \
	    --recipient court.example --from 2023-06-20 --to 2023-07-10
	bundle
	both finding.bundle --machine
	assert_status 0
	refute_out YES
	COUNTERFOIL_CASE=$BATS_FILE_TMPDIR/case give_to_court
	both finding.bundle --with other.note
	assert_status 1
	assert_out 'other.note: handover' 'NOT IN THE LEDGER' 'YES'
	both finding.bundle --machine --with other.note
	assert_status 1
	assert_out 'PC-0001-D1 hardware YES held:' 'PC-0002-D1 hardware NOT'
	both finding.bundle --leaves --with other.note
	[ "$(tail -n 1 <<<"$output" | cut -d' ' -f1,2)" = \
	    "$(grep -c '^== leaf ' finding.bundle) handover" ]
}

@test "what is handed in can never make a finding better" {
	bundle
	both finding.bundle --machine
	before=$output
	elsewhere 2023-07-11T09:00:00Z inspect --all-sealed \
	    --as room.example --as court.example --also-in none
	COUNTERFOIL_CASE=$PWD/other at 2023-07-12T00:00:00Z finding last \
	    --machine
	assert_out 'NO-UNWITNESSED'
	both finding.bundle --machine --with other.note
	assert_status 0
	[ "$output" = "$before" ]
}

@test "an offer that everybody has signed is a record" {
	mv "$COUNTERFOIL_CASE/private/log.key" log.key
	must 2023-07-05T09:00:00Z answer last --answer yes --as police.example \
	    --offer answer.offer
	mv log.key "$COUNTERFOIL_CASE/private/log.key"
	bundle
	both finding.bundle --with answer.offer
	assert_status 1
	assert_out 'answer.offer: answer' 'NOT IN THE LEDGER'
	both finding.bundle --machine --with answer.offer
	assert_out 'hardware YES admitted:'
}

@test "what is false, of another ledger or no such file counts for nothing" {
	bundle
	elsewhere 2023-07-05T09:00:00Z answer last --answer yes \
	    --as police.example
	sed 's/answer: yes/answer: no/' other.note >bad.note
	cf verify finding.bundle --with bad.note
	assert_status 1
	assert_one_error
	assert_err '--with bad.note: FALSE' 'did not sign'
	sed 's/^entered: 2023/entered: 2022/' other.receipt >bad.receipt
	cf verify finding.bundle --with bad.receipt
	assert_status 1
	assert_one_error
	assert_err '--with bad.receipt: FALSE'
	echo hello >letter
	cf verify finding.bundle --with letter
	assert_status 3
	assert_one_error
	assert_err '--with letter: could not be checked: neither'
	cf verify finding.bundle --with none
	assert_status 3
	assert_one_error
	at 2023-06-20T12:00:00Z init second --name seizure.example \
	    --roster "$BATS_FILE_TMPDIR/parties.csv" --plain-keys
	assert_status 0
	cf receipt last --case second -o second.receipt
	cf verify finding.bundle --with second.receipt
	assert_status 3
	assert_one_error
	assert_err 'receipt of another ledger'
	cf verify other.receipt --with other.note
	assert_status 2
	assert_one_error
}

@test "both programs say which version they are, and it is the project's" {
	version=$(sed -n "s/^  version: '\(.*\)',/\1/p" \
	    "$COUNTERFOIL_SOURCE/meson.build")
	[ "$(counterfoil --version)" = "counterfoil $version" ]
	[ "$(counterfoil-verify --version)" = "counterfoil-verify $version" ]
}
