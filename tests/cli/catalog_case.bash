# catalog_case.bash: a case with an image of a known FAT in it, under an order
# to examine: what the tests of ls, cat and recover share.

# whole.txt and one.txt were written in one go and deleted; pieces.bin goes
# around others that are still there; lost.bin has since been written over.
make_fat() {
	python3 -c 'import random
r = random.Random(7)
for name, n in (("gap", 5000), ("whole.txt", 30300), ("one.txt", 300),
                ("pieces.bin", 40100), ("lost.bin", 20100), ("stay", 9000)):
    open(name, "wb").write(bytes(r.randrange(1, 256) for _ in range(n)))'
	truncate -s 4M fat
	mkfs.vfat -F 12 -s 4 fat >/dev/null
	for i in 1 2 3 4 5; do mcopy -i fat gap "::gap$i"; done
	mmd -i fat ::home
	mcopy -i fat stay ::home/stay.odt
	mcopy -i fat whole.txt one.txt ::home
	mcopy -i fat lost.bin ::
	mdel -i fat ::gap2 ::gap4 ::lost.bin
	mdel -i fat ::home/whole.txt ::home/one.txt
}

# enter ITEM FILE: its record, as of an image.
enter() {
	local seed length
	seed=00112233445566778899aabbccddeeff0123456789abcdef0123456789abcdef
	length=$(stat -c %s "$2")
	must 2023-06-22T11:00:00Z record image examiner=room.example \
	    custodian=room.example order="$order" PC-0002-D1: "$1": \
	    derived-from=PC-0002-D1 type=image length="$length" \
	    chunk-size=65536 tree-root="$(python3 \
	    "$COUNTERFOIL_SOURCE/tests/reference/imagetree.py" root \
	    "$length" $seed <"$2")" salts=ggm-hmac-sha256 --as room.example
}

make_catalog_case() {
	export PATH=$PATH:/usr/sbin:/sbin
	make_case
	cd "$BATS_FILE_TMPDIR" || return 1
	make_fat
	must 2023-06-22T10:00:00Z order authorisation --concerns all \
	    --permits image --permits examine --until 2023-06-30 \
	    --as court.example
	order=$(record_id)
	enter I-1 fat
	must 2023-06-22T12:00:00Z order authorisation --concerns all \
	    --permits examine --finds e-mail --until 2023-06-30 \
	    --as court.example
	narrow=$(record_id)
	export order narrow
}

# examine COMMAND WORD...: by the room, under the order.
examine() {
	local command=$1
	shift
	at "${when:-2023-06-23T10:00:00Z}" "$command" "$@" --item I-1 \
	    --under "${under:-$order}" --custodian room.example \
	    --as room.example
}

# number PATH: as ls shows it; list has what ls said.
number() {
	awk -v path="$1" '$NF == path { print $1 }' list
}
