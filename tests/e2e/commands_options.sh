#!/bin/sh
# The command line itself: help, version, what is refused, exit statuses, standard files.
# shellcheck source-path=SCRIPTDIR source=support.sh disable=SC2016,SC2031,SC2089,SC2090,SC2119,SC2153,SC2154
. "${0%/*}/support.sh"

help_is_on_standard_output() {
    run 0 --help
    is_empty err
    says out 'Usage: drplan [DRAFT]'
    says out 'validate'
    says out 'Exit status'
    mv out help
    run 0 help
    cmp out help
    run 0 -h
    cmp out help
}

every_command_has_help_with_examples() {
    for command in validate render submit schema sandbox help; do
        run 0 "$command" --help
        is_empty err
        says out "Usage: drplan $command"
        says out 'Examples'
        says out "  drplan $command"
        mv out "$command"
        run 0 help "$command"
        cmp out "$command"
    done
}

help_fits_80_columns() {
    for command in wizard validate render submit schema sandbox help; do
        run 0 help "$command"
        [ "$(awk '{ if (length($0) > most) most = length($0) } END { print most + 0 }' out)" -le 100 ]
        sed '/^  *drplan /d; /^Faults/,$d' out | awk 'length($0) > 79 { exit 1 }'
    done
}

whoever_asks_for_help_gets_it_whatever_else_is_wrong() {
    run 0 validate --bogus --help
    says out 'Usage: drplan validate'
    run 0 --help submit
    says out 'Usage: drplan submit'
}

the_version_names_the_libraries_too() {
    run 0 --version
    [ "$(sed -n 1p out)" = "drplan $VERSION" ]
    says out 'libcurl '
    says out 'OpenSSL '
    [ "$(wc -l <out)" -eq 2 ]
    run 0 -V
}

an_unknown_option_is_refused_with_the_nearest_name() {
    run 2 validate --jsno x.json
    is_empty out
    says err 'there is no option --jsno; did you mean --json?'
    run 2 submit --bogus x.json
    says err 'there is no option --bogus'
    keeps_quiet_about err 'did you mean'
    run 2 validate -x x.json
    says err 'there is no option -x'
}

options_are_not_abbreviated() {
    run 2 submit --dry x.json
    says err 'there is no option --dry; did you mean --dry-run?'
    run 2 validate --js x.json
    says err 'did you mean --json?'
}

an_option_of_another_command_is_refused() {
    run 2 validate --jobs 3 x.json
    says err '--jobs means nothing to validate'
    run 2 sandbox --as curl
    run 2 --dry-run
    says err '--dry-run means nothing to the wizard'
}

values_are_checked() {
    run 2 submit --jobs 0 x.json
    run 2 submit --jobs many x.json
    says err "--jobs takes a number, not 'many'"
    run 2 submit --timeout 0 x.json
    run 2 submit --timeout 1.0005 x.json
    run 2 submit --timeout 3601 x.json
    run 2 submit --region 'Hang Zhou' x.json
    run 2 submit --region 'evil.example/#' x.json
    run 2 submit --endpoint http://example.com x.json
    run 2 submit --endpoint https://user@example.com x.json
    run 2 render x.json --as text
    says err 'body|http|curl|aliyun'
    run 2 render x.json --explain
    run 2 sandbox --port 65536
    run 2 submit --profile
    says err '--profile needs a value'
    run 2 submit --json=yes x.json
    says err '--json takes no value'
    run 2 submit --sandbox --endpoint https://example.com x.json
    run 2 submit --fault 503 x.json
    says err 'give --sandbox too'
}

a_misspelt_command_is_not_taken_for_a_draft() {
    run 2 valdate
    says err 'did you mean validate?'
    run 2 rendr x.json
    says err 'did you mean render?'
    run 2 help valdate
}

operands_are_counted() {
    run 2 validate
    says err 'validate needs a draft'
    run 2 render a.json b.json
    says err "'b.json' is one word too many"
    run 2 schema x
    run 2 validate - -
    says err 'standard input can be read only once'
}

options_and_operands_come_in_any_order() {
    valid orders >validate
    run 0 validate --json ./validate
    run 0 validate ./validate --json
    run 0 --json validate validate
    run 0 --json validate -- validate
    holds '.draft == "validate" and .valid'
    cp validate ./--json
    run 0 validate -- --json
    says out '--json: valid'
    run 0 submit -y ./validate --sandbox --timeout=5.5 --connect-timeout 0.5
}

the_wizard_says_what_to_use_without_a_terminal() {
    run 2
    is_empty out
    says err 'drplan submit'
    run 3 --plain
    says out 'Nothing was sent.'
    valid orders | run 2 -
    says err 'must be a file'
}

exit_statuses_are_a_contract() {
    valid good >good.json
    echo '{"planName": "bad"}' >bad.json
    run 0 validate good.json
    run 0 render good.json
    run 0 schema
    run 0 submit --sandbox --yes good.json
    run 1 validate missing.json
    run 2 validate --bogus good.json
    run 3 validate bad.json
    run 3 render bad.json
    run 3 submit --sandbox --yes bad.json
    run 4 submit --yes good.json
    keeps_quiet_about err 'Sending'
    says out 'ALIBABA_CLOUD_ACCESS_KEY_ID'
    ALIBABA_CLOUD_ACCESS_KEY_ID=id ALIBABA_CLOUD_ACCESS_KEY_SECRET=secret
    export ALIBABA_CLOUD_ACCESS_KEY_ID ALIBABA_CLOUD_ACCESS_KEY_SECRET
    run 5 submit --yes --endpoint http://127.0.0.1:1 good.json
    run 6 submit --yes --sandbox --fault CreateDisasterRecoveryPlan=403 good.json
    start_sandbox --fault CreateDisasterRecoveryPlan=hang --fault 'ListDisasterRecoveryPlans=ok*1,403'
    start submit good.json --endpoint "$endpoint"
    until_said sandbox.err 'CreateDisasterRecoveryPlan'
    run_ended 8 "$drplan" TERM
    says out 'unknown: '
    start submit --sandbox good.json --fault ListDisasterRecoveryPlans=hang
    until_said err 'Sending to'
    run_ended 129 "$drplan" HUP
    says out 'cancelled: '
}

the_worst_draft_counts_and_8_before_all() {
    valid good >good.json
    echo '{}' >bad.json
    run 3 validate good.json bad.json
    run 3 validate bad.json missing.json
    run 1 validate good.json missing.json
}

a_broken_standard_output_is_noticed() {
    valid good >good.json
    [ -w /dev/full ] || return 0
    for command in 'validate good.json' 'render good.json' schema --help --version; do
        status=0
        # shellcheck disable=SC2086
        "$DRPLAN" $command >/dev/full 2>err || status=$?
        [ "$status" -eq 1 ]
        says err 'standard output did not take everything: No space left on device'
    done
    status=0
    "$DRPLAN" validate good.json >&- 2>err || status=$?
    [ "$status" -eq 1 ]
}

closed_standard_files_are_not_mistaken_for_others() {
    valid good >good.json
    cp good.json before.json
    "$DRPLAN" validate good.json <&- >out
    says out 'good.json: valid'
    "$DRPLAN" validate good.json 2>&- >out
    status=0
    "$DRPLAN" validate - <&- >out 2>err || status=$?
    [ "$status" -eq 1 ]
    cmp good.json before.json
}

nothing_that_comes_from_outside_drives_the_terminal() {
    escape=$(printf '\033]0;owned\007\033[2J')
    valid "$escape" >'evil.json'
    name=$(printf 'a\033[31m.json')
    cp evil.json "$name"
    run 0 validate "$name"
    run 0 submit --sandbox --yes "$name"
    run 2 submit --region "$escape" "$name"
    run 2 "--$escape"
    if LC_ALL=C grep -l "$(printf '\033')" out err; then return 1; fi
    run 0 validate --json "$name"
    if LC_ALL=C grep -l "$(printf '\033')" out; then return 1; fi
    [ "$(jq -r .draft out)" = "$name" ]
}

check help_is_on_standard_output every_command_has_help_with_examples help_fits_80_columns \
    whoever_asks_for_help_gets_it_whatever_else_is_wrong the_version_names_the_libraries_too \
    an_unknown_option_is_refused_with_the_nearest_name options_are_not_abbreviated \
    an_option_of_another_command_is_refused values_are_checked a_misspelt_command_is_not_taken_for_a_draft \
    operands_are_counted options_and_operands_come_in_any_order the_wizard_says_what_to_use_without_a_terminal \
    exit_statuses_are_a_contract the_worst_draft_counts_and_8_before_all a_broken_standard_output_is_noticed \
    closed_standard_files_are_not_mistaken_for_others nothing_that_comes_from_outside_drives_the_terminal
all_done
