#!/bin/sh
# drplan schema and drplan sandbox.
# shellcheck source-path=SCRIPTDIR source=support.sh disable=SC2016,SC2031,SC2089,SC2090,SC2119,SC2153,SC2154
. "${0%/*}/support.sh"

the_schema_is_json_schema() {
    run 0 schema
    is_empty err
    jq -e '."$schema" == "https://json-schema.org/draft/2020-12/schema" and .type == "object"' out >/dev/null
    jq -S . out >whole
    run 0 schema --json
    [ "$(wc -l <out)" -eq 1 ]
    jq -S . out | cmp - whole
}

the_sandbox_says_first_where_it_listens() {
    start_sandbox
    [ "${line#listening on http://127.0.0.1:}" != "$line" ]
    until_said sandbox.err 'Ctrl-C'
    says sandbox.err 'ALIBABA_CLOUD_ACCESS_KEY_ID=SANDBOX-ACCESS-KEY-ID'
    valid orders >draft.json
    run 0 submit draft.json --endpoint "$endpoint"
    stop_sandbox
}

it_listens_on_the_port_it_is_told() {
    start_sandbox
    port=${endpoint##*:}
    run 1 sandbox --port "$port"
    is_empty out
    stop_sandbox
    rm sandbox.pipe
    start_sandbox --port "$port"
    [ "$endpoint" = "http://127.0.0.1:$port" ]
    stop_sandbox
}

it_ends_cleanly_when_asked() {
    # A shell starts background jobs with interrupts ignored, so those are for the tests with a terminal.
    for signal in TERM HUP; do
        start_sandbox
        kill -"$signal" "$sandbox_pid"
        status=0
        wait "$sandbox_pid" || status=$?
        sandbox_pid=
        exec 3<&-
        rm sandbox.pipe
        [ "$status" -eq 0 ]
    done
}

its_plans_can_outlive_it() {
    valid orders >draft.json
    start_sandbox --state plans
    run 0 submit draft.json --endpoint "$endpoint"
    stop_sandbox
    rm sandbox.pipe
    start_sandbox --state plans
    run 6 submit draft.json --endpoint "$endpoint"
    stop_sandbox
}

a_fault_that_is_none_is_refused() {
    run 2 sandbox --fault CreateDisasterRecoveryPlan=nonsense
    says err 'nonsense'
    run 2 submit --sandbox --fault 'CreateDisasterRecoveryPlan=503*x' x.json
}

a_private_sandbox_ends_with_its_program() {
    valid orders >draft.json
    start submit --sandbox --json draft.json --fault ListDisasterRecoveryPlans=hang
    until_said err 'Sending to'
    port=$(sed -n 's|^Sending to http://127.0.0.1:\([0-9]*\) .*|\1|p' err)
    curl --silent --output /dev/null "http://127.0.0.1:$port/"
    kill -KILL "$drplan"
    wait "$drplan" || true
    tries=0
    while curl --silent --output /dev/null "http://127.0.0.1:$port/"; do
        tries=$((tries + 1))
        [ "$tries" -lt 500 ]
        sleep 0.01
    done
}

check the_schema_is_json_schema the_sandbox_says_first_where_it_listens it_listens_on_the_port_it_is_told \
    it_ends_cleanly_when_asked its_plans_can_outlive_it a_fault_that_is_none_is_refused \
    a_private_sandbox_ends_with_its_program
all_done
