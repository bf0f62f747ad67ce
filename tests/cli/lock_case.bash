# lock_case.bash: what the tests of lock and unlock share: a case with a copy
# that is locked to three, of whom two open it.

load helper

# A case with an image PC-0001-D1-I1 of 300,000 bytes that room.example holds,
# an order that permits its opening, three holders with age keys, and a lock.
setup_file() {
	make_case
	cd "$BATS_FILE_TMPDIR" || return 1
	for party in room owner court council police; do
		if command -v age-keygen >/dev/null; then
			age-keygen -o "$party.txt" 2>"$party.log"
		else
			python3 "$COUNTERFOIL_SOURCE/tests/reference/share.py" \
			    keygen >"$party.txt"
		fi
	done
	for party in room owner court; do
		must 2023-06-21T10:00:00Z key encryption "$party.example" \
		    "$(recipient_of "$party")" --as "$party.example"
	done
	python3 -c '
import sys
sys.stdout.buffer.write(bytes(i * i // 7 % 251 for i in range(300000)))' \
	    >d1.raw
	must 2023-06-22T10:00:00Z order authorisation --permits image \
	    --permits unlock --as court.example
	order=$(record_id)
	must 2023-06-22T11:00:00Z record image examiner=room.example \
	    custodian=room.example order="$order" PC-0001-D1: \
	    PC-0001-D1-I1: type=image derived-from=PC-0001-D1 length=300000 \
	    sha256="$(sha256sum <d1.raw | cut -c 1-64)" --as room.example
	cp -R case before
	lock
	accept_as owner
	accept_as court
	assert_out '[good]'
	cp -R case locked
}

setup() {
	cp -R "$BATS_FILE_TMPDIR/locked" "$BATS_TEST_TMPDIR/case"
	cp "$BATS_FILE_TMPDIR"/*.txt "$BATS_FILE_TMPDIR"/d1.* \
	    "$BATS_TEST_TMPDIR"
	export COUNTERFOIL_CASE=$BATS_TEST_TMPDIR/case
	export COUNTERFOIL_KEYS=$BATS_FILE_TMPDIR/keys
	cd "$BATS_TEST_TMPDIR" || return 1
}

# The case as it was before the lock.
unlocked() {
	rm -r case
	cp -R "$BATS_FILE_TMPDIR/before" case
	rm -f d1.age*
}

recipient_of() {
	sed -n 's/^# public key: //p' "$1.txt"
}

# The image is locked to room, owner and court; more options as given.
lock() {
	must 2023-06-23T10:00:00Z lock d1.raw --item PC-0001-D1-I1 \
	    --holder room.example --holder owner.example \
	    --holder court.example --threshold 2 -o d1.age \
	    --identity room.txt --as room.example "$@"
}

offer() {
	basename "$(ls "$COUNTERFOIL_CASE"/private/offers/*.offer)" .offer
}

# accept_as PARTY [TIME]
accept_as() {
	must "${2:-2023-06-23T11:00:00Z}" accept "$(offer)" \
	    --as "$1.example" --yes \
	    --share "d1.age.$1.example.share" --identity "$1.txt"
	assert_out "share verified: that of $1.example"
}

# Sets $shares: the options that bring the shares of these parties.
shares_of() {
	local party
	shares=()
	for party; do
		shares+=(--share "d1.age.$party.example.share"
		    --identity "$party.txt")
	done
}

# bring "room owner": sets $brought, their shares and their keys to sign with.
bring() {
	local party parties
	read -ra parties <<<"$1"
	shares_of "${parties[@]}"
	brought=("${shares[@]}")
	for party in "${parties[@]}"; do
		brought+=(--as "$party.example")
	done
}

# unlock_by "room owner" OPTION...: they bring their shares and sign.
unlock_by() {
	bring "$1"
	shift
	at 2023-06-24T10:00:00Z unlock d1.age --order \
	    "$(record_id_of order)" "${brought[@]}" "$@"
}

# trial_by "room owner" OPTION...: they open it on trial, and sign.
trial_by() {
	bring "$1"
	shift
	at 2023-06-23T12:00:00Z lock d1.age --trial --item PC-0001-D1-I1 \
	    "${brought[@]}" "$@"
}

# The id of the first record of a kind.
record_id_of() {
	python3 - "$COUNTERFOIL_CASE" "$1" <<'END'
import hashlib, pathlib, re, sys
kind = f'counterfoil-record/v1 {sys.argv[2]}\n'.encode()
for path in pathlib.Path(sys.argv[1], 'log/tile/entries').rglob('*'):
    data = path.read_bytes() if path.is_file() else b''
    at = data.find(kind)
    if at >= 0:
        text = data[at:data.index(b'\n\n', at) + 1]
        print(hashlib.sha256(text).hexdigest())
        break
END
}

# An image PC-0001-D1-I2 of d1.raw, i2, of which this folder has no whole hash,
# locked as i2.age.
lock_a_tree() {
	must 2023-06-24T11:00:00Z image d1.raw --item PC-0001-D1 \
	    --copy PC-0001-D1-I2 -o i2 --hash none \
	    --order "$(record_id_of order)" --as room.example
	seed=$COUNTERFOIL_CASE/private/seeds/PC-0001-D1-I2.seed
	cp "$seed" kept.seed
	must 2023-06-24T12:00:00Z lock "${1:-i2}" --item PC-0001-D1-I2 \
	    --holder room.example --holder owner.example \
	    --holder court.example --threshold 2 -o i2.age \
	    --identity room.txt --as room.example
	for party in owner court; do
		must 2023-06-24T13:00:00Z accept "$(offer)" \
		    --as "$party.example" --yes --identity "$party.txt" \
		    --share "i2.age.$party.example.share"
	done
}

# i2_by OPTION...: room and owner open i2.age.
i2_by() {
	at 2023-06-24T14:00:00Z unlock i2.age --order "$(record_id_of order)" \
	    --share i2.age.room.example.share --identity room.txt \
	    --share i2.age.owner.example.share --identity owner.txt \
	    --as room.example --as owner.example "$@"
}

# All three are there.
trial_of_i2() {
	at 2023-06-24T14:00:00Z lock i2.age --trial --item PC-0001-D1-I2 \
	    --share i2.age.room.example.share --identity room.txt \
	    --share i2.age.owner.example.share --identity owner.txt \
	    --share i2.age.court.example.share --identity court.txt \
	    --as room.example --as owner.example --as court.example "$@"
}
