"""Scripts of completions in the shells that they are for, which complete lines with them."""

import functools
import shlex
import shutil
import subprocess

import pytest
from jkonetstar.cli import _plot, main

#: An interactive zsh that writes down all completions, those that begin as the word does.
ZSH_THAT_NOTES = """PS1=
unsetopt prompt_cr prompt_sp
autoload -Uz compinit
compinit -u -D
source ./completion.zsh
compadd() {
    local -a offers
    if [[ ${@[(I)-(O|A|D)]} -eq 0 ]]; then
        builtin compadd -A offers "$@"
        (( $#offers )) && print -rl -- $offers >> offered.txt
    fi
    builtin compadd "$@"
}
note() { zle list-choices; print "end of the offers" >> offered.txt }
zle -N note
bindkey '^I' note
print begins
"""
TYPE_INTO_ZSH = """zmodload zsh/zpty
: > offered.txt
zpty shell zsh -f -i
zpty -w shell 'source init.zsh'
zpty -r -m shell out '*begins*'
zpty -w -n shell "$1"$'\\t'
repeat 400; do
    [[ "$(<offered.txt)" == *'end of the offers' ]] && break
    zpty -r -t shell out
    sleep 0.05
done
zpty -d shell
"""


def offered_by_fish(folder, line):
    code = f"source completion.fish; complete -C {shlex.quote(line)}"
    command = ["fish", "--no-config", "-c", code]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    assert not done.stderr
    return {offer.partition("\t")[0] for offer in done.stdout.splitlines()}


def offered_by_zsh(folder, line):
    """Type a line and a tab into an interactive shell that writes down what it would offer."""
    (folder / "init.zsh").write_text(ZSH_THAT_NOTES)
    (folder / "type.zsh").write_text(TYPE_INTO_ZSH)
    command = ["zsh", "-f", "type.zsh", line]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    assert not done.stderr
    offers = (folder / "offered.txt").read_text().splitlines()
    assert offers[-1:] == ["end of the offers"], done.stdout
    return set(offers[:-1])


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_shells_offer_what_fits(tmp_path, capsys, shell):
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not there")
    files = tmp_path / "files"
    files.mkdir()
    assert main(["completion", shell]) == 0
    (files / f"completion.{shell}").write_text(capsys.readouterr().out)
    (files / "cells.csv").touch()
    offered = functools.partial({"zsh": offered_by_zsh, "fish": offered_by_fish}[shell], files)
    assert offered("jkonetstar p") >= {"predict", "plan", "plot"}
    assert offered("jkonetstar --v") == {"--version"}
    assert offered("jkonetstar fit --po") == {"--points", "--potential", "--polynomial-degree"}
    assert offered("jkonetstar fit cells.csv --potential ") == {"mlp", "linear", "none"}
    assert "flow" in " ".join(offered("jkonetstar interpolate --method=f"))
    assert offered("jkonetstar plot ") == set(_plot.KINDS)
    assert "cells.csv" in offered("jkonetstar plot landscape ") and "velocity" not in offered("jkonetstar plot v ")
    assert {"cells.csv", "sphere"} <= offered("jkonetstar simulate ")
    assert "cells.csv" in offered("jkonetstar fit -o ") and "cells.csv" in offered("jkonetstar fit ")
    # The name of another command among the arguments changes nothing.
    assert offered("jkonetstar predict plan --st") >= {"--start-time", "--steps", "--std"}
