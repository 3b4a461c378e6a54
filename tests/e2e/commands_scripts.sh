#!/bin/sh
# script/bootstrap on machines that are not this one: what is asked of the system is answered by the test.
# shellcheck source-path=SCRIPTDIR source=support.sh disable=SC2016,SC2031,SC2119,SC2153,SC2154
. "${0%/*}/support.sh"

bootstrap=$(cd "${0%/*}/../../script" && pwd)/bootstrap

# fake NAME: a program of the test's own, from standard input, that comes before the system's.
fake() {
    mkdir -p bin
    {
        echo '#!/bin/sh'
        cat
    } >"bin/$1"
    chmod +x "bin/$1"
}

# A Debian with all packages but those in the file `missing`, of which the ones in `unknown` have no candidate.
debian() {
    : >missing
    : >unknown
    : >asked
    fake dpkg-query <<END
for package; do :; done
grep -qx "\$package" '$PWD/missing' && exit 1
printf installed
END
    fake apt-cache <<END
echo "\$2:"
if grep -qx "\$2" '$PWD/unknown'; then echo '  Candidate: (none)'; else echo '  Candidate: 1.0'; fi
END
    fake apt-get <<END
echo "apt-get \$*" >>'$PWD/asked'
END
    fake sudo <<END
echo "sudo \$1" >>'$PWD/asked'
"\$@"
END
}

# bootstrap_as USER STATUS [SET]
bootstrap_as() {
    echo "echo $1" | fake id
    expected=$2
    shift 2
    status=0
    PATH=$PWD/bin:$PATH "$bootstrap" "$@" >out 2>err || status=$?
    [ "$status" -eq "$expected" ]
}

nothing_is_said_or_done_when_nothing_is_missing() {
    debian
    bootstrap_as 0 0
    is_empty out
    is_empty err
    is_empty asked
}

what_is_missing_is_named_and_installed() {
    debian
    printf 'libutf8proc-dev\ncmake\n' >missing
    bootstrap_as 0 0 run
    says err 'Installing: cmake libutf8proc-dev'
    [ "$(wc -l <asked)" -eq 1 ]
    says asked 'cmake libutf8proc-dev'
    keeps_quiet_about asked sudo
}

what_the_tests_need_is_asked_for_by_the_tests_only() {
    debian
    echo libcmocka-dev >missing
    bootstrap_as 0 0 run
    is_empty asked
    bootstrap_as 0 0 test
    says asked libcmocka-dev
}

lists_are_fetched_only_when_a_package_is_not_in_them() {
    debian
    printf 'cmake\njq\n' >missing
    echo jq >unknown
    bootstrap_as 0 0
    [ "$(sed -n 1p asked)" = 'apt-get update -q' ]
    sed -n 2p asked | grep -q '^apt-get install .* cmake jq$'
}

sudo_is_used_by_those_who_are_not_root() {
    debian
    echo cmake >missing
    bootstrap_as 1000 0
    [ "$(sed -n 1p asked)" = 'sudo env' ]
}

a_failed_installation_stops_it() {
    debian
    echo cmake >missing
    echo 'exit 100' | fake apt-get
    bootstrap_as 0 100
}

an_unknown_set_is_refused() {
    debian
    bootstrap_as 0 2 everything
    says err 'usage: script/bootstrap'
}

# A system without dpkg: only what the script needs is on the path, and the tools that it looks for.
other_systems_get_the_names() {
    mkdir bin
    for tool in sh cat; do
        ln -sf "$(command -v "$tool")" "bin/$tool"
    done
    sed 's|:/usr/sbin:/sbin||' "$bootstrap" >copy
    status=0
    PATH=$PWD/bin sh copy run >out 2>err || status=$?
    [ "$status" -eq 1 ]
    says err 'Debian and Ubuntu only'
    says err 'libmicrohttpd-dev'
}

check nothing_is_said_or_done_when_nothing_is_missing what_is_missing_is_named_and_installed \
    what_the_tests_need_is_asked_for_by_the_tests_only lists_are_fetched_only_when_a_package_is_not_in_them \
    sudo_is_used_by_those_who_are_not_root a_failed_installation_stops_it an_unknown_set_is_refused \
    other_systems_get_the_names
all_done
