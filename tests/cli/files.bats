#!/usr/bin/env bats
# Files of an image: disclose --files, verify-image --files. The images are
# made here, with known files in them; hostile ones, too.

load helper

# Free space in front of others: what is written then is in pieces.
make_fat() {
	truncate -s 8M fat
	mkfs.vfat -F 16 -s 1 fat >/dev/null
	for i in 1 2 3 4 5 6; do mcopy -i fat gap "::gap$i"; done
	mdel -i fat ::gap2 ::gap4
	mcopy -i fat big ::big.bin
	mmd -i fat ::home
	mcopy -i fat tree/home/letter.odt ::home/letter.odt
}

make_ext() {
	truncate -s 8M ext
	mke2fs -q -t ext4 -b 1024 -d tree ext
}

make_ntfs() {
	truncate -s 8M ntfs
	mkntfs -q -F -s 512 -p 0 -H 16 -S 63 ntfs 2>/dev/null
	ntfscp -q -f ntfs big only-ntfs.bin
	ntfscp -q -f ntfs tiny tiny.txt
}

make_tree() {
	mkdir -p tree/home tree/Persönlich/c
	seq 1 30000 >tree/home/letter.odt
	: >tree/empty
	echo secret >"tree/Persönlich/c/tagebuch é.txt"
	echo bell >$'tree/be\all\x1b[2J'
	seq 1 20000 >$'tree/two\nx: intact'
	truncate -s 600000 tree/sparse
	printf start | dd of=tree/sparse conv=notrunc status=none
	printf end | dd of=tree/sparse bs=1 seek=400000 conv=notrunc \
	    status=none
	echo 'a tiny text' >tiny
	python3 -c 'import random, sys
r = random.Random(5)
open("gap", "wb").write(r.randbytes(50000))
open("big", "wb").write(r.randbytes(300123))'
}

make_disk() {
	truncate -s 26M disk
	printf '2048,16384,6\n18432,16384,83\n34816,16384,7\n' |
	    sfdisk -q disk
	dd if=fat of=disk bs=1M seek=1 conv=notrunc status=none
	dd if=ext of=disk bs=1M seek=9 conv=notrunc status=none
	dd if=ntfs of=disk bs=1M seek=17 conv=notrunc status=none
}

# enter ITEM FILE: its record, as of an image.
enter() {
	local length
	length=$(stat -c %s "$2")
	must 2023-06-22T11:00:00Z record image examiner=room.example \
	    custodian=room.example order="$order" PC-0002-D1: "$1": \
	    derived-from=PC-0002-D1 type=image length="$length" \
	    chunk-size=65536 tree-root="$(python3 \
	    "$COUNTERFOIL_SOURCE/tests/reference/imagetree.py" root \
	    "$length" $seed <"$2")" salts=ggm-hmac-sha256 --as room.example
	cf receipt last -o "$1.receipt"
	assert_status 0
}

setup_file() {
	export PATH=$PATH:/usr/sbin:/sbin
	make_case
	cd "$BATS_FILE_TMPDIR" || return 1
	seed=00112233445566778899aabbccddeeff0123456789abcdef0123456789abcdef
	echo $seed >seed
	make_tree
	make_fat
	make_ext
	make_ntfs
	make_disk
	must 2023-06-22T10:00:00Z order authorisation --concerns all \
	    --permits image --permits disclose --until 2023-06-30 \
	    --as court.example
	order=$(record_id)
	enter I-1 disk
	export order seed
}

setup() {
	use_case
	cp "$BATS_FILE_TMPDIR"/{seed,disk,I-1.receipt} .
	images=${COUNTERFOIL_IMAGES:-$COUNTERFOIL_SOURCE/../shared/data/images}
}

leaves() {
	python3 "$COUNTERFOIL_SOURCE/tests/reference/imagetree.py" leaves \
	    "$(stat -c %s "$1")" "$seed" <"$1" >"$1.tree"
}

disclose() {
	at 2023-06-23T10:00:00Z disclose disk --item I-1 --seed seed \
	    --from room.example --to court.example -o out --as room.example \
	    --as court.example --order "$order" "$@"
}

# comes_back PATH FILE: out of what was disclosed alone
comes_back() {
	printf '%s\n' "$output" >said
	cf verify out --with I-1.receipt --output bytes
	assert_status 0
	assert_out HOLDS
	printf '%s\n' "$output" >shown
	python3 "$COUNTERFOIL_SOURCE/tests/cli/rebuild.py" said shown bytes \
	    "$1" >back
	cmp back "$2"
	rm out bytes
}

@test "a file of each file system comes back from its disclosure alone" {
	disclose --files /only-ntfs.bin
	assert_status 0
	assert_out 'volume 3 (ntfs), /only-ntfs.bin: 300123 bytes'
	assert_words 'bytes that are not theirs'
	comes_back /only-ntfs.bin "$BATS_FILE_TMPDIR/big"
	disclose --files '/Persönlich/c/tagebuch é.txt'
	assert_status 0
	assert_out 'volume 2 (ext4)'
	comes_back '/Persönlich/c/tagebuch é.txt' \
	    "$BATS_FILE_TMPDIR/tree/Persönlich/c/tagebuch é.txt"
	disclose --files /big.bin
	assert_status 0
	assert_out 'volume 1 (fat16)'
	[ "$(grep -c '^  bytes' <<<"${output%%will be shown*}")" -ge 3 ]
	comes_back /big.bin "$BATS_FILE_TMPDIR/big"
}

@test "holes are said to be holes, and a small file of NTFS is a range" {
	disclose --files /sparse
	assert_status 0
	assert_out 'bytes of zero, which are stored nowhere'
	comes_back /sparse "$BATS_FILE_TMPDIR/tree/sparse"
	disclose --files /tiny.txt
	assert_status 0
	assert_out 'volume 3 (ntfs), /tiny.txt: 12 bytes'
	comes_back /tiny.txt "$BATS_FILE_TMPDIR/tiny"
}

@test "no name of a file stands in the ledger or in the disclosure" {
	disclose --files 2:/home/letter.odt
	assert_status 0
	cf show last
	refute_out letter
	# Of the file, what is not the image's own bytes.
	awk '/^$/ && ++n == 2 { exit } { print }' out >head
	grep -q ^range: head
	run -1 grep letter.odt head
	run -1 grep -ra letter.odt "$COUNTERFOIL_CASE"
}

@test "what two volumes have is not guessed" {
	disclose --files /home/letter.odt
	assert_status 3
	assert_one_error
	assert_err 'is in volume 1 (fat16) and in volume 2 (ext4)' \
	    'like 1:/home/letter.odt'
	[ ! -e out ]
	disclose --files 1:/home/letter.odt
	assert_status 0
	comes_back /home/letter.odt "$BATS_FILE_TMPDIR/tree/home/letter.odt"
	disclose --files /home/letter.odt --volume 2
	assert_status 0
	assert_out 'volume 2 (ext4)'
	comes_back /home/letter.odt "$BATS_FILE_TMPDIR/tree/home/letter.odt"
}

@test "several files and ranges are one disclosure" {
	disclose --files 2:/home/letter.odt --files /big.bin --ranges 0-511
	assert_status 0
	assert_out 'bytes 0 to 65535' '/big.bin' '/home/letter.odt'
	comes_back /big.bin "$BATS_FILE_TMPDIR/big"
}

@test "what is not there, or no file, is said" {
	disclose --files /nobody
	assert_status 3
	assert_err '/nobody is not there' '1 fat16, 2 ext4, 3 ntfs'
	disclose --files 2:/home
	assert_status 3
	assert_err 'it is a folder and no file'
	disclose --files 9:/x
	assert_status 3
	assert_err 'there is no volume 9'
	disclose --files 2:/empty
	assert_status 2
	assert_err 'nothing of these files is stored'
	disclose --files 1:/gap2
	assert_status 3
	assert_err 'not deleted'
	[ ! -e out ]
}

@test "a path is a path in the volume and nothing else" {
	for path in /../etc/passwd /home/../empty /./empty home x:/a 0:/a ''; do
		disclose --files "$path"
		assert_status 2
	done
	disclose --files /etc/passwd
	assert_status 3
	disclose --volume 2 --ranges 0-1
	assert_status 2
	disclose
	assert_status 2
	[ ! -e out ]
}

@test "names with control characters do nothing to the terminal" {
	disclose --files $'/be\all\x1b[2J'
	assert_status 0
	[[ $output != *$'\x1b'* && $output != *$'\a'* ]]
	assert_out '/be\x07ll\x1b[2J: 5 bytes'
}

@test "a name of two lines stands on one, and as it is in JSON" {
	disclose --files $'/two\nx: intact' --json
	assert_status 0
	assert_err ', /two\x0ax: intact: 108894 bytes'
	[[ $stderr != *$'\nx: '* ]]
	assert_json 'j["files"][0]["path"] == "/two\nx: intact"'
	local first
	first=$(printf '%s' "$output" | python3 -c 'import json, sys
print(json.load(sys.stdin)["files"][0]["parts"][0]["first"])')
	leaves disk
	printf X | dd of=disk bs=1 seek="$first" conv=notrunc status=none
	mv disk $'a\ndisk: intact'
	mv disk.tree tree
	at 2023-06-23T12:00:00Z verify-image $'a\ndisk: intact' --item I-1 \
	    --seed seed --tree tree --files
	assert_status 1
	assert_out 'in: volume 2, /two\x0ax: intact (bytes' \
	    'a\x0adisk: intact: NOT intact' 'a\x0adisk: intact, bytes'
	[[ $output != *$'\ndisk: '* && $output != *$'\nx: '* ]]
	disclose --files $'/no\nbody\x1b'
	assert_status 3
	assert_one_error
	at 2023-06-23T12:00:00Z verify-image $'no\nbody' --item I-1 --seed seed
	assert_status 3
	assert_one_error
	assert_err 'no\x0abody'
}

@test "without an order nothing is read, no box is started" {
	order=none
	mv disk gone
	at 2023-06-23T10:00:00Z disclose disk --item I-1 --seed seed \
	    --from room.example --to court.example -o out --as room.example \
	    --as court.example --files /empty
	assert_status 1
	assert_out 'refusal/v1 no-order'
	[ ! -e out ]
	at 2023-07-23T10:00:00Z disclose disk --item I-1 --seed seed \
	    --from room.example --to court.example -o out --as room.example \
	    --as court.example --files /empty --order last
	assert_status 1
}

@test "verify-image names the files where it is damaged, if asked" {
	disclose --files 2:/home/letter.odt
	assert_status 0
	local first
	first=$(sed -n 's/^  bytes \([0-9]*\) to.*/\1/p' <<<"$output" | head -1)
	leaves disk
	printf X | dd of=disk bs=1 seek="$first" conv=notrunc status=none
	at 2023-06-23T12:00:00Z verify-image disk --item I-1 --seed seed \
	    --files
	assert_status 1
	assert_out 'damaged: bytes' 'in: volume 2, /home/letter.odt (bytes'
	at 2023-06-23T12:00:00Z verify-image disk --item I-1 --seed seed
	assert_status 1
	refute_out letter.odt
}

@test "E01 and qcow2 are read for their files, too" {
	qemu-img convert -f raw -O qcow2 disk disk.qcow2
	at 2023-06-23T10:00:00Z convert disk --item I-1 --seed seed -o disk.E01
	assert_status 0
	for name in disk.qcow2 disk.E01; do
		at 2023-06-23T10:00:00Z disclose "$name" --item I-1 \
		    --seed seed --from room.example --to court.example -o out \
		    --as room.example --as court.example --order "$order" \
		    --files /big.bin
		assert_status 0
		comes_back /big.bin "$BATS_FILE_TMPDIR/big"
	done
}

# Bytes changed where file systems have their tables, and images cut off.
@test "whatever stands in the image, there is one line or a disclosure" {
	for round in $(seq 8); do
		python3 - disk x "$round" <<'END'
import random, sys
b = bytearray(open(sys.argv[1], "rb").read())
r = random.Random(int(sys.argv[3]))
for _ in range(r.randrange(1, 60)):
    base = r.choice([0, 1, 9, 17]) << 20
    b[base + r.randrange(r.choice([512, 4096, 200000]))] = r.randrange(256)
if r.random() < .3:
    del b[r.randrange(len(b)):]
open(sys.argv[2], "wb").write(b)
END
		cp x disk.x
		for path in /big.bin 2:/home/letter.odt 3:/tiny.txt; do
			at 2023-06-23T10:00:00Z disclose disk.x --item I-1 \
			    --seed seed --from room.example \
			    --to court.example -o out --as room.example \
			    --as court.example --order "$order" --files $path
			[[ $status == [123] ]] || show_result
			assert_one_error
			[ ! -e out ]
		done
	done
}

@test "a file system that is cut off loses what lay behind the end" {
	truncate -s 10M disk
	disclose --files 2:/home/letter.odt
	assert_status 3
	assert_one_error
	assert_err '--files: 2:/home/letter.odt, volume 2'
	[ ! -e out ]
}

# The root has a name for /home in /home, and /home one for itself.
@test "a folder that leads in a circle is walked once" {
	cp "$BATS_FILE_TMPDIR/ext" loop
	debugfs -w -R 'ln /home /home/again' loop 2>/dev/null
	debugfs -w -R 'ln / /home/root' loop 2>/dev/null
	enter I-2 loop
	leaves loop
	at 2023-06-23T10:00:00Z disclose loop --item I-2 --seed seed \
	    --from room.example --to court.example -o out \
	    --as room.example --as court.example --order "$order" \
	    --files /home/again/root/home/letter.odt
	assert_status 0
	local first
	first=$(sed -n 's/^  bytes \([0-9]*\) to.*/\1/p' <<<"$output" |
	    head -1)
	printf X | dd of=loop bs=1 seek="$first" conv=notrunc status=none
	at 2023-06-23T12:00:00Z verify-image loop --item I-2 --seed seed \
	    --files
	assert_status 1
	[ "$(grep -c 'letter.odt (bytes' <<<"$output")" -eq 1 ]
	refute_out 'not everything'
}

# DFTT 14: which of its two trees of folders an ISO 9660 has is a choice.
@test "an ISO 9660 is read" {
	[ -e "$images/dftt/14-iso9660-1.zip" ] ||
	    skip "there is no $images/dftt/14-iso9660-1.zip"
	python3 -m zipfile -e "$images/dftt/14-iso9660-1.zip" iso
	cp iso/*/iso-dirtree1.iso x.iso
	enter I-1.iso x.iso
	at 2023-06-23T10:00:00Z disclose x.iso --item I-1.iso --seed seed \
	    --from room.example --to court.example -o out \
	    --as room.example --as court.example --order "$order" \
	    --files /File2.txt
	assert_status 0
	assert_out 'volume 1 (iso9660), /File2.txt'
	fcat /File2.txt x.iso >file
	cp I-1.iso.receipt I-1.receipt
	comes_back /File2.txt file
}

@test "the box of file systems is confined before it reads, too" {
	strace -o /dev/null true || skip 'strace may not trace here'
	qemu-img convert -f raw -O vpc -o force_size disk disk.vhd
	qemu-img convert -f raw -O vmdk disk disk.vmdk
	for name in disk disk.vhd disk.vmdk; do
		rm -f trace.* out
		strace -ff -o trace "$COUNTERFOIL" disclose "$name" --item I-1 \
		    --now 2023-06-23T10:00:00Z --seed seed \
		    --from room.example --to court.example -o out \
		    --as room.example --as court.example --order "$order" \
		    --files /big.bin
		boxes=$(python3 "$COUNTERFOIL_SOURCE/tests/cli/confined.py" \
		    trace.*)
		[ "$boxes" -ge 1 ]
		[ -e out ]
	done
}

@test "what was disclosed is JSON alone, and the words stand beside it" {
	disclose --files 2:/home/letter.odt --files /sparse --json
	assert_status 0
	assert_json 'j["item"] == "I-1" and j["image"] == "disk"'
	assert_json 'j["file"] == "out" and j["is_entered"] is True'
	assert_json "j['sha256'] == '$(sha256sum out | cut -c 1-64)'"
	assert_json "j['record'] == '$(record_id)'"
	assert_json 'j["bytes_shown"] == sum(r["last"] - r["first"] + 1
	    for r in j["ranges"])'
	assert_json '[f["path"] for f in j["files"]] ==
	    ["/home/letter.odt", "/sparse"]'
	assert_json 'all(f["volume"] == 2 and f["file_system"] == "ext4"
	    and f["size"] == sum(p["bytes"] for p in f["parts"])
	    for f in j["files"])'
	assert_json 'j["files"][1]["size"] == 600000 and any(p["is_hole"]
	    and "first" not in p for p in j["files"][1]["parts"])'
	assert_json '0 < j["bytes_not_theirs"] < j["bytes_shown"]'
	assert_err 'will be shown' 'written: out' 'entered'
	# The letter stands where it says.
	local first
	first=$(printf '%s' "$output" | python3 -c 'import json, sys
print(json.load(sys.stdin)["files"][0]["parts"][0]["first"])')
	cmp -n 1000 -i "$first:0" disk "$BATS_FILE_TMPDIR/tree/home/letter.odt"
}

@test "a disclosure that waits for a signature says so in its JSON" {
	at 2023-06-23T10:00:00Z disclose disk --item I-1 --seed seed \
	    --from room.example --to court.example -o out \
	    --as room.example --order "$order" --ranges 0-511 --json
	assert_status 0
	assert_json 'j["is_entered"] is False and j["files"] == []'
	assert_json 'j["ranges"] == [{"first": 0, "last": 65535}]'
	assert_json 'j["bytes_not_theirs"] is None'
}

@test "a disclosure that is refused prints no JSON" {
	at 2023-06-23T10:00:00Z disclose disk --item I-1 --seed seed \
	    --from room.example --to court.example -o out --json \
	    --as room.example --as court.example --ranges 0-511
	assert_status 1
	[ -z "$output" ]
	assert_err 'refusal/v1 no-order'
}

@test "verify-image says in JSON whose the damaged bytes are" {
	disclose --files 2:/home/letter.odt
	assert_status 0
	local first
	first=$(sed -n 's/^  bytes \([0-9]*\) to.*/\1/p' <<<"$output" | head -1)
	leaves disk
	printf X | dd of=disk bs=1 seek="$first" conv=notrunc status=none
	at 2023-06-23T12:00:00Z verify-image disk --item I-1 --seed seed \
	    --json
	assert_status 1
	assert_json 'j["verdict"] == "not-intact" and
	    j["damaged"]["owners"] is None'
	at 2023-06-23T12:00:00Z verify-image disk --item I-1 --seed seed \
	    --json --files
	assert_status 1
	assert_json 'j["tree"]["is_right"] is False and
	    j["tree"]["has_leaves"] is True'
	assert_json "j['damaged']['count'] == 1 and
	    j['damaged']['ranges'][0]['first'] <= $first <=
	    j['damaged']['ranges'][0]['last'] and
	    j['damaged']['ranges'][0]['first_chunk'] == $first // 65536"
	assert_json 'j["damaged"]["owners"]["is_all"] is True and any(
	    o["path"] == "/home/letter.odt" and o["owner"] == "file" and
	    o["volume"] == 2 for o in j["damaged"]["owners"]["of"])'
	assert_json 'j["unreadable"]["count"] == 0'
}

# Each answer of a box takes its time; only a terminal is told.
@test "what a box does for long shows a line on the terminal" {
	local slow=(strace -f -o /dev/null -e trace=write
	    -e inject=write:delay_enter=900000:when=1..6 "$COUNTERFOIL")
	local files=(disclose disk --item I-1 --seed seed
	    --from room.example --to court.example -o out --as room.example
	    --as court.example --order "$order" --files /big.bin
	    --now 2023-06-23T10:00:00Z)
	strace -o /dev/null true || skip 'strace may not trace here'
	leaves disk
	run "${slow[@]}" "${files[@]}"
	assert_status 0
	refute_out 'looking for files'
	rm out
	run python3 "$COUNTERFOIL_SOURCE/tests/cli/terminal.py" -- \
	    "${slow[@]}" "${files[@]}" --although
	assert_out 'looking for files: ' ' seconds' 'written: out'
	printf X | dd of=disk bs=1 seek=20000000 conv=notrunc status=none
	run python3 "$COUNTERFOIL_SOURCE/tests/cli/terminal.py" -- \
	    "${slow[@]}" verify-image disk --item I-1 --seed seed --files \
	    --now 2023-06-23T12:00:00Z
	assert_status 1
	assert_out 'looking for whose the bytes are: ' ' seconds' 'in: volume'
}
