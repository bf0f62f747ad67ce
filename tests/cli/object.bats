#!/usr/bin/env bats
# counterfoil object: an objection, and what is read in spite of it.

load helper

setup_file() { make_case; }
setup() { use_case; }

@test "the owner objects, and the item shows it" {
	must 2023-06-22T10:00:00Z object privilege --concerns drive \
	    --statement "lawyers' mail" --as owner.example
	assert_out 'objection' '[good]'
	at 2023-06-22T11:00:00Z show PC-0001-D1
	assert_words 'objection' "lawyers' mail"
	at 2023-06-22T11:00:00Z show PC-0001-C
	refute_out 'objection'
}

@test "what is read after an objection is told with the finding" {
	must 2023-06-22T10:00:00Z object privilege --concerns PC-0001-D1 \
	    --as owner.example
	objection=$(record_id)
	at 2023-06-22T12:00:00Z record examination examiner=room.example \
	    PC-0001-D1: --as room.example --although
	assert_status 0
	examination=$(record_id)
	ask_question
	at 2023-07-05T10:00:00Z finding last
	assert_words \
	    "Read after an objection: examination ${examination:0:12}" \
	    "the objection is objection ${objection:0:12}"
	at 2023-07-05T10:00:00Z finding last --json
	assert_json "j['disputes'] == [{'record': '$examination',
	    'objection': '$objection'}]"
}

@test "the same of another drive is not disputed" {
	must 2023-06-22T10:00:00Z object privilege --concerns PC-0001-D2 \
	    --as owner.example
	at 2023-06-22T12:00:00Z record examination examiner=room.example \
	    PC-0001-D1: --as room.example --although
	assert_status 0
	ask_question
	at 2023-07-05T10:00:00Z finding last --json
	assert_json 'j["disputes"] == []'
}

@test "a ground that there is not is answered with those that there are" {
	at 2023-06-22T10:00:00Z object nonsense --as owner.example
	assert_status 2
	assert_one_error
	assert_err 'privilege jurisdiction return other'
}
