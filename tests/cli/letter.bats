#!/usr/bin/env bats
# counterfoil letter: the finding, worded as a request, with nothing in it that
# the finding does not say.

load helper

setup_file() { make_case; }
setup() { use_case; }

@test "what was asked, what the records show, what is asked for" {
	ask_question
	at 2023-07-12T10:00:00Z letter last
	assert_status 0
	assert_words '2023-07-12 To: police.example From: owner.example' \
	    'Did council.example, or anyone who acts for it, receive any' \
	    'Of 2 casings, the things themselves: 2 NOT SHOWN.' \
	    'Of 3 drives, what is on them: 3 NOT SHOWN.' \
	    'police.example: OVERDUE by 2 days (due 2023-07-10)' \
	    'We ask that police.example answer the question without further' \
	    'last-sighting (nobody disinterested has seen it since the end' \
	    'We ask that the following be provided' \
	    'counterfoil-verify finding.bundle' 'For owner.example:'
	[ -z "$(awk 'length > 80' <<<"$output")" ]
}

@test "its sentences and codes are those of the finding" {
	make_claim
	ask_question
	at 2023-07-12T10:00:00Z finding last
	finding=$(tr -s ' \n' '  ' <<<"$output")
	at 2023-07-12T10:00:00Z finding last --machine
	codes=$(grep -oE '[a-z-]+:' <<<"$output" | sort -u | tr -d :)
	[ -n "$codes" ]
	at 2023-07-12T10:00:00Z letter last
	assert_words '"Part of the drives have been received."'
	for code in $codes; do
		grep -q "^- $code (" <<<"$output" || show_result
	done
	listed=$(grep -cE '^- [a-z-]+ \(' <<<"$output")
	[ "$listed" -eq "$(wc -w <<<"$codes")" ]
	root=$(sed -n 3p "$COUNTERFOIL_CASE/log/checkpoint")
	assert_out "$root"
	[[ $finding == *"$root"* ]]
}

@test "who has answered is not reminded" {
	ask_question
	at 2023-07-05T10:00:00Z letter last
	assert_words 'We ask that police.example answer the question by' \
	    '2023-07-10.'
	must 2023-07-06T10:00:00Z answer last --answer no --as police.example
	at 2023-07-12T10:00:00Z letter last
	refute_out 'We ask that police.example'
	assert_words 'answered "no"'
}

@test "as a page it says the same, and loads nothing" {
	must 2023-07-03T18:00:00Z claim --as notary.example \
	    --asserts received --said 2023-07-03 --said-by council.example \
	    --recipient council.example --quote '<script>x</script> & "y"'
	ask_question
	must 2023-07-12T10:00:00Z letter last -o l.html --bundle 'a<b.bundle'
	must 2023-07-12T10:00:00Z letter last -o l.txt --bundle 'a<b.bundle'
	python3 - <<'END'
import html, re
def words(text):
    return re.sub(r"\s+", "", text)
page = open("l.html", encoding="utf-8").read()
body = re.sub(r"<(style|title).*?</\1>", "", page, flags=re.S)
seen = words(html.unescape(re.sub(r"<[^>]+>", "", body)))
text = re.sub(r"^- ", "", open("l.txt", encoding="utf-8").read(), flags=re.M)
assert words(text) == seen, (words(text), seen)
END
	run grep -cE '<script|<link|src=|href=|@import|url\(' l.html
	[ "$output" = 0 ]
	grep -q '&lt;script&gt;' l.html
	grep -q 'counterfoil-verify a&lt;b.bundle' l.html
}

@test "as of a past time, like the bundle that goes with it" {
	ask_question
	make_claim
	at 2023-07-12T10:00:00Z letter last --at-time 2023-07-04T10:00:00Z
	assert_status 0
	assert_words 'As of 2023-07-04 10:00 UTC'
	at 2023-07-12T10:00:00Z letter last --at-time 2023-08-04T10:00:00Z
	assert_status 2
	assert_one_error
}

@test "a letter is about a question" {
	at 2023-07-12T10:00:00Z letter last
	assert_status 3
	assert_one_error
	at 2023-07-12T10:00:00Z letter
	assert_status 2
}
