#!/usr/bin/env bats
# counterfoil telltales, and the options that put a drive's counters into
# records. The drive is made up (tests/fault/played_device.c); smartctl reads
# the same one, and must read the same from it.

load helper

setup_file() { make_case; }

setup() {
	use_case
	played=$COUNTERFOIL_BUILD/tests/played_device.so
	export PLAYED_HOURS=5120 PLAYED_CYCLES=77 PLAYED_READ=987654321
	export PLAYED_WRITTEN=123456 PLAYED_SECTORS=1953525168
	cd "$BATS_TEST_TMPDIR"
}

# smartctl's exit status has bits for what the drive lacks.
oracle() {
	LD_PRELOAD=$played smartctl --json -x -d "$1" "/dev/played-$2" \
	    >oracle.json || true
}

cf_played() {
	LD_PRELOAD=$played cf "$@"
}

# How a command of the case sees it.
at_played() {
	LD_PRELOAD=$played at "$@"
}

# compare PYTHON: an expression over o (smartctl's) and j (ours).
compare() {
	printf '%s' "$output" >ours.json
	python3 -c 'import json, sys
o = json.load(open("oracle.json"))
j = json.load(open("ours.json"))
c = j["counters"]
stats = {row["name"]: row["value"]
         for page in o.get("ata_device_statistics", {}).get("pages", [])
         for row in page["table"]}
nvme = o.get("nvme_smart_health_information_log", {})
assert eval(f"({sys.argv[1]})"), (sys.argv[1], o, j)' "$1"
}

@test "smartctl reads the same from an ATA drive" {
	oracle sat ata
	cf_played telltales /dev/played-ata --json
	assert_status 0
	compare 'j["model"] == o["model_name"]'
	compare 'j["serial"] == o["serial_number"]'
	compare 'j["firmware"] == o["firmware_version"]'
	compare 'j["wwn"] == "%x%06x%09x" % (o["wwn"]["naa"], o["wwn"]["oui"],
	    o["wwn"]["id"])'
	compare 'j["reported_bytes"] == o["user_capacity"]["bytes"]'
	compare 'j["logical_sector"] == o["logical_block_size"]'
	compare 'j["physical_sector"] == o["physical_block_size"]'
	compare 'j["rotation"] == o["rotation_rate"]'
	compare 'c["power-on-hours"] == o["power_on_time"]["hours"] == 5120'
	compare 'c["power-on-hours"] == stats["Power-on Hours"]'
	compare 'c["power-on-resets"] == o["power_cycle_count"] ==
	    stats["Lifetime Power-On Resets"]'
	compare 'c["power-cycles"] == [a["raw"]["value"] for a in
	    o["ata_smart_attributes"]["table"] if a["id"] == 12][0] == 77'
	compare 'j["smart_attribute_9"] == [a["raw"]["value"] for a in
	    o["ata_smart_attributes"]["table"] if a["id"] == 9][0]'
	compare 'c["bytes-read"] == 512 * stats["Logical Sectors Read"]'
	compare 'c["bytes-written"] == 512 * stats["Logical Sectors Written"]'
}

@test "smartctl reads the same from an NVMe drive" {
	oracle nvme nvme
	cf_played telltales /dev/played-nvme --json
	assert_status 0
	compare 'j["model"] == o["model_name"]'
	compare 'j["serial"] == o["serial_number"]'
	compare 'j["firmware"] == o["firmware_version"]'
	compare 'int(j["wwn"], 16) == o["nvme_namespaces"][0]["eui64"]["oui"]
	    << 40 | o["nvme_namespaces"][0]["eui64"]["ext_id"]'
	compare 'j["reported_bytes"] == o["user_capacity"]["bytes"]'
	compare 'j["factory_bytes"] == o["nvme_total_capacity"]'
	compare 'c["power-on-hours"] == o["power_on_time"]["hours"] ==
	    nvme["power_on_hours"] == 5120'
	compare 'c["power-cycles"] == o["power_cycle_count"] ==
	    nvme["power_cycles"] == 77'
	compare 'c["unsafe-shutdowns"] == nvme["unsafe_shutdowns"] == 3'
	compare 'c["bytes-read"] == 512000 * nvme["data_units_read"]'
	compare 'c["bytes-written"] == 512000 * nvme["data_units_written"]'
}

@test "smartctl reads the same from a SAS drive" {
	oracle scsi sas
	cf_played telltales /dev/played-sas --json
	assert_status 0
	compare 'j["serial"] == o["serial_number"]'
	compare 'j["reported_bytes"] == o["user_capacity"]["bytes"]'
	compare 'c["power-on-hours"] == o["power_on_time"]["hours"] == 5120'
	compare 'c["start-stops"] == o["scsi_start_stop_cycle_counter"
	    ]["accumulated_start_stop_cycles"] == 77'
	compare 'abs(c["bytes-read"] / 1e9 - float(o["scsi_error_counter_log"
	    ]["read"]["gigabytes_processed"])) < 0.001'
	compare 'abs(c["bytes-written"] / 1e9 - float(o[
	    "scsi_error_counter_log"]["write"]["gigabytes_processed"])) < .001'
}

@test "the screen has lines for a record, and needs no case" {
	unset COUNTERFOIL_CASE COUNTERFOIL_KEYS
	cf_played telltales /dev/played-ata
	assert_status 0
	assert_out 'serial number: PD-0001' \
	    '  telltale: power-on-hours 5120' '  telltale: power-cycles 77' \
	    '  telltale: bytes-written 63209472' \
	    'start-stops: not known, because' 'no telltale'
	refute_out 'HIDDEN AREA' 'RELIED'
}

@test "a hidden area is said loudly, and in the exit status" {
	export PLAYED_NATIVE=1953527216
	cf_played telltales /dev/played-ata
	assert_status 4
	assert_out 'HIDDEN AREA: the drive has 1048576 bytes more'
	cf_played telltales /dev/played-ata --json
	assert_status 4
	assert_json 'j["hidden_bytes"] == 1048576'
	assert_json 'j["native_bytes"] - j["reported_bytes"] == 1048576'
}

@test "what a bridge hides is said, not guessed" {
	cf_played telltales /dev/played-bridge
	assert_status 4
	assert_out 'bus usb' "the bridge's word" \
	    "power-on-hours: not known, because the bridge does not let"
	refute_out 'telltale:'
	cf_played telltales /dev/played-bridge --json
	assert_json 'set(j["counters"].values()) == {None}'
	assert_json 'j["telltales"] == []'
	assert_json '"bridge" in j["not_known"]["power-cycles"]'
}

@test "hours in a unit of the maker's own are no telltale" {
	export PLAYED_OLD=1
	cf_played telltales /dev/played-ata
	assert_status 0
	assert_out 'power-on-hours: not known' 'SMART attribute 9: 5120' \
	    'telltale: power-cycles 77'
	refute_out 'telltale: power-on-hours'
}

@test "a file, and what is not there, have no counters" {
	cf telltales "$BATS_TEST_FILENAME"
	assert_status 3
	assert_err 'is no block device'
	cf telltales /dev/no-such-drive
	assert_status 3
	cf telltales
	assert_status 2
}

@test "an inspection takes the counters from the drive" {
	serial=$(counterfoil show PC-0001-D1 --now 2023-06-22T12:00:00Z |
	    sed -n 's/ *serial: //p')
	export PLAYED_SERIAL=$serial
	at_played 2023-06-22T12:00:00Z inspect --items PC-0001-D1 \
	    --seen serial-read --telltales PC-0001-D1=/dev/played-ata \
	    --as room.example --as notary.example
	assert_status 0
	at 2023-06-22T12:00:00Z show last
	assert_out 'telltale: power-on-hours 5120' 'telltale: power-cycles 77'
}

@test "another drive on the cable is refused" {
	export PLAYED_SERIAL=SOMEBODY-ELSES
	at_played 2023-06-22T12:00:00Z handling power-on PC-0001-D1 \
	    --order 'order 1/23' --telltales PC-0001-D1=/dev/played-nvme \
	    --as room.example --as notary.example
	assert_status 3
	assert_err 'is it another drive?'
	at_played 2023-06-22T12:00:00Z handling power-on PC-0001-D1 \
	    --order 'order 1/23' --telltales PC-0001-D1=/dev/played-nvme \
	    --although --as room.example --as notary.example
	assert_status 0
	assert_err 'the drive says "SOMEBODY-ELSES"'
}

@test "counters read elsewhere are typed; an item that is not in it is not" {
	at 2023-06-22T12:00:00Z incident damage PC-0001-D1 \
	    --telltale 'PC-0001-D1=power-cycles 12' \
	    --telltale 'PC-0001-D1=power-on-hours 4' --as room.example
	assert_status 0
	at 2023-06-22T12:00:00Z show last
	assert_out 'telltale: power-cycles 12' 'telltale: power-on-hours 4'
	at 2023-06-22T12:00:00Z incident damage PC-0001-D1 \
	    --telltale 'PC-0002-D1=power-cycles 12' --as room.example
	assert_status 2
	assert_err 'an item that this record is about'
	at 2023-06-22T12:00:00Z incident damage PC-0001-D1 \
	    --telltale 'PC-0001-D1=many' --as room.example
	assert_status 2
}

# see TIME [ITEM=COUNTER N]...
see() {
	local time=$1 counter options=()
	shift
	for counter; do
		options+=(--telltale "PC-0001-D1=$counter")
	done
	must "$time" inspect --items PC-0001-D1 --seen serial-read \
	    "${options[@]}" --as room.example --as notary.example
}

@test "show says what an item's counters say, and what is not read" {
	see 2023-06-22T10:00:00Z 'power-on-hours 100' 'power-cycles 7'
	see 2023-06-23T10:00:00Z 'power-on-hours 100' 'power-cycles 8'
	see 2023-06-24T10:00:00Z 'power-cycles 11'
	at 2023-06-25T10:00:00Z show PC-0001-D1
	assert_status 0
	assert_words 'WHAT ITS COUNTERS SAY' 'power-cycles 7: first reading' \
	    'power-cycles from 7 to 8: consistent with the records' \
	    'power-cycles from 8 to 11: USE THAT NO RECORD EXPLAINS' \
	    'power-on-hours: not read then'
	at 2023-06-25T10:00:00Z show PC-0001-D1 --json
	assert_json '[(c["counter"], c["value"], c["verdict"]) for c in
	    j["counters"] if c["counter"] == "power-cycles"] == [
	    ("power-cycles", "7", "first"),
	    ("power-cycles", "8", "consistent"),
	    ("power-cycles", "11", "unexplained")]'
	assert_json '[c["lacking_since"] for c in j["counters"]
	    if c["counter"] == "power-on-hours"] == [False, True]'
	at 2023-06-25T10:00:00Z show
	assert_words 'PC-0001-D1: used as no record explains, or another drive'
	at 2023-06-25T10:00:00Z show --json
	assert_json '("PC-0001-D1", "telltale") in [
	    (t["item"], t["what"]) for t in j["troubles"]]'
}

@test "an item whose counters were never read has no such section" {
	at 2023-06-25T10:00:00Z show PC-0002-D1
	assert_status 0
	refute_out 'COUNTERS'
}

# image_played KIND [OPTION...]: a copy of the made-up drive.
image_played() {
	head -c 3000320 /dev/urandom >drive
	unset PLAYED_SECTORS
	export PLAYED_FILE=$PWD/drive
	must 2023-06-22T10:00:00Z order authorisation --concerns drive \
	    --permits image --as court.example
	at_played 2023-06-22T12:00:00Z image "/dev/played-$1" \
	    --item PC-0001-D1 --copy I-1 -o x.raw --order last \
	    --as room.example "${@:2}"
}

@test "an image has the drive's identity, and its counters twice" {
	PLAYED_SERIAL=$(counterfoil show PC-0001-D1 --now \
	    2023-06-22T09:00:00Z | sed -n 's/ *serial: //p')
	export PLAYED_SERIAL
	image_played nvme
	assert_status 0
	cmp x.raw drive
	at 2023-06-22T13:00:00Z show last
	assert_out 'item: PC-0001-D1' 'model: PLAYED DISK 1000' \
	    'firmware: FW10' 'interface: NVMe' 'capacity: 3000320' \
	    'native-capacity: 3000320' 'serial~:' 'wwn~:' \
	    'telltale: power-on-hours 5120' 'telltale: power-cycles 77'
	[ "$(grep -c 'telltale: power-cycles' <<<"$output")" = 2 ]
	at 2023-06-22T13:00:00Z show PC-0001-D1
	assert_words 'power-cycles 77: consistent with the records'
	refute_out 'NO RECORD' 'BACKWARDS'
}

@test "what an image reads of the drive is accounted for" {
	see 2023-06-22T09:00:00Z 'power-cycles 76' \
	    "bytes-read $((987654321 * 512))"
	image_played ata --although
	assert_status 0
	read=$(at 2023-06-22T13:00:00Z show last && grep -o 'bytes-read .*' \
	    <<<"$output" | sort -u | wc -l)
	[ "$read" = 2 ]
	at 2023-06-22T13:00:00Z show PC-0001-D1
	assert_words "bytes-read from $((987654321 * 512)) to" \
	    'power-cycles from 76 to 77: consistent'
	refute_out 'NO RECORD' 'BACKWARDS'
}

@test "another drive is not copied" {
	PLAYED_SERIAL=OTHER image_played ata
	assert_status 3
	assert_err 'is it another drive?'
	[ ! -e x.raw ] && [ ! -e x.raw.part ]
}

@test "a hidden area is a warning and in the record" {
	PLAYED_NATIVE=9000 image_played ata --although
	assert_status 0
	assert_err "WARNING: /dev/played-ata has $((4608000 - 3000320)) bytes"
	at 2023-06-22T13:00:00Z show last
	assert_out 'capacity: 3000320' "native-capacity: $((9000 * 512))"
}

@test "behind a bridge nothing of the drive is in the record" {
	image_played bridge
	assert_status 0
	assert_err "the bridge's word"
	at 2023-06-22T13:00:00Z show last
	assert_words 'interface: SCSI, bus usb; what is said here is the'
	refute_out 'telltale:' 'model:' 'serial~:'
}
