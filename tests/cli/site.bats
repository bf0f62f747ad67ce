#!/usr/bin/env bats
# counterfoil site: one log for the checkpoints of many cases, and the step from
# a bundle into it.

load helper

setup_file() {
	make_case
	at 2023-06-20T12:00:00Z init "$BATS_FILE_TMPDIR/other" \
	    --name other.example --roster "$BATS_FILE_TMPDIR/parties.csv" \
	    --plain-keys
	cf site init "$BATS_FILE_TMPDIR/site" --name site.example/log \
	    --plain-keys
	assert_status 0
	for name in w1.example w2.example; do
		cf key new $name --witness --plain
	done
}

setup() {
	use_case
	cp -R "$BATS_FILE_TMPDIR/other" "$BATS_FILE_TMPDIR/site" .
	pids=()
}

teardown() {
	[ ${#pids[@]} -eq 0 ] || kill "${pids[@]}" 2>/dev/null || true
}

add() {
	cf site add site "$COUNTERFOIL_CASE" other "$@"
}

grow() {
	must 2023-06-20T13:30:00Z join --as court.example --case other
}

@test "a site log is made once, and is no case" {
	cf site init site
	assert_status 3
	assert_err 'already'
	cf show --case site
	assert_status 2
	assert_err 'is a site log and no case'
	cf site show "$COUNTERFOIL_CASE"
	assert_status 2
	assert_err 'is a case, and no site log'
	cf site init new --name 'a b'
	assert_status 2
	cf site burn site
	assert_status 2
	assert_err 'none of init, add and show'
}

@test "the checkpoints of all cases enter, and only new ones" {
	add
	assert_status 0
	assert_out 'seizure.example: size' 'is entry 0 of site.example/log' \
	    'other.example: size 1 is entry 1'
	assert_err 'no witness was asked'
	grow
	add
	assert_status 0
	assert_out 'seizure.example: nothing new' \
	    'other.example: size 2 is entry 2'
	cf site show site
	assert_out 'site.example/log+' '3 entries, 2 logs' \
	    'other.example: size 2, entry 2'
	cf site show site --json
	assert_json 'j["size"] == 3 and j["logs"][1] == {"origin":
	    "other.example", "size": 2, "entry": 2}'
	cf fsck --case site
	assert_status 0
	assert_out '3 checkpoints of 2 logs'
}

@test "a leaf is the checkpoint with its log's signature alone" {
	add
	python3 - site/log/tile/entries/000.p/2 other/log/checkpoint <<'END'
import sys
tile, checkpoint = (open(p, 'rb').read() for p in sys.argv[1:])
first = int.from_bytes(tile[:2], 'big')
assert tile[2 + first + 2:] == checkpoint, tile
END
}

@test "witnesses cosign the site log, and the bundle carries both steps" {
	witnesses site
	add
	assert_status 0
	assert_out 'cosigned: size 2, by w1.example' 'quorum: reached'
	grep -q '^witness w2.example+' "$COUNTERFOIL_CASE/log/site"
	ask_question
	at 2023-07-12T00:00:00Z bundle last -o before.bundle
	assert_status 0
	assert_err 'is left out: it is of another checkpoint'
	add
	at 2023-07-12T00:00:00Z bundle last -o a.bundle
	assert_status 0
	[ -z "$stderr" ]
	run counterfoil-verify a.bundle
	assert_status 0
	assert_words 'is entry 2 of the site log site.example/log' \
	    'which was cosigned by w1.example' 'w2.example' \
	    'not that it is the only one' 'No witness has cosigned it'
	cf verify a.bundle --pin \
	    "$(sed -n 's/^log: //p' site/counterfoil.conf)"
	assert_status 0
	assert_words 'site.example/log (pinned by you)'
	cf verify a.bundle --pin "$(sed -n 2p w2.out)"
	assert_status 0
	cf verify before.bundle --pin "$(sed -n 2p w2.out)"
	assert_status 1
}

@test "a witness that is down: the step has the others, exit 3" {
	witnesses site
	kill "${pids[1]}"
	add --wait 1
	assert_status 3
	assert_out 'quorum: NOT reached'
	grep -q '^witness w1.example+' "$COUNTERFOIL_CASE/log/site"
	run grep -c '^witness' "$COUNTERFOIL_CASE/log/site"
	[ "$output" = 1 ]
}

@test "a case that was set back is refused, and the proof is kept" {
	cp -R other old
	grow
	add
	rm -r other
	mv old other
	add
	assert_status 1
	assert_err 'ALARM: the checkpoint of other.example is refused' \
	    'it was set back' 'what it showed is kept in site/private/refused/'
	cmp other/log/checkpoint site/private/refused/*
	cf site show site
	assert_out 'other.example: size 2'
}

@test "two histories of one case cannot both be in a site log" {
	cp -R other old
	grow
	add
	rm -r other
	mv old other
	must 2023-06-20T13:30:00Z join --as notary.example --case other
	add
	assert_status 1
	assert_err 'of another history'
	must 2023-06-20T13:40:00Z join --as police.example --case other
	add
	assert_status 1
	assert_err 'it is another history'
}

@test "a case that cannot be read stops no other" {
	rm -r other/log/tile
	add
	assert_status 3
	assert_out 'seizure.example: size'
	assert_err 'not taken: other.example could not be read'
}

@test "what is no case kept here is passed over, and said" {
	touch README
	cf site add site README nowhere site case
	assert_status 3
	assert_out 'seizure.example: size'
	assert_err 'not taken: README' 'not taken: nowhere' \
	    'not taken: site: it is no case that is kept here'
}

@test "a case given twice enters once, and a second history not at all" {
	cp -R other copy
	must 2023-06-30T01:00:00Z join --as notary.example --case other
	must 2023-06-30T02:00:00Z join --as police.example --case other
	must 2023-06-30T01:00:00Z join --as police.example --case copy
	cf site add site other other
	assert_status 0
	cf site show site
	assert_out '1 entries, 1 logs'
	cf site add site other copy
	assert_status 1
	assert_err 'ALARM: the checkpoint of other.example is refused'
	cf fsck --case site
	assert_status 0
}

@test "fsck names a step that is none" {
	add
	cf fsck
	assert_status 0
	echo nonsense >"$COUNTERFOIL_CASE/log/site"
	cf fsck
	assert_status 1
	assert_out 'log/site: not a step into a site log'
}

@test "a second key under the name of a case is refused" {
	at 2023-06-20T12:00:00Z init again --name other.example \
	    --roster "$BATS_FILE_TMPDIR/parties.csv" --plain-keys
	cf site add site other again
	assert_status 1
	assert_err 'another log of this name, with another key'
}
