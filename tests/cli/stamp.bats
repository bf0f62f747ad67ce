#!/usr/bin/env bats
# counterfoil stamp: time stamps over the ledger's checkpoint, from two
# authorities made with openssl, and from some that lie.

load helper

setup_file() {
	export TSA=$BATS_FILE_TMPDIR/tsa
	make_case
	python3 "$BATS_TEST_DIRNAME/tsa.py" make "$TSA"
	cat "$TSA/one/ca.pem" "$TSA/two/ca.pem" >"$BATS_FILE_TMPDIR/ca.pem"
	python3 "$BATS_TEST_DIRNAME/tsa.py" serve "$TSA" \
	    >"$TSA/port" 2>"$TSA/err" 3>&- &
	echo $! >"$TSA/pid"
	for _ in $(seq 100); do
		[ -s "$TSA/port" ] && return 0
		sleep 0.05
	done
	cat "$TSA/err"
	return 1
}

teardown_file() {
	kill "$(cat "$TSA/pid")"
}

setup() {
	use_case
	at=http://127.0.0.1:$(cat "$TSA/port")
	cp "$BATS_FILE_TMPDIR/ca.pem" .
	: >"$TSA/asked"
}

# Asks authority one, which does what is said.
ask() {
	cf stamp --tsa "$at/one/$1" --tsa-ca ca.pem "${@:2}"
}

stamp_both() {
	cf stamp --tsa "$at/one/good" --tsa "$at/two/good" --tsa-ca ca.pem
	assert_status 0
}

# As stamp_both, by the conf.
name_both() {
	cp "$TSA/one/ca.pem" "$COUNTERFOIL_CASE/one.pem"
	cp "$TSA/two/ca.pem" "$COUNTERFOIL_CASE/two.pem"
	printf 'stamps: %s %s\n' "$at/one/${1:-good}" one.pem \
	    "$at/two/good" two.pem >>"$COUNTERFOIL_CASE/counterfoil.conf"
}

stamps() {
	echo "$COUNTERFOIL_CASE/log/stamps/${1:-7}"
}

# Nothing was kept, and it says why.
refused() {
	assert_status 3
	assert_err "not stamped: $at/" 'fewer than two authorities'
	assert_out '0 authorities have stamped size 7'
	assert_err "$@"
	[ ! -e "$(stamps)" ]
}

# Line 2, 3... of the file as a token.
token() {
	sed -n "$1p" "$(stamps)" | base64 -d
}

@test "two authorities, and openssl agrees" {
	stamp_both
	assert_out 'stamped: size 7, before 20' \
	    'says "CN=Stamps of one,O=one"' \
	    'says "CN=Stamps of two,O=two"' '(chain checked against ca.pem)' \
	    '2 authorities have stamped size 7'
	[ -z "$stderr" ]
	[ "$(head -1 "$(stamps)")" = 'counterfoil-stamps/v1 2' ]
	[ "$(wc -l <"$(stamps)")" -eq 3 ]
	LC_ALL=C sort -c <(tail -n +2 "$(stamps)")
	for line in 2 3; do
		token "$line" >token
		openssl ts -verify -in token -token_in -CAfile ca.pem \
		    -data "$(stamps).checkpoint"
	done
	grep -q 'one/good application/timestamp-query' "$TSA/asked"
}

@test "what was stamped is the checkpoint with the ledger's signature alone" {
	at 2023-06-22T13:00:00Z cosign \
	    --key "$COUNTERFOIL_KEYS/witness.example.key"
	stamp_both
	cmp "$(stamps).checkpoint" \
	    <(grep -v '^— witness.example' "$COUNTERFOIL_CASE/log/checkpoint")
}

@test "the authorities of the conf, each with its own certificates" {
	name_both
	cf stamp
	assert_status 0
	assert_out '(chain checked against one.pem)' \
	    '(chain checked against two.pem)'
	cf stamp --check
	assert_status 0
	[ "$(grep -c '^size 7: before ' <<<"$output")" -eq 2 ]
	assert_out '(chain checked against one.pem)' \
	    '(chain checked against two.pem)' 'policy 1.2.3.4.1' \
	    'accuracy 1.500000 s'
}

@test "what is stamped already is not asked for again" {
	name_both
	cf stamp
	cp "$(stamps)" before
	: >"$TSA/asked"
	cf stamp
	assert_status 0
	assert_out 'nothing to do: 2 authorities have stamped size 7'
	[ ! -s "$TSA/asked" ]
	cmp before "$(stamps)"
}

@test "one alone is kept, said, and another exit status" {
	name_both garbage
	cf stamp
	assert_status 3
	assert_out 'says "CN=Stamps of two' '1 authority has stamped size 7'
	assert_err "not stamped: $at/one/garbage: not the answer of a" \
	    'fewer than two authorities' 'the stamp is kept'
	[ "$(head -1 "$(stamps)")" = 'counterfoil-stamps/v1 1' ]
	cf stamp --tsa "$at/one/good" --tsa-ca ca.pem
	assert_status 0
	assert_out 'says "CN=Stamps of one' '2 authorities have'
	cf stamp --tsa "$at/one/good" --tsa "$at/two/good" --tsa-ca ca.pem
	assert_status 0
	assert_out 'nothing to do: 2 authorities have'
}

@test "the first stamp of an authority stays" {
	ask good
	cp "$(stamps)" before
	ask good
	assert_status 3
	assert_out 'stamped already: size 7, by CN=Stamps of one,O=one'
	cmp before "$(stamps)"
}

@test "a ledger that grew is stamped again, and the old stamps hold" {
	stamp_both
	ask_question
	size=$(ledger_size)
	[ "$size" -gt 7 ]
	stamp_both
	assert_out "2 authorities have stamped size $size"
	cf stamp --check --tsa-ca ca.pem
	assert_status 0
	assert_out 'size 7: before' "size $size: before"
	[[ ${output%%size "$size"*} == *'size 7'* ]]
	cf fsck
	assert_status 0
	assert_out '4 time stamps'
}

@test "the answer to another request" {
	ask nonce
	refused 'its nonce is not ours'
	ask no-nonce
	refused 'its nonce is not ours'
}

@test "a stamp over something else" {
	ask imprint
	refused 'is over something else'
}

@test "a stamp over another checkpoint, shown again" {
	cf stamp --request old.tsq
	assert_status 0
	(cd "$TSA/one" && openssl ts -reply -config tsa.cnf -section tsa \
	    -queryfile "$BATS_TEST_TMPDIR/old.tsq" -signer tsa.pem \
	    -inkey tsa.key -out "$TSA/replay")
	ask_question
	cf stamp --tsa "$at/one/replay" --tsa-ca ca.pem
	assert_status 3
	assert_err 'is over something else'
	[ ! -e "$(stamps 8)" ]
}

@test "an authority that refuses, or does something else than asked" {
	ask rejects
	refused 'it refuses: Message digest algorithm is not supported.'
	ask modified
	refused 'stamped something else than was asked for'
}

@test "a certificate that is not for time stamps alone" {
	for how in unfit uncritical more; do
		ask "$how"
		refused 'the time stamp is false: unsuitable certificate'
	done
}

@test "a certificate that had ended when it stamped" {
	ask expired
	refused 'the time stamp is false: certificate has expired'
}

@test "a root that had ended vouches for nobody" {
	cf stamp --tsa "$at/old/chain" --tsa-ca "$TSA/old/ca.pem"
	refused 'does not lead to' 'certificate has expired'
	cf stamp --tsa "$at/old/chain"
	assert_out 'stamped: size 7' 'nobody vouched for here'
}

@test "a key that is too weak" {
	ask weak
	refused 'the time stamp is false: EE certificate key too weak'
}

@test "a certificate of its own making" {
	cf stamp --tsa "$at/liar/good" --tsa-ca ca.pem
	refused 'does not lead to those that were given' 'self-signed'
}

@test "without certificates nobody vouches, and that is said" {
	cf stamp --tsa "$at/liar/good" --tsa "$at/one/good"
	assert_status 0
	assert_out '(signed by a certificate nobody vouched for here)'
	cf stamp --check
	assert_status 3
	assert_one_error
	assert_err '2 of 2 could not be checked to the end' --tsa-ca
	cf stamp --check --tsa-ca ca.pem
	assert_status 3
	assert_out '(chain checked against ca.pem)' 'nobody vouched for here;' \
	    'against ca.pem: self-signed certificate'
	assert_err '1 of 2'
	name_both
	: >"$TSA/asked"
	cf stamp
	assert_status 0
	[ "$(wc -l <"$TSA/asked")" -eq 2 ]
}

@test "hashes that are too old, or not the one asked for" {
	ask sha1
	refused 'signed over another hash than SHA-256, 384 or 512'
	ask sha512
	refused 'a time stamp over another hash than SHA-256'
}

@test "an authority that stamps in the name of another" {
	ask other-name
	refused 'it names another authority than its certificate does'
}

@test "a false signature" {
	ask signature
	refused 'the time stamp is false: '
}

@test "answers that are none" {
	for how in garbage truncated longer empty; do
		ask "$how"
		refused 'not the answer of a time-stamping authority'
	done
	ask bare
	refused 'without the certificate of its signer'
	ask html
	refused 'its type is "text/html"'
	ask error
	refused 'answered 500'
	ask huge
	refused 'longer than is taken'
}

@test "an authority that is slow, or not there" {
	ask slow --wait 1
	refused 'timed out after'
	cf stamp --tsa http://127.0.0.1:1/tsa
	assert_status 3
	assert_err 'not stamped: http://127.0.0.1:1/tsa: '
}

@test "other encodings that are right are taken" {
	ask chain
	assert_out 'stamped: size 7'
	cf stamp --tsa "$at/two/cms" --tsa-ca ca.pem
	assert_out 'stamped: size 7'
	cf stamp --check --tsa-ca ca.pem
	assert_status 0
}

@test "a policy that is asked for" {
	ask good --tsa-policy 1.2.3.4.2
	assert_out 'stamped: size 7'
	cf stamp --check --tsa-ca ca.pem
	assert_out 'policy 1.2.3.4.2'
	cf stamp --tsa "$at/two/good" --tsa-policy 1.2.3.4.9
	assert_err 'it refuses: Requested policy is not supported.'
	cf stamp --tsa "$at/two/good" --tsa-policy nonsense
	assert_status 2
	assert_one_error
}

@test "by files, without a network" {
	cf stamp --request r.tsq
	assert_status 0
	assert_out 'r.tsq: a request over size 7'
	openssl ts -query -in r.tsq -text | grep -q 'Certificate required: yes'
	for who in one two; do
		(cd "$TSA/$who" && openssl ts -reply -config tsa.cnf \
		    -section tsa -queryfile "$BATS_TEST_TMPDIR/r.tsq" \
		    -signer tsa.pem -inkey tsa.key \
		    -out "$BATS_TEST_TMPDIR/$who.tsr")
	done
	ask_question
	cf stamp --answer one.tsr --tsa-ca ca.pem
	assert_status 0
	assert_out 'stamped: size 7' '1 authority has stamped size 7'
	assert_err 'fewer than two'
	cf stamp --answer two.tsr --tsa-ca ca.pem
	assert_status 0
	assert_out '2 authorities have stamped size 7'
	[ -z "$stderr" ]
	cf stamp --answer two.tsr
	assert_out 'stamped already'
	cf stamp --check --tsa-ca ca.pem
	assert_status 0
}

@test "an answer to nothing that was asked here" {
	cf stamp --request r.tsq
	openssl ts -query -data ca.pem -sha256 -cert -out other.tsq
	openssl ts -query -data <(cat "$COUNTERFOIL_CASE/log/checkpoint") \
	    -sha256 -cert -out nonce.tsq
	for name in other nonce; do
		(cd "$TSA/one" && openssl ts -reply -config tsa.cnf \
		    -section tsa -queryfile "$BATS_TEST_TMPDIR/$name.tsq" \
		    -signer tsa.pem -inkey tsa.key \
		    -out "$BATS_TEST_TMPDIR/$name.tsr")
	done
	cf stamp --answer other.tsr
	assert_status 1
	assert_one_error
	assert_err 'over nothing that was asked for here'
	cf stamp --answer nonce.tsr
	assert_status 1
	assert_err 'its nonce is not ours'
	head -c 500 nonce.tsr >short.tsr
	cf stamp --answer short.tsr
	assert_status 3
	[ ! -e "$(stamps)" ]
}

@test "the listing for programs" {
	stamp_both
	cf stamp --check --json --tsa-ca ca.pem
	assert_status 0
	assert_json 'len(j) == 2 and all(x["good"] and x["vouched"] for x in j)'
	assert_json 'all(x["size"] == 7 and x["why"] is None for x in j)'
	assert_json 'all(x["accuracy_us"] == 1500000 for x in j)'
	assert_json 'all(x["time"] < x["before"] for x in j)'
	assert_json '{x["authority"] for x in j} ==
	    {"CN=Stamps of one,O=one", "CN=Stamps of two,O=two"}'
}

@test "nothing kept is not a check that passed" {
	cf stamp --check
	assert_status 1
	assert_one_error
	assert_err 'keeps no time stamps'
}

@test "stamps that were changed are named" {
	stamp_both
	cp "$(stamps)" good
	# The last bytes of a token are its signature.
	python3 - "$(stamps)" <<-'END'
	import base64, sys
	head, *lines = open(sys.argv[1]).read().splitlines()
	token = bytearray(base64.b64decode(lines[0]))
	token[-1] ^= 1
	lines[0] = base64.b64encode(token).decode()
	open(sys.argv[1], "w").write("\n".join([head] + sorted(lines)) + "\n")
	END
	cf stamp --check --tsa-ca ca.pem
	assert_status 1
	assert_out 'log/stamps/7: false: '
	assert_err '1 of 2'
	cf fsck
	assert_status 1
	assert_out 'log/stamps/7: '
	tac good >"$(stamps)"
	cf stamp --check --tsa-ca ca.pem
	assert_status 3
	assert_out 'log/stamps/7: not checked: ' 'not a file of time stamps'
	cf stamp --tsa "$at/one/good"
	assert_err 'nothing is added to a damaged file'
	cf fsck
	assert_status 1
	assert_out 'log/stamps/7: '
}

@test "stamps of another history, or of more than there is" {
	stamp_both
	cp -R "$COUNTERFOIL_CASE" other
	ask_question
	stamp_both
	cp -R "$COUNTERFOIL_CASE/log/stamps/"8* other/log/stamps/
	cf stamp --check --tsa-ca ca.pem --case other
	assert_status 1
	assert_out 'size 7: before' 'log/stamps/8: false: ' \
	    'the ledger has 7 records'
	must 2023-07-05T09:00:00Z claim --as notary.example \
	    --asserts received --said 2023-07-03 --said-by council.example \
	    --recipient council.example --concerns drive --part-of \
	    --quote 'Something else.' --case other
	cf stamp --check --tsa-ca ca.pem --case other
	assert_status 1
	assert_out 'log/stamps/8: false: ' 'another history'
}

@test "without the checkpoint that was stamped, nothing can be said" {
	stamp_both
	rm "$(stamps).checkpoint"
	cf stamp --check --tsa-ca ca.pem
	assert_status 0
	ask_question
	cf stamp --check --tsa-ca ca.pem
	assert_status 3
	assert_out 'log/stamps/7: not checked: ' '7.checkpoint'
}

@test "a bundle carries the stamps, and verify says what they are worth" {
	ask_question
	stamp_both
	at 2023-07-12T00:00:00Z bundle last -o finding.bundle
	assert_status 0
	cf verify finding.bundle
	assert_status 0
	plain=$(sed '/WHO ELSE SAW IT/,/^$/d' <<<"$output")
	assert_words '2 time stamps over this checkpoint: - before 20' \
	    '(signed by a certificate nobody vouched for here)'
	cf verify finding.bundle --tsa-ca "$TSA/one/ca.pem"
	assert_status 0
	assert_words 'says "CN=Stamps of one,O=one" (chain checked against' \
	    'says "CN=Stamps of two,O=two" (signed by a certificate nobody'
	[ "$(sed '/WHO ELSE SAW IT/,/^$/d' <<<"$output")" = "$plain" ]
	run --separate-stderr counterfoil-verify finding.bundle
	assert_status 0
	assert_words 'this program cannot check'
	cf verify finding.bundle --tsa-ca missing.pem
	assert_status 3
	assert_one_error
	assert_err --tsa-ca missing.pem
}

@test "stamps that are false change no word of a finding" {
	ask_question
	stamp_both
	at 2023-07-12T00:00:00Z bundle last -o good.bundle
	size=$(ledger_size)
	stamps=$(stamps "$size")
	cp "$stamps" kept
	printf 'counterfoil-stamps/v1 1\nAQID\n' >"$stamps"
	at 2023-07-12T00:00:00Z bundle last -o one.bundle
	printf 'nonsense\n' >"$stamps"
	at 2023-07-12T00:00:00Z bundle last -o two.bundle
	for bundle in good one two; do
		cf verify "$bundle.bundle"
		assert_status 0
		sed '/WHO ELSE SAW IT/,/^$/d' <<<"$output" |
		    sed "s/$bundle.bundle/BUNDLE/" >"$bundle.words"
	done
	assert_words 'The time stamps in this file cannot be read'
	cmp good.words one.words
	cmp good.words two.words
	cf verify one.bundle
	assert_words '1 time stamp over this checkpoint: - of no use: not a'
}

@test "a server that runs does not stand in the way" {
	start_server "$COUNTERFOIL_CASE"
	stamp_both
	stop_server
}

@test "wrong usage" {
	cf stamp
	assert_status 2
	assert_err 'nobody is named to ask'
	cf stamp --tsa ftp://one.example/
	assert_status 2
	cf stamp --tsa "$at/one/good" --check
	assert_status 2
	cf stamp --tsa-ca ca.pem
	assert_status 2
	conf=$COUNTERFOIL_CASE/counterfoil.conf
	cf stamp --tsa "$at/one/good" --tsa-ca "$conf"
	assert_status 3
	assert_err 'there is no certificate in it'
	cf stamp --tsa "$at/one/good" --tsa-ca missing.pem
	assert_status 3
	cf stamp --tsa "$at/one/good" --wait 0
	assert_status 2
	cf stamp --check --tsa-ca ca.pem --wait 0 --json
	assert_status 1
	[ ! -e "$(stamps)" ]
	echo 'stamps: http://one.example/' >>"$conf"
	cf stamp
	assert_status 3
	assert_err '`stamps:` is the address of an authority and the file'
}
