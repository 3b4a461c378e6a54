#!/bin/sh
# drplan submit with many drafts: what is listed, kept, paced, skipped, and what an interrupt leaves.
# shellcheck source-path=SCRIPTDIR source=support.sh disable=SC2016,SC2031,SC2089,SC2090,SC2119,SC2153,SC2154
. "${0%/*}/support.sh"

# drafts COUNT: 1.json, 2.json, ... each with a plan name of its own.
drafts() {
    n=0
    while [ "$n" -lt "$1" ]; do
        n=$((n + 1))
        valid "plan-$n" >"$n.json"
    done
}

plan_names() {
    jq -r '[.. | objects | select(has("planName")) | .planName] | sort | join(" ")' "$1"
}

# How often an operation was asked for: the sandbox writes a line for each request.
start_talking_sandbox() {
    start_sandbox "$@"
    cat <&3 >requests &
}

requests() {
    cat requests sandbox.err | grep -c "$1" || true
}

plans_are_listed_once_for_all() {
    drafts 20
    start_talking_sandbox --state plans
    run 0 submit --json --jobs 4 ./*.json --endpoint "$endpoint"
    [ "$(wc -l <out)" -eq 20 ]
    holds '.outcome == "created"'
    [ "$(requests ListDisasterRecoveryPlans)" -eq 1 ]
    [ "$(requests CreateDisasterRecoveryPlan)" -eq 20 ]
    says err '20 drafts: 20 created.'
    stop_sandbox
}

a_name_that_is_there_is_found_all_the_same() {
    drafts 20
    run 0 submit --sandbox --state plans 7.json
    run 6 submit --sandbox --state plans --json --jobs 4 ./*.json
    [ "$(jq -r 'select(.outcome == "exists") | .draft' out)" = ./7.json ]
    [ "$(jq -r 'select(.outcome == "created") | .draft' out | wc -l)" -eq 19 ]
}

a_name_that_comes_twice_is_created_once() {
    drafts 8
    cp 3.json again.json
    run 6 submit --sandbox --state plans --json --jobs 4 ./*.json
    [ "$(jq -r .outcome out | sort | uniq -c | tr -s ' \n' ' ')" = ' 8 created 1 exists ' ]
}

without_a_list_each_draft_looks_for_itself() {
    drafts 6
    run 0 submit --sandbox --state plans --json --jobs 2 ./*.json --fault ListDisasterRecoveryPlans=403
    holds '.outcome == "created"'
    [ "$(grep -c 'could not be looked up' err || true)" -ge 5 ]
}

every_plan_is_sent_once() {
    drafts 60
    start_sandbox --state plans
    run 0 submit --json --jobs 16 ./*.json --endpoint "$endpoint"
    [ "$(wc -l <out)" -eq 60 ]
    stop_sandbox
    [ "$(jq '[.. | objects | select(has("planName"))] | length' plans)" -eq 60 ]
    [ "$(grep -c '"type":"intent"' state/drplan/journal.jsonl)" -eq 60 ]
    [ "$(grep -c '"outcome":"created"' state/drplan/journal.jsonl)" -eq 60 ]
}

# Connections that die at the worst moment, one after another, while plans go over kept ones.
# No plan goes out that the journal cannot be told of; what is missing in it is said once.
a_full_journal_ends_the_sending() {
    drafts 60
    start_sandbox --state plans
    (
        ulimit -f 32 # 16 KiB: more than each of the other files
        run 5 submit --json --jobs 16 ./*.json --endpoint "$endpoint"
    )
    stop_sandbox
    [ "$(wc -l <out)" -eq 60 ]
    holds '.outcome == "created" or (.outcome == "not_sent" and (.message | test("journal.* cannot be written")))'
    created=$(jq -r 'select(.outcome == "created") | .draft' out | wc -l)
    [ "$created" -ge 16 ]
    [ "$created" -lt 60 ]
    [ "$(jq '[.. | objects | select(has("planName"))] | length' plans)" -eq "$created" ]
    [ "$(grep -c '"type":"intent"' state/drplan/journal.jsonl)" -eq "$created" ]
    [ "$(grep -c 'Lines are missing in the journal: .*: File too large' err)" -eq 1 ]
    says err "60 drafts: $created created, $((60 - created)) not sent."
}

a_dying_connection_repeats_no_plan() {
    drafts 40
    start_sandbox --state plans --fault \
        'CreateDisasterRecoveryPlan=ok*3,reset-after-body*2,ok*3,drop-after*2,ok*2,half-headers*1,ok*2,truncated*1,ok*99'
    run 0 submit --json --jobs 4 ./*.json --endpoint "$endpoint" --patience 8
    holds '.outcome == "created"'
    [ "$(wc -l <out)" -eq 40 ]
    stop_sandbox
    [ "$(plan_names plans | tr ' ' '\n' | sort | uniq -d | wc -l)" -eq 0 ]
    [ "$(plan_names plans | wc -w)" -eq 40 ]
    [ "$(jq -r .planId out | sort -u | wc -l)" -eq 40 ]
}

throttling_slows_all_down_and_passes() {
    drafts 12
    start_talking_sandbox --state plans --fault 'CreateDisasterRecoveryPlan=ok*2,throttle*4'
    run 0 submit --json --jobs 4 ./*.json --endpoint "$endpoint"
    holds '.outcome == "created"'
    [ "$(wc -l <out)" -eq 12 ]
    [ "$(requests CreateDisasterRecoveryPlan)" -eq 16 ]
    stop_sandbox
    [ "$(plan_names plans | wc -w)" -eq 12 ]
}

what_was_created_is_not_sent_again() {
    drafts 5
    start_sandbox --state plans
    run 0 submit --json 1.json 2.json --endpoint "$endpoint"
    first=$(jq -r 'select(.draft == "1.json") | .planId' out)
    # --yes would create a plan although one of its name exists.
    run 0 submit --json --yes ./*.json --endpoint "$endpoint"
    holds '.outcome == "created"'
    [ "$(jq -r 'select(.draft == "./1.json") | .planId' out)" = "$first" ]
    jq -se 'map(select(.message != null)) | length == 2 and all(.[]; .message | contains("journal"))' out >/dev/null
    says err '5 drafts: 5 created (2 earlier).'
    # A draft that was changed is another one.
    jq '.planDesc = "changed"' 1.json >changed.json
    run 0 submit --json --yes changed.json 2.json --endpoint "$endpoint"
    says err '2 drafts: 2 created (1 earlier).'
    run 0 submit --json --yes --again 1.json 2.json --endpoint "$endpoint"
    jq -se 'all(.[]; .message == null)' out >/dev/null
    stop_sandbox
    [ "$(plan_names plans | wc -w)" -eq 8 ]
}

an_interrupt_finishes_what_is_sent_and_names_the_rest() {
    drafts 30
    # The second half of the answers never comes.
    start_sandbox --state plans --fault 'CreateDisasterRecoveryPlan=ok*10,slow=300*2,hang*99'
    "$DRPLAN" submit --json --jobs 3 ./*.json --endpoint "$endpoint" --patience 3 >out 2>err &
    drplan=$!
    until_said out 1300000010
    kill -TERM "$drplan"
    status=0
    wait "$drplan" || status=$?
    [ "$status" -eq 8 ] || [ "$status" -eq 143 ]
    [ "$(wc -l <out)" -eq 30 ]
    [ "$(jq -r .draft out | sort -u | wc -l)" -eq 30 ]
    jq -se 'all(.[]; .outcome | IN("created", "cancelled", "unknown"))' out >/dev/null
    says err '30 drafts: '
    # What is called created is there, and nothing that is called cancelled.
    created=$(jq -r 'select(.outcome == "created") | .draft' out | sed 's/.*\/\([0-9]*\).json/plan-\1/' | sort)
    cancelled=$(jq -r 'select(.outcome == "cancelled") | .draft' out | sed 's/.*\/\([0-9]*\).json/plan-\1/' | sort)
    stop_sandbox
    there=$(plan_names plans | tr ' ' '\n' | sort)
    if printf "%s\n" "$created" | grep -qvxF "$there"; then return 1; fi
    if printf "%s\n" "$cancelled" | grep -qxF "$there"; then return 1; fi
}

a_second_interrupt_stops_waiting() {
    drafts 4
    start_sandbox --fault CreateDisasterRecoveryPlan=hang
    "$DRPLAN" submit --json --jobs 4 ./*.json --endpoint "$endpoint" >out 2>err &
    drplan=$!
    until_said state/drplan/journal.jsonl plan-4
    kill -TERM "$drplan"
    until_said err 'Finishing' || true
    kill -TERM "$drplan"
    kill -TERM "$drplan" 2>/dev/null || true
    status=0
    wait "$drplan" || status=$?
    [ "$status" -eq 8 ] || [ "$status" -eq 143 ]
    [ "$(wc -l <out)" -eq 4 ]
    stop_sandbox
}

check plans_are_listed_once_for_all a_name_that_is_there_is_found_all_the_same \
    a_name_that_comes_twice_is_created_once without_a_list_each_draft_looks_for_itself every_plan_is_sent_once \
    a_full_journal_ends_the_sending a_dying_connection_repeats_no_plan throttling_slows_all_down_and_passes \
    what_was_created_is_not_sent_again an_interrupt_finishes_what_is_sent_and_names_the_rest a_second_interrupt_stops_waiting
all_done
