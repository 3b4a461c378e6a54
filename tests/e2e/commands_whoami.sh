#!/bin/sh
# drplan whoami: where credentials come from, and who they belong to.
# shellcheck source-path=SCRIPTDIR source=support.sh disable=SC2088,SC2016,SC2031,SC2089,SC2090,SC2119,SC2153,SC2154
. "${0%/*}/support.sh"

contract='keys == ["accountId", "arn", "endpoint", "identityType", "keyId", "profile", "provider", "proxy", "region"]'

# profile FILE MEMBERS...: a config.json whose current profile "p" has these members.
profile() {
    mkdir -p home/.aliyun
    printf '{"current":"p","profiles":[{"name":"p",%s}]}\n' "$1" >home/.aliyun/config.json
    chmod 600 home/.aliyun/config.json
}

keys='"access_key_id":"SANDBOX-ACCESS-KEY-ID","access_key_secret":"sandbox-access-key-secret"'

the_private_sandbox_says_who_it_is() {
    run 0 whoami --sandbox --json
    holds "$contract"
    holds '.provider == "the private sandbox" and .keyId == "SAND****Y-ID" and .profile == null and .proxy == null'
    holds '.accountId == "1000000000000000" and .arn == "acs:ram::1000000000000000:user/sandbox"'
    holds '.identityType == "RAMUser" and .region == "cn-hangzhou" and (.endpoint | startswith("http://127.0.0.1:"))'
    is_empty err
    run 0 whoami --sandbox
    says out 'identity    acs:ram::1000000000000000:user/sandbox'
}

the_environment_wins_and_says_nothing_of_others() {
    start_sandbox
    profile "\"mode\":\"AK\",\"access_key_id\":\"LTAI-of-profile-1\",\"access_key_secret\":\"CANARY\""
    run 0 whoami --endpoint "$endpoint" --json
    holds "$contract"
    holds '.provider == "environment" and .profile == "p" and .region == null'
    run 6 whoami --endpoint "$endpoint" --profile p --json
    holds '.provider == "profile p of ~/.aliyun/config.json" and .keyId == "LTAI****le-1" and .accountId == null'
    says err 'InvalidAccessKeyId.NotFound'
    stop_sandbox
}

a_role_is_taken_on_and_recognised() {
    start_sandbox
    unset ALIBABA_CLOUD_ACCESS_KEY_ID ALIBABA_CLOUD_ACCESS_KEY_SECRET
    profile "\"mode\":\"RamRoleArn\",$keys,\"ram_role_arn\":\"acs:ram::12345:role/dr\",\"ram_session_name\":\"ops\",
        \"region_id\":\"cn-beijing\""
    run 0 whoami --endpoint "$endpoint" --json
    holds '.identityType == "AssumedRoleUser" and .arn == "acs:ram::12345:assumed-role/dr/ops"'
    holds '.accountId == "12345" and .keyId == "STS.****Y-ID" and .region == "cn-beijing"'
    run 0 whoami --endpoint "$endpoint"
    says out 'passed over the environment has no ALIBABA_CLOUD_ACCESS_KEY_ID'
    says out '            OIDC is not set up: no ALIBABA_CLOUD_ROLE_ARN'
    valid orders >draft.json
    run 0 submit --yes draft.json --endpoint "$endpoint"
    says err 'as STS.****Y-ID (profile p of ~/.aliyun/config.json)'
    says out 'created plan'
    profile "\"mode\":\"RamRoleArn\",$keys,\"ram_role_arn\":\"role/dr\",\"ram_session_name\":\"ops\""
    run 4 whoami --endpoint "$endpoint"
    says err 'InvalidParameter.RoleArn (HTTP 400): a role looks like acs:ram::ACCOUNT:role/NAME'
    stop_sandbox
}

a_chain_of_profiles_is_followed() {
    start_sandbox
    unset ALIBABA_CLOUD_ACCESS_KEY_ID ALIBABA_CLOUD_ACCESS_KEY_SECRET
    mkdir home/.aliyun
    cat >home/.aliyun/config.json <<END
{"current": "top", "profiles": [
  {"name": "top", "mode": "ChainableRamRoleArn", "source_profile": "mid", "ram_role_arn": "acs:ram::2:role/top",
   "ram_session_name": "se"},
  {"name": "mid", "mode": "ChainableRamRoleArn", "source_profile": "base", "ram_role_arn": "acs:ram::1:role/mid",
   "ram_session_name": "se"},
  {"name": "base", "mode": "AK", $keys},
  {"name": "loop", "mode": "ChainableRamRoleArn", "source_profile": "loop", "ram_role_arn": "acs:ram::1:role/x"}]}
END
    run 0 whoami --endpoint "$endpoint" --json
    holds '.arn == "acs:ram::2:assumed-role/top/se"'
    says err 'Others on this machine can read ~/.aliyun/config.json'
    run 4 whoami --endpoint "$endpoint" --profile loop --json
    holds '.provider == null and .keyId == null'
    says err 'loop -> loop'
    stop_sandbox
}

a_command_hands_out_keys() {
    start_sandbox
    unset ALIBABA_CLOUD_ACCESS_KEY_ID ALIBABA_CLOUD_ACCESS_KEY_SECRET
    cat >give.sh <<'END'
echo '{"mode": "AK", "access_key_id": "SANDBOX-ACCESS-KEY-ID", "access_key_secret": "sandbox-access-key-secret"}'
END
    profile "\"mode\":\"External\",\"process_command\":\"sh '$PWD/give.sh'\""
    run 0 whoami --endpoint "$endpoint" --json
    holds '.provider == "profile p of ~/.aliyun/config.json" and .identityType == "RAMUser"'
    echo 'echo CANARY; echo runs >runs; sleep 1000' >give.sh
    # A shell without job control has what it leaves behind ignore the signal.
    env --default-signal=INT "$DRPLAN" whoami --endpoint "$endpoint" >out 2>err &
    pid=$!
    until_said runs runs
    run_ended 130 "$pid" INT
    says err 'stopped while signing in'
    keeps_quiet_about err CANARY
    stop_sandbox
}

what_is_not_there_is_named() {
    run 4 whoami --json --region cn-hangzhou
    holds "$contract"
    holds '.provider == null and .accountId == null and .endpoint == "https://rocketmq.cn-hangzhou.aliyuncs.com"'
    says err 'the environment has no ALIBABA_CLOUD_ACCESS_KEY_ID'
    says err 'OIDC is not set up'
    says err '~/.aliyun/config.json is not there'
    says err '~/.alibabacloud/credentials is not there'
    says err 'ECS metadata'
    says err 'ALIBABA_CLOUD_CREDENTIALS_URI is not set'
}

a_service_that_cannot_be_reached_is_5() {
    ALIBABA_CLOUD_ACCESS_KEY_ID=LTAI-made-up-0001
    ALIBABA_CLOUD_ACCESS_KEY_SECRET=CANARY
    export ALIBABA_CLOUD_ACCESS_KEY_ID ALIBABA_CLOUD_ACCESS_KEY_SECRET
    run 5 whoami --endpoint http://127.0.0.1:1 --json
    holds '.keyId == "LTAI****0001" and .arn == null'
    says err 'was refused: nothing listens there'
}

what_sts_answers_badly_is_said() {
    while read -r fault expected words; do
        start_sandbox --fault "GetCallerIdentity=$fault"
        run "$expected" whoami --endpoint "$endpoint" --json
        holds '.accountId == null and .arn == null'
        says err "$words"
        stop_sandbox
        rm sandbox.pipe
    done <<'END'
html 5 what STS answered cannot be read
empty 5 what STS answered cannot be read
403 6 STS refused GetCallerIdentity with NoPermission (HTTP 403
429 7 STS refused GetCallerIdentity with Throttling (HTTP 429
502 5 STS answered with HTTP 502 and no code
truncated 5 The connection was closed
END
}

waiting_for_sts_can_be_stopped() {
    start_sandbox --fault GetCallerIdentity=hang
    # A shell without job control has what it leaves behind ignore the signal.
    env --default-signal=INT "$DRPLAN" whoami --endpoint "$endpoint" --json >out 2>err &
    pid=$!
    until_said sandbox.err GetCallerIdentity
    run_ended 130 "$pid" INT
    says err 'stopped while waiting for STS'
    holds '.accountId == null'
    stop_sandbox
}

the_vpc_is_used_where_the_configuration_says_so() {
    ALIBABA_CLOUD_ACCESS_KEY_ID=LTAI-made-up-0001
    ALIBABA_CLOUD_ACCESS_KEY_SECRET=CANARY
    https_proxy=http://user:CANARY@127.0.0.1:1
    export ALIBABA_CLOUD_ACCESS_KEY_ID ALIBABA_CLOUD_ACCESS_KEY_SECRET https_proxy
    ALIBABA_CLOUD_ENDPOINT_TYPE=vpc
    ALIBABA_CLOUD_REGION_ID=cn-qingdao
    export ALIBABA_CLOUD_ENDPOINT_TYPE ALIBABA_CLOUD_REGION_ID
    run 5 whoami --json
    holds '.endpoint == "https://rocketmq-vpc.cn-qingdao.aliyuncs.com" and .region == "cn-qingdao"'
    holds '.proxy == "http://user:****@127.0.0.1:1"'
    ALIBABA_CLOUD_REGION_ID=cn.evil.com/
    run 4 whoami --json
    says err 'ALIBABA_CLOUD_REGION_ID is no region ID'
    keeps_quiet_about err CANARY
    keeps_quiet_about out CANARY
}

check the_private_sandbox_says_who_it_is the_environment_wins_and_says_nothing_of_others \
    a_role_is_taken_on_and_recognised a_chain_of_profiles_is_followed a_command_hands_out_keys \
    what_is_not_there_is_named what_sts_answers_badly_is_said waiting_for_sts_can_be_stopped \
    a_service_that_cannot_be_reached_is_5 the_vpc_is_used_where_the_configuration_says_so
all_done
