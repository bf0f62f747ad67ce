#!/usr/bin/env bats
# counterfoil claim and assess: what was said outside, and what it is worth.

load helper

setup_file() { make_case; }
setup() { use_case; }

@test "a claim is entered with its words" {
	at 2023-07-03T18:00:00Z claim --as notary.example --asserts received \
	    --asserts viewed --said 2023-07-03 --said-by council.example \
	    --through 'a news agency' --recipient council.example \
	    --concerns drive --part-of --language en \
	    --quote 'Part of the drives have been received.'
	assert_status 0
	assert_out 'claim' '[good]'
	at 2023-07-03T18:00:00Z show last
	assert_out 'asserts: received' 'asserts: viewed' 'part-of: yes' \
	    'quote: Part of the drives have been received.' 'concerns: drive'
}

@test "line breaks and backslashes of a quote survive" {
	must 2023-07-03T18:00:00Z claim --as notary.example --asserts received \
	    --said 2023-07-03 --quote $'one\ntwo \\ three'
	at 2023-07-03T18:00:00Z show last
	assert_out 'quote: one\ntwo \\ three'
}

@test "a quote is brought to NFC and keeps U+200C" {
	must 2023-07-03T18:00:00Z claim --as notary.example --asserts received \
	    --said 2023-07-03 --quote $'e\u0301 \u0645\u06cc\u200c\u062e'
	at 2023-07-03T18:00:00Z show last
	assert_out $'quote: \u00e9 \u0645\u06cc\u200c\u062e'
}

@test "a character that reorders the line is refused" {
	before=$(ledger_size)
	at 2023-07-03T18:00:00Z claim --as notary.example --asserts received \
	    --said 2023-07-03 --quote $'safe\u202etxt.exe'
	assert_status 2
	assert_one_error
	assert_err 'U+202E'
	[ "$(ledger_size)" = "$before" ]
}

@test "a count needs a number, a number needs a count" {
	at 2023-07-03T18:00:00Z claim --as notary.example --asserts count \
	    --said 2023-07-03
	assert_status 2
	assert_one_error
	assert_err '--count "150 computer"'
	at 2023-07-03T18:00:00Z claim --as notary.example --asserts received \
	    --count '150 computer' --said 2023-07-03
	assert_status 2
	assert_err '--asserts count'
	must 2023-07-03T18:00:00Z claim --as notary.example --asserts count \
	    --count '150 computer' --said 2023-07-03
}

@test "a count is a number and a kind of item" {
	at 2023-07-03T18:00:00Z claim --as notary.example --asserts count \
	    --count 'many computers' --said 2023-07-03
	assert_status 2
	assert_one_error
	assert_err 'many computers'
}

@test "an unknown recipient, item or kind is named" {
	at 2023-07-03T18:00:00Z claim --as notary.example --asserts received \
	    --said 2023-07-03 --recipient cuoncil.example
	assert_status 3
	assert_err 'cuoncil.example'
	at 2023-07-03T18:00:00Z claim --as notary.example --asserts received \
	    --said 2023-07-03 --concerns PC-0001-D9
	assert_status 3
	assert_one_error
	assert_err 'PC-0001-D9'
}

@test "an impossible date is refused" {
	at 2023-07-03T18:00:00Z claim --as notary.example --asserts received \
	    --said 2023-02-30
	assert_status 2
	assert_one_error
	assert_err '2023-02-30'
}

@test "a capture is kept by its digest, once" {
	printf 'a web page' >page.html
	must 2023-07-03T18:00:00Z claim --as notary.example --asserts received \
	    --said 2023-07-03 --capture page.html
	must 2023-07-03T18:05:00Z claim --as notary.example --asserts viewed \
	    --said 2023-07-03 --capture page.html
	digest=$(sha256sum page.html | cut -d ' ' -f 1)
	cmp page.html "$COUNTERFOIL_CASE/evidence/$digest"
	[ "$(ls "$COUNTERFOIL_CASE/evidence" | wc -l)" -eq 1 ]
}

@test "what is not said is asked for" {
	at 2023-07-03T18:00:00Z claim --as notary.example --said 2023-07-03
	assert_status 2
	assert_one_error
	assert_err '--asserts WORD is missing'
	at 2023-07-03T18:00:00Z claim --as notary.example --asserts received
	assert_status 2
	assert_err '--said DATE is missing'
}

@test "an assessment grades a claim" {
	make_claim
	at 2023-07-04T10:00:00Z assess last --source E --information 5 \
	    --reason 'no capture' --as court.example
	assert_status 0
	assert_out 'assessment' '[good]'
	at 2023-07-04T10:00:00Z show last
	assert_out 'source: E' 'information: 5' 'reason: no capture'
}

@test "an asserted relation can be assessed too" {
	must 2023-07-03T10:00:00Z relate police.example \
	    --acts-for ministry.example --basis asserted --as owner.example
	id=$(record_id)
	must 2023-07-04T10:00:00Z assess "${id:0:8}" --source D \
	    --information 4 --reason 'hearsay' --as court.example
}

@test "only claims are assessed" {
	ask_question
	id=$(record_id)
	at 2023-07-04T10:00:00Z assess "$id" --source E --information 5 \
	    --reason 'no' --as court.example
	assert_status 2
	assert_one_error
	assert_err 'is a question'
}

@test "a grade outside of the scale is refused" {
	make_claim
	at 2023-07-04T10:00:00Z assess last --source G --information 5 \
	    --reason 'no' --as court.example
	assert_status 2
	assert_one_error
	assert_err 'A B C D E F'
}

@test "without a claim there is nothing to assess" {
	at 2023-07-04T10:00:00Z assess last --source E --information 5 \
	    --reason 'no' --as court.example
	assert_status 3
	assert_one_error
	assert_err 'no claim'
}
