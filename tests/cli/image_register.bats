#!/usr/bin/env bats
# counterfoil image register: images that other programs made, by their logs.
# ewfacquire and dc3dd run here; the logs of FTK Imager and Guymager, which run
# elsewhere, are written in their layouts.

load helper

setup_file() {
	make_case
	must 2023-06-22T10:00:00Z order authorisation --concerns drive \
	    --permits image --as court.example
	python3 -c 'import random, sys
r = random.Random(11)
for i in range(20):
    sys.stdout.buffer.write(r.randbytes(32768) + (b"%d words " % i * 9999)
        [:32768])' | head -c 1300000 >"$BATS_FILE_TMPDIR/drive"
	head -c 1299968 "$BATS_FILE_TMPDIR/drive" >"$BATS_FILE_TMPDIR/sectors"
}

setup() {
	use_case
	copy=I-1
	drive=$BATS_FILE_TMPDIR/drive
	order=$(order_id)
	sectors=$BATS_FILE_TMPDIR/sectors
}

# The id of the case's first order.
order_id() {
	"$COUNTERFOIL" order --list --json --now 2023-06-22T12:00:00Z |
	    python3 -c '
import json, sys
print(json.load(sys.stdin)[0]["record"])'
}

# register IMAGE LOG [OPTION...]
register() {
	local image=$1 log=$2
	shift 2
	at 2023-06-22T12:00:00Z image register "$image" --log "$log" \
	    --item PC-0001-D1 --copy "$copy" --order "$order" \
	    --as room.example "$@"
}

# As register, for logs made while this test runs: what the clock said then
# is in the future of the case.
register_now() {
	register "$@" --at 2023-06-22T11:00:00Z
}

verify_it() {
	at 2023-06-23T12:00:00Z verify-image "$@" --item I-1
}

nothing_entered() {
	at 2023-06-22T13:00:00Z show I-1
	assert_err 'there is no item "I-1"'
}

md5() { md5sum "$1" | cut -c1-32; }
sha1() { sha1sum "$1" | cut -c1-40; }

# ftk_log IMAGE BYTES [SERIAL]: what FTK Imager writes of an image of this file.
ftk_log() {
	cat <<END | sed 's/$/\r/'
Created By AccessData® FTK® Imager 4.5.0.3

Case Information:
Acquired using: ADI4.5.0.3
Case Number: 12
Evidence Number: 1
Unique description: a drive
Examiner: A. Person
Notes:

--------------------------------------------------------------

Information for E:\\images\\one:

Physical Evidentiary Item (Source) Information:
[Device Info]
 Source Type: Physical
[Drive Geometry]
 Cylinders: 1
 Bytes per Sector: 512
 Sector Count: $(($2 / 512))
[Physical Drive Information]
 Drive Model: Crucial MX500
 Drive Serial Number: ${3:-WCJ6-HLDUM7NG}
 Drive Interface Type: IDE
 Removable drive: False
 Source data size: 1 MB
 Sector count:    $(($2 / 512))
[Computed Hashes]
 MD5 checksum:    $(md5 "$1")
 SHA1 checksum:   $(sha1 "$1")

Image Information:
 Acquisition started:   Thu Jun 22 12:20:36 2023
 Acquisition finished:  Thu Jun 22 12:31:18 2023
 Segment list:
  E:\\images\\one.001

Image Verification Results:
 Verification started:  Thu Jun 22 12:31:20 2023
 Verification finished: Thu Jun 22 12:32:20 2023
 MD5 checksum:    $(md5 "$1") : verified
 SHA1 checksum:   $(sha1 "$1") : verified
END
}

# guymager_log IMAGE [LINES about bad sectors]
guymager_log() {
	cat <<END

GUYMAGER ACQUISITION INFO FILE
==============================

Guymager
========

Version              : 0.8.13-2
Host name            : lab

Device information
==================
Command executed: bash -c "smartctl -a /dev/sdc"
Information returned:
----------------------------------------------------------------------
   Device Model:     CT500MX500
   Serial Number:    WCJ6HLDUM7NG

Hidden areas: unknown


Acquisition
===========

Linux device            : /dev/sdc
Device size             : $(stat -c %s "$1") (1.3MB)
Format                  : Linux split dd raw image
Image path and file name: /lab/one.dd
Hash calculation        : MD5

${2:-No bad sectors encountered during acquisition.}
State: Finished successfully

MD5 hash                   : $(md5 "$1")
MD5 hash verified source   : --
SHA1 hash                  : --
SHA256 hash                : --

Acquisition started : 2023-06-22 12:50:17 (ISO format YYYY-MM-DD HH:MM:SS)
Ended               : 2023-06-22 12:53:38 (0 hours, 3 minutes, 21 seconds)

Generated image files and their MD5 hashes
==========================================

MD5                               Image file
n/a                               one.dd
END
}

@test "an E01 and the log of a real ewfacquire" {
	ewfacquire -u -t x -c fast -S 1MiB -d sha1,sha256 "$sectors" >x.log
	register_now x.E01 x.log --write-blocker 'T35u 0042'
	assert_status 0
	assert_out 'md5: as the log says' 'sha256: as the log says' \
	    'md5: as the image says' 'made with ewfacquire 2014' 'registered:'
	assert_err 'not in which time zone' 'serial number' 'no telltales'
	at 2023-06-22T13:00:00Z show last
	assert_out 'derived-from: PC-0001-D1' 'length: 1299968' 'format: E01' \
	    'tool: ewfacquire 2014' 'write-blocker: T35u 0042' \
	    "imager-log: $(sha256sum x.log | cut -c1-64)" \
	    "files: $(ls x.E* | wc -l)" 'tree-root:' 'salts:'
	refute_out 'started:' 'finished:'
	cmp x.log "$COUNTERFOIL_CASE/evidence/$(sha256sum x.log | cut -c1-64)"
	verify_it x.E01
	assert_status 0
	assert_out 'tree: as recorded' 'x.E01: intact'
	printf QQQ | dd of=x.E01 bs=1 seek=70000 conv=notrunc status=none
	verify_it x.E01
	assert_status 1
	assert_out 'damaged: bytes' 'vouched for: the other'
}

@test "ewfacquire's own file of hashes is enough, and says little" {
	ewfacquire -q -u -t x -c fast -d sha1 -l x.log "$sectors"
	register_now x.E01 x.log
	assert_status 0
	assert_err 'does not say the version of ewfacquire' \
	    'does not say when it started' 'does not say the length'
}

@test "raw in parts, with a tail, and the log of a real dc3dd" {
	# Its 000 counts from 0, its 111 from 1.
	dc3dd if="$drive" hofs=x.111 ofsz=524288 hash=md5 hash=sha1 log=x.log \
	    >/dev/null 2>&1
	register_now x.001 x.log
	assert_status 0
	assert_out 'sha1: as the log says' 'made with dc3dd 7' 'started: 20' \
	    '1300000 bytes, 3 files'
	at 2023-06-22T13:00:00Z show last
	assert_out 'length: 1300000' 'started: 20' 'finished: 20' 'files: 3'
	verify_it x.001
	assert_status 0
	dc3dd if="$drive" hofs=y.000 ofsz=524288 hash=md5 log=y.log \
	    >/dev/null 2>&1
	copy=I-2
	register_now y.000 y.log
	assert_status 0
	assert_out '1300000 bytes, 3 files'
}

@test "what the log says of the end is when it happened" {
	dc3dd if="$drive" hof=x.raw hash=md5 log=x.log >/dev/null 2>&1
	register x.raw x.log
	assert_status 2
	assert_err 'the time at which the log says' 'in the future'
	sed -E 's/ at 20[-0-9]+ .*/ at 2023-06-22 11:30:00 +0100/' x.log >y.log
	register x.raw y.log
	assert_status 0
	at 2023-06-22T13:00:00Z show last
	assert_out 'at: 2023-06-22T10:30:00Z' 'finished: 2023-06-22T10:30:00Z'
	sed 's/ at 2023-06-22/ at 2023-06-19/' y.log >z.log
	at 2023-06-22T12:00:00Z image register x.raw --log z.log \
	    --item PC-0001-D1 --copy I-2 -o z --as room.example
	assert_status 2
	assert_err '24 hours ago' '--late'
	# Before the order there was none.
	sed 's/ 11:30/ 10:30/' y.log >z.log
	at 2023-06-22T12:00:00Z image register x.raw --log z.log \
	    --item PC-0001-D1 --copy I-2 -o z --as room.example
	assert_status 1
	assert_err 'no-order'
	[ ! -e z.tree ]
}

@test "another time than the log's covers up nothing" {
	dc3dd if="$drive" hof=x.raw hash=md5 log=x.log >/dev/null 2>&1
	sed -E 's/ at 20[-0-9]+ .*/ at 2023-06-22 10:30:00 +0100/' x.log >y.log
	# By the log before the order, by --at behind it.
	register x.raw y.log --at 2023-06-22T11:00:00Z
	assert_status 1
	assert_err 'no-order' 'as of the time at which, by the log'
	register x.raw y.log --at 2023-06-22T11:00:00Z --although
	assert_status 1
	nothing_entered
	sed -E 's/ 10:30/ 11:30/' y.log >z.log
	register x.raw z.log --at 2023-06-22T10:15:00Z
	assert_status 2
	assert_err '--at is before the time'
	register x.raw z.log --at 2023-06-22T11:00:00Z
	assert_status 0
	copy=I-2
	register_now x.raw x.log -o w
	assert_status 0
	assert_err 'finished at' 'which is in the future'
}

@test "the text of FTK Imager, in UTF-16 too, and its time zone" {
	cp "$sectors" one.001
	ftk_log one.001 1299968 >one.001.txt
	(printf '\xff\xfe' && iconv -t UTF-16LE one.001.txt) >wide.txt
	register one.001 wide.txt --zone +0200
	assert_status 0
	assert_out 'made with AccessData® FTK® Imager 4.5.0.3' \
	    'finished: 2023-06-22T10:31:18Z'
	assert_err 'names A. Person as examiner'
	at 2023-06-22T13:00:00Z show last
	assert_out 'started: 2023-06-22T10:20:36Z' 'tool: AccessData®'
	refute_out 'Person'
	copy=I-2
	register one.001 wide.txt --zone 'two hours'
	assert_status 2
}

@test "the .info of Guymager, with its list of bad sectors" {
	cp "$sectors" one.dd
	dd if=/dev/zero of=one.dd bs=512 seek=100 count=6 conv=notrunc \
	    status=none
	guymager_log one.dd 'During acquisition, 7 bad sectors have been
 encountered. They have been replaced by zeroed sectors. The sector numbers
 are:
   100-103, 105' >one.info
	# Guymager has that on one line.
	sed -zi 's/been\n enc/been enc/; s/numbers\n are/numbers are/' one.info
	register one.dd one.info
	assert_status 4
	assert_err 'counts 7 unreadable sectors and names 5' \
	    'does not say how large they are' '2560 bytes in 2 ranges'
	[ "$(cat one.dd.unreadable)" = $'51200 2048\n53760 512' ]
	at 2023-06-22T13:00:00Z show last
	assert_out 'unreadable: 51200 2048' 'unreadable: 53760 512' \
	    'unreadable: the log counts 7' 'tool: Guymager 0.8.13-2'
}

@test "more places than fit into the record: the list's digest is in it" {
	cp "$sectors" one.dd
	dd if=/dev/zero of=one.dd bs=512 count=201 conv=notrunc status=none
	guymager_log one.dd "During acquisition, 101 bad sectors have been
   $(seq -s ', ' 0 2 200)" >one.info
	register one.dd one.info
	assert_status 4
	at 2023-06-22T13:00:00Z show last
	assert_out 'unreadable: 101 ranges in all, 51712 bytes' \
	    "unreadable-list: $(sha256sum one.dd.unreadable | cut -c1-64)"
	[ "$(wc -l <one.dd.unreadable)" = 101 ]
}

# Runs a program over a loop device, or a file that looks like one to it, with
# bad sectors: skip where there are no loop devices.
@test "what the log calls unreadable and is there is not listed as zero" {
	dc3dd if="$drive" hof=x.raw hash=md5 log=x.log >/dev/null 2>&1
	# The first sectors are random bytes; 64 and 65 hold words.
	sed -i '/^sector size/a [!!] reading `drive'"'"' at sector 5 : Input' \
	    x.log
	register_now x.raw x.log
	assert_status 0
	assert_err 'THE LOG CONTRADICTS THE IMAGE: 512 bytes, the first at 2560'
	[ ! -e x.raw.unreadable ]
	at 2023-06-22T13:00:00Z show last
	assert_words 'unreadable' \
	    '512 bytes, the first at 2560, that are called'
	refute_out '2560 512'
	at 2023-06-22T13:00:00Z convert x.raw --item I-1 -o y.E01
	assert_status 0
	refute_out 'unreadable'
	# Of a range the sectors that are zero stay.
	cp "$drive" z
	dd if=/dev/zero of=z bs=512 seek=6 count=1 conv=notrunc status=none
	dc3dd if=z hof=z.raw hash=md5 log=z.log >/dev/null 2>&1
	local said="[!!] 3 while reading \`z' from sector 5 to sector 7 : Input"
	sed -i "/^sector size/a $said" z.log
	copy=I-2
	register_now z.raw z.log
	assert_status 4
	[ "$(cat z.raw.unreadable)" = '3072 512' ]
	assert_err '1024 bytes, the first at 2560'
}

@test "a log of dc3dd must agree with itself, to the byte" {
	dc3dd if="$drive" hof=x.raw hash=md5 log=x.log >/dev/null 2>&1
	sed 's/1300000 bytes/1299999 bytes/' x.log >y.log
	register_now x.raw y.log
	assert_status 3
	assert_err 'says that 1299999 bytes were copied, and that the medium' \
	    'has 1300000'
	# Whole sectors alone: it counts the others.
	sed 's/1300000 bytes/1299968 bytes/; s/ + 32 bytes in/ in/' x.log >y.log
	register_now x.raw y.log
	assert_status 1
	assert_err 'has 1300000 bytes and the log says 1299968'
	nothing_entered
}

@test "an image that is registered twice is said to be" {
	dc3dd if="$drive" hof=x.raw hash=md5 log=x.log >/dev/null 2>&1
	register_now x.raw x.log
	assert_status 0
	[[ $stderr != *'SAME BYTES'* ]]
	copy=I-2
	at 2023-06-22T12:00:00Z image register x.raw --log x.log -o y \
	    --item PC-0001-C --copy I-2 --order "$order" \
	    --as room.example --at 2023-06-22T11:00:00Z --although
	assert_err 'THE SAME BYTES (SHA-256) are in the ledger already as I-1' \
	    'a copy of PC-0001-D1'
}

@test "the logs of real runs over a drive with bad sectors" {
	device=$(losetup -r --show -f "$sectors" 2>/dev/null) ||
	    skip 'no loop devices here'
	export LD_PRELOAD=$COUNTERFOIL_BUILD/tests/bad_sectors.so
	export BAD_FILE=$device BAD_PLACES='51200 1024 1024000 512'
	ewfacquire -u -t x -c fast -d sha1 "$device" >x.log 2>&1 || true
	dc3dd if="$device" hof=y.raw hash=md5 log=y.log >/dev/null 2>&1 || true
	unset LD_PRELOAD
	losetup -d "$device"
	register_now x.E01 x.log
	assert_status 4
	[ "$(cat x.unreadable)" = $'32768 32768\n1015808 32768' ]
	copy=I-2
	register_now y.raw y.log
	assert_status 4
	[ "$(cat y.raw.unreadable)" = $'51200 1024\n1024000 512' ]
}

@test "a wrong hash is named, and nothing is entered" {
	ewfacquire -u -t x -c fast -d sha1 "$sectors" >x.log
	sed -E 's/^(SHA1.*)....$/\10000/' x.log >wrong.log
	register_now x.E01 wrong.log
	assert_status 1
	assert_words 'sha1: NOT as the log says' 'md5: as the log says' \
	    'refused: log and image name the same hash'
	[ ! -e x.tree ]
	nothing_entered
	# The log of another image.
	tac "$sectors" | head -c 1299968 >other
	truncate -s 1299968 other
	ewfacquire -u -t z -c fast -d sha1 other >z.log
	register_now x.E01 z.log
	assert_status 1
	assert_words 'md5: NOT as the log says' 'md5: as the image says' \
	    'the log is of another image'
	nothing_entered
	# Changed since it was made; where, its own checksums say.
	printf QQQ | dd of=x.E01 bs=1 seek=70000 conv=notrunc status=none
	register_now x.E01 x.log
	assert_status 1
	assert_words 'log and image name the same hash' 'damaged: bytes' \
	    'x.E01, bytes'
	# All can be done right with the same number after that.
	register_now z.E01 z.log
	assert_status 0
	verify_it z.E01
	assert_status 0
}

@test "another length, and a part that is missing" {
	dc3dd if="$drive" hofs=x.111 ofsz=524288 hash=md5 log=x.log \
	    >/dev/null 2>&1
	rm x.003
	register_now x.001 x.log
	assert_status 1
	assert_err 'has 1048576 bytes and the log says 1300000' 'is missing'
}

@test "a tail behind the last sector is explained" {
	at 2023-06-22T12:00:00Z image "$drive" --item PC-0001-D1 --copy I-0 \
	    -o x.E01 --order last --as room.example
	python3 "$COUNTERFOIL_SOURCE/tests/cli/tail.py" x.E01 y.E01 "$drive"
	ftk_log "$drive" 1300000 >y.txt
	register y.E01 y.txt
	assert_status 0
	assert_words 'tail: 32 bytes lie behind the last whole sector; the' \
	    'hashes are with them'
	verify_it y.E01
	assert_status 0
	# A raw image whose log counts whole sectors and hashed no more.
	cp "$drive" w.001
	ftk_log "$sectors" 1299968 >w.txt
	copy=I-2
	register w.001 w.txt
	assert_status 0
	assert_words 'the hashes are without them'
	at 2023-06-22T13:00:00Z show last
	assert_out 'length: 1299968'
	# Neither with nor without.
	printf Q | dd of=w.001 bs=1 seek=7 conv=notrunc status=none
	copy=I-3
	register w.001 w.txt -o v
	assert_status 1
	assert_words 'explain nothing'
}

@test "the log of another drive is refused, unless told otherwise" {
	cp "$sectors" one.001
	ftk_log one.001 1299968 OTHER-9 >one.txt
	register one.001 one.txt
	assert_status 1
	assert_err 'OTHER-9' 'WCJ6HLDUM7NG' 'another drive' '--although'
	nothing_entered
	register one.001 one.txt --although
	assert_status 0
	at 2023-06-22T13:00:00Z show last
	assert_out 'remark~:'
	assert_words "names the drive's serial number OTHER-9, the list WCJ6HL"
}

@test "what is no log of these, is cut off or says no hash is refused" {
	cp "$sectors" one.001
	echo 'all went well' >one.txt
	register one.001 one.txt
	assert_status 3
	assert_err 'one.txt: this is no log of FTK Imager, Guymager'
	ftk_log one.001 1299968 | head -30 >one.txt
	register one.001 one.txt
	assert_status 3
	assert_err 'ends before the copy did'
	dc3dd if="$sectors" of=x.raw log=x.log >/dev/null 2>&1
	register_now x.raw x.log
	assert_status 1
	assert_err 'nothing shows that it is of this image'
	guymager_log one.001 | sed 's/Finished success.*/Aborted by user/' \
	    >one.info
	register one.001 one.info
	assert_status 1
	assert_err 'did not succeed'
	head -c 20000000 /dev/zero >big.txt
	register one.001 big.txt
	assert_status 3
	nothing_entered
}

@test "options that copy go with copying, and the other way round" {
	cp "$sectors" one.001
	ftk_log one.001 1299968 >one.txt
	register one.001 one.txt --retries 3
	assert_status 2
	assert_err '--retries does not go with'
	at 2023-06-22T12:00:00Z image one.001 --log one.txt \
	    --item PC-0001-D1 --copy I-1 -o y.raw --as room.example
	assert_status 2
	assert_err '--log goes with'
	at 2023-06-22T12:00:00Z image rgister one.001 --item PC-0001-D1 \
	    --copy I-1 --as room.example
	assert_status 2
	at 2023-06-22T12:00:00Z image register one.001 --item PC-0001-D1 \
	    --copy I-1 --as room.example
	assert_status 2
	assert_err '--log'
}

@test "leaves and list go where they are told to" {
	mkdir out
	cp "$sectors" one.001
	ftk_log one.001 1299968 >one.txt
	register one.001 one.txt -o out/one
	assert_status 0
	[ -e out/one.tree ] && [ ! -e one.tree ]
	verify_it one.001 --tree out/one.tree
	assert_status 0
}
