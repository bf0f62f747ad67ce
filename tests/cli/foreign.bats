#!/usr/bin/env bats
# Images of other formats (qcow2, VHD, VMDK, E01) as counterfoil image, convert
# and verify-image read them, and what they refuse.

load helper

setup_file() {
	make_case
	must 2023-06-22T10:00:00Z order authorisation --concerns drive \
	    --permits image --as court.example
	record_id >"$BATS_FILE_TMPDIR/order"
	# Holes, text and noise, no multiple of a cluster or of a grain.
	python3 -c 'import random, sys
r = random.Random(7)
for i in range(83):
    kind = r.random()
    n = 65536 if i < 82 else 5 * 512
    sys.stdout.buffer.write(bytes(n) if kind < .4 else r.randbytes(n)
        if kind < .7 else (b"%d words " % i * 9999)[:n])' \
	    >"$BATS_FILE_TMPDIR/drive.raw"
	cd "$BATS_FILE_TMPDIR" || return 1
	at 2023-06-22T12:00:00Z image drive.raw --item PC-0001-D1 --copy I-1 \
	    -o I-1.E01 --order last --as room.example
	assert_status 0
}

setup() {
	use_case
	drive=$BATS_FILE_TMPDIR/drive.raw
	order=$(cat "$BATS_FILE_TMPDIR/order")
	images=${COUNTERFOIL_IMAGES:-$COUNTERFOIL_SOURCE/../shared/data/images}
}

make() {
	qemu-img convert -f raw -O "$@"
}

verify_it() {
	at 2023-06-23T12:00:00Z verify-image "$@" --item I-1
}

# The image $1 holds what the ledger says, and gives it back.
same() {
	verify_it "$1"
	assert_status 0
	assert_out 'tree: as recorded' 'sha256: as recorded' "$1: intact"
	at 2023-06-23T12:00:00Z convert "$1" --item I-1 -o "$1.raw"
	assert_status 0
	cmp "$1.raw" "$drive"
}

# medium IMAGE [ARGUMENT...]: imaged as item N-1, its MD5 in $md5
medium() {
	at 2023-06-24T12:00:00Z image "$1" --item PC-0001-D2 --copy N-1 \
	    -o n.raw --hash md5 --order "$order" --as room.example "${@:2}"
	assert_status 0
	md5=$(md5sum <n.raw | cut -c1-32)
	assert_out "$md5"
}

@test "qcow2 of both versions, compressed or not, of any cluster size" {
	make qcow2 -o compat=0.10 "$drive" a.qcow2
	same a.qcow2
	make qcow2 -c "$drive" b.qcow2
	same b.qcow2
	make qcow2 -c -o cluster_size=512 "$drive" c.qcow2
	same c.qcow2
	make qcow2 -o cluster_size=2M,preallocation=metadata "$drive" d.qcow2
	same d.qcow2
	at 2023-06-23T12:00:00Z convert b.qcow2 --item I-1 -o e.E01
	assert_status 0
	verify_it e.E01
	assert_status 0
}

@test "clusters that a qcow2 marks as zero are zero" {
	make qcow2 "$drive" a.qcow2
	qemu-io -c 'write -z 512k 1M' -c 'write -z -u 2M 512k' \
	    -c 'discard 3M 512k' a.qcow2
	qemu-img convert -O raw a.qcow2 theirs
	! cmp -s theirs "$drive"
	verify_it a.qcow2
	assert_status 1
	at 2023-06-23T12:00:00Z image a.qcow2 --item PC-0001-D2 --copy N-1 \
	    -o n.raw --order "$order" --as room.example
	assert_status 0
	cmp n.raw theirs
}

@test "VHD, fixed and dynamic, and its longer medium is explained" {
	make vpc -o subformat=fixed,force_size=on "$drive" a.vhd
	same a.vhd
	make vpc -o force_size=on "$drive" b.vhd
	same b.vhd
	make vpc "$drive" c.vhd
	same c.vhd
	verify_it c.vhd
	assert_words 'bytes of zero, which fill up the image to a length'
}

@test "VMDK, sparse, flat, in several files, stream-optimised" {
	for form in monolithicSparse streamOptimized monolithicFlat \
	    twoGbMaxExtentSparse twoGbMaxExtentFlat; do
		make vmdk -o subformat=$form "$drive" $form.vmdk
		same $form.vmdk
	done
}

@test "an examiner images an image: E01, qcow2" {
	make qcow2 -c "$drive" a.qcow2
	medium a.qcow2
	cmp n.raw "$drive"
	rm -r n.* "$COUNTERFOIL_CASE"
	use_case
	medium "$BATS_FILE_TMPDIR/I-1.E01"
	cmp n.raw "$drive"
}

@test "public images of four formats hold the same medium" {
	[ -e "$images/dfvfs/ext2.qcow2" ] || skip 'dfvfs/ext2.* are not here'
	for name in ext2.qcow2 ext2.vmdk ext2.E01 ext2.vhd; do
		rm -rf n.* "$COUNTERFOIL_CASE"
		use_case
		medium "$images/dfvfs/$name"
		[ "$(head -c 4194304 n.raw | md5sum | cut -c1-32)" = \
		    196066add11fb71c4c49cf1bb50d6d24 ]
	done
	rm -rf n.* "$COUNTERFOIL_CASE"
	use_case
	medium "$images/dfvfs/windows_volume.qcow2"
	[ "$md5" = e472c93726a55ee3c5f9a860f3a39cae ]
}

@test "what other files would be needed for is refused with its reason" {
	qemu-img create -q -f qcow2 -b "$drive" -F raw a.qcow2
	verify_it a.qcow2
	assert_status 3
	assert_one_error
	assert_err 'a.qcow2: it is only the difference' 'backing file'
	make qcow2 -o data_file=other.raw "$drive" b.qcow2
	verify_it b.qcow2
	assert_status 3
	assert_err 'its content is in another file'
	make qcow2 -o extended_l2=on "$drive" c.qcow2
	verify_it c.qcow2
	assert_err 'it has subclusters'
	make qcow2 -c -o compression_type=zstd "$drive" d.qcow2
	verify_it d.qcow2
	assert_err 'compressed otherwise'
	make qcow2 --object secret,id=s,data=x \
	    -o encrypt.format=luks,encrypt.key-secret=s,encrypt.iter-time=10 \
	    "$drive" e.qcow2
	verify_it e.qcow2
	assert_status 3
	assert_err 'e.qcow2: it is encrypted'
	make vmdk "$drive" f.vmdk
	qemu-img create -q -f vmdk -b f.vmdk -F vmdk g.vmdk
	verify_it g.vmdk
	assert_err 'only the difference from another image (parentCID)'
	make vmdk -o zeroed_grain=on "$drive" h.vmdk
	verify_it h.vmdk
	assert_err 'it marks grains as zero'
	make vhdx "$drive" i.vhd
	verify_it i.vhd
	assert_err 'it is a VHDX'
}

# A dynamic VHD that says that it is the difference from another one.
@test "a differencing VHD is refused" {
	make vpc "$drive" a.vhd
	python3 - <<'END'
import struct
b = bytearray(open("a.vhd", "rb").read())
for at in 0, len(b) - 512:
    b[at + 60:at + 64] = struct.pack(">I", 4)
    b[at + 64:at + 68] = bytes(4)
    b[at + 64:at + 68] = struct.pack(">I", ~sum(b[at:at + 512]) & 0xffffffff)
open("a.vhd", "wb").write(b)
END
	verify_it a.vhd
	assert_status 3
	assert_one_error
	assert_err 'only the difference from another image'
}

# extent NAME: a VMDK that says that its bytes are in that file
extent() {
	cat <<END
# Disk DescriptorFile
version=1
CID=6b1e3ec2
parentCID=ffffffff
createType="monolithicFlat"

# Extent description
RW 10501 FLAT "$1" 0

# The Disk Data Base
#DDB

ddb.virtualHWVersion = "4"
ddb.geometry.cylinders = "10"
ddb.geometry.heads = "16"
ddb.geometry.sectors = "63"
ddb.adapterType = "ide"
END
}

@test "a VMDK reaches no file but those of its own folder" {
	extent drive.raw >good.vmdk
	cp "$drive" drive.raw
	same good.vmdk
	mkdir sub
	cp "$drive" sub/drive.raw
	for name in ../../../../etc/passwd /etc/passwd sub/drive.raw ..; do
		extent "$name" >bad.vmdk
		verify_it bad.vmdk
		assert_status 3
		assert_one_error
		assert_err 'only files of its own folder are read'
	done
	ln -s "$drive" link.raw
	extent link.raw >bad.vmdk
	verify_it bad.vmdk
	assert_status 3
	assert_err 'link.raw'
	mkfifo pipe.raw
	extent pipe.raw >bad.vmdk
	verify_it bad.vmdk
	assert_status 3
	extent nothing.raw >bad.vmdk
	verify_it bad.vmdk
	assert_status 3
	assert_err 'nothing.raw, which bad.vmdk names'
}

@test "what is cut off is named, and nothing is made of it" {
	make qcow2 -c "$drive" a.qcow2
	truncate -s 1000000 a.qcow2
	verify_it a.qcow2
	assert_status 1
	assert_out 'damaged: bytes' 'a.qcow2: NOT intact'
	at 2023-06-23T12:00:00Z convert a.qcow2 --item I-1 -o a.raw
	assert_status 3
	assert_err 'a.qcow2'
	[ ! -e a.raw ]
	make vmdk "$drive" b.vmdk
	truncate -s 1000000 b.vmdk
	verify_it b.vmdk
	assert_status 1
	assert_out 'damaged: bytes' 'b.vmdk: NOT intact'
	make vpc "$drive" c.vhd
	truncate -s 1000000 c.vhd
	verify_it c.vhd
	assert_status 3
	assert_one_error
}

@test "tables and headers that cannot be are refused or damage" {
	python3 "$COUNTERFOIL_SOURCE/tests/cli/hostile.py" "$drive" |
	while read -r name statuses; do
		verify_it "$name"
		[[ ,$statuses, == *,$status,* ]] || show_result
		[ "$status" != 3 ] || assert_one_error
	done
}

@test "random flips end in an answer, never in a crash of counterfoil" {
	make qcow2 -c "$drive" a.qcow2
	make vpc "$drive" a.vhd
	make vmdk "$drive" a.vmdk
	for round in $(seq 6); do
		for form in qcow2 vhd vmdk; do
			python3 - a.$form x.$form "$round" <<'END'
import random, sys
b = bytearray(open(sys.argv[1], "rb").read())
r = random.Random(int(sys.argv[3]))
for _ in range(r.randrange(1, 40)):
    b[r.randrange(min(len(b), r.choice([600, 70000, len(b)])))] = \
        r.randrange(256)
open(sys.argv[2], "wb").write(b)
END
			verify_it x.$form
			[[ $status == [013] ]] || show_result
			[ "$status" != 3 ] || assert_one_error
		done
	done
}

@test "a box is confined before it reads the first byte" {
	strace -o /dev/null true || skip 'strace may not trace here'
	make vpc "$drive" a.vhd
	make vmdk "$drive" a.vmdk
	make qcow2 "$drive" a.qcow2
	cp "$BATS_FILE_TMPDIR/I-1.E01" a.E01
	for name in a.*; do
		rm -f trace.*
		strace -ff -o trace "$COUNTERFOIL" verify-image "$name" \
		    --item I-1 --now 2023-06-23T12:00:00Z
		boxes=$(python3 "$COUNTERFOIL_SOURCE/tests/cli/confined.py" \
		    trace.*)
		[ "$boxes" -ge 2 ]
	done
}

@test "without counterfoil-box there is one line, and raw images need none" {
	mkdir bin
	cp "$(command -v counterfoil)" bin/counterfoil
	COUNTERFOIL=$PWD/bin/counterfoil
	[ ! -e /usr/libexec/counterfoil-box ] || skip 'it is installed'
	verify_it "$BATS_FILE_TMPDIR/I-1.E01"
	assert_status 3
	assert_one_error
	assert_err 'counterfoil-box' 'install it'
	verify_it "$drive"
	assert_status 0
}

@test "images of these formats are not written" {
	for name in x.qcow2 x.vhd x.VMDK; do
		at 2023-06-23T12:00:00Z convert "$drive" --item I-1 -o $name
		assert_status 2
		assert_err 'read, never written'
	done
}

@test "counterfoil-box does nothing by hand" {
	run counterfoil-box
	[ "$status" -eq 2 ]
	[[ $output == *'nobody does by hand'* ]]
}
