#include "cli/command.h"

#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "cli/output.h"
#include "model/words.h"

/* clang-format off */
const struct command_row command_rows[COMMAND_COUNT] = {
    [COMMAND_WIZARD] = {
        "wizard", "[DRAFT]", "ask for everything on a full screen, show the request, send it", 0, 1, command_wizard,
        "Sets up disaster recovery plans between RocketMQ clusters on Alibaba Cloud. A draft is the JSON body of "
        "CreateDisasterRecoveryPlan in a file; - is standard input. Without a command the wizard opens, with DRAFT "
        "if one is given, else with a new plan. A draft that is called like a command is given as ./NAME.",
        "  drplan --sandbox                    try it out: no account needed, nothing real\n"
        "  drplan orders.json                  go on with a draft\n"
        "  drplan validate *.json              check drafts\n"
        "  drplan submit --yes orders.json     send a draft from a script\n"},
    [COMMAND_VALIDATE] = {
        "validate", "validate DRAFT...", "say what is wrong with drafts", 1, SIZE_MAX, command_validate,
        "Prints every problem of every draft: how bad it is, the place in the JSON, and what is wrong. Errors are "
        "breaches of what the documentation demands; warnings are advice and do not count. Nothing is sent and no "
        "network is used. The exit status is 0 when all drafts are valid, 3 when one has errors or is no JSON, "
        "and 1 when a file cannot be read.",
        "  drplan validate orders.json\n"
        "  jq 'del(.planDesc)' orders.json | drplan validate -\n"
        "  drplan validate --json *.json | jq -r 'select(.valid | not) | .draft'\n"},
    [COMMAND_RENDER] = {
        "render", "render DRAFT", "print the request as it would be sent", 1, 1, command_render,
        "--as body prints the JSON body, byte for byte as it is sent; this is what you get without --as. --as http "
        "prints the whole signed request, and with --explain the canonical request and the string to sign before "
        "it. --as curl and --as aliyun print a command for a POSIX shell that sends it with curl or the aliyun "
        "command line. Nothing is sent.\n\n"
        "Without --show-secrets, passwords are ******** in the body, and so are the token, the signature and the "
        "hash of a body with passwords in the HTTP request. In commands, passwords are variables "
        "(DRPLAN_PASSWORD_1, ...) that the command fills from the draft's references or asks for, and the token is "
        "DRPLAN_SECURITY_TOKEN.\n\n"
        "A request is signed for 15 minutes and for one use; so are the commands that --as curl prints, with the "
        "password that the draft has now. --as http and --as curl need credentials; the other two do not. A draft "
        "with errors is printed as a body only, and the exit status is 3.",
        "  drplan render orders.json\n"
        "  drplan render orders.json --as http --explain\n"
        "  drplan render orders.json --as curl --region cn-hangzhou > send.sh\n"
        "  drplan render orders.json --as aliyun\n"},
    [COMMAND_SUBMIT] = {
        "submit", "submit DRAFT...", "create plans without a screen", 1, SIZE_MAX, command_submit,
        "Creates the plan of each draft and prints how each ended: created, exists, refused, throttled, not_sent, "
        "unknown, invalid or cancelled. Each plan is sent once and never again by itself. Where no answer says what "
        "happened, plans are listed to find out; if that settles nothing the outcome is unknown and the exit status "
        "is 8: look for it with 'drplan look' before you send it again.\n\n"
        "On a terminal submit asks before it sends. If a plan of the same name exists, it is not sent: exists. "
        "--yes sends without asking and although one exists. Ctrl-C stops what has not been sent, and finds out what "
        "became of what has.\n\n"
        "Of several drafts those are not sent again that an earlier run created, with the same body at the same host, "
        "as the journal shows; --again sends them. A service that throttles slows all of them down.",
        "  drplan submit orders.json\n"
        "  drplan submit --dry-run orders.json\n"
        "  drplan submit --yes --json --jobs 8 plans/*.json > outcomes.jsonl\n"
        "  drplan submit --sandbox --fault CreateDisasterRecoveryPlan=reset-after-body orders.json\n"},
    [COMMAND_LOOK] = {
        "look", "look [PLAN...]", "find out what became of plans whose outcome is unknown", 0, SIZE_MAX, command_look,
        "Lists the plans that were sent, from this account on this machine, and whose outcome no answer told, and looks "
        "for each: is there a plan of its name and with its clusters that was not there before? Then it was created. If "
        "there is none it stays unknown, the exit status is 8, and the next look may find it. Nothing is sent but the "
        "question. With names only those plans are looked for.\n\n"
        "--forget ends the matter without looking: drplan does not ask about these plans again.",
        "  drplan look\n"
        "  drplan look --json | jq -r 'select(.outcome == \"unknown\") | .plan'\n"
        "  drplan look --forget orders-hz-to-sh\n"},
    [COMMAND_SCHEMA] = {
        "schema", "schema", "print the JSON Schema of the request body", 0, 0, command_schema,
        "Prints a JSON Schema (2020-12) of the body of CreateDisasterRecoveryPlan, with the conditions under which "
        "fields are required.",
        "  drplan schema > plan.schema.json\n"},
    [COMMAND_SANDBOX] = {
        "sandbox", "sandbox", "run the service on this machine, to rehearse against", 0, 0, command_sandbox,
        "Answers the operations that drplan uses on 127.0.0.1 as the service is documented to, until it is stopped "
        "with Ctrl-C. It checks signatures and bodies, and nothing it does is real. The first line says where it "
        "listens.",
        "  drplan sandbox --port 8080\n"
        "  drplan sandbox --fault 'CreateDisasterRecoveryPlan=reset-after-body*1,503*2'\n"},
    [COMMAND_WHOAMI] = {
        "whoami", "whoami", "say which credentials count, and who the service takes you for", 0, 0, command_whoami,
        "Looks for credentials in the order of the official tools and prints which place had them, why the ones before "
        "it had nothing, the key (masked), profile, region, endpoint and proxy; then asks STS who they belong to "
        "(GetCallerIdentity, which needs no permission). The exit status is 4 when there are no usable credentials, "
        "5 when STS cannot be reached and 6 when it refuses them. With --json what is not known is null.",
        "  drplan whoami\n"
        "  drplan whoami --profile prod --json | jq -r .accountId\n"},
    [COMMAND_COMPLETION] = {
        "completion", "completion SHELL", "print completions for a shell: bash, zsh or fish", 1, 1, command_completion,
        "Prints a script that lets the shell complete commands, options, regions and the names of profiles. Packages "
        "install it; without one, load it where your shell starts. The scripts ask 'drplan completion profiles' for "
        "the names of the profiles in ~/.aliyun/config.json, one on a line.",
        "  eval \"$(drplan completion bash)\"     in ~/.bashrc\n"
        "  eval \"$(drplan completion zsh)\"      in ~/.zshrc, behind compinit\n"
        "  drplan completion fish | source      in ~/.config/fish/config.fish\n"},
    [COMMAND_HELP] = {
        "help", "help [COMMAND]", "explain a command", 0, 1, command_help,
        "Prints what a command does, its options and examples.",
        "  drplan help submit\n"},
};
/* clang-format on */

bool command_find(const char *word, enum command_id *out)
{
    for (int id = COMMAND_WIZARD + 1; id < COMMAND_COUNT; id++) {
        if (strcmp(command_rows[id].name, word) == 0) {
            *out = (enum command_id)id;
            return true;
        }
    }
    return false;
}

enum end command_help(const struct options *options)
{
    const char *word = options->operand_count > 0 ? options->operands[0] : "wizard";
    enum command_id command = COMMAND_WIZARD;

    if (strcmp(word, "wizard") != 0 && !command_find(word, &command)) {
        complain("there is no command %s; 'drplan help' lists them", word);
        return END_USAGE;
    }
    help_print(command);
    return END_DONE;
}

/* A word that is neither a command nor a file was probably meant to be one. */
static const char *command_meant(const struct options *options)
{
    if (options->command != COMMAND_WIZARD || options->operand_count == 0 ||
        access(options->operands[0], F_OK) == 0)
        return NULL;
    for (int id = COMMAND_WIZARD + 1; id < COMMAND_COUNT; id++)
        if (words_near(options->operands[0], command_rows[id].name))
            return command_rows[id].name;
    return NULL;
}

static enum end usage_wrong(const struct options *options, const struct error *err)
{
    const char *meant = command_meant(options);

    if (meant) {
        complain("there is no command and no draft %s; did you mean %s? A new draft of that name is ./%s",
                 options->operands[0], meant, options->operands[0]);
        return END_USAGE;
    }
    complain("%s", err->text);
    if (options->command == COMMAND_WIZARD)
        remark("'drplan --help' explains the commands and options.");
    else
        remark("'drplan help %s' explains the command and its options.", command_rows[options->command].name);
    return END_USAGE;
}

static enum end run(const struct options *options)
{
    if (options->help)
        help_print(options->command);
    else if (options->version)
        version_print();
    else if (command_meant(options))
        return usage_wrong(options, NULL);
    else
        return command_rows[options->command].run(options);
    return END_DONE;
}

int cli_main(int argc, char **argv)
{
    struct options options;
    struct error err;
    enum end end;

    if (options_read(argc, argv, &options, &err))
        end = run(&options);
    else
        end = err.kind == ERROR_USAGE ? usage_wrong(&options, &err) : end_with(&err);
    options_release(&options);
    if (!output_finish())
        end = end_worse(end, END_FAILED);
    return (int)end;
}
