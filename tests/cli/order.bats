#!/usr/bin/env bats
# counterfoil order: who orders what, how long it runs, what is left to do.

load helper

setup_file() { make_case; }
setup() { use_case; }

authorise() {
	must 2023-06-22T10:00:00Z order authorisation --concerns drive \
	    --permits image --permits examine --until 2023-06-30 \
	    --reference '12/2023' --as court.example
	id=$(record_id)
}

@test "the issuer enters its order, and it covers what it permits" {
	authorise
	assert_out 'order' '[good]'
	at 2023-06-23T10:00:00Z record examination examiner=room.example \
	    order="$id" PC-0001-D1: --as room.example
	assert_status 0
	assert_out '[good]'
	at 2023-06-23T11:00:00Z show PC-0001-D1
	assert_out 'examined by room.example'
	at 2023-07-02T10:00:00Z record examination examiner=room.example \
	    order="$id" PC-0001-D1: --as room.example
	assert_status 1
	assert_err 'no-order'
}

@test "the list shows what runs, and how long" {
	authorise
	at 2023-06-23T10:00:00Z order --list
	assert_words 'running: authorisation' 'by court.example, 12/2023' \
	    'until 2023-06-30 (8 days left)' 'of drive; permits image, examine'
	at 2023-07-01T10:00:00Z order --list
	assert_out 'expired: authorisation'
}

@test "an extension and a revocation change it" {
	authorise
	must 2023-06-23T10:00:00Z order extension --order last \
	    --until 2023-07-31 --as court.example
	at 2023-07-01T10:00:00Z order --list --json
	assert_json 'j[0]["until"] == "2023-08-01T00:00:00Z" and
	    j[0]["status"] == "running"'
	must 2023-07-02T10:00:00Z order revocation --order "$id" \
	    --as court.example
	at 2023-07-03T10:00:00Z order --list
	assert_words 'revoked: authorisation' 'revoked 2023-07-02 10:00'
	at 2023-07-03T10:00:00Z due
	refute_out 'authorisation'
}

@test "from paper: the document is kept, the issuer need not sign" {
	echo 'the warrant' >warrant.pdf
	must 2023-06-22T10:00:00Z order warrant --from-paper warrant.pdf \
	    --issuer court.example --as police.example
	assert_out '[good]'
	hash=$(sha256sum <warrant.pdf)
	cmp warrant.pdf "$COUNTERFOIL_CASE/evidence/${hash%% *}"
	at 2023-06-22T11:00:00Z show last
	assert_out 'from-paper-by: police.example' "document: ${hash%% *}"
}

@test "from paper: who issued it is said" {
	echo 'the warrant' >warrant.pdf
	at 2023-06-22T10:00:00Z order warrant --from-paper warrant.pdf \
	    --as police.example
	assert_status 2
	assert_one_error
	assert_err '--issuer PARTY'
}

@test "an extension says of what" {
	at 2023-06-22T10:00:00Z order extension --until 2023-07-30 \
	    --as court.example
	assert_status 2
	assert_one_error
	assert_err '--order RECORD'
}

@test "what ends is due, and what is not given back" {
	authorise
	must 2023-06-22T10:01:00Z order return --concerns package \
	    --until 2023-06-25 --as court.example
	at 2023-06-24T10:00:00Z due --within 7
	assert_words 'authorisation ends' 'carry out return' \
	    '(3 things left)'
	must 2023-06-24T11:00:00Z record release from=room.example \
	    to=owner.example counted-by-giver=1 counted-by-receiver=1 \
	    B-0001: seal=451001 state=intact --as room.example \
	    --as owner.example
	at 2023-06-26T10:00:00Z due --json
	assert_status 1
	assert_json '[(t["items"], t["overdue"]) for t in j
	    if t["kind"] == "order" and "carry" in t["what"]] ==
	    [(2, True)]'
}

@test "an issuer that is away gets an offer" {
	must 2023-06-22T10:00:00Z order hold --issuer court.example \
	    --as police.example
	assert_out 'still to sign: court.example'
}
