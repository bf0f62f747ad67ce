#!/usr/bin/env bats
# counterfoil serve: the read API of tlog-tiles, as curl sees it.

load helper

setup_file() { make_case; }
setup() { use_case; }
teardown() { stop_server; }

# The answer's status and head are in $head, its body in the file `body`.
get() {
	local path=$1
	shift
	head=$(curl -sS -m 10 -o body -D - "$@" "$url$path" | tr -d '\r')
}

assert_head() {
	local text
	for text; do
		[[ $head == *"$text"* ]] ||
		    { echo "no $text in: $head"; return 1; }
	done
}

refute_head() {
	local text
	for text; do
		[[ ${head,,} != *"$text"* ]] ||
		    { echo "$text in: $head"; return 1; }
	done
}

@test "the checkpoint, never kept" {
	start_server
	get checkpoint
	assert_head 'HTTP/1.1 200 OK' 'Cache-Control: no-store' \
	    'Content-Type: text/plain; charset=utf-8' \
	    'Access-Control-Allow-Origin: *'
	cmp body "$COUNTERFOIL_CASE/log/checkpoint"
}

@test "tiles as they lie on disk, kept for ever" {
	start_server --read-only
	get tile/0/000.p/7
	assert_head 'HTTP/1.1 200 OK' 'Content-Type: application/octet-stream' \
	    'Cache-Control: public, max-age=604800, immutable' \
	    'Access-Control-Allow-Origin: *' 'Content-Length: 224'
	cmp body "$COUNTERFOIL_CASE/log/tile/0/000.p/7"
	get tile/entries/000.p/7
	assert_head 'HTTP/1.1 200 OK' 'Content-Type: application/octet-stream' \
	    'immutable' 'Vary: Accept-Encoding'
	refute_head 'content-encoding'
	cmp body "$COUNTERFOIL_CASE/log/tile/entries/000.p/7"
}

@test "entry bundles in gzip for who takes it" {
	start_server
	for _ in 1 2; do
		get tile/entries/000.p/7 -H 'Accept-Encoding: gzip, identity'
		assert_head 'HTTP/1.1 200 OK' 'Content-Encoding: gzip'
		gzip -dc body |
		    cmp - "$COUNTERFOIL_CASE/log/tile/entries/000.p/7"
	done
	get tile/entries/000.p/7 -H 'Accept-Encoding: gzip;q=0, *'
	refute_head 'content-encoding'
	get tile/0/000.p/7 -H 'Accept-Encoding: gzip'
	refute_head 'content-encoding' 'vary'
}

@test "what there is not is never kept" {
	start_server
	for path in tile/0/000 tile/0/000.p/8 tile/0/001 tile/1/000.p/1 \
	    tile/0/000.p/0 tile/0/000.p/256 tile/0/0 tile/8/000.p/1 \
	    tile/entries/000 tile/ tile tile/0/ tile/entries/ '' \
	    tile/0/000.p/ tile/0/000.p/07 nothing private/log.key \
	    log/checkpoint 'tile/0/%30%30%30.p/7'; do
		get "$path" --path-as-is -H 'Accept-Encoding: gzip'
		assert_head 'HTTP/1.1 404 '
		refute_head 'immutable' 'content-encoding'
	done
	for path in ../counterfoil.conf ./checkpoint tile/../checkpoint; do
		get "$path" --path-as-is
		assert_head 'HTTP/1.1 404 '
	done
}

@test "a ledger that is false is not served" {
	sed -i 2s/7/8/ "$COUNTERFOIL_CASE/log/checkpoint"
	run -1 --separate-stderr "$COUNTERFOIL" serve --listen 127.0.0.1:0
	assert_err 'ledger of seizure.example' 'checkpoint'
}

@test "only reading, and HEAD is reading" {
	start_server
	get checkpoint -I
	assert_head 'HTTP/1.1 200 OK' 'Content-Type: text/plain; charset=utf-8'
	get checkpoint -X POST -d x
	assert_head 'HTTP/1.1 405 ' 'Allow: GET, HEAD'
	get tile/0/000.p/7 -X DELETE
	assert_head 'HTTP/1.1 405 '
}

@test "health and metrics" {
	start_server
	get health
	assert_head 'HTTP/1.1 200 OK' 'Cache-Control: no-store'
	[ "$(cat body)" = ok ]
	get nothing
	get metrics
	assert_head 'Content-Type: text/plain; version=0.0.4; charset=utf-8'
	grep -F 'counterfoil_leaves{case="seizure.example"} 7' body
	grep -F 'counterfoil_cosignatures{case="seizure.example"} 0' body
	grep -F '_requests_total{route="health",status="200"} 1' body
	grep -F 'status="404"} 1' body
	grep -F '# TYPE counterfoil_commit_seconds histogram' body
	rm "$COUNTERFOIL_CASE/log/checkpoint"
	get health
	assert_head 'HTTP/1.1 503 '
	grep -F 'seizure.example: log/checkpoint' body
	get checkpoint
	assert_head 'HTTP/1.1 503 '
}

@test "what is entered meanwhile is served" {
	start_server --read-only
	get tile/0/000.p/8
	assert_head 'HTTP/1.1 404 '
	must 2023-06-22T09:00:00Z incident damage B-0001 --as room.example
	get checkpoint
	[ "$(sed -n 2p body)" = 8 ]
	get tile/0/000.p/8
	assert_head 'HTTP/1.1 200 '
	get tile/0/000.p/7
	assert_head 'HTTP/1.1 200 '
}

@test "two cases, each at its name" {
	at 2023-06-20T12:00:00Z init other --name other.example \
	    --roster "$BATS_FILE_TMPDIR/parties.csv" --plain-keys
	assert_status 0
	start_server "$COUNTERFOIL_CASE" other
	url=${url%seizure.example/}
	get seizure.example/checkpoint
	cmp body "$COUNTERFOIL_CASE/log/checkpoint"
	get other.example/checkpoint
	cmp body other/log/checkpoint
	for path in checkpoint '' seizure.example seizure.example/ \
	    no.example/checkpoint; do
		get "$path"
		assert_head 'HTTP/1.1 404 '
	done
	get health
	assert_head 'HTTP/1.1 200 '
	stop_server
	run -2 --separate-stderr "$COUNTERFOIL" serve other other \
	    --listen 127.0.0.1:0
	assert_err 'two cases'
}

@test "over TLS" {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
	    -keyout key.pem -out cert.pem -days 2 -subj /CN=test \
	    -addext subjectAltName=IP:127.0.0.1 2>/dev/null
	start_server --tls-cert cert.pem --tls-key key.pem
	[[ $url == https://* ]]
	get checkpoint --cacert cert.pem
	assert_head 'HTTP/1.1 200 OK'
	cmp body "$COUNTERFOIL_CASE/log/checkpoint"
	run ! curl -sS -m 10 --cacert cert.pem --tls-max 1.1 "${url}checkpoint"
	stop_server
	run -2 --separate-stderr "$COUNTERFOIL" serve --tls-cert cert.pem
	assert_err 'belong together'
	run -3 --separate-stderr "$COUNTERFOIL" serve --tls-cert cert.pem \
	    --tls-key "$COUNTERFOIL_CASE/counterfoil.conf" --listen 127.0.0.1:0
	assert_err 'PEM'
}

@test "a signal ends it, and who asked is answered" {
	start_server
	get checkpoint
	kill "$pid"
	wait "$pid"
	pid=
	[ ! -s err ] || grep -q 'as root' err
}

@test "another user, once it has the port" {
	[ "$(id -u)" -eq 0 ] || skip 'only root can become somebody else'
	chmod 755 "$BATS_TEST_TMPDIR" "$BATS_FILE_TMPDIR" "$BATS_RUN_TMPDIR"
	chown -R nobody "$COUNTERFOIL_CASE"
	start_server --user nobody
	grep -q "^Uid:.$(id -u nobody)." "/proc/$pid/status"
	grep -q '^NoNewPrivs:.1' "/proc/$pid/status"
	grep -q '^Seccomp:.2' "/proc/$pid/status"
	get checkpoint
	assert_head 'HTTP/1.1 200 OK'
	run -3 --separate-stderr "$COUNTERFOIL" serve --user no-such-user \
	    --listen 127.0.0.1:0
	assert_err 'no-such-user'
}

@test "what cannot be listened at" {
	run -2 --separate-stderr "$COUNTERFOIL" serve --listen nowhere
	assert_err 'ADDRESS:PORT'
	run -2 --separate-stderr "$COUNTERFOIL" serve --listen localhost:0
	assert_err 'numeric'
	start_server
	run -3 --separate-stderr "$COUNTERFOIL" serve \
	    --listen "$(echo "$url" | sed 's,http://\(.*\)/,\1,')"
	assert_err 'taken by another program'
}

@test "who takes it over opens, runs and reaches nothing" {
	refute_intruders "$COUNTERFOIL" serve --listen 127.0.0.1:0
	refute_intruders "$COUNTERFOIL" serve --listen 127.0.0.1:0 --read-only
}
