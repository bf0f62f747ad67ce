#!/usr/bin/env bats
# counterfoil correct: the old line, the new one, and who may say so.

load helper

setup_file() { make_case; }

setup() {
	use_case
	list=$("$COUNTERFOIL" show PC-0001-D1 --json </dev/null |
	    sed -n 's/^  "record": "\([0-9a-f]*\)".*/\1/p')
}

@test "a line of an item: both are shown, the new one is signed" {
	must 2023-06-22T10:00:00Z correct "$list" --item PC-0001-D1 \
	    --field model --value 'MX 500' --reason misread --as police.example
	assert_out 'a correction of list' ', PC-0001-D1' 'old: model: MX500' \
	    'new: model: MX 500' '[good]'
	at 2023-06-22T11:00:00Z show last
	assert_out "corrects: $list" 'of-item: PC-0001-D1' 'field: model' \
	    'value: MX 500' 'reason: misread'
	at 2023-06-22T11:00:00Z show PC-0001-D1
	assert_words 'correction' 'model of PC-0001-D1 should be MX 500'
}

@test "what can be withheld is withheld again" {
	must 2023-06-22T10:00:00Z correct "$list" --item PC-0001-D1 \
	    --field serial --value WCJ6HLDUM7NH --reason misread \
	    --as police.example
	assert_out 'old: serial: WCJ6HLDUM7NG' 'new: serial: WCJ6HLDUM7NH'
	at 2023-06-22T11:00:00Z show last
	assert_out 'private-value~: ' 'private-value: WCJ6HLDUM7NH'
	run grep -r WCJ6HLDUM7NH "$COUNTERFOIL_CASE/log"
	[ "$status" -eq 1 ]
}

@test "a line can be taken out, and one that is missing put in" {
	must 2023-06-22T10:00:00Z correct "$list" --item PC-0001-D1 \
	    --field condition --remove --reason 'not looked at' \
	    --as police.example
	assert_out 'old: condition: good' 'new: no such line'
	must 2023-06-22T10:01:00Z correct "$list" --item PC-0001-D1 \
	    --field power-state --value off --reason forgotten \
	    --as police.example
	assert_out 'old: no such line' 'new: power-state: off'
}

@test "only a signer corrects" {
	before=$(ledger_size)
	at 2023-06-22T10:00:00Z correct "$list" --item PC-0001-D1 \
	    --field model --value X --reason misread --as room.example
	assert_status 1
	assert_err 'refused: not-entitled'
	[ "$(ledger_size)" = "$before" ]
}

@test "a field that is not there, a value that will not do" {
	at 2023-06-22T10:00:00Z correct "$list" --field model --value X \
	    --reason misread --as police.example
	assert_status 2
	assert_err 'a list has no field "model"'
	at 2023-06-22T10:00:00Z correct "$list" --item PC-0001-D1 \
	    --field power-state --value maybe --reason misread \
	    --as police.example
	assert_status 2
	assert_one_error
	assert_err 'correct: --value'
	at 2023-06-22T10:00:00Z correct "$list" --item NO-1 --field model \
	    --value X --reason misread --as police.example
	assert_status 2
	assert_err 'names no NO-1'
}

@test "a correction says what it should say, or that it should not be" {
	at 2023-06-22T10:00:00Z correct "$list" --item PC-0001-D1 \
	    --field model --reason misread --as police.example
	assert_status 2
	assert_one_error
	assert_err '--value TEXT, or --remove'
}
