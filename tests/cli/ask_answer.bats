#!/usr/bin/env bats
# counterfoil ask and answer.

load helper

setup_file() { make_case; }
setup() { use_case; }

@test "a question asks about all items in both forms by default" {
	at 2023-07-04T09:00:00Z ask --as owner.example \
	    --recipient council.example --from 2023-06-20 --to 2023-07-03 \
	    --addressee 'police.example due 2023-07-10' --text 'Were they?'
	assert_status 0
	assert_out 'question' '[good]'
	at 2023-07-04T09:00:00Z show last
	assert_out 'concerns: all' 'form: hardware' 'form: data' \
	    'period-from: 2023-06-20T00:00:00Z' \
	    'period-to: 2023-07-04T00:00:00Z' \
	    'addressee: police.example due 2023-07-10' 'text: Were they?'
}

@test "a question can name items, kinds and one form" {
	must 2023-07-04T09:00:00Z ask --as owner.example \
	    --recipient council.example --from 2023-06-20T08:00:00Z \
	    --to 2023-07-03T20:00:00Z --items drive --items PH-0001 \
	    --form hardware
	at 2023-07-04T09:00:00Z show last
	assert_out 'concerns: drive' 'concerns: PH-0001' \
	    'period-to: 2023-07-03T20:00:00Z'
	refute_out 'form: data' 'concerns: all'
}

@test "an addressee without a key is remarked, and asked all the same" {
	at 2023-07-04T09:00:00Z ask --as owner.example \
	    --recipient council.example --from 2023-06-20 --to 2023-07-03 \
	    --addressee 'ministry.example due 2023-07-10'
	assert_status 0
	assert_err 'ministry.example has no key'
}

@test "a period that ends before it begins is refused" {
	at 2023-07-04T09:00:00Z ask --as owner.example \
	    --recipient council.example --from 2023-07-03 --to 2023-06-20
	assert_status 2
	assert_one_error
	assert_err 'ends before it begins'
}

@test "a question about the future is refused by rule" {
	before=$(ledger_size)
	at 2023-07-04T09:00:00Z ask --as owner.example \
	    --recipient council.example --from 2023-06-20 --to 2023-08-01
	assert_status 1
	assert_err 'refused: period'
	[ "$(ledger_size)" = "$before" ]
}

@test "a malformed addressee is explained" {
	at 2023-07-04T09:00:00Z ask --as owner.example \
	    --recipient council.example --from 2023-06-20 --to 2023-07-03 \
	    --addressee 'police.example by Monday'
	assert_status 2
	assert_err 'police.example by Monday' 'due'
}

@test "an unknown recipient is named" {
	at 2023-07-04T09:00:00Z ask --as owner.example \
	    --recipient counsil.example --from 2023-06-20 --to 2023-07-03
	assert_status 3
	assert_one_error
	assert_err 'did you mean council.example?'
}

@test "the period must be given" {
	at 2023-07-04T09:00:00Z ask --as owner.example \
	    --recipient council.example --to 2023-07-03
	assert_status 2
	assert_one_error
	assert_err '--from TIME is missing'
}

@test "silence is overdue, an answer ends it" {
	ask_question
	at 2023-07-12T12:00:00Z finding last
	assert_out 'police.example: OVERDUE by 2 days'
	at 2023-07-12T13:00:00Z answer last --answer no \
	    --statement 'nothing left the country' --as police.example
	assert_status 0
	[ -z "$stderr" ]
	at 2023-07-12T13:00:00Z finding last
	refute_out 'OVERDUE'
	assert_out 'nothing left the country'
}

@test "a refusal needs a ground and shows it" {
	ask_question
	at 2023-07-05T09:00:00Z answer last --answer refused \
	    --as police.example
	assert_status 2
	assert_one_error
	assert_err '--ground TEXT'
	must 2023-07-05T09:00:00Z answer last --answer refused \
	    --ground 'pending proceedings' --as police.example
	at 2023-07-12T12:00:00Z finding last
	assert_out 'REFUSED to answer' 'pending proceedings'
}

@test "an extension needs a new date" {
	ask_question
	at 2023-07-05T09:00:00Z answer last --answer extended \
	    --ground 'many items' --as police.example
	assert_status 2
	assert_err '--until DATE'
	must 2023-07-05T09:00:00Z answer last --answer extended \
	    --ground 'many items' --until 2023-07-20 --as police.example
	at 2023-07-12T12:00:00Z finding last
	refute_out 'OVERDUE'
	at 2023-07-22T12:00:00Z finding last
	assert_out 'OVERDUE by 2 days'
}

@test "an answer by somebody who was not asked is remarked" {
	ask_question
	at 2023-07-05T09:00:00Z answer last --answer no --as notary.example
	assert_status 0
	assert_err 'was asked this question'
}

@test "a word that is no answer is refused with the words that are" {
	ask_question
	at 2023-07-05T09:00:00Z answer last --answer maybe --as police.example
	assert_status 2
	assert_one_error
	assert_err 'yes no partly not-held neither refused extended'
}

@test "a record that is no question is not answered" {
	make_claim
	id=$(record_id)
	at 2023-07-05T09:00:00Z answer "$id" --answer no --as police.example
	assert_status 2
	assert_one_error
	assert_err 'is a claim'
}
