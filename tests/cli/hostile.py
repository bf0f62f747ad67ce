"""Images whose headers and tables say what cannot be.

usage: hostile.py DRIVE

Writes them to the current folder; prints of each its name and the exit
statuses that verify-image may have.
"""
import struct
import subprocess
import sys


def made(form, *options):
    name = f"made.{form}"
    subprocess.run(["qemu-img", "convert", "-f", "raw", "-O",
                    {"vhd": "vpc"}.get(form, form), *options, sys.argv[1],
                    name], check=True)
    return bytearray(open(name, "rb").read())


def put(name, data, statuses):
    open(name, "wb").write(data)
    print(name, statuses, flush=True)


def changed(data, at, form, value):
    copy = bytearray(data)
    struct.pack_into(form, copy, at, value)
    return copy


def qcow2():
    good = made("qcow2")
    l1 = struct.unpack_from(">Q", good, 40)[0]
    l2 = struct.unpack_from(">Q", good, l1)[0] & 0x00fffffffffffe00
    put("size.qcow2", changed(good, 24, ">Q", 1 << 63), "3")
    put("large.qcow2", changed(good, 24, ">Q", 1 << 61), "3")
    put("l1size.qcow2", changed(good, 36, ">I", 0xffffffff), "3")
    put("l1none.qcow2", changed(good, 36, ">I", 0), "3")
    put("l1at.qcow2", changed(good, 40, ">Q", 1 << 63), "3")
    put("bits.qcow2", changed(good, 20, ">I", 63), "3")
    put("bits0.qcow2", changed(good, 20, ">I", 0), "3")
    put("feature.qcow2", changed(good, 72, ">Q", 1 << 40), "3")
    # A table that is its own cluster, and the one of another.
    put("self.qcow2", changed(good, l2, ">Q", l2 | 1 << 63), "1")
    put("loop.qcow2", changed(good, l1, ">Q", l1 | 1 << 63), "1")
    put("away.qcow2", changed(good, l1, ">Q", 1 << 55), "1")
    put("odd.qcow2", changed(good, l1, ">Q", l2 + 512), "1")
    put("packed.qcow2",
        changed(good, l2 + 8, ">Q", 1 << 62 | (1 << 62) - 1), "1")


def vhd():
    good = made("vhd")
    for name, at, form, value in (
            ("size", 48, ">Q", 1 << 63), ("header", 16, ">Q", 1 << 63),
            ("bat", 512 + 16, ">Q", 1 << 63),
            ("entries", 512 + 28, ">I", 0xffffffff),
            ("block", 512 + 32, ">I", 0xffffffff)):
        data = changed(good, at, form, value)
        for begin, end, where in ((0, 512, 64), (512, 1536, 512 + 36)):
            struct.pack_into(">I", data, where, 0)
            struct.pack_into(">I", data, where,
                             ~sum(data[begin:end]) & 0xffffffff)
        if at < 512:
            data[-512:] = data[:512]
        put(f"{name}.vhd", data, "0,1,3")


def vmdk():
    good = made("vmdk")
    for name, at, form, value in (
            ("capacity", 12, "<Q", 1 << 63), ("grain", 20, "<Q", 1 << 62),
            ("descriptor", 28, "<Q", 1 << 62), ("length", 36, "<Q", 1 << 62),
            ("entries", 44, "<I", 0xffffffff), ("tables", 56, "<Q", 1 << 62)):
        put(f"{name}.vmdk", changed(good, at, form, value), "0,1,3")
    table = struct.unpack_from("<Q", good, 56)[0] * 512
    put("loop.vmdk", changed(good, table, "<I", table // 512), "0,1,3")


qcow2()
vhd()
vmdk()
