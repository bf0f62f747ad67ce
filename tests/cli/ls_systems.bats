#!/usr/bin/env bats
# counterfoil ls: the files of each file system are those that The Sleuth Kit's
# own fls lists, and what they hold comes out of cat.

load helper

setup_file() {
	export PATH=$PATH:/usr/sbin:/sbin
	make_case
	cd "$BATS_FILE_TMPDIR" || return 1
	must 2023-06-22T10:00:00Z order authorisation --concerns all \
	    --permits image --permits examine --until 2023-06-30 \
	    --as court.example
	order=$(record_id)
	export order
	mkdir -p tree/home/mail
	seq 1 3000 >tree/home/letter.txt
	echo tiny >tree/home/mail/tiny
	: >tree/empty
}

setup() {
	use_case
	images=${COUNTERFOIL_IMAGES:-$COUNTERFOIL_SOURCE/../shared/data/images}
}

# enter ITEM FILE: only its length is held against the record.
enter() {
	must 2023-06-22T11:00:00Z record image examiner=room.example \
	    custodian=room.example order="$order" PC-0002-D1: "$1": \
	    derived-from=PC-0002-D1 type=image \
	    length="$(stat -c %s "$2")" --as room.example
}

# agrees ITEM FILE: live files, by their paths. Streams and the tables that are
# shown as files (NTFS, $...) are listed in other ways.
agrees() {
	enter "$1" "$2"
	at 2023-06-23T10:00:00Z ls "$2" --item "$1" --under "$order" \
	    --as room.example --format jsonl
	printf '%s\n' "$output" | python3 -c '
import json, sys
rows = [json.loads(line) for line in sys.stdin if line.startswith("{")]
print("\n".join(sorted(r["path"] for r in rows if r["state"] == "live"
                       and r["type"] in "rl" and "$" not in r["path"]
                       and ":" not in r["path"])))' >ours
	fls -r -p -F -u "$2" | cut -f2- | grep -v '[$:]' | LC_ALL=C sort >theirs
	LC_ALL=C sort -o ours ours
	[ -s theirs ]
	diff ours theirs
}

@test "ext4" {
	truncate -s 8M ext4.img
	mke2fs -q -t ext4 -d "$BATS_FILE_TMPDIR/tree" ext4.img
	agrees I-1 ext4.img
}

@test "ext2" {
	truncate -s 8M ext2.img
	mke2fs -q -t ext2 -d "$BATS_FILE_TMPDIR/tree" ext2.img
	agrees I-1 ext2.img
}

@test "NTFS" {
	truncate -s 8M ntfs.img
	mkntfs -q -F -s 512 -p 0 -H 16 -S 63 ntfs.img 2>/dev/null
	ntfscp -q -f ntfs.img "$BATS_FILE_TMPDIR/tree/home/letter.txt" l.txt
	ntfscp -q -f ntfs.img "$BATS_FILE_TMPDIR/tree/home/mail/tiny" tiny
	agrees I-1 ntfs.img
	# A small file stands in its record; its bytes come out all the same.
	at 2023-06-23T11:00:00Z ls ntfs.img --item I-1 --under "$order" \
	    --as room.example --format jsonl
	id=$(printf '%s\n' "$output" | python3 -c '
import json, sys
print([json.loads(line)["id"] for line in sys.stdin
       if line.startswith("{") and "\"tiny\"" in line][0])')
	at 2023-06-23T12:00:00Z cat ntfs.img "$id" --item I-1 \
	    --under "$order" --as room.example
	assert_status 0
	assert_out tiny
}

@test "FAT with deleted folders, ISO 9660, HFS+ and NTFS of others" {
	[ -d "$images" ] || skip "no test images at $images"
	gzip -dc "$images/dfir_ntfs/fat_deleted_dir.raw.gz" >fat.img
	gzip -dc "$images/dfir_ntfs/ntfs3.raw.gz" >ntfs3.img
	cp "$images/dfvfs/iso9660.raw" "$images/dfvfs/hfsplus.raw" .
	agrees I-2 iso9660.raw
	agrees I-3 hfsplus.raw
	agrees I-4 ntfs3.img
	# 504 of 508 are deleted.
	enter I-5 fat.img
	at 2023-06-23T10:00:00Z ls fat.img --item I-5 --under "$order" \
	    --as room.example --format jsonl --deleted
	assert_status 0
	n=$(printf '%s\n' "$output" | grep -c '^{')
	[ "$n" -eq "$(fls -r -p -d fat.img | wc -l)" ]
}
