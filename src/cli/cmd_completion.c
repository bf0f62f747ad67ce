/*
 * cmd_completion.c: `counterfoil completion`: a script that completes command
 * lines, from the table of commands and each command's options, the same that
 * --help is printed from. What names a thing of the case is asked for with
 * `counterfoil search --list`.
 */
#include "cli.h"
#include "cli_args.h"
#include "cli_out.h"

#include <string.h>

/* What stands in a usage line or behind an option, and what to offer there. */
static const struct {
	const char *written;
	const char *offered;
} kinds[] = {
    {"PARTY", "parties"},
    {"COUNTERSIGNER", "parties"},
    {"ITEM", "items"},
    {"A,B", "items,"},
    {"A,B,", "items,"},
    {"QUESTION", "questions"},
    {"CLAIM", "claims"},
    {"RECORD", "records"},
    {"OFFER", "offers files"},
    {"KIND", "kinds"},
    {"COMMAND", "commands"},
    {"DIR", "folders"},
    {"FILE", "files"},
    {"FILE.csv", "files"},
    {"FILE.html", "files"},
    {"FILE.txt", "files"},
    {"LIST.csv", "files"},
};

static const char *kind_of(struct slice written)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (slice_is_text(written, kinds[i].written))
			return kinds[i].offered;
	return NULL;
}

/* Without brackets, quotes and dots around it. */
static struct slice bare(struct slice word)
{
	while (word.n > 0 && strchr("[(\"", word.p[0]) != NULL)
		word = (struct slice){word.p + 1, word.n - 1};
	while (word.n > 0 && strchr("]).:\"", word.p[word.n - 1]) != NULL)
		word.n--;
	return word;
}

/* ---- words ---- */

static bool is_literal(struct slice word)
{
	for (size_t i = 0; i < word.n; i++)
		if ((word.p[i] < 'a' || word.p[i] > 'z') && word.p[i] != '-' &&
		    (word.p[i] < '0' || word.p[i] > '9'))
			return false;
	return word.n > 0 && !slice_is_text(word, "options");
}

/* "QUESTION|last": what each of them stands for. */
static void put_word(struct slice word)
{
	struct slice rest = bare(word);

	while (rest.p != NULL && rest.n > 0) {
		struct slice one = bare(slice_cut(&rest, '|'));
		const char *kind = kind_of(one);

		if (kind != NULL)
			cli_out(" %s", kind);
		else if (is_literal(one))
			cli_out(" =%.*s", SLICE_ARG(one));
	}
}

/* The usage line, less its options and what stands behind them. */
static void put_words(const struct cli_command *command)
{
	struct slice rest = slice_of(command->usage);
	bool is_argument = false, is_quoted = false;

	cli_out("    %s) echo '", command->name);
	while (rest.p != NULL) {
		struct slice word = slice_cut(&rest, ' ');
		struct slice plain = bare(word);

		if (is_quoted || (is_argument && word.p[0] == '"')) {
			is_quoted = memchr(word.p + 1, '"', word.n - 1) == NULL;
			is_argument = false;
			continue;
		}
		bool is_option = plain.n > 0 && plain.p[0] == '-';
		bool is_new = word.n > 0 && strchr("[(|", word.p[0]) != NULL;
		if (!is_option && (!is_argument || is_new))
			put_word(word);
		/* An option in brackets of its own has no argument. */
		is_argument = is_option && memchr(word.p, ']', word.n) == NULL;
	}
	cli_out("' ;;\n");
}

/* ---- options ---- */

static void put_options(const struct cli_command *command)
{
	const struct cli_option *option;

	cli_out("    %s) echo '", command->name);
	for (size_t i = 0; (option = cli_args_option(command, i)) != NULL; i++)
		cli_out("%s--%s", i > 0 ? " " : "", option->name);
	cli_out("' ;;\n");
}

static void put_arguments(const struct cli_command *command)
{
	const struct cli_option *option;

	for (size_t i = 0; (option = cli_args_option(command, i)) != NULL;
	     i++) {
		if (option->argument == NULL)
			continue;
		cli_out("    '%s --%s'", command->name, option->name);
		if (option->letter != 0)
			cli_out(" | '%s -%c'", command->name, option->letter);
		cli_out(") echo '");
		struct slice rest = slice_of(option->argument);
		bool is_any = false;
		while (rest.p != NULL) {
			struct slice one = bare(slice_cut(&rest, '|'));
			const char *kind = kind_of(bare(slice_cut(&one, ' ')));

			if (kind != NULL)
				cli_out("%s%s", is_any ? " " : "", kind);
			is_any = is_any || kind != NULL;
		}
		cli_out("%s' ;;\n", is_any ? "" : "nothing");
	}
}

static void put_table(
    const char *name, void (*put)(const struct cli_command *command))
{
	cli_out("\n_counterfoil_%s() {\n    case $1 in\n", name);
	for (size_t i = 0; i < cli_command_count; i++)
		put(cli_commands[i]);
	cli_out("    esac\n}\n");
}

/* What bash and zsh have in common: which words there are, by kind. */
static const char common[] =
    "\n"
    "# Every word of the kinds named, one a line.\n"
    "_counterfoil_list() {\n"
    "    local kind\n"
    "    for kind; do\n"
    "        case $kind in\n"
    "        '='*) printf '%s\\n' \"${kind#=}\" ;;\n"
    "        commands) printf '%s\\n' $(_counterfoil_commands) ;;\n"
    "        files | folders | nothing) ;;\n"
    "        *) \"${_counterfoil_program/#\\~\\//$HOME/}\" search \\\n"
    "            --list \"${kind%,}\" ${_counterfoil_case:+--case "
    "\"${_counterfoil_case/#\\~\\//$HOME/}\"} \\\n"
    "            2>/dev/null ;;\n"
    "        esac\n"
    "    done\n"
    "}\n";

static const char bash_end[] =
    "\n"
    "_counterfoil() {\n"
    "    local _counterfoil_program=${COMP_WORDS[0]} _counterfoil_case=\n"
    "    local cur=${COMP_WORDS[COMP_CWORD]} command=${COMP_WORDS[1]}\n"
    "    local prev=${COMP_WORDS[COMP_CWORD - 1]} kinds before= i\n"
    "    COMPREPLY=()\n"
    "    if ((COMP_CWORD == 1)); then\n"
    "        COMPREPLY=($(compgen -W \"$(_counterfoil_commands)\" -- "
    "\"$cur\"))\n"
    "        return\n"
    "    fi\n"
    "    for ((i = 2; i + 1 < ${#COMP_WORDS[@]}; i++)); do\n"
    "        [[ ${COMP_WORDS[i]} == --case ]] || continue\n"
    "        _counterfoil_case=${COMP_WORDS[i + 1]}\n"
    "        [[ $_counterfoil_case == = ]] &&\n"
    "            _counterfoil_case=${COMP_WORDS[i + 2]}\n"
    "    done\n"
    "    # bash cuts --to=P into three words.\n"
    "    if [[ $cur == = ]]; then\n"
    "        cur=\n"
    "    elif [[ $prev == = ]]; then\n"
    "        prev=${COMP_WORDS[COMP_CWORD - 2]}\n"
    "    fi\n"
    "    kinds=$(_counterfoil_argument \"$command $prev\")\n"
    "    if [[ -z $kinds && $cur == -* ]]; then\n"
    "        COMPREPLY=($(compgen -W \"$(_counterfoil_options \"$command\")\" "
    "\\\n"
    "            -- \"$cur\"))\n"
    "        return\n"
    "    fi\n"
    "    [[ -n $kinds ]] || kinds=$(_counterfoil_words \"$command\")\n"
    "    if [[ $kinds == *, && $cur == *,* ]]; then\n"
    "        before=${cur%,*},\n"
    "        cur=${cur##*,}\n"
    "    fi\n"
    "    COMPREPLY=($(compgen -P \"$before\" -W \"$(_counterfoil_list "
    "$kinds)\" "
    "\\\n"
    "        -- \"$cur\"))\n"
    "    case \" $kinds \" in\n"
    "    *' files '*) i=-f ;;\n"
    "    *' folders '*) i=-d ;;\n"
    "    *) return ;;\n"
    "    esac\n"
    "    compopt -o filenames 2>/dev/null\n"
    "    mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen $i -- \"$cur\")\n"
    "}\n"
    "complete -F _counterfoil counterfoil\n";

static const char zsh_end[] =
    "\n"
    "_counterfoil() {\n"
    "    local _counterfoil_program=$words[1] _counterfoil_case=\n"
    "    local cur=$words[CURRENT] prev=$words[CURRENT-1] command=$words[2]\n"
    "    local kinds i\n"
    "    if ((CURRENT == 2)); then\n"
    "        compadd -- ${(f)\"$(_counterfoil_list commands)\"}\n"
    "        return\n"
    "    fi\n"
    "    for ((i = 3; i <= $#words; i++)); do\n"
    "        case $words[i] in\n"
    "        --case) _counterfoil_case=$words[i+1] ;;\n"
    "        --case=*) _counterfoil_case=${words[i]#--case=} ;;\n"
    "        esac\n"
    "    done\n"
    "    if [[ $cur == --*=* ]]; then\n"
    "        prev=${cur%%=*}\n"
    "        compset -P '*='\n"
    "    fi\n"
    "    kinds=$(_counterfoil_argument \"$command $prev\")\n"
    "    if [[ -z $kinds && $cur == -* ]]; then\n"
    "        compadd -- ${=\"$(_counterfoil_options $command)\"}\n"
    "        return\n"
    "    fi\n"
    "    [[ -n $kinds ]] || kinds=$(_counterfoil_words $command)\n"
    "    [[ $kinds == *, ]] && compset -P '*,'\n"
    "    compadd -- ${(f)\"$(_counterfoil_list ${=kinds})\"}\n"
    "    case \" $kinds \" in\n"
    "    *' files '*) _files ;;\n"
    "    *' folders '*) _files -/ ;;\n"
    "    esac\n"
    "}\n"
    "if [[ $zsh_eval_context[-1] == loadautofunc ]]; then\n"
    "    _counterfoil \"$@\"\n"
    "else\n"
    "    compdef _counterfoil counterfoil\n"
    "fi\n";

static int run(const struct cli_args *args, struct err *err)
{
	struct slice shell = slice_of(args->words[0]);
	bool is_zsh = slice_is_text(shell, "zsh");

	if (!is_zsh && !slice_is_text(shell, "bash"))
		return err_set(err, ERR_USAGE,
		    "completion: \"%s\" is neither bash nor zsh",
		    args->words[0]);
	if (is_zsh)
		cli_out("#compdef counterfoil\n");
	cli_out("# Made by `counterfoil completion %s`; make it again after "
		"an upgrade.\n",
	    args->words[0]);
	cli_out("\n_counterfoil_commands() {\n    echo");
	for (size_t i = 0; i < cli_command_count; i++)
		cli_out(" %s", cli_commands[i]->name);
	cli_out("\n}\n");
	put_table("options", put_options);
	put_table("argument", put_arguments);
	put_table("words", put_words);
	cli_out_raw(slice_of(common));
	cli_out_raw(slice_of(is_zsh ? zsh_end : bash_end));
	return CLI_DONE;
}

const struct cli_command cmd_completion = {
    .name = "completion",
    .group = CLI_START,
    .usage = "bash|zsh",
    .summary = "Prints a script that completes command lines",
    .words_min = 1,
    .words_max = 1,
    .examples = "  . <(counterfoil completion bash)\n"
		"  counterfoil completion zsh >~/.zfunc/_counterfoil\n",
    .run = run,
};
