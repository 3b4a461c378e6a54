#!/bin/sh
# drplan --plain with its input from a pipe: the wizard for scripts, serial lines and screen readers.
# shellcheck source-path=SCRIPTDIR source=support.sh disable=SC2016,SC2031,SC2119,SC2154
. "${0%/*}/support.sh"

esc=$(printf '\033')

# The answers for a plan from an external cluster to an ApsaraMQ instance.
answers() {
    printf '%s\n' orders-hz-to-sh 'Orders and more' 1
    printf '%s\n' 2 '' 2 cn-hangzhou 10.0.8.11:9876 vpc-example0001 vsw-example0001 sg-example0001 2 rocketmq2 \
        's3cret-marker' '' '' ''
    printf '%s\n' aliyun_rocketmq '' cn-shanghai rmq-cn-example0001 1 GID_EXAMPLE '' '' 1 2
}

# The words that send, and what is said behind them.
send_lines() {
    printf '%s\n' send yes "$@"
}

a_plan_is_filled_in_and_created() {
    { answers && send_lines; } | run 0 --plain --sandbox
    says out 'Step 5 of 5, review.'
    says out 'No problems.'
    says out 'This is the sandbox: nothing real happens.'
    says out 'Created.'
    grep -qE '^Plan ID: [0-9]+$' out
    says out 'Nothing is copied yet'
    is_empty err
}

what_is_asked_is_what_is_saved() {
    { answers && printf '%s\n' 'save draft.json' quit; } | run 0 --plain --sandbox
    says out 'Draft saved to: draft.json'
    jq -e '.planName == "orders-hz-to-sh" and .planDesc == "Orders and more" and .planType == "ACTIVE_PASSIVE"
        and .syncCheckpointEnabled == true and .autoSyncCheckpoint == false
        and .instances[0].vpcId == "vpc-example0001" and .instances[0].instanceRole == "ACTIVE"
        and .instances[1].instanceType == "ALIYUN_ROCKETMQ" and .instances[1].consumerGroupId == "GID_EXAMPLE"' draft.json
    run 3 validate draft.json
    says out 'instances[0].password'
}

no_secret_no_escape_and_no_wide_line_comes_out() {
    { answers && printf '%s\n' list json '!' '=' '?' 'save draft.json' && send_lines; } | run 0 --plain --sandbox
    for file in out err draft.json; do
        keeps_quiet_about "$file" s3cret-marker
        keeps_quiet_about "$file" "$esc"
    done
    if grep -rqF s3cret-marker state; then
        return 1
    fi
    says out '"password": "********"'
    if grep -v '"' out | grep -E '^.{80,}$'; then
        return 1
    fi
}

a_draft_starts_at_its_review() {
    send_lines | run 0 --plain --sandbox "$EXAMPLES/two-way-apsaramq-5x.json"
    says out 'Step 5 of 5, review.'
    says out 'Created.'
    keeps_quiet_about out 'Step 1 of 5'
}

nothing_but_yes_sends() {
    for word in no y '' 'yes please' send; do
        printf '%s\n' send "$word" | run 1 --plain --sandbox "$EXAMPLES/one-way-apsaramq-5x.json"
        says out 'The input ended at the review. Nothing was sent.'
        keeps_quiet_about out Created
    done
    printf 'send\nyes' | run 1 --plain --sandbox "$EXAMPLES/one-way-apsaramq-5x.json"
    says out 'Nothing was sent.'
}

an_input_that_ends_says_what_is_missing() {
    run 3 --plain --sandbox </dev/null
    says out 'The input ended at Plan name. Nothing was sent.'
    says out 'Problem, Plan type: must be given for every plan.'
    answers | head -n 9 | run 3 --plain --sandbox
    says out 'The input ended at First cluster, vSwitch. Nothing was sent.'
    answers | run 1 --plain --sandbox
    says out 'Nothing is missing: at the review, send and then yes send the plan.'
}

each_end_has_its_status() {
    while read -r fault ends said; do
        send_lines q | run "$ends" --plain --sandbox "$EXAMPLES/one-way-apsaramq-5x.json" --timeout 3 \
            --fault "CreateDisasterRecoveryPlan=$fault"
        says out "$said"
    done <<'END'
403 6 Not created: the service refused the plan.
reset-after-body 0 Created.
success-false 6 Not created: the service refused the plan.
END
    ALIBABA_CLOUD_ACCESS_KEY_ID=ID ALIBABA_CLOUD_ACCESS_KEY_SECRET=SECRET
    export ALIBABA_CLOUD_ACCESS_KEY_ID ALIBABA_CLOUD_ACCESS_KEY_SECRET
    send_lines q | run 5 --plain --endpoint http://127.0.0.1:1 --region cn-hangzhou \
        "$EXAMPLES/one-way-apsaramq-5x.json"
    says out 'Not created: nothing was sent.'
}

an_unknown_outcome_wants_the_name_for_another_try() {
    valid orders >draft.json
    printf '%s\n' send yes send yes q | run 8 --plain --sandbox draft.json --patience 1 \
        --fault CreateDisasterRecoveryPlan=drop-after --fault 'ListDisasterRecoveryPlans=ok*1,403'
    says out 'Not known: the request left, and no answer said what became of it.'
    says out "Type the plan's name to send it all the same"
    [ "$(grep -c '^Sending the plan' out)" -eq 1 ]
}

what_became_of_a_plan_is_looked_for_when_that_is_said() {
    valid orders >draft.json
    printf '%s\n' send yes look | run 0 --plain --sandbox draft.json --patience 1 \
        --fault CreateDisasterRecoveryPlan=drop-after --fault 'ListDisasterRecoveryPlans=ok*1,403*5'
    says out 'At the review, look lists plans once more to find it.'
    says out 'Created.'
    printf '%s\n' send yes repeat no repeat yes | run 0 --plain --sandbox --state plans draft.json --patience 1 \
        --fault CreateDisasterRecoveryPlan=drop-after --fault 'ListDisasterRecoveryPlans=ok*1,403*5'
    says out 'Created.'
    [ "$(jq '[.. | objects | select(has("planName"))] | length' plans)" -eq 1 ]
}

an_earlier_plan_whose_end_is_unknown_is_mentioned() {
    valid orders >draft.json
    start_sandbox --fault CreateDisasterRecoveryPlan=drop-after --fault 'ListDisasterRecoveryPlans=ok*1,403*5'
    send_lines q | run 8 --plain --endpoint "$endpoint" --region cn-hangzhou --patience 1 draft.json
    run 3 --plain --endpoint "$endpoint" --region cn-hangzhou </dev/null
    says out 'Note: orders was sent to'
    says out "'drplan look' finds out."
    stop_sandbox
}

passwords_in_clear_stay_in_a_draft_when_that_is_said() {
    jq '.instances[0].password = "s3cret-marker"' "$EXAMPLES/one-way-external-vpc-acl.json" >draft.json
    printf '%s\n' 'plan name' new save yes | run 1 --plain draft.json
    says draft.json s3cret-marker
    keeps_quiet_about out s3cret-marker
    keeps_quiet_about out 'Passwords are not in it'
    printf '%s\n' 'plan name' newer save no | run 1 --plain draft.json
    keeps_quiet_about draft.json s3cret-marker
    says draft.json newer
    says out 'Passwords are not in it'
}

a_second_plan_of_the_name_is_asked_about() {
    valid orders >draft.json
    start_sandbox
    send_lines | run 0 --plain --endpoint "$endpoint" --region cn-hangzhou draft.json
    printf '%s\n' send yes '' 'send anyway' yes | run 0 --plain --endpoint "$endpoint" --region cn-hangzhou draft.json
    says out 'Not sent: a plan of this name exists already.'
    says out 'This creates a second plan named orders'
    printf '%s\n' send yes other send yes | run 0 --plain --endpoint "$endpoint" --region cn-hangzhou draft.json
    says out 'This creates the plan other'
    stop_sandbox
}

a_file_that_is_there_is_written_over_when_that_is_said() {
    valid orders >draft.json
    echo mine >other.json
    printf '%s\n' 'plan name' new 'save other.json' no 'save other.json' yes quit | run 0 --plain draft.json
    jq -e '.planName == "new"' other.json
    says out 'other.json exists already.'
    says out 'Nothing was saved.'
    jq -e '.planName == "orders"' draft.json
    printf '%s\n' 'plan name' newer q | run 0 --plain draft.json
    jq -e '.planName == "newer"' draft.json
    printf '%s\n' p q my.json | run 0 --plain
    jq -e '.planName == "p"' my.json
    printf '%s\n' p q no/folder.json q - | run 0 --plain
    says out 'Nothing was saved.'
    says out 'Nothing is kept.'
}

without_credentials_everything_but_sending_works() {
    printf '%s\n' json send quit | run 0 --plain "$EXAMPLES/one-way-apsaramq-5x.json"
    says out 'Not sent: No usable credentials'
}

accessible_asks_for_it_too() {
    for value in 1 yes true; do
        ACCESSIBLE=$value run 3 --sandbox </dev/null
        says out 'Plan name, needed:'
    done
    for value in 0 false FALSE ''; do
        ACCESSIBLE=$value run 2 --sandbox </dev/null
        says err 'drplan --plain'
        is_empty out
    done
}

a_draft_from_standard_input_leaves_nothing_for_answers() {
    run 2 --plain - <"$EXAMPLES/one-way-apsaramq-5x.json"
    says err 'the draft must be a file'
}

a_broken_pipe_is_noticed() {
    { answers && send_lines; } >lines
    { run 1 --plain --sandbox <lines 2>/dev/null || true; } | head -n 1 >/dev/null
    if "$DRPLAN" --plain --sandbox <lines 2>err >/dev/full; then
        return 1
    fi
    says err 'the questions cannot be written'
}

a_signal_ends_it() {
    mkfifo silent
    exec 4<>silent
    for signal in INT:130 TERM:143 HUP:129 QUIT:131; do
        rm -f said
        # The shell ignores some signals for what it starts in the background.
        env --default-signal=INT,QUIT "$DRPLAN" --plain --sandbox <silent >said 2>err &
        until_said said 'Plan name, needed:'
        run_ended "${signal#*:}" $! "${signal%:*}"
        says said 'Interrupted. Nothing was sent.'
    done
}

check a_plan_is_filled_in_and_created what_is_asked_is_what_is_saved no_secret_no_escape_and_no_wide_line_comes_out \
    a_draft_starts_at_its_review nothing_but_yes_sends an_input_that_ends_says_what_is_missing each_end_has_its_status \
    an_unknown_outcome_wants_the_name_for_another_try \
    what_became_of_a_plan_is_looked_for_when_that_is_said an_earlier_plan_whose_end_is_unknown_is_mentioned \
    passwords_in_clear_stay_in_a_draft_when_that_is_said a_second_plan_of_the_name_is_asked_about a_file_that_is_there_is_written_over_when_that_is_said \
    without_credentials_everything_but_sending_works accessible_asks_for_it_too \
    a_draft_from_standard_input_leaves_nothing_for_answers a_broken_pipe_is_noticed a_signal_ends_it
all_done
