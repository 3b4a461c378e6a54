#!/bin/sh
# Exit statuses as a table, and a pipeline of nothing but sh, jq and drplan.
# shellcheck source-path=SCRIPTDIR source=support.sh disable=SC2016,SC2031,SC2086,SC2089,SC2090,SC2119,SC2153,SC2154
. "${0%/*}/support.sh"

drafts() {
    valid orders >good.json
    valid others >other.json
    jq 'del(.planType)' good.json >bad.json
    echo '{"planName": ' >broken.json
    jq '.instances[0].password = {"$env": "NOT_SET"}' "$EXAMPLES/one-way-external-vpc-acl.json" >secret.json
    mkdir folder
}

keys='ALIBABA_CLOUD_ACCESS_KEY_ID=id ALIBABA_CLOUD_ACCESS_KEY_SECRET=secret'

# A status, variables in brackets, and the arguments; standard input is a valid draft.
each_status_is_that_of_the_table() {
    drafts
    rows=0
    while read -r expected variables arguments; do
        case $expected in '' | '#'*) continue ;; esac
        rows=$((rows + 1))
        [ "$variables" != keys ] || variables=$keys
        [ "$variables" != - ] || variables=
        status=0
        env $variables "$DRPLAN" $arguments <good.json >out 2>err || status=$?
        if [ "$status" -ne "$expected" ]; then
            echo "drplan $arguments: exit status $status, not $expected" >&2
            cat err >&2
            return 1
        fi
        # Whatever went wrong is told, and never among the results.
        if [ "$expected" -ne 0 ] && [ ! -s err ] && [ ! -s out ]; then
            echo "drplan $arguments: fails without a word" >&2
            return 1
        fi
    done <<'END'
# done
0 - --help
0 - --version
0 - help
0 - help submit
0 - submit --help
0 - validate good.json
0 - validate -
0 - validate good.json other.json
0 - render good.json
0 - render - --as aliyun
0 keys render good.json --as http
0 - schema
0 - completion bash
0 - submit --sandbox good.json
0 - submit --sandbox --json --jobs 2 good.json other.json
0 keys submit --dry-run good.json
# this side
1 - validate missing.json
1 - validate folder
1 - render missing.json
1 - submit --sandbox missing.json
1 - submit --sandbox --ca-file missing.pem good.json
# the command line
2 - valdate good.json
2 - validate
2 - --nonsense
2 - validate --jobs 2 good.json
2 - submit --jobs 0 good.json
2 - submit --jobs many good.json
2 - submit --sand good.json
2 - submit --json=1 good.json
2 - submit --timeout
2 - submit --region Hangzhou good.json
2 - submit --endpoint http://example.com good.json
2 - submit --fault X=503 good.json
2 - render good.json --as xml
2 - render good.json other.json
2 - validate - -
2 - schema good.json
2 - completion tcsh
2 - help nonsense
2 - sandbox --port 70000
2 - sandbox --fault CreateDisasterRecoveryPlan=nonsense
# drafts with errors
3 - validate bad.json
3 - validate broken.json
3 - validate good.json bad.json
3 - render bad.json
3 - render bad.json --as curl
3 - submit --sandbox bad.json
3 - submit --sandbox broken.json
3 - submit --sandbox good.json bad.json
# no credentials, no region
4 - submit good.json
4 - submit --profile nobody good.json
4 - render good.json --as http
4 - whoami
# not sent
5 keys submit good.json --endpoint http://127.0.0.1:1
5 - submit --sandbox good.json --fault ListDisasterRecoveryPlans=drop-before
# refused, or there already
6 - submit --sandbox good.json --fault CreateDisasterRecoveryPlan=403
6 - submit --sandbox good.json --fault CreateDisasterRecoveryPlan=success-false
6 - submit --sandbox good.json good.json
# throttled
7 - submit --sandbox good.json --patience 1 --fault CreateDisasterRecoveryPlan=throttle
# unknown
8 - submit --sandbox good.json --patience 1 --fault CreateDisasterRecoveryPlan=drop-before
8 - submit --sandbox good.json bad.json --patience 1 --fault CreateDisasterRecoveryPlan=drop-before
END
    [ "$rows" -ge 60 ]
}

# What a nightly job does: keep what is valid, fill in, submit, sort by outcome.
a_pipeline_of_sh_and_jq() {
    mkdir plans ready
    for region in cn-hangzhou cn-shanghai cn-beijing; do
        valid "orders-$region" | jq --arg region "$region" '.instances[0].regionId = $region' >"plans/$region.json"
    done
    jq 'del(.planType)' plans/cn-beijing.json >plans/cn-chengdu.json
    "$DRPLAN" validate --json plans/*.json >checked || true
    [ "$(jq -r 'select(.valid | not) | .draft' checked)" = plans/cn-chengdu.json ]
    [ "$(jq -r '.problems[] | select(.severity == "error") | .path' checked)" = planType ]
    jq -r 'select(.valid) | .draft' checked | while read -r draft; do
        jq '.planDesc = "made by a pipeline"' "$draft" | "$DRPLAN" render - >"ready/${draft##*/}"
    done
    start_sandbox --state state.json
    "$DRPLAN" submit --json --jobs 3 ready/*.json --endpoint "$endpoint" 2>err >outcomes
    jq -r 'select(.outcome == "created") | "\(.planId) \(.draft)"' outcomes >created
    [ "$(wc -l <created)" -eq 3 ]
    [ "$(jq -s 'map(select(.outcome != "created")) | length' outcomes)" -eq 0 ]
    stop_sandbox
    [ "$(jq '[.. | objects | select(.planDesc? == "made by a pipeline")] | length' state.json)" -eq 3 ]
    "$DRPLAN" schema | jq -e '.properties.planName.type == "string"' >matched
}

check each_status_is_that_of_the_table a_pipeline_of_sh_and_jq
all_done
