#!/bin/sh
# drplan submit: every way a submission can end, several drafts, and what is never sent twice.
# shellcheck source-path=SCRIPTDIR source=support.sh disable=SC2016,SC2031,SC2089,SC2090,SC2119,SC2153,SC2154
. "${0%/*}/support.sh"

contract='keys == ["code", "draft", "field", "httpStatus", "message", "outcome", "planId", "requestId"]
    and (.outcome | IN("created", "exists", "refused", "throttled", "not_sent", "unknown", "invalid", "cancelled"))
    and (.planId == null or (.planId | test("^[0-9]+$")))
    and (.httpStatus == null or (.httpStatus | type) == "number")'

# How many requests of an operation came to the sandbox that was started with --state: each created plan is there.
plans() {
    jq '[.. | objects | select(has("planName"))] | length' "$1"
}

a_plan_is_created() {
    valid orders >draft.json
    run 0 submit --sandbox draft.json
    grep -qE '^created plan [0-9]+  \(request [0-9A-F-]+\)$' out
    says err 'Sending to http://127.0.0.1:'
    run 0 submit --sandbox --json draft.json
    holds "$contract"
    holds '.draft == "draft.json" and .outcome == "created" and .code == null and .message == null and .field == null'
    holds '.httpStatus == 200 and (.requestId | length) > 0'
    valid orders | run 0 submit --sandbox --json -
    holds '.draft == "-" and .outcome == "created"'
}

each_end_has_its_outcome_and_status() {
    valid orders >draft.json
    while read -r fault ends outcome http; do
        run "$ends" submit --sandbox --json draft.json --fault "CreateDisasterRecoveryPlan=$fault" --timeout 3
        holds "$contract"
        holds ".outcome == \"$outcome\" and .httpStatus == $http"
    done <<'END'
400 6 refused 400
403 6 refused 403
401 6 refused 401
409 6 refused 409
drop-after 0 created null
reset-after-body 0 created null
truncated 0 created null
half-headers 0 created null
not-json 0 created 200
empty 0 created 200
html 0 created 200
created-503 0 created 503
big 0 created null
skew 6 refused 400
success-false 6 refused 200
END
}

what_the_service_says_is_passed_on() {
    valid orders >draft.json
    run 6 submit --sandbox --json draft.json --fault CreateDisasterRecoveryPlan=403
    holds '.code == "NoPermission" and (.message | length) > 0 and (.requestId | length) > 0 and .planId == null'
    run 6 submit --sandbox draft.json --fault CreateDisasterRecoveryPlan=403
    grep -qE '^refused: NoPermission: .*  \(request .*\)$' out
    says err 'draft.json: '
}

a_plan_of_that_name_stops_it_unless_told_otherwise() {
    valid orders >draft.json
    run 0 submit --sandbox --state plans draft.json
    id=$(sed 's/^created plan \([0-9]*\) .*/\1/' out)
    run 6 submit --sandbox --state plans --json draft.json
    holds "$contract"
    holds ".outcome == \"exists\" and .planId == \"$id\""
    run 6 submit --sandbox --state plans draft.json
    grep -q '^exists: ' out
    says err '--yes'
    [ "$(plans plans)" -eq 1 ]
    run 0 submit --sandbox --state plans --yes draft.json
    [ "$(plans plans)" -eq 2 ]
}

an_unknown_outcome_is_not_sent_again() {
    valid orders >draft.json
    run 8 submit --sandbox --state plans --json draft.json --timeout 1 \
        --fault CreateDisasterRecoveryPlan=drop-after --fault 'ListDisasterRecoveryPlans=ok*1,403'
    holds "$contract"
    holds '.outcome == "unknown" and (.message | length) > 0'
    says err 'before you send it again'
    [ "$(plans plans)" -eq 1 ]
}

a_throttled_plan_is_sent_once_more() {
    valid orders >draft.json
    run 0 submit --sandbox --state plans --json draft.json --fault 'CreateDisasterRecoveryPlan=throttle*1'
    holds '.outcome == "created"'
    [ "$(plans plans)" -eq 1 ]
}

nothing_is_sent_where_nobody_listens() {
    valid orders >draft.json
    ALIBABA_CLOUD_ACCESS_KEY_ID=id ALIBABA_CLOUD_ACCESS_KEY_SECRET=secret
    export ALIBABA_CLOUD_ACCESS_KEY_ID ALIBABA_CLOUD_ACCESS_KEY_SECRET
    run 5 submit --json draft.json --endpoint http://127.0.0.1:1
    holds "$contract"
    holds '.outcome == "not_sent" and .httpStatus == null and .requestId == null'
    run 5 submit draft.json --endpoint http://127.0.0.1:1
    grep -q '^not sent: ' out
}

a_draft_with_errors_is_not_sent() {
    valid orders | jq 'del(.planType)' >draft.json
    run 3 submit --sandbox --state plans --json draft.json
    holds "$contract"
    holds '.outcome == "invalid" and .field == "planType"'
    grep -q '^draft.json: error    planType' err
    [ ! -e plans ] || [ "$(plans plans)" -eq 0 ]
    echo '{' | run 3 submit --sandbox --json -
    holds '.outcome == "invalid" and (.message | contains("line 2, column 1"))'
    run 1 submit --sandbox --json nowhere.json
    holds '.outcome == "not_sent" and .draft == "nowhere.json"'
}

warnings_are_said_and_do_not_stop_it() {
    valid orders | jq '.instances[0].zone = "a"' >draft.json
    run 0 submit --sandbox draft.json
    grep -q '^draft.json: warning  instances\[0\]\.zone' err
}

a_dry_run_sends_nothing() {
    valid orders >draft.json
    start_sandbox --state plans
    run 0 submit --dry-run draft.json --endpoint "$endpoint"
    says out "would create plan orders at $endpoint as SAND****Y-ID (environment)"
    run 0 submit --dry-run --json draft.json --endpoint "$endpoint"
    holds "$contract"
    holds '.outcome == "not_sent" and (.message | contains("would create plan orders"))'
    stop_sandbox
    [ ! -e plans ] || [ "$(plans plans)" -eq 0 ]
    [ ! -e state/drplan/journal.jsonl ]
    echo '{}' | run 3 submit --dry-run --json -
    holds '.outcome == "invalid"'
    unset ALIBABA_CLOUD_ACCESS_KEY_ID ALIBABA_CLOUD_ACCESS_KEY_SECRET
    run 4 submit --dry-run --json draft.json
    holds '.outcome == "not_sent"'
}

the_journal_has_an_intent_and_an_outcome() {
    valid orders | jq '.instances[0].authType = "ACL_AUTH" | .instances[0].username = "u"' >draft.json
    start_sandbox
    run 0 submit draft.json --endpoint "$endpoint"
    [ "$(wc -l <state/drplan/journal.jsonl)" -eq 2 ]
    [ "$(stat -c %a state/drplan/journal.jsonl)" = 600 ]
    jq -se '.[0].nonce == .[1].nonce and (.[1] | tostring | contains("created"))' state/drplan/journal.jsonl >/dev/null
    stop_sandbox
}

an_earlier_unknown_outcome_is_remembered() {
    valid orders >draft.json
    start_sandbox --fault CreateDisasterRecoveryPlan=hang --fault 'ListDisasterRecoveryPlans=ok*1,403'
    run 8 submit draft.json --endpoint "$endpoint" --timeout 1 --patience 1
    stop_sandbox
    rm sandbox.pipe
    start_sandbox
    run 0 submit draft.json --endpoint "$endpoint"
    grep -q '^draft.json: what became of this plan when it was sent to 127.0.0.1:.* is not known' err
    stop_sandbox
}

nothing_is_sent_without_a_journal() {
    valid orders >draft.json
    start_sandbox --state plans
    : >state
    run 1 submit --json draft.json --endpoint "$endpoint" || run 5 submit --json draft.json --endpoint "$endpoint"
    holds '.outcome == "not_sent"'
    stop_sandbox
    [ ! -e plans ] || [ "$(plans plans)" -eq 0 ]
}

many_drafts_end_each_with_a_line() {
    for n in 1 2 3 4 5 6 7 8 9 10 11 12; do
        valid "plan-$n" >"$n.json"
    done
    echo '{}' >bad.json
    run 3 submit --sandbox --state plans --json --jobs 4 ./*.json missing.json
    holds "$contract"
    [ "$(wc -l <out)" -eq 14 ]
    [ "$(jq -r 'select(.outcome == "created") | .planId' out | sort -u | wc -l)" -eq 12 ]
    [ "$(plans plans)" -eq 12 ]
    run 6 submit --sandbox --state plans --jobs 12 ./1.json ./2.json
    grep -q '^./1.json: exists: ' out
}

plans_of_one_name_wait_for_each_other() {
    valid same >a.json
    cp a.json b.json
    cp a.json c.json
    run 6 submit --sandbox --state plans --json --jobs 3 a.json b.json c.json
    [ "$(jq -r .outcome out | sort | tr '\n' ' ')" = 'created exists exists ' ]
    [ "$(plans plans)" -eq 1 ]
}

jobs_run_side_by_side() {
    for n in 1 2 3 4; do
        valid "plan-$n" >"$n.json"
    done
    # Three answers never come; the fourth plan ends all the same.
    start submit --sandbox --jobs 4 ./?.json --fault 'CreateDisasterRecoveryPlan=hang*3'
    until_said out 'created plan'
    run_ended 8 "$drplan" TERM || [ "$status" -eq 143 ]
    [ "$(grep -c 'created plan' out)" -eq 1 ]
    [ "$(wc -l <out)" -eq 4 ]
}

an_interrupt_before_anything_was_sent_is_130() {
    valid orders >a.json
    start submit --sandbox --json a.json --fault ListDisasterRecoveryPlans=hang
    until_said err 'Sending to'
    run_ended 143 "$drplan" TERM
    holds "$contract"
    holds '.outcome == "cancelled" and .planId == null'
}

# As nohup does.
what_is_to_be_ignored_stops_nothing() {
    valid orders >a.json
    trap '' HUP
    start submit --sandbox --yes --json a.json --fault ListDisasterRecoveryPlans=slow=1000
    trap - HUP
    until_said err 'Sending to'
    run_ended 0 "$drplan" HUP
    holds '.outcome == "created"'
}

an_interrupt_after_it_was_sent_finds_out() {
    valid orders >a.json
    valid others >b.json
    start_sandbox --state plans --fault CreateDisasterRecoveryPlan=hang
    start submit --json a.json b.json --endpoint "$endpoint"
    until_said state/drplan/journal.jsonl orders
    kill -TERM "$drplan"
    status=0
    wait "$drplan" || status=$?
    [ "$status" -eq 8 ] || [ "$status" -eq 143 ]
    holds "$contract"
    jq -se '(map(select(.draft == "b.json"))[0].outcome) == "cancelled"' out >/dev/null
    stop_sandbox
    [ ! -e plans ] || [ "$(plans plans)" -eq 0 ]
}

an_interrupt_ends_a_password_command() {
    jq '.instances[0].password = {"$command": ["sh", "-c", "echo started >&2; sleep 60"]}' \
        "$EXAMPLES/one-way-external-vpc-acl.json" >draft.json
    start submit --sandbox --json draft.json
    until_said err started
    run_ended 143 "$drplan" TERM
    holds '.outcome == "cancelled"'
}

a_draft_names_no_host_of_its_own_choice() {
    valid orders | jq '."$drplan" = {"version": 1, "endpoint": "https://collector.example.com"}' >draft.json
    ALIBABA_CLOUD_ACCESS_KEY_ID=id ALIBABA_CLOUD_ACCESS_KEY_SECRET=secret
    export ALIBABA_CLOUD_ACCESS_KEY_ID ALIBABA_CLOUD_ACCESS_KEY_SECRET
    run 3 submit --json draft.json
    holds '.outcome == "invalid" and (.message | contains("collector.example.com"))'
    for host in aliyuncs.com evil-aliyuncs.com rocketmq.aliyuncs.com.example.com; do
        jq --arg host "$host" '."$drplan".endpoint = $host' draft.json >other.json
        run 3 submit --dry-run other.json
    done
    for host in rocketmq.cn-beijing.aliyuncs.com http://127.0.0.1:1; do
        jq --arg host "$host" '."$drplan".endpoint = $host' draft.json >other.json
        run 0 submit --dry-run other.json
        says out "${host#http://}"
        says out 'the host is named by the draft'
    done
    run 0 submit --dry-run draft.json --endpoint https://collector.example.com
}

region_and_endpoint_have_an_order() {
    ALIBABA_CLOUD_ACCESS_KEY_ID=id ALIBABA_CLOUD_ACCESS_KEY_SECRET=secret
    export ALIBABA_CLOUD_ACCESS_KEY_ID ALIBABA_CLOUD_ACCESS_KEY_SECRET
    valid orders | jq '.instances |= map(.regionId = "cn-beijing") | .instances[1].instanceRole = "ACTIVE"
        | .instances[0].instanceRole = "PASSIVE" | .instances[1].regionId = "cn-shanghai"' >draft.json
    run 0 submit --dry-run draft.json
    says out '//rocketmq.cn-shanghai.aliyuncs.com '
    ALIBABA_CLOUD_REGION_ID=cn-wulanchabu run 0 submit --dry-run draft.json
    says out '//rocketmq.cn-wulanchabu.aliyuncs.com '
    mkdir home/.aliyun
    echo '{"current": "prod", "profiles": [{"name": "prod", "mode": "AK", "access_key_id": "LTAI5tExampleKey0001",
        "access_key_secret": "s", "region_id": "cn-qingdao", "endpoint_type": "vpc"},
        {"name": "test", "mode": "AK", "access_key_id": "LTAI5tExampleKey0002", "access_key_secret": "s",
        "region_id": "cn-chengdu", "endpoint": "rocketmq.cn-hongkong.aliyuncs.com"}]}' >home/.aliyun/config.json
    ALIBABA_CLOUD_REGION_ID=cn-wulanchabu run 0 submit --dry-run draft.json
    says out '//rocketmq-vpc.cn-qingdao.aliyuncs.com '
    run 0 submit --dry-run draft.json --profile test
    says out '//rocketmq.cn-hongkong.aliyuncs.com as LTAI****0002 (profile test of'
    says out 'region cn-chengdu'
    jq '."$drplan" = {"version": 1, "region": "cn-heyuan", "profile": "test"}' draft.json >settings.json
    run 0 submit --dry-run settings.json
    says out 'region cn-heyuan'
    says out 'LTAI****0002'
    run 0 submit --dry-run settings.json --region cn-zhangjiakou --profile prod
    says out '//rocketmq-vpc.cn-zhangjiakou.aliyuncs.com as LTAI****0001'
    jq 'del(.instances[].regionId)' draft.json >nowhere.json
    rm home/.aliyun/config.json
    run 4 submit --dry-run nowhere.json
    says out '--region'
    run 0 submit --dry-run nowhere.json --endpoint https://rocketmq.cn-beijing.aliyuncs.com
    run 4 submit --dry-run draft.json --profile nobody
}

secrets_are_in_nothing_it_says() {
    canary=hunter2-canary
    jq --arg password "$canary" '.instances[0].password = $password' "$EXAMPLES/one-way-external-vpc-acl.json" \
        >draft.json
    start_sandbox --state plans
    run 0 submit draft.json --endpoint "$endpoint"
    run 0 submit --json --yes draft.json --endpoint "$endpoint"
    run 0 submit --dry-run draft.json --endpoint "$endpoint"
    stop_sandbox
    if grep -r -l -e "$canary" -e sandbox-access-key-secret out err state; then return 1; fi
}

check a_plan_is_created each_end_has_its_outcome_and_status what_the_service_says_is_passed_on \
    a_plan_of_that_name_stops_it_unless_told_otherwise an_unknown_outcome_is_not_sent_again \
    a_throttled_plan_is_sent_once_more nothing_is_sent_where_nobody_listens a_draft_with_errors_is_not_sent \
    warnings_are_said_and_do_not_stop_it a_dry_run_sends_nothing the_journal_has_an_intent_and_an_outcome \
    an_earlier_unknown_outcome_is_remembered nothing_is_sent_without_a_journal many_drafts_end_each_with_a_line \
    plans_of_one_name_wait_for_each_other jobs_run_side_by_side an_interrupt_before_anything_was_sent_is_130 \
    what_is_to_be_ignored_stops_nothing \
    an_interrupt_after_it_was_sent_finds_out an_interrupt_ends_a_password_command \
    a_draft_names_no_host_of_its_own_choice region_and_endpoint_have_an_order secrets_are_in_nothing_it_says
all_done
