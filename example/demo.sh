#!/bin/sh
# The acceptance scenario in three acts. It computes and prints no result of its
# own: every finding comes from `counterfoil` and `counterfoil-verify`.
#
# usage: example/demo.sh BUILD-FOLDER [OUTPUT-FOLDER [LIST.csv]]
#
# Every number follows from the list: what is counted, moved, sealed or missing
# is read out of it.
set -eu
unset COUNTERFOIL_CASE COUNTERFOIL_KEYS
here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "${1:?build folder}" && pwd)
out=${2:-$here/../demo-out}
PATH=$build:$PATH
export LC_ALL=C.UTF-8

bold='' plain=''
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ] && [ "${TERM:-dumb}" != dumb ]; then
	bold=$(printf '\033[1m')
	plain=$(printf '\033[0m')
fi

# Paths as somebody would type them who stands in the folder of the output.
short() { sed "s|$out/||g; s|$here/|../example/|g"; }

# What is said before a step. Facts carry [public] or [made up].
act() {
	printf '\n%s%s%s\n' "$bold" "$*" "$plain"
	printf '%s\n' "$*" | sed 's/./=/g'
}
step() { printf '\n%s\n' "$*" | fold -s -w 80 | sed 's/ *$//'; }

# Runs a command with the command itself shown, its output indented; a long
# output is cut, with the number of lines left out. Remembers the exit status.
show() {
	printf '  $'
	for word; do
		case $word in
		*[!A-Za-z0-9_./:=,@+-]*) printf " '%s'" "$word" ;;
		*) printf ' %s' "$word" ;;
		esac
	done | short | fold -s -w 70 | sed 's/ *$//; 2,$s/^/      /'
	printf '\n'
	status=0
	"$@" >"$out/last.txt" 2>&1 || status=$?
	short <"$out/last.txt" | awk -v most="${lines:-12}" '
	    { line[NR] = $0 }
	    END {
		for (i = 1; i <= NR && i <= most; i++)
			print "    " line[i]
		if (NR > most)
			print "    (and " NR - most " more lines)"
	    }'
}
# As show, and it must succeed.
do_it() {
	show "$@"
	[ "$status" -eq 0 ] || {
		printf 'demo: this should have worked (exit %s)\n' "$status"
		exit 1
	}
}
# As show, and it must end with this status.
expect() {
	wanted=$1
	shift
	show "$@"
	[ "$status" -eq "$wanted" ] || {
		printf 'demo: exit %s was expected, not %s\n' "$wanted" \
		    "$status"
		exit 1
	}
}
# A whole screen, as it is.
screen() {
	printf '\n'
	"$@"
}

# The same bundle twice: what the ledger's owner hands out, and what a stranger
# with nothing but the file and the verifier sees.
check_alone() {
	do_it counterfoil bundle last --case "$1" -o "$2" --at-time "$3"
	lines=2 do_it counterfoil-verify "$2"
}

# The witness, independent of all, looks at the ledger and cosigns it.
cosigned() { # CASE STATE-FILE TIME
	do_it counterfoil cosign --case "$1" \
	    --key "$COUNTERFOIL_KEYS/witness.example.key" \
	    --state "$out/$2" --now "$3"
}

rm -rf "$out"
mkdir -p "$out"
out=$(cd "$out" && pwd)
export COUNTERFOIL_KEYS="$out/keys"
list=${3:-$here/seizure.csv}
count_of() { awk -F, -v t="$1" 'NR > 1 && $2 == t { n++ } END { print n + 0 }' \
    "$list"; }
packages=$(count_of package)
# The packages that the what-ifs are about, as far as the list has them.
only_listed() { awk -F, -v want="$1" 'NR > 1 && $2 == "package" &&
    index("," want ",", "," $1 ",") { print $1 }' "$list"; }
# The first two drives in a package.
two_drives_in() { awk -F, -v package="$1" '
    $2 == "computer" && $4 == package { computer[$1] = 1 }
    $2 == "drive" && ($4 in computer || $4 == package) && n++ < 2 {
	print $1 }' "$list"; }

cat <<END
No person or office named here has signed anything in this demonstration. Every
signer has an .example name, and its key is made on the spot.
[public] marks what was published; [made up] what was invented to show the
program at work. The ledgers' clocks are set to 2023, and every check says so.
END

claims() { # CASE RECORDER: what was published on 3 July
	step "[public] 3 July: the head of a foreign state's Government" \
	    "Information Council says that it has received drives and" \
	    "casings, and is reading them."
	do_it counterfoil claim --case "$1" --as "$2" \
	    --now 2023-07-03T18:00:00Z --asserts received \
	    --said-by information-council.example --said 2023-07-03 \
	    --through 'social media, carried by Fars News Agency' \
	    --recipient information-council.example \
	    --concerns drive --concerns casing --part-of --language en \
	    --quote 'Part of the hard drives and casings have been received.' \
	    --remark 'the original post was not captured'
	do_it counterfoil claim --case "$1" --as "$2" \
	    --now 2023-07-03T18:05:00Z --asserts viewed \
	    --said-by information-council.example --said 2023-07-03 \
	    --through 'social media, carried by Fars News Agency' \
	    --recipient information-council.example --concerns drive \
	    --language en --quote 'They are busy retrieving information,'\
' identifying operatives, and the destructive cores and blind spots.'\
' The results so far are promising.'
}
counts() { # CASE RECORDER
	step "[public] 20 June: the owners count 213 computers, the" \
	    "authorities 150, a former prime minister 232."
	do_it counterfoil claim --case "$1" --as "$2" \
	    --now 2023-06-21T08:00:00Z --asserts count --said 2023-06-20 \
	    --said-by owner.example --count '213 computer' \
	    --through 'the owners'
	do_it counterfoil claim --case "$1" --as "$2" \
	    --now 2023-06-21T08:05:00Z --asserts count --said 2023-06-20 \
	    --said-by police.example --count '150 computer' \
	    --through 'press agency report'
	do_it counterfoil claim --case "$1" --as "$2" \
	    --now 2023-06-21T08:10:00Z --asserts count --said 2023-06-20 \
	    --speaker 'a former prime minister' --count '232 computer' \
	    --through 'the press'
}
question() { # CASE ADDRESSEE
	step "[public] The owners call on officials to clarify at once" \
	    "whether the computers were turned over. The question, with" \
	    "a clock:"
	do_it counterfoil ask --case "$1" --as owner.example \
	    --now 2023-07-04T09:00:00Z \
	    --recipient information-council.example --items all \
	    --form hardware --form data --from 2023-06-20T00:00:00Z \
	    --to 2023-07-04T00:00:00Z \
	    --addressee 'police.example due 2023-07-10' \
	    --addressee "$2 due 2023-07-10" \
	    --text 'Were the computers, or what is on them, turned over?'
}
denial() { # CASE RECORDER
	step "[public] 6 July: the State Police deny it, for the devices" \
	    "and for any material extracted from them."
	do_it counterfoil claim --case "$1" --as "$2" \
	    --now 2023-07-06T12:00:00Z --asserts denied \
	    --said-by police.example --said 2023-07-06 \
	    --through 'press statement' --language en \
	    --quote 'None of the devices and no material extracted from these'\
' devices left the country.'
}
direction() { # CASE RECORDER
	step "[public] The report adds that one government operates at" \
	    "the direction of a department of the other. That is" \
	    "asserted, not shown:"
	do_it counterfoil relate police.example --case "$1" --as "$2" \
	    --now 2023-07-03T18:10:00Z --acts-for department.example \
	    --basis asserted --said 2023-07-03 --through 'the same report' \
	    --quote 'operates at the direction of'
}
agent() { # CASE SIGNER...
	step "[made up] A document establishes that ministry.example" \
	    "acts for the council."
	do_it counterfoil relate ministry.example --case "$1" --as "$2" \
	    --now 2023-06-21T08:30:00Z \
	    --acts-for information-council.example --basis established \
	    --document "$here/documents/ministry-acts-for-council.txt"
}

act 'ACT 1: the public record alone'
step "[public] No list of the items was published. [made up] The owners" \
    "open a case by themselves, with a neutral notary; a witness," \
    "independent of all, will cosign the ledger."
one=$out/act1
do_it counterfoil init "$one" --roster "$here/parties-owner-only.csv" \
    --name seizure-2023-06-20.example/public \
    --title 'The public record alone' --plain-keys --now 2023-06-20T12:00:00Z
step "[made up] Whose keys are at hand sign for the first time (here, police" \
    "too: being a party of the case is not agreeing with it)."
do_it counterfoil join --all --case "$one" --now 2023-06-20T12:05:00Z
counts "$one" notary.example
claims "$one" notary.example
direction "$one" notary.example
question "$one" department.example
denial "$one" notary.example
step "[made up] It is 12 July, and nobody has answered. What do the" \
    "records show?"
cosigned "$one" "witness1.state" 2023-07-12T12:00:00Z
screen counterfoil finding last --case "$one" --at-time 2023-07-12T12:00:00Z
check_alone "$one" "$out/act1.bundle" 2023-07-12T12:00:00Z

act 'ACT 2: if the owners had kept counterfoil (made up; one-sided)'
two=$out/act2
step "[made up] The owners list their machines; the notary signs what he" \
    "saw: that nobody of the authority was there to sign."
do_it counterfoil init "$two" --roster "$here/parties-owner-only.csv" \
    --name seizure-2023-06-20.example/owner \
    --title 'Kept by the owners alone' --plain-keys --now 2023-06-20T12:00:00Z
do_it counterfoil join --all --case "$two" --now 2023-06-20T12:05:00Z
do_it counterfoil seize "$list" --case "$two" --by police.example \
    --from owner.example --authority absent --owner signed \
    --witness notary.example \
    --witness-saw 'the seizure; no officer was willing to stay and sign' \
    --as owner.example --as notary.example --now 2023-06-20T14:00:00Z
agent "$two" owner.example
counts "$two" notary.example
claims "$two" notary.example
direction "$two" notary.example
question "$two" department.example
denial "$two" notary.example
cosigned "$two" "witness2.state" 2023-07-12T12:00:00Z
screen counterfoil finding last --case "$two" --at-time 2023-07-12T12:00:00Z
check_alone "$two" "$out/act2.bundle" 2023-07-12T12:00:00Z

step "[made up] A day later the authority enters its own list. It lacks" \
    "three drives of the owners' list and has one that they do not" \
    "know."
awk -F, '
    $2 == "drive" && (++n == 3 || n == 30 || n == 100) { next }
    { print }
    $2 == "drive" && n == 200 {
	OFS = ","
	split($1, part, "-D")
	$1 = part[1] "-D99"
	$7 = "WMADEUP00099"
	print
    }' "$list" >"$out/police-list.csv"
do_it counterfoil seize "$out/police-list.csv" --case "$two" \
    --by police.example --authority signed --owner absent \
    --as police.example --at 2023-06-20T14:00:00Z \
    --late 'entered when the authority joined the case' \
    --now 2023-07-13T09:00:00Z
cosigned "$two" "witness2.state" 2023-07-13T12:00:00Z
screen counterfoil finding last --case "$two" --at-time 2023-07-13T12:00:00Z

act 'ACT 3: if both sides had kept counterfoil (made up)'
three=$out/act3
step "[made up] Authority and owner open the case together; all parties" \
    "enrol on the first day; the owners' red line is agreed by both."
do_it counterfoil init "$three" --roster "$here/parties.csv" \
    --name seizure-2023-06-20.example \
    --title 'Kept by both sides' --plain-keys --now 2023-06-20T12:00:00Z
do_it counterfoil join --all --case "$three" --now 2023-06-20T12:05:00Z
do_it counterfoil policy --case "$three" --as police.example \
    --as owner.example --red-line information-council.example \
    --reason 'agreed by both sides' --now 2023-06-20T12:10:00Z
step "[made up] Intake: $packages sealed packages, signed by police," \
    "owner and notary at one table."
do_it counterfoil seize "$list" --case "$three" --by police.example \
    --from owner.example --authority signed --owner signed \
    --witness notary.example --as police.example --as owner.example \
    --as notary.example --now 2023-06-20T14:00:00Z
step "[made up] The owners' counsel gets the receipt that every signer" \
    "gets."
lines=4 do_it counterfoil receipt last --case "$three" \
    -o "$out/counsel-receipt.txt"
lines=4 do_it counterfoil-verify "$out/counsel-receipt.txt"
step "[made up] 21 June, at one counter: all packages go to the evidence" \
    "room. Giver and receiver each type the number that they counted."
do_it counterfoil hand --all --to prosecutor.example/evidence-room \
    --case "$three" --from police.example --as police.example \
    --as prosecutor.example/evidence-room --counter --count "$packages" \
    --count-received "$packages" --purpose 'custody pending trial' \
    --now 2023-06-21T09:40:00Z
agent "$three" owner.example
step "[made up] Somebody tries to hand them to ministry.example. The red" \
    "line is named before any other rule, and the refusal is signed."
expect 1 counterfoil hand --all --to ministry.example --case "$three" \
    --from prosecutor.example/evidence-room \
    --as prosecutor.example/evidence-room --count "$packages" \
    --now 2023-06-22T10:00:00Z
counts "$three" notary.example
claims "$three" notary.example
direction "$three" notary.example
cp -R "$three" "$out/act3-before-question"
question "$three" department.example
denial "$three" notary.example
step "[made up] By 10 July nobody has signed an answer."
cp -R "$three" "$out/act3-unseen"
cosigned "$three" "witness3.state" 2023-07-12T12:00:00Z
screen counterfoil finding last --case "$three" --at-time 2023-07-12T12:00:00Z
do_it counterfoil bundle last --case "$three" -o "$out/act3.bundle" \
    --html "$out/finding.html" --at-time 2023-07-12T12:00:00Z
lines=2 do_it counterfoil-verify "$out/act3.bundle"

# Each what-if works on a copy, and says so.
what_if() { # LETTER SENTENCE
	cp -R "${3:-$out/act3-unseen}" "$out/act3$1"
	what=$out/act3$1
	act "WHAT IF ($1)? On a copy of the case, made up."
	step "[made up] What if $2?"
}
conclude() { # LETTER
	cosigned "$what" "witness3$1.state" 2023-07-12T12:00:00Z
	screen counterfoil finding last --case "$what" \
	    --at-time 2023-07-12T12:00:00Z
	check_alone "$what" "$out/act3$1.bundle" 2023-07-12T12:00:00Z
}

what_if a 'court and counsel had gone and looked'
step "[made up] 12 July: court, counsel and the evidence room see all" \
    "packages sealed, with the numbers recorded at intake."
do_it counterfoil inspect --case "$what" --all-sealed \
    --custodian prosecutor.example/evidence-room --inspector court.example \
    --also-in none --as prosecutor.example/evidence-room --as court.example \
    --as counsel.example --now 2023-07-12T10:00:00Z --yes
conclude a

what_if b 'they had found one seal broken and two drives gone'
step "[made up] As before, but the seal of B-0007 is broken and two" \
    "drives of PC-0007 are missing."
awk -F, '$2 == "package" {
    print $1 "," $14 ($1 == "B-0007" ? ",broken" : "") }' \
    "$list" >"$out/seen-b.txt"
set --
for drive in $(two_drives_in B-0007); do
	set -- "$@" --missing "$drive"
done
do_it counterfoil inspect --case "$what" --scan "$out/seen-b.txt" "$@" \
    --custodian prosecutor.example/evidence-room --inspector court.example \
    --also-in none --as prosecutor.example/evidence-room --as court.example \
    --as counsel.example --now 2023-07-12T10:00:00Z --yes
conclude b

what_if c 'four packages had gone to a haulier, who acts for the ministry'
step "[made up] 11 July: a hand-over of 25 June to transit.example is" \
    "entered late."
gone=$(only_listed B-0020,B-0024,B-0027,B-0029 | paste -sd, -)
gone_count=$(only_listed "$gone" | wc -l | tr -d ' ')
do_it counterfoil hand --packages "$gone" \
    --to transit.example --case "$what" \
    --from prosecutor.example/evidence-room \
    --as prosecutor.example/evidence-room --as transit.example --counter \
    --count "$gone_count" --count-received "$gone_count" \
    --at 2023-06-25T09:00:00Z --late 'found among paper records' \
    --now 2023-07-11T10:00:00Z
awk -F, -v gone=",$gone," '$2 == "package" && !index(gone, "," $1 ",") {
    print $1 "," $14 }' "$list" >"$out/seen-c.txt"
do_it counterfoil inspect --case "$what" --scan "$out/seen-c.txt" \
    --custodian prosecutor.example/evidence-room --inspector court.example \
    --also-in none --as prosecutor.example/evidence-room --as court.example \
    --as counsel.example --now 2023-07-12T10:00:00Z --yes
step "[made up] Then the court enters a document: transit.example acts" \
    "for ministry.example. Everything before is checked again."
do_it counterfoil relate transit.example --case "$what" --as court.example \
    --acts-for ministry.example --basis established \
    --document "$here/documents/transit-acts-for-ministry.txt" \
    --now 2023-07-12T11:00:00Z
conclude c

what_if d 'a court had found the claims worthless, and nobody looked' \
    "$out/act3-before-question"
question "$what" ombudsman.example
denial "$what" notary.example
step "[made up] The court assesses both claims of 3 July: an unreliable" \
    "source (E), improbable information (5). The ombudsman, asked too," \
    "refuses to answer."
for claim in $(counterfoil search --case "$what" --kind claim --json \
    information-council.example 2>/dev/null |
    sed -n 's/.*"record": "\([0-9a-f]\{64\}\)".*/\1/p' | sort -u); do
	do_it counterfoil assess "$claim" --case "$what" --as court.example \
	    --source E --information 5 \
	    --reason 'no capture, no detail that could be checked' \
	    --now 2023-07-08T09:00:00Z
done
do_it counterfoil answer last --case "$what" --as ombudsman.example \
    --answer refused --ground 'pending proceedings' \
    --now 2023-07-09T09:00:00Z
conclude d

act 'CAN IT BE CHANGED AFTERWARDS?'
step "One letter of one record in a bundle is changed: B-0031 becomes" \
    "B-0037 in the hand-over."
awk '/^counterfoil-record\/v1 handover/ { in_it = 1 }
    in_it && /^item: B-0031$/ { sub(/B-0031/, "B-0037"); in_it = 0 }
    { print }' "$out/act3a.bundle" >"$out/changed.bundle"
lines=8 expect 1 counterfoil-verify --quiet "$out/changed.bundle"

act 'WHAT YOU HAVE NOW'
shown=$(basename "$out")
cat <<END
  $shown/finding.html  the finding of act 3 to read and print, in any browser
  $shown/act*.bundle   one file a finding; counterfoil-verify checks it alone
  $shown/act*/log/     the ledgers, as any web server can publish them
END
rm -f "$out/last.txt"
