#!/usr/bin/env bats
# counterfoil completion: the script offers what the program knows, in the case
# at hand; it is run as the shell runs it.

load helper

setup_file() { make_case; }
setup() {
	use_case
	cf completion bash
	assert_status 0
	printf '%s\n' "$output" >completion.bash
}

# reply WORD...: what bash would offer for the last word.
reply() {
	run bash --norc -c '
		. ./completion.bash
		COMP_WORDS=("$@")
		COMP_CWORD=$(($# - 1))
		_counterfoil
		printf "%s\n" "${COMPREPLY[@]}"' bash "$COUNTERFOIL" "$@"
	[ "$status" -eq 0 ]
}

@test "command names" {
	reply fi
	[ "$output" = finding ]
	reply ''
	diff <(sort <<<"$output") <("$COUNTERFOIL" help --list | sort)
}

@test "the options of each command are those of its help" {
	for command in $("$COUNTERFOIL" help --list); do
		reply "$command" --
		"$COUNTERFOIL" "$command" --help | grep '^  -' |
		    grep -oE -- '--[a-z0-9-]+( |$)' | tr -d ' ' |
		    sort -u >known.txt
		diff <(sort -u <<<"$output") known.txt ||
		    { echo "of $command"; return 1; }
	done
}

@test "part of an option" {
	reply hand --pack
	[ "$output" = --packages ]
}

@test "items, parties, questions and records of the case" {
	ask_question
	reply show PC-0002-
	[ "$output" = $'PC-0002-C\nPC-0002-D1' ]
	reply hand --to owner
	[ "$output" = owner.example ]
	reply finding ''
	[[ $output == [0-9a-f]*$'\n'last && ${#lines[0]} -eq 12 ]]
	reply answer ''
	[[ $(record_id) == "$output"* && ${#output} -eq 12 ]]
	reply receipt "${lines[0]:0:5}"
	[[ $(record_id) == "$output"* ]]
}

@test "a list with commas goes on behind the last one" {
	reply hand --items B-0001,B-000
	[ "$output" = $'B-0001,B-0001\nB-0001,B-0002\nB-0001,B-0003' ]
}

@test "a value behind an equals sign, which bash cuts" {
	reply hand --to = court
	[ "$output" = court.example ]
	reply hand --to =
	[[ $output == *police.example* ]]
}

@test "kinds, literal words, and nothing where free text stands" {
	reply record inci
	[ "$output" = incident ]
	reply export --csv ev
	[ "$output" = events ]
	reply completion ''
	[ "$output" = $'bash\nzsh' ]
	reply hand --purpose ''
	[ -z "$output" ]
}

@test "files and folders" {
	touch list.csv
	reply seize li
	[ "$output" = list.csv ]
	mkdir folder
	reply show --case fold
	[ "$output" = folder ]
}

@test "another case is asked, with --case" {
	mv "$COUNTERFOIL_CASE" elsewhere
	reply show PC-0002-D
	[ -z "$output" ]
	reply show --case elsewhere PC-0002-D
	[ "$output" = PC-0002-D1 ]
	reply show --case = elsewhere PC-0002-D
	[ "$output" = PC-0002-D1 ]
}

@test "offers that wait" {
	must 2023-06-22T10:00:00Z hand --all --from room.example \
	    --to police.example --as room.example --count 3
	[[ $output =~ offer\ ([0-9a-f]{12}) ]]
	reply accept "${BASH_REMATCH[1]:0:6}"
	[ "$output" = "${BASH_REMATCH[1]}" ]
}

@test "zsh reads its script without a complaint" {
	command -v zsh >/dev/null || skip 'zsh is not installed'
	cf completion zsh
	assert_status 0
	printf '%s\n' "$output" >_counterfoil
	[ "$(head -1 _counterfoil)" = '#compdef counterfoil' ]
	run zsh -n _counterfoil
	[ "$status" -eq 0 ]
	[ -z "$output" ]
}

@test "zsh completes on a terminal" {
	command -v zsh >/dev/null || skip 'zsh is not installed'
	cf completion zsh
	printf '%s\n' "$output" >_counterfoil
	cat >.zshrc <<-'END'
		bindkey -e
		autoload -Uz compinit
		compinit -u -D
		source ./_counterfoil
		PS1='READY>'
	END
	tab=$'\t' home=$'\001'
	for pair in 'sho:show' 'show PC-0002-D:show PC-0002-D1' \
	    'search --lis:search --list' \
	    'hand --to ow:hand --to owner.example' \
	    'hand --to=ow:hand --to=owner.example' \
	    'hand --items B-0001,PH:hand --items B-0001,PH-0001'; do
		typed="counterfoil ${pair%%:*}$tab${home}print -r -- GOT "
		ZDOTDIR=$PWD run python3 "$BATS_TEST_DIRNAME/terminal.py" \
		    "READY>=$typed" 'READY>=exit' -- zsh -d -i
		[[ $output == *$'\n'"GOT counterfoil ${pair#*:}"* ]] ||
		    { printf '%s\n' "$pair" "$output"; return 1; }
	done
}

@test "another shell is not known" {
	cf completion fish
	assert_status 2
	assert_one_error
	cf completion
	assert_status 2
}

@test "search --list says what it can list" {
	cf search --list rumours
	assert_status 2
	assert_one_error
	assert_err 'items, parties, records'
	cf search --list items B-0001
	assert_status 2
	assert_one_error
}
