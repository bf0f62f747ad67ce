#!/usr/bin/env bats
# counterfoil serve, the write side, as curl sees it: records, offers,
# questions (counterfoil-http(7)).

load helper

setup_file() { make_case; }
setup() { use_case; make_desk; }
teardown() { stop_server; }

# The same case without the ledger's key: whoever works there can sign, and
# must hand in elsewhere.
make_desk() {
	cp -R "$COUNTERFOIL_CASE" desk
	rm desk/private/log.key
}

start_at() {
	start_server --now 2023-07-04T09:05:00Z "$@"
}

# post PATH FILE: the status is in $code, the body in the file `body`.
post() {
	code=$(curl -sS -m 20 -o body -w '%{http_code}' \
	    -H 'Content-Type: text/plain' --data-binary "@$2" "$url$1")
}

get() {
	code=$(curl -sS -m 20 -o body -w '%{http_code}' "$url$1")
}

assert_code() {
	[ "$code" = "$1" ] || { echo "$code, not $1:"; cat body; return 1; }
}

# A question, signed at the desk, in the file `question`.
sign_question() {
	must 2023-07-04T09:00:00Z ask --case desk --as owner.example \
	    --recipient "${1:-council.example}" --from 2023-06-20 \
	    --to 2023-07-03
	cp desk/private/offers/*.offer question
}

@test "a record is entered, with a receipt, and known again" {
	sign_question
	start_at
	post records question
	assert_code 201
	sed -n 2p body | grep -E '^entered 7 [0-9a-f]{64} [0-9]+$'
	sed 1,2d body >receipt
	run -0 counterfoil-verify receipt
	cp body first
	post records question
	assert_code 200
	cmp body first
	[ "$(ledger_size)" = 8 ]
	stop_server
	run -0 "$COUNTERFOIL" fsck
}

@test "what a stranger signed, and what nobody signed, is not taken" {
	sign_question
	start_at
	sed 's/^\(— owner.example .\{12\}\)./\1A/' question >false
	cmp -s question false && sed -i 's/^\(— owner.example .\{12\}\)./\1B/' \
	    false
	post records false
	[ "$code" = 403 ] || [ "$code" = 400 ]
	echo hello >hello
	post records hello
	assert_code 400
	code=$(curl -sS -o body -w '%{http_code}' -d hello "$url"records)
	assert_code 415
	get records
	assert_code 405
	[ "$(ledger_size)" = 7 ]
}

@test "a party whose fellow's signature is false is told so, signed" {
	must 2023-07-04T09:00:00Z hand --case desk \
	    --packages B-0001 --to court.example --from room.example \
	    --as room.example --count 1
	must 2023-07-04T09:02:00Z accept --case desk --as court.example \
	    --count 1 "$(basename desk/private/offers/*.offer .offer)"
	cp desk/private/offers/*.offer whole
	start_at
	for name in court.example room.example; do
		sed "s/^\\(— $name .\{20\}\\)[^A]/\\1A/;t
		    s/^\\(— $name .\{20\}\\)A/\\1B/" whole >"false.$name"
		! cmp -s whole "false.$name"
		post records "false.$name"
		assert_code 403
		head -1 body | grep -qx 'counterfoil-refusal/v1 signature'
		grep -q "^words: $name did not sign" body
		grep -q '^— seizure.example ' body
	done
	# Nobody of the case stands behind this one.
	sed "s/^\\(— court.example .\{20\}\\)[^A]/\\1A/;t
	    s/^\\(— court.example .\{20\}\\)A/\\1B/" false.room.example >none
	post records none
	assert_code 403
	[ "$(wc -l <body)" = 1 ]
	[ "$(ledger_size)" = 7 ]
	post records whole
	assert_code 201
}

@test "an offer waits, and nobody sees it unasked" {
	must 2023-07-04T09:00:00Z hand --case desk \
	    --packages B-0001 --to court.example --from room.example \
	    --as room.example --count 1
	cp desk/private/offers/*.offer half
	start_at
	post records half
	assert_code 400
	grep 'not everybody has signed' body
	post offers half
	assert_code 201
	id=$(cat body)
	get offers
	assert_code 401
	get "offers/$id"
	assert_code 401
	[ -f "case/private/mailbox/$id.offer" ]
	get challenge
	grep -E '^[0-9a-f]{32}$' body
	[ "$(ledger_size)" = 7 ]
}

@test "questions are listed, and their bundles verify" {
	sign_question
	start_at
	post records question
	assert_code 201
	get questions
	assert_code 200
	id=$(sed -n 's/.*"record": "\([0-9a-f]*\)".*/\1/p' body | head -1)
	get 'questions?format=text'
	grep -F "${id:0:12}  2023-07-04T09:05:" body
	get "questions/$id/bundle"
	assert_code 200
	cp body question.bundle
	run -0 counterfoil-verify question.bundle
}

@test "without the ledger's key nothing is taken" {
	sign_question
	COUNTERFOIL_CASE=$PWD/desk
	start_at
	grep "the ledger's key is not here" err
	post records question
	assert_code 404
	get checkpoint
	assert_code 200
}

@test "health and metrics say how it is" {
	sign_question
	start_at
	post records question
	get health
	assert_code 200
	get metrics
	grep -E '^counterfoil_records_total\{.*entered.*\} 1$' body
}
