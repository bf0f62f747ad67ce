#!/usr/bin/env bats
# Cheats, each as he would do it who wants to be believed: what he wants, what
# he does, and what the program says to it. Whoever finds another one adds it
# here.

load ../cli/helper

setup_file() {
	eval "$(declare -f roster | sed '1s/.*/plain_roster ()/')"
	roster() {
		plain_roster
		echo 'witness.example,witness,,,new,,'
	}
	make_case
}
setup() {
	use_case
	cp -R "$BATS_FILE_TMPDIR/keys" keys
	cp keys/witness.example.key .
	export COUNTERFOIL_KEYS=$PWD/keys
}

ORDER='order 1/23'

witness() {
	at "$1" cosign --key witness.example.key "${@:2}"
}

# The period is over, and the question is in the ledger.
ask() {
	must 2023-07-04T09:00:00Z ask --as owner.example \
	    --recipient council.example --from 2023-06-20 --to 2023-07-03 "$@"
}

look() {
	must "${1:-2023-07-12T09:00:00Z}" inspect --all-sealed --also-in none \
	    --as room.example --as court.example
}

# The lines of the finding on 13 July, in the machine form.
finding() {
	at 2023-07-13T00:00:00Z finding last --machine
	assert_status 0
}

bundle() {
	at 2023-07-13T00:00:00Z bundle last -o finding.bundle "$@"
	assert_status 0
}

# counterfoil-verify, which knows nothing but the file.
verify() {
	run --separate-stderr counterfoil-verify "$@" </dev/null
}

# The room gives bag 1 to somebody, at a time.
give() {
	local time=$1 to=$2
	shift 2
	at "$time" hand --packages B-0001 --from room.example --to "$to" \
	    --count 1 --as room.example "$@"
}

give_signed() {
	give "$1" "$2" --as "$2" --counter --count-received 1 "${@:3}"
	assert_status 0
}

enrol() {
	must "$1" join "$2" --side "$3" --org "$4" --as "$2" "${@:5}"
}

new_key() {
	cf key new "$1" --plain
	assert_status 0
}

# ---- the ledger ----

@test "rewritten history" {
	# The room wants a hand-over never to have been. It goes back to the
	# ledger from before and writes on as if nothing had happened.
	cp -R "$COUNTERFOIL_CASE" rewritten
	give_signed 2023-06-25T09:00:00Z court.example
	cf receipt last -o court.receipt
	witness 2023-06-25T10:00:00Z
	assert_status 0
	export COUNTERFOIL_CASE=$PWD/rewritten
	must 2023-06-25T09:00:00Z incident damage B-0001 --as room.example
	ask
	look
	witness 2023-07-12T10:00:00Z
	assert_status 1
	assert_one_error
	assert_err refused 'another history'
	bundle
	verify finding.bundle --with court.receipt
	assert_status 1
	assert_out 'DOES NOT STAND' 'court.receipt: handover' 'IS MISSING'
	# A word changed where it stands is no better.
	sed 's/^at: 2023-06-25T09/at: 2023-06-25T08/' finding.bundle \
	    >changed.bundle
	verify changed.bundle
	assert_status 1
	assert_err FALSE 'its text was changed after it was signed'
}

@test "twin case with another genesis" {
	# The police keep a second case of the same name, with other entries,
	# and show whichever suits them.
	ask
	at 2023-06-20T12:00:00Z init twin --name seizure.example \
	    --roster "$BATS_FILE_TMPDIR/parties.csv" --plain-keys
	assert_status 0
	cf receipt last --case twin -o twin.receipt
	bundle
	verify finding.bundle --with twin.receipt
	assert_status 3
	assert_err 'receipt of another ledger'
	verify twin.receipt --pin "$COUNTERFOIL_CASE/private/log.key"
	assert_status 1
	assert_err FALSE
	# A record that was signed in one of them is none in the other.
	must 2023-06-20T13:00:00Z join room.example --case twin \
	    --as room.example --offer room.offer --countersign court.example
	at 2023-07-05T09:00:00Z accept room.offer --as court.example --yes
	assert_status 1
	assert_err 'of another case'
}

@test "replayed offer" {
	# The room has the court sign for a bag once, and uses the signed paper
	# a second time, when the bag is long back and gone.
	give 2023-06-25T09:00:00Z court.example --offer bag.offer
	assert_status 0
	cp bag.offer copy.offer
	must 2023-06-25T10:00:00Z accept bag.offer --as court.example --count 1
	must 2023-06-25T11:00:00Z hand --packages B-0001 --from court.example \
	    --to room.example --count 1 --count-received 1 --counter \
	    --as court.example --as room.example
	before=$(ledger_size)
	at 2023-06-25T12:00:00Z accept copy.offer --as court.example --count 1
	assert_out 'already in the ledger'
	[ "$(ledger_size)" = "$before" ]
	# An offer that was left lying is stale once something has happened.
	give 2023-06-25T13:00:00Z court.example --offer old.offer
	must 2023-06-25T13:30:00Z incident damage PC-0001-D1 --as room.example
	at 2023-06-25T14:00:00Z accept old.offer --as court.example --count 1
	assert_status 1
	assert_err 'something else happened'
}

@test "stripped witness" {
	# Somebody who has the bundle takes out the line of whoever saw it.
	ask
	look
	witness 2023-07-12T10:00:00Z
	bundle
	verify finding.bundle --machine
	assert_status 0
	assert_out 'PC-0001-D1 hardware NO -'
	python3 - <<-'END'
		text = open("finding.bundle", "rb").read()
		before, rest = text.split(b"== checkpoint ", 1)
		length, rest = rest.split(b"\n", 1)
		note, rest = rest[:int(length)], rest[int(length):]
		note = b"".join(line for line in note.splitlines(True)
		                if b" witness.example " not in line)
		open("stripped.bundle", "wb").write(
		    before + b"== checkpoint %d\n" % len(note) + note + rest)
	END
	verify stripped.bundle
	assert_status 1
	assert_err FALSE 'says "- unlisted NO -"' 'must say' NO-UNWITNESSED
	# The keeper of the ledger can leave it out, and has a weaker word.
	sed -i '/^— witness.example /d' "$COUNTERFOIL_CASE/log/checkpoint"
	bundle
	verify finding.bundle --machine
	assert_status 0
	assert_out 'PC-0001-D1 hardware NO-UNWITNESSED -'
	verify finding.bundle
	assert_words 'NO (unwitnessed)' 'No witness has cosigned it'
	# Or that of the notary, from a record that he signed.
	cp -R "$COUNTERFOIL_CASE" other
	must 2023-07-12T11:00:00Z incident damage B-0001 --case other \
	    --as room.example --as notary.example
	cf receipt last --case other -o other.receipt
	sed '1,/^entered: /d; /^c2sp.org\/tlog-proof/,$d' other.receipt \
	    >whole.note
	sed '/^— notary.example /d' whole.note >stripped.note
	verify finding.bundle --with whole.note
	assert_out 'whole.note: incident'
	verify finding.bundle --with stripped.note
	assert_status 1
	assert_err 'stripped.note: FALSE' '2 signers are named and 1'
}

@test "backdated entry" {
	# On 4 July the room wants to have seen everything on 21 June.
	at 2023-07-04T10:00:00Z inspect --all-sealed --also-in none \
	    --as room.example --as court.example --at 2023-06-21T10:00:00Z
	assert_status 2
	assert_err '24 hours' '--late'
	at 2023-06-21T10:00:00Z inspect --all-sealed --as room.example \
	    --as court.example
	assert_status 0
	# A clock that is set back sets back nothing in the ledger.
	must 2023-06-21T09:45:00Z incident damage B-0001 --as room.example
	cf receipt last
	assert_out 'entered: 2023-06-21T10:00:00Z'
	# With a reason it is entered, and no NO rests on it.
	ask
	must 2023-07-05T10:00:00Z hand --packages B-0001 --from room.example \
	    --to court.example --count 1 --count-received 1 --counter \
	    --as room.example --as court.example --at 2023-07-01T10:00:00Z \
	    --late 'the post was slow'
	late=$(record_id)
	must 2023-07-12T09:00:00Z inspect --items B-0001 \
	    --seen package-sealed --also-in none --as court.example \
	    --as notary.example
	finding
	assert_out "late:$late"
	assert_out 'PC-0001-D1 hardware NOT-SHOWN'
}

@test "truncated bundle" {
	# The room signed that the council has it, and shows a ledger that ends
	# before that, or a finding of the day before.
	ask
	cp -R "$COUNTERFOIL_CASE" short
	must 2023-07-05T09:00:00Z answer last --answer yes --as room.example
	cf receipt last -o answer.receipt
	look
	bundle
	verify finding.bundle --machine
	assert_out 'PC-0001-D1 hardware YES admitted:'
	COUNTERFOIL_CASE=$PWD/short
	look 2023-07-12T08:00:00Z
	at 2023-07-13T00:00:00Z bundle last -o short.bundle
	assert_status 0
	verify short.bundle --machine
	assert_out 'PC-0001-D1 hardware NO-UNWITNESSED -'
	verify short.bundle --machine --with answer.receipt
	assert_status 1
	assert_out 'PC-0001-D1 hardware NOT-SHOWN incomplete:-'
	verify short.bundle --with answer.receipt
	assert_status 1
	assert_out 'DOES NOT STAND' 'answer.receipt: answer' 'IS MISSING'
	COUNTERFOIL_CASE=$BATS_TEST_TMPDIR/case
	at 2023-07-13T00:00:00Z bundle last -o short.bundle \
	    --at-time 2023-07-04T12:00:00Z
	assert_status 0
	verify short.bundle --with answer.receipt
	assert_out 'answer.receipt: answer' 'of a time after this finding'
	# One with the leaf cut out of it, or its end, is no bundle any more.
	python3 - <<-'END'
		text = open("finding.bundle").read()
		start = text.rindex("== leaf", 0, text.index("answer: yes"))
		end = text.index("== leaf", start + 1)
		open("cut.bundle", "w").write(text[:start] + text[end:])
	END
	verify cut.bundle
	assert_status 3
	assert_err 'could not be checked' 'a part of it is missing'
	[ -z "$output" ]
	head -c 5000 finding.bundle >cut.bundle
	verify cut.bundle
	assert_status 3
	assert_err 'could not be checked'
	[ -z "$output" ]
}

# ---- who is who ----

@test "one key under two names" {
	# The police want a neutral whose hand is theirs: the same key again,
	# under another name.
	cf key show police.example
	assert_status 0
	vkey=$(python3 - "${lines[0]}" <<-'END'
		import base64, hashlib, sys
		name, _, key = sys.argv[1].split("+", 2)
		key = base64.b64decode(key)
		name = "fresh.example"
		id = hashlib.sha256(name.encode() + b"\n" + key).hexdigest()[:8]
		print(f"{name}+{id}+{base64.b64encode(key).decode()}")
	END
	)
	at 2023-06-22T10:00:00Z join fresh.example --side neutral \
	    --org fresh.example --vkey "$vkey" --as owner.example \
	    --as police.example
	assert_status 1
	assert_err 'in use under another name'
}

@test "inspection by a fresh neutral of the same organisation" {
	# Both sides' officers enrol a new neutral, who belongs to the police.
	new_key eye.example
	enrol 2023-06-22T10:00:00Z eye.example neutral Police.Example \
	    --as police.example --as owner.example
	ask
	must 2023-07-12T09:00:00Z inspect --all-sealed --also-in none \
	    --as room.example --as eye.example
	finding
	assert_out 'PC-0001-D1 hardware NOT-SHOWN last-sighting:-'
	refute_out 'hardware NO-UNWITNESSED' 'data NO-UNWITNESSED'
	# One whom the police alone let in is no better.
	new_key lone.example
	enrol 2023-07-12T10:00:00Z lone.example neutral lone.example \
	    --as police.example
	must 2023-07-12T11:00:00Z inspect --all-sealed --also-in none \
	    --as room.example --as lone.example
	finding
	assert_out 'PC-0001-D1 hardware NOT-SHOWN last-sighting:-'
}

@test "agent declared and undeclared around a hand-over" {
	# The carrier acts for the council the day before and the week after;
	# on the day of the hand-over, officially, it acts for nobody.
	new_key freight.example
	enrol 2023-06-22T10:00:00Z freight.example outside freight.example \
	    --as police.example
	must 2023-06-22T11:00:00Z relate freight.example \
	    --acts-for council.example --basis declared --until 2023-06-24 \
	    --as freight.example
	must 2023-06-22T12:00:00Z relate freight.example \
	    --acts-for council.example --basis declared --since 2023-06-30 \
	    --as freight.example
	give_signed 2023-06-25T09:00:00Z freight.example
	given=$(record_id)
	ask
	finding
	assert_out "PC-0001-D1 hardware YES held:$given" \
	    "PC-0001-D1 data YES held:$given" 'PC-0002-D1 hardware NOT-SHOWN'
}

@test "front that never signs" {
	# Somebody takes the bag for the council and signs nothing, so that no
	# name of the council's is in the ledger.
	must 2023-06-25T09:00:00Z record handover from=room.example \
	    to=front.example receiver=refused counted-by-giver=1 \
	    B-0001: seal=451001 --as room.example
	given=$(record_id)
	ask
	look
	finding
	assert_out "PC-0001-D1 hardware NOT-SHOWN" "chain:$given"
	echo 'articles of association' >paper
	must 2023-07-12T10:00:00Z relate front.example \
	    --acts-for council.example --basis asserted --said 2023-07-03 \
	    --speaker 'a journalist' --as notary.example
	relation=$(record_id)
	finding
	assert_out "PC-0001-D1 hardware CONTESTED relation:$relation"
	must 2023-07-12T11:00:00Z relate front.example \
	    --acts-for council.example --basis established --document paper \
	    --as court.example
	finding
	assert_out "PC-0001-D1 hardware YES held:$given"
}

# ---- what is said ----

@test "coerced correction" {
	# Whoever gave the bag away is made to correct what he signed.
	give 2023-06-25T09:00:00Z council.example --receiver absent
	assert_status 0
	given=$(record_id)
	must 2023-06-26T09:00:00Z record correction corrects="$given" \
	    field=to value=court.example reason='a slip of the pen' \
	    --as room.example
	ask
	finding
	assert_out "PC-0001-D1 hardware YES held:$given"
}

@test "late explanation of a broken seal" {
	# The seal was found broken; two weeks later the room remembers that it
	# was opened under an order, by day, before its own clerk.
	must 2023-06-28T09:00:00Z incident seal-broken B-0001 --as room.example
	broken=$(record_id)
	must 2023-07-04T08:00:00Z handling open B-0001 --order "$ORDER" \
	    --witness police.example --present-throughout --as room.example \
	    --as police.example --at 2023-06-27T09:00:00Z \
	    --late 'found in a drawer'
	ask
	look
	finding
	assert_out "PC-0001-D1 hardware CONTESTED seal-broken:$broken" \
	    "PC-0001-D1 data CONTESTED seal-broken:$broken"
}

@test "refiled liar's claim" {
	# A claim was looked into and dismissed. It is filed again, in other
	# words, as often as it takes.
	make_claim
	claim=$(record_id)
	ask
	must 2023-07-05T09:00:00Z assess "$claim" --source E \
	    --information 5 --reason 'nobody saw it' --as court.example
	finding
	assert_out 'PC-0001-D1 hardware NOT-SHOWN'
	for words in 'All of them.' 'We have them, all of them.'; do
		must 2023-07-06T09:00:00Z claim --as notary.example \
		    --asserts received --said 2023-07-03 \
		    --said-by council.example --recipient council.example \
		    --concerns drive --quote "$words"
	done
	finding
	assert_out 'PC-0001-D1 hardware NOT-SHOWN'
	refute_out CONTESTED
	# What was said on another day is another claim.
	must 2023-07-06T10:00:00Z claim --as notary.example \
	    --asserts received --said 2023-07-05 --said-by council.example \
	    --recipient council.example --concerns drive --quote 'As before.'
	finding
	assert_out "PC-0001-D1 hardware CONTESTED claim:$(record_id)"
}

@test "cherry-picked question" {
	# The council has the bag, and somebody asks about the week before.
	give 2023-07-03T12:00:00Z council.example --receiver absent
	assert_status 0
	must 2023-07-04T09:00:00Z ask --as owner.example \
	    --recipient council.example --from 2023-06-20 --to 2023-07-01
	look
	at 2023-07-13T00:00:00Z finding last
	assert_words 'held it outside the period' \
	    'Not asked, but on record (outside of the period): handover'
	refute_out ' YES'
	# Asked about one drive, it says nothing of the others.
	must 2023-07-12T10:00:00Z ask --as owner.example \
	    --recipient council.example --from 2023-06-20 --to 2023-07-11 \
	    --items PC-0002-D1
	finding
	refute_out PC-0001-D1
	assert_out 'PC-0002-D1 hardware NOT-SHOWN last-sighting:-'
}

@test "text with bidirectional overrides" {
	# What a reader sees is not what was signed.
	at 2023-06-22T10:00:00Z incident damage B-0001 --as room.example \
	    --statement $'paid \u202etnemyap on\u202c'
	assert_status 2
	assert_one_error
	refute_out $'\u202e'
	[[ $stderr != *$'\u202e'* ]]
	new_key eye.example
	at 2023-06-22T10:00:00Z join eye.example --side neutral \
	    --org $'ecilop\u202e.example' --as eye.example --as owner.example
	assert_status 2
	assert_one_error
	[[ $stderr != *$'\u202e'* ]]
	# Nor in a file of somebody else.
	ask --text 'Was it paid?'
	bundle
	sed $'s/^text: Was it paid?/text: Was it p\u202e?/' finding.bundle \
	    >bad.bundle
	verify bad.bundle
	assert_status 1
	assert_err FALSE
	[[ $output$stderr != *$'\u202e'* ]]
}

# ---- the things ----

@test "bay called empty" {
	# The police take a drive out before they write the list, and write
	# that its bay was empty. Nobody of the owner's was there.
	printf '%s\n' item,type,inside,bay PC-1,computer,, \
	    PC-1-C,casing,PC-1, 'PC-1-B2,empty bay,PC-1,2' >bays.csv
	at 2023-06-20T12:00:00Z init alone --name other.example \
	    --roster "$BATS_FILE_TMPDIR/parties.csv" --plain-keys
	assert_status 0
	export COUNTERFOIL_CASE=$PWD/alone
	must 2023-06-20T12:05:00Z join --all
	must 2023-06-20T14:00:00Z seize bays.csv --by police.example \
	    --from owner.example --owner absent --as police.example
	seizure=$(record_id)
	ask
	finding
	assert_out "- unlisted NOT-SHOWN unsigned:$seizure"
	# The owner counts his drives.
	must 2023-07-05T09:00:00Z claim --as notary.example --asserts count \
	    --said 2023-07-05 --said-by owner.example --count '1 drive'
	finding
	assert_out "- unlisted CONTESTED count:$(record_id)"
}

@test "drive moved between computers" {
	# So that the number of drives is right, one is lent from the next
	# computer.
	at 2023-06-25T09:00:00Z hand --items PC-0001-D1 --from room.example \
	    --to court.example --count 1 --count-received 1 --counter \
	    --as room.example --as court.example
	assert_status 1
	assert_err 'seal-unexplained'
	at 2023-06-25T09:00:00Z handling take-out PC-0001-D1 --out-of PC-0002 \
	    --order "$ORDER" --as room.example --as notary.example
	assert_status 1
	assert_err 'not-meeting'
	# Done openly, it is no longer sealed by the bag that it left.
	must 2023-06-25T10:00:00Z handling take-out PC-0001-D1 \
	    --order "$ORDER" --witness police.example --as room.example \
	    --as police.example
	taken=$(record_id)
	must 2023-06-25T11:00:00Z handling put-in PC-0001-D1 --into PC-0002 \
	    --order "$ORDER" --witness police.example --as room.example \
	    --as police.example
	ask
	look
	finding
	assert_out 'PC-0001-D1 hardware NOT-SHOWN last-sighting:-' \
	    'PC-0001-D2 hardware NO-UNWITNESSED -' "enclosed:$taken"
}

@test "grinded draw" {
	# Whoever knows all secrets before can try until the lot suits him.
	population=$(printf 'B-0001\nB-0002\nB-0003\n' | sha256sum)
	other=$(printf '%064d' 2)
	at 2023-06-22T10:00:00Z record draw concerns=package \
	    population="${population%% *}" population-size=3 detects=1 \
	    sample=3 commit="police.example $(printf '%064d' 1)" \
	    commit="room.example $other" until=2023-06-30 \
	    --as police.example --as room.example
	assert_status 1
	assert_err 'refused: draw'
	at 2023-06-22T10:00:00Z record draw concerns=package \
	    population="${population%% *}" population-size=3 detects=1 \
	    sample=3 commit="police.example $(printf '%064d' 1)" \
	    commit="owner.example $other" until=2023-06-30 \
	    --as police.example --as room.example
	assert_status 1
	assert_err 'refused: draw'
	# A draw that is fair and then left lying leaves no NO.
	must 2023-06-22T10:00:00Z record draw concerns=package \
	    population="${population%% *}" population-size=3 detects=1 \
	    sample=3 commit="police.example $(printf '%064d' 1)" \
	    commit="owner.example $other" until=2023-06-30 \
	    --as police.example --as owner.example
	draw=$(record_id)
	ask
	finding
	assert_out "draw:$draw"
}

@test "field commitment copied to another record" {
	# The room withholds a remark, and later copies what stands for it into
	# a record of another day, to have said then what it says now.
	must 2023-06-22T10:00:00Z incident damage B-0001 --as room.example \
	    --remark 'a corner is dented'
	opening=$(grep -h ' remark 1 ' "$COUNTERFOIL_CASE"/private/reveals/*)
	hidden=$("$COUNTERFOIL" show last </dev/null |
	    sed -n 's/^ *remark~: //p')
	at 2023-06-25T10:00:00Z record incident what=damage \
	    remark='nothing to see' B-0001: --signer room.example \
	    --offer new.offer
	assert_status 0
	text=$(sed -n '/^counterfoil-record/,/^item: /p' new.offer |
	    sed "s/^remark~: .*/remark~: $hidden/")
	id=$(sha256sum <<<"$text")
	opening="${id%% *} ${opening#* }"
	printf 'counterfoil-offer/v1\nrecord %d\n%s\n\nreveals %d\n%s\n' \
	    "$((${#text} + 2))" "$text" "$((${#opening} + 1))" "$opening" \
	    >copied.offer
	at 2023-06-25T10:05:00Z accept copied.offer --as room.example --yes
	assert_status 1
	assert_one_error
	assert_err copied.offer '"remark" of - is not the value that was signed'
}

# read_drive TIME COUNTER=N...: an inspection of PC-0001-D1 and its counters.
read_drive() {
	local time=$1 counter options=()
	shift
	for counter; do
		options+=(--telltale "PC-0001-D1=${counter/=/ }")
	done
	must "$time" inspect --items PC-0001-D1 --seen serial-read \
	    --also-in none "${options[@]}" --as room.example --as court.example
}

@test "drive read at night and put back into its bag" {
	# Three hours, and every byte of it; nobody writes that down.
	read_drive 2023-06-22T10:00:00Z power-on-hours=100 power-cycles=7 \
	    bytes-read=1000000
	read_drive 2023-06-28T10:00:00Z power-on-hours=103 power-cycles=9 \
	    bytes-read=500001000000
	read=$(record_id)
	ask
	finding
	assert_out "PC-0001-D1 data CONTESTED telltale:$read"
	at 2023-07-13T10:00:00Z show PC-0001-D1
	assert_words 'power-on-hours from 100 to 103: USE THAT NO RECORD' \
	    'power-cycles from 7 to 9: USE THAT NO RECORD EXPLAINS'
}

@test "drive read at night, and a power-on written down afterwards" {
	read_drive 2023-06-22T10:00:00Z power-on-hours=100 power-cycles=7
	read_drive 2023-06-28T10:00:00Z power-on-hours=103 power-cycles=9
	read=$(record_id)
	at 2023-06-29T10:00:00Z handling power-on PC-0001-D1 --order "$ORDER" \
	    --at 2023-06-25T13:00:00Z --late 'it was forgotten' \
	    --started 2023-06-25T10:00:00Z --finished 2023-06-25T13:00:00Z \
	    --as room.example --witness police.example --as police.example
	assert_status 0
	ask
	finding
	assert_out "telltale:$read"
}

@test "whole drive read under an order to switch it on" {
	read_drive 2023-06-22T10:00:00Z power-on-hours=100 bytes-read=1000000
	must 2023-06-25T13:00:00Z handling power-on PC-0001-D1 \
	    --order "$ORDER" --started 2023-06-25T10:00:00Z \
	    --finished 2023-06-25T13:00:00Z --as room.example \
	    --witness police.example --as police.example
	read_drive 2023-06-28T10:00:00Z power-on-hours=103 \
	    bytes-read=500001000000
	read=$(record_id)
	ask
	finding
	assert_out "telltale:$read"
}

@test "counters set back to what they were, or another drive in its place" {
	read_drive 2023-06-22T10:00:00Z power-on-hours=100 power-cycles=7
	read_drive 2023-06-28T10:00:00Z power-on-hours=12 power-cycles=3
	read=$(record_id)
	ask
	finding
	assert_out "PC-0001-D1 data CONTESTED telltale:$read"
	at 2023-07-13T10:00:00Z show PC-0001-D1
	assert_words 'WENT BACKWARDS: set back, or another drive'
}
