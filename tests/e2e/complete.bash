# usage: bash complete.bash SCRIPT WORD...: prints what bash would offer for the last word, one on a line.
# shellcheck shell=bash source=/dev/null
source "./$1"
shift
COMP_WORDS=("$@")
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
_drplan
printf '%s\n' "${COMPREPLY[@]}"
