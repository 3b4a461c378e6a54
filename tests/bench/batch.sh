# shellcheck shell=sh disable=SC2154 # work, root, build and has are those of script/bench, which sources this
# A thousand create calls beside the least that C can do them with, curl, and the official client; 10,000 beside 1,000.

drafts=
# The names of drafts, COUNT of them, each with a plan name of its own.
make_drafts() {
    count=$1
    mkdir -p "$work/drafts"
    body=$(cat "$root/examples/one-way-apsaramq-5x.json")
    drafts=
    n=0
    while [ "$n" -lt "$count" ]; do
        n=$((n + 1))
        file=d$n.json
        [ -e "$work/drafts/$file" ] || printf '%s\n' "$body" |
            sed "s/\"planName\": \"[^\"]*\"/\"planName\": \"plan-$n\"/" >"$work/drafts/$file"
        drafts="$drafts $file"
    done
}

start_server() {
    taskset -c "$other_cpu" "$bin/bench_answer_server" >"$work/server" &
    server=$!
    until [ -s "$work/server" ]; do sleep 0.05; done
    url=$(sed -n 's/^listening on //p' "$work/server")
}

# measured NAME COMMAND...: adds a line "CPU WALL RSS" to the file NAME.
measured() {
    file=$work/$1
    shift
    (cd "$work/drafts" && "$bin/bench_measure" 0 "$@") >>"$file" || {
        echo "failed: $1" >&2
        exit 1
    }
}

# The median of column $2 of the file $1.
median() {
    sort -n -k"$2,$2" "$work/$1" | awk -v column="$2" '{ value[NR] = $column } END { print value[int((NR + 1) / 2)] }'
}

row() { # NAME LABEL COUNT
    [ -s "$work/$1" ] || return 0
    cpu=$(median "$1" 1)
    wall=$(median "$1" 2)
    awk -v label="$2" -v count="$3" -v cpu="$cpu" -v wall="$wall" -v rss="$(median "$1" 3)" -v floor="$(median floor 1)" '
        BEGIN { printf "| %s | %.0f | %.0f | %d | %.2f |\n", label, cpu / count, count * 1e6 / wall, rss, cpu / count / (floor / 1000) }'
}

bench_batch() {
    for target in drplan bench_measure bench_answer_server bench_floor_batch; do build $target; done
    bin=$root/build/release/tests/bench
    other_cpu=$(($(nproc) - 1))
    ALIBABA_CLOUD_ACCESS_KEY_ID=SANDBOX-ACCESS-KEY-ID
    ALIBABA_CLOUD_ACCESS_KEY_SECRET=sandbox-access-key-secret
    export ALIBABA_CLOUD_ACCESS_KEY_ID ALIBABA_CLOUD_ACCESS_KEY_SECRET
    client=$root/build/release/tests/interop/npm
    if ! has node || ! tests/interop/run sdk.mjs "$root/build/release/drplan" "$client" >"$work/log" 2>&1; then client=; fi
    memory=$work/memory
    [ ! -d /dev/shm ] || memory=$(mktemp -d /dev/shm/drplan-bench-XXXXXX)
    make_drafts 1000
    start_server
    trap 'kill "$server" 2>/dev/null; rm -rf "$work" "$memory"' EXIT

    between=
    for file in $drafts; do
        printf '%s' "$between"
        between='next
'
        printf 'url = %s/disaster_recovery\ndata = @%s\noutput = /dev/null\n' "$url" "$file"
    done >"$work/config"
    {
        echo 'wrk.method = "POST"'
        echo "wrk.body = '$(tr -d '\n' <"$work/drafts/d1.json")'"
    } >"$work/post.lua"

    submit="$root/build/release/drplan submit --json --yes --jobs 16 --endpoint $url"
    for _ in 1 2 3 4 5 6 7; do
        rm -rf "$work/state" "$memory/state"
        # shellcheck disable=SC2086 # a word each
        {
            measured floor "$bin/bench_floor_batch" "$url" 16 $drafts
            measured memory_state env XDG_STATE_HOME="$memory/state" $submit $drafts
            measured disk_state env XDG_STATE_HOME="$work/state" $submit $drafts
            measured parallel curl --silent --parallel --parallel-max 16 --config "$work/config"
        }
    done
    # shellcheck disable=SC2046
    if [ -n "$client" ]; then
        for _ in 1 2 3; do
            (cd "$client" && "$bin/bench_measure" 0 node "$root/tests/bench/batch.mjs" "$url" \
                $(for file in $drafts; do echo "$work/drafts/$file"; done)) >>"$work/sdk"
        done
    fi
    # shellcheck disable=SC2016,SC2086
    measured loop sh -c 'url=$1; shift; for f; do curl --silent --output /dev/null --data @"$f" "$url/disaster_recovery"; done' \
        sh "$url" $drafts

    echo "| 1,000 create calls | CPU us each | per second | RSS KiB | to the floor |"
    echo "|---|---:|---:|---:|---:|"
    row floor "libcurl + OpenSSL in C, bare: read, sign, post" 1000
    row memory_state "**drplan submit --jobs 16**, journal in memory" 1000
    row disk_state "**drplan submit --jobs 16**, journal on disk" 1000
    row parallel "curl --parallel, unsigned" 1000
    row sdk "official client on Node, 16 in flight" 1000
    row loop "curl in a loop, unsigned" 1000
    if has wrk; then
        taskset -c 0 wrk --threads 1 --connections 16 --duration 3s --script "$work/post.lua" "$url/disaster_recovery" \
            >"$work/wrk" && sed -n 's/^Requests\/sec: *\([0-9]*\).*/wrk, unsigned: \1 per second/p' "$work/wrk"
    fi

    make_drafts 10000
    rm -rf "$memory/state"
    # shellcheck disable=SC2086
    for _ in 1 2 3; do
        rm -rf "$memory/state"
        measured ten env XDG_STATE_HOME="$memory/state" $submit $drafts
    done
    awk -v one="$(median memory_state 2)" -v ten="$(median ten 2)" -v cpu="$(median memory_state 1)" \
        -v cpu_ten="$(median ten 1)" -v rss="$(median memory_state 3)" -v rss_ten="$(median ten 3)" 'BEGIN {
        printf "10,000 drafts: %.1f times the time of 1,000, %.1f times the CPU, %d KiB instead of %d\n", \
            ten / one, cpu_ten / cpu, rss_ten, rss }'
    kill "$server"
    wait "$server" || true
    echo "The server counted: $(tail -n 1 "$work/server")"
}
