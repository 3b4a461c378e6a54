#!/bin/sh
# drplan look: what became of plans that were sent, and what cannot be found out.
# shellcheck source-path=SCRIPTDIR source=support.sh disable=SC2031,SC2089,SC2090,SC2119,SC2153,SC2154
. "${0%/*}/support.sh"

# sent NAME: a plan whose outcome nothing tells.
sent() {
    valid "$1" >draft.json
    run 8 submit --yes draft.json --endpoint "$endpoint" --timeout 2 --patience 0.1
}

what_was_created_is_found_and_settled() {
    start_sandbox --fault CreateDisasterRecoveryPlan=drop-after --fault 'ListDisasterRecoveryPlans=ok*1,500*6,ok'
    sent orders
    run 0 look
    grep -qE '^orders: created plan 13[0-9]+' out
    run 0 look
    is_empty out
    says err 'There is no plan to look for: every outcome is known.'
    run 0 look --quiet
    is_empty err
    stop_sandbox
}

json_has_a_line_for_each() {
    start_sandbox --fault CreateDisasterRecoveryPlan=500
    sent one
    sent two
    run 8 look --json --patience 0.1
    [ "$(jq -rs 'map(.plan) | join(" ")' out)" = 'one two' ]
    holds '.outcome == "unknown" and .planId == null and (.message | length) > 0'
    holds '.endpoint == "'"${endpoint#http://}"'" and (.sentAt | test("^[0-9]{4}-"))'
    stop_sandbox
}

names_choose_what_is_looked_for() {
    start_sandbox --fault CreateDisasterRecoveryPlan=500
    sent one
    sent two
    run 8 look two --json --patience 0.1
    [ "$(jq -rs 'map(.plan) | join(" ")' out)" = two ]
    run 0 look three
    says err 'There is no plan to look for'
    run 0 look --forget one
    says out 'one: '
    run 8 look --json --patience 0.1
    [ "$(jq -rs 'map(.plan) | join(" ")' out)" = two ]
    stop_sandbox
}

without_keys_it_stays_unknown() {
    start_sandbox --fault CreateDisasterRecoveryPlan=500
    sent orders
    unset ALIBABA_CLOUD_ACCESS_KEY_ID ALIBABA_CLOUD_ACCESS_KEY_SECRET
    run 8 look
    says out 'orders: unknown'
    run 8 look --json
    holds '.outcome == "unknown" and (.message | test("ALIBABA_CLOUD_ACCESS_KEY_ID"))'
    stop_sandbox
}

broken_lines_are_passed_over() {
    start_sandbox --fault CreateDisasterRecoveryPlan=500
    sent orders
    echo '{"type":"int' >>state/drplan/journal.jsonl
    run 8 look --patience 0.1
    says err '1 lines of the journal cannot be read and are passed over.'
    says out 'orders: unknown'
    stop_sandbox
}

check what_was_created_is_found_and_settled json_has_a_line_for_each names_choose_what_is_looked_for \
    without_keys_it_stays_unknown broken_lines_are_passed_over
all_done
