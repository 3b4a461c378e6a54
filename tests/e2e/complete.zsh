# usage: zsh -f complete.zsh SCRIPT LINE: prints what zsh would offer at the end of the line, one on a line.
# A second zsh, on a terminal of its own, completes; what it would add is written to the file found here.
zmodload zsh/zpty
zmodload zsh/zselect
found=$PWD/found
rm -f $found $found.end
cat >$found.rc <<END
PROMPT= RPROMPT=
autoload -Uz compinit
compinit -D -u
source ./$1
compadd() {
    if [[ \${@[1,(i)(-|--)]} == *-(O|A|D)\\ * ]]; then
        builtin compadd "\$@"
        return
    fi
    typeset -a __matches
    builtin compadd -O __matches "\$@"
    (( \$#__matches )) && print -rl -- \$__matches >>$found
    builtin compadd "\$@"
}
capture() {
    _main_complete
    : >$found.end
}
zle -C capture complete-word capture
bindkey '^I' capture
: >$found.end
END
zpty shell zsh -f -i
zpty -w shell "source $found.rc"
wait_for_end() {
    integer tries
    for (( tries = 0; tries < 1000; tries++ )); do
        [[ -e $found.end ]] && break
        zselect -t 1
    done
    rm $found.end
}
wait_for_end
zpty -w -n shell "$2"$'\t'
wait_for_end
zpty -d shell
[[ -e $found ]] && sort -u $found
