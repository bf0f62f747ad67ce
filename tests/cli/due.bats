#!/usr/bin/env bats
# counterfoil due: what must be done, by whom, until when.

load helper

setup_file() { make_case; }
setup() { use_case; }

@test "a hand-over is followed by a joint inventory" {
	at 2023-06-22T10:00:00Z due
	assert_status 0
	[ "${#lines[@]}" -le 2 ]
	assert_words 'in 6 days room.example: joint inventory of what' \
	    'police.example gave 2023-06-21 09:40 (3 things), due 2023-06-28'
	at 2023-06-28T09:40:00Z due
	assert_status 1
	assert_words 'OVERDUE 1 day room.example: joint inventory'
	at 2023-06-28T09:40:00Z due --inventory-within 30
	assert_status 0
	assert_words 'in 23 days'
}

@test "a joint inspection settles it, one without a neutral party does not" {
	must 2023-06-22T10:00:00Z inspect --all-sealed --as room.example \
	    --as owner.example
	at 2023-06-22T11:00:00Z due
	assert_words 'joint inventory'
	must 2023-06-22T12:00:00Z inspect --all-sealed --as room.example \
	    --as court.example
	at 2023-06-22T13:00:00Z due
	assert_status 0
	[ "$output" = 'nothing is due' ]
	at 2023-06-22T13:00:00Z due --quiet
	assert_status 0
	[ -z "$output" ]
}

@test "what was not seen for long is due, by option or by policy" {
	must 2023-06-22T12:00:00Z inspect --all-sealed --as room.example \
	    --as court.example
	at 2023-07-01T13:00:00Z due --inspect-every 30
	assert_status 0
	assert_words 'in 21 days room.example: joint inspection of what was' \
	    'seen 2023-06-22 12:00 (3 things)'
	must 2023-07-01T13:00:00Z policy --inspect-every 8 --as owner.example
	at 2023-07-01T13:00:00Z due
	assert_status 1
	assert_words 'OVERDUE 2 days room.example: joint inspection'
	at 2023-07-01T13:00:00Z due --json
	assert_status 1
	assert_json '[(t["kind"], t["overdue"], t["days"], t["items"],
	    t["who"], t["due"]) for t in j] == [("inspection", True, 2, 3,
	    ["room.example"], "2023-06-30T12:00:00Z")]'
}

@test "a question counts its days, first down, then up" {
	ask_question
	at 2023-07-04T10:00:00Z due --inventory-within 90
	assert_status 0
	assert_words 'in 7 days police.example: answer question' \
	    'about council.example, due 2023-07-10'
	at 2023-07-12T10:00:00Z due --inventory-within 90
	assert_status 1
	[[ ${lines[0]} == 'OVERDUE 2 days  police.example: answer'* ]]
	at 2023-07-04T10:00:00Z due --inventory-within 90 --within 3
	[ "$output" = 'nothing is due' ]
}

@test "an extension moves the date, an answer ends it" {
	ask_question
	must 2023-07-05T10:00:00Z answer last --answer extended \
	    --until 2023-07-20 \
	    --ground 'the list is long' --as police.example
	at 2023-07-12T10:00:00Z due --inventory-within 90
	assert_status 0
	assert_words '(extended once), due 2023-07-20'
	must 2023-07-13T10:00:00Z answer last --answer no --as police.example
	at 2023-07-13T10:00:00Z due --inventory-within 90 --within 30
	[ "$output" = 'nothing is due' ]
}

@test "what is lent is asked back, until all of it has come back" {
	must 2023-06-22T10:00:00Z hand --items B-0001,B-0002 \
	    --from room.example --to police.example --return-by 2023-06-30 \
	    --as room.example --as police.example --counter --count 2 \
	    --count-received 2
	at 2023-07-01T10:00:00Z due --inventory-within 90
	assert_status 1
	assert_words 'OVERDUE 1 day police.example: return 2 of 2 items to' \
	    'room.example (handover'
	must 2023-07-01T10:00:00Z hand --items B-0001 --from police.example \
	    --to room.example --as room.example --as police.example --counter \
	    --count 1 --count-received 1
	at 2023-07-01T10:00:00Z due --inventory-within 90 --json
	assert_status 1
	assert_json '[t["items"] for t in j if t["kind"] == "return"] == [1]'
	must 2023-07-01T11:00:00Z hand --items B-0002 --from police.example \
	    --to room.example --as room.example --as police.example --counter \
	    --count 1 --count-received 1
	at 2023-07-01T12:00:00Z due --inventory-within 90
	assert_status 0
	refute_out 'return '
}

@test "an offer waits, and then has expired" {
	must 2023-06-22T10:00:00Z hand --all --from room.example \
	    --to police.example --as room.example --count 3
	at 2023-06-22T12:00:00Z due --within 1
	assert_status 0
	assert_words 'in 1 day police.example: sign offer' \
	    '(handover of 3 items), due 2023-06-23 10:00'
	at 2023-06-24T12:00:00Z due --within 1
	assert_status 1
	assert_words 'OVERDUE 2 days' 'expired offer' 'private/offers/'
}

@test "a long number keeps its distance, and the others keep the column" {
	ask_question
	at 2026-12-01T10:00:00Z due --inventory-within 7
	assert_status 1
	[[ ${lines[0]} =~ ^'OVERDUE '[0-9]{4}' days  room.example:' ]] ||
	    show_result
	at 2023-07-12T10:00:00Z due
	[[ $output == *'OVERDUE 15 days  room'* ]] || show_result
	[[ $output == *'OVERDUE 2 days   police'* ]] || show_result
}

@test "an order without a date is told last, and is not overdue" {
	must 2023-06-22T10:00:00Z order return --concerns package \
	    --as court.example
	at 2025-06-22T10:00:00Z due --inventory-within 9000
	assert_status 0
	[[ ${lines[-1]} == *'(3 things left)' ]] || show_result
	assert_words 'no date set carry out return' 'of court.example (3 things'
	at 2025-06-22T10:00:00Z due --inventory-within 9000 --json
	assert_status 0
	assert_json '[(t["due"], t["overdue"], t["days"]) for t in j
	    if t["kind"] == "order"] == [(None, False, None)] and
	    j[-1]["kind"] == "order"'
	at 2025-06-22T10:00:00Z due --inventory-within 9000 --within 30
	assert_status 0
	[ "$output" = 'nothing is due' ]
}

@test "the most urgent comes first" {
	ask_question
	at 2023-07-12T10:00:00Z due --json
	assert_status 1
	assert_json '[t["kind"] for t in j] == ["inventory", "answer"] and
	    j[0]["due"] < j[1]["due"]'
}

@test "days that are none are refused" {
	cf due --within soon
	assert_status 2
	assert_one_error
	cf due --within 99999999
	assert_status 2
	assert_one_error
	assert_err 'a hundred years'
}
