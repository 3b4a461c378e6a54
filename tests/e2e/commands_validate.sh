#!/bin/sh
# drplan validate: text and JSON, from files and standard input.
# shellcheck source-path=SCRIPTDIR source=support.sh disable=SC2016,SC2031,SC2089,SC2090,SC2119,SC2153,SC2154
. "${0%/*}/support.sh"

without_vpc() {
    jq 'del(.instances[0].vpcId)' "$EXAMPLES/one-way-external-vpc-acl.json"
}

every_example_is_valid() {
    run 0 validate "$EXAMPLES"/*.json
    is_empty err
    [ "$(grep -c ': valid$' out)" -eq "$(find "$EXAMPLES" -name '*.json' | wc -l)" ]
}

each_problem_has_a_line_with_its_place() {
    without_vpc | jq '.planName = null' >draft.json
    run 3 validate draft.json
    is_empty err
    [ "$(sed -n 1p out)" = 'draft.json: 2 errors, 1 warning' ]
    grep -qE '^error    planName            must be given' out
    grep -qE '^warning  planName            is null' out
    grep -qE '^error    instances\[0\]\.vpcId  must be given' out
}

json_is_one_object_for_each_draft() {
    without_vpc >broken.json
    valid good >good.json
    run 3 validate --json broken.json good.json
    [ "$(wc -l <out)" -eq 2 ]
    holds 'keys == ["draft", "problems", "valid"]'
    holds '(.valid | type) == "boolean" and .valid == ([.problems[] | select(.severity == "error")] == [])'
    holds 'all(.problems[]; keys == ["message", "path", "severity"])'
    [ "$(jq -r 'select(.valid | not) | .problems[] | select(.severity == "error") | .path' out)" = \
        'instances[0].vpcId' ]
}

a_hyphen_is_standard_input() {
    without_vpc | run 3 validate -
    [ "$(sed -n 1p out)" = '-: 1 error' ]
    valid good | run 0 validate --json -
    holds '.draft == "-" and .valid and .problems == []'
}

warnings_do_not_count() {
    valid good | jq '.instances[0].zone = "a"' >draft.json
    run 0 validate draft.json
    [ "$(sed -n 1p out)" = 'draft.json: valid, 1 warning' ]
    grep -q '^warning  instances\[0\]\.zone' out
}

what_is_no_json_has_line_and_column() {
    printf '{\n  "planName": "a",\n}\n' >draft.json
    run 3 validate draft.json
    is_empty err
    [ "$(sed -n 1p out)" = 'draft.json: 1 error' ]
    says out 'line 3, column 1'
    run 3 validate --json draft.json
    holds '.valid == false and (.problems | length) == 1'
    holds '.problems[0].path == "" and .problems[0].severity == "error"'
    holds '.problems[0].message | contains("line 3, column 1")'
    echo '[]' | run 3 validate -
    echo '{"a": 1, "a": 2}' | run 3 validate -
}

a_file_that_cannot_be_read_is_another_matter() {
    run 1 validate nowhere.json
    is_empty out
    says err 'nowhere.json'
    run 1 validate --json nowhere.json
    holds '.valid == false and .problems[0].path == ""'
    mkdir folder
    run 1 validate folder
    mkfifo pipe
    run 1 validate pipe
    valid good >good.json
    run 1 validate good.json nowhere.json
    says out 'good.json: valid'
}

secrets_are_not_repeated() {
    valid good | jq '.instances[0].authType = "ACL_AUTH" | .instances[0].username = "u"
        | .instances[0].password = "hunter2-canary"' >draft.json
    run 0 validate draft.json
    keeps_quiet_about out hunter2-canary
    printf '{"password": "hunter2-canary", "planName": }' | run 3 validate -
    keeps_quiet_about out hunter2-canary
    keeps_quiet_about err hunter2-canary
}

extra_fields_count_only_when_they_are_kept() {
    valid good | jq '.instances[0].networkType = "TCP_VPC"' >draft.json
    run 0 validate draft.json
    says out 'instances[0].networkType'
    run 0 validate --keep-extra draft.json
    keeps_quiet_about out 'left out'
    run 0 render --keep-extra draft.json
    says out TCP_VPC
    run 0 render draft.json
    keeps_quiet_about out TCP_VPC
}

a_file_that_anybody_may_change_is_warned_about() {
    valid good >draft.json
    run 0 validate draft.json
    is_empty err
    chmod o+w draft.json
    for command in 'validate' 'validate --json' 'render' 'submit --yes --sandbox'; do
        # shellcheck disable=SC2086 # words
        run 0 $command draft.json
        says err 'draft.json: warning: anybody on this machine may change this file'
    done
    printf '%s\n' quit | run 0 --plain --sandbox draft.json
    says out 'Note: anybody on this machine may change draft.json'
}

check every_example_is_valid each_problem_has_a_line_with_its_place json_is_one_object_for_each_draft \
    a_hyphen_is_standard_input warnings_do_not_count what_is_no_json_has_line_and_column \
    a_file_that_cannot_be_read_is_another_matter secrets_are_not_repeated extra_fields_count_only_when_they_are_kept \
    a_file_that_anybody_may_change_is_warned_about
all_done
