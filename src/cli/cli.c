/*
 * cli.c: the table of commands: the one place that knows them all.
 */
#include "cli.h"

const struct cli_command *const cli_commands[] = {
    &cmd_help,
    &cmd_completion,
    &cmd_key,
    &cmd_init,
    &cmd_join,
    &cmd_seize,
    &cmd_hand,
    &cmd_accept,
    &cmd_offers,
    &cmd_handling,
    &cmd_inspect,
    &cmd_incident,
    &cmd_draw,
    &cmd_order,
    &cmd_move,
    &cmd_dispose,
    &cmd_label,
    &cmd_policy,
    &cmd_relate,
    &cmd_claim,
    &cmd_assess,
    &cmd_ask,
    &cmd_answer,
    &cmd_object,
    &cmd_finding,
    &cmd_letter,
    &cmd_show,
    &cmd_search,
    &cmd_due,
    &cmd_export,
    &cmd_reveal,
    &cmd_print,
    &cmd_compare,
    &cmd_record,
    &cmd_receipt,
    &cmd_bundle,
    &cmd_verify,
    &cmd_fsck,
    &cmd_publish,
    &cmd_cosign,
};

const size_t cli_command_count = sizeof(cli_commands) / sizeof(cli_commands[0]);
