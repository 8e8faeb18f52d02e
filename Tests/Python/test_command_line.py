"""The command line `jkonetstar`: every command, what it refuses, and what it leaves behind."""

import doctest
import gzip
import importlib
import inspect
import io
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from types import ModuleType, SimpleNamespace

import jkonetstar as jk
import numpy as np
import pytest
from jkonetstar._calls import LongCall
from jkonetstar._parameters import Parametrised
from jkonetstar.cli import _config, _data, _estimators, _fit_flags, _plot, main
from jkonetstar.cli._parser import COMMANDS, parser

DATA = ["cells.csv", "--time", "day", "--points", "PC1,PC2"]
QUICK = ["--epochs", "5", "--time-varying", "no", "--hidden", "8"]
RUN = """
[data]
time = "day"
points = ["PC1", "PC2"]

[model]
hidden = [8]
epochs = 5
time_varying = false
"""


def write_table(path, columns):
    rows = zip(*columns.values())
    path.write_text("\n".join([",".join(columns), *(",".join(map(str, row)) for row in rows)]) + "\n")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A folder with all files that the examples of the help speak of."""
    folder = tmp_path_factory.mktemp("course")
    rng = np.random.default_rng(1)
    x0 = rng.normal([2, 0], [1, 0.5], (40, 2))
    for name in ("cells.csv", "test.csv"):
        x = np.concatenate([rng.permutation(x0 * 0.7**k) for k in range(4)])
        x[:, 1] += 0.01 * rng.normal(size=len(x))
        write_table(folder / name, {"day": np.repeat([0, 1, 2, 3], 40), "PC1": x[:, 0], "PC2": x[:, 1]})
    for name, scale in (("start.csv", 1.0), ("end.csv", 0.7)):
        write_table(folder / name, {"PC1": scale * x0[:, 0], "PC2": scale * x0[:, 1]})
    (folder / "run.toml").write_text(RUN)
    before = os.getcwd()
    os.chdir(folder)
    try:
        assert main(["fit", *DATA, *QUICK, "-o", "model.safetensors", "-q"]) == 0
    finally:
        os.chdir(before)
    return folder


@pytest.fixture
def course(made, tmp_path, monkeypatch):
    """A copy of that folder, which is the current one."""
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def run(capsys):
    """Run the program in this process; return its exit code, stdout and stderr."""

    def call(*arguments):
        capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        return (code, *capsys.readouterr())

    return call


@pytest.fixture
def fails(run):
    """Check that the program fails with one line, which says some words."""

    def call(*arguments, words=(), code=1):
        found, out, err = run(*arguments)
        lines = [line for line in err.splitlines() if not line.startswith(("usage:", "jkonetstar: warning:"))]
        assert found == code and not out, (found, out, err)
        assert lines[-1].startswith("jkonetstar") and "Traceback" not in err
        for word in words:
            assert word in lines[-1], err
        return lines

    return call


def program(*arguments, **options):
    command = [sys.executable, "-m", "jkonetstar", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, **options)


def rows_of(text):
    head, *rows = [line.split(",") for line in text.splitlines()]
    return head, np.array(rows, dtype=float)


class TestProgram:
    def test_in_an_empty_folder(self, tmp_path):
        done = program("simulate", "sphere", "--particles", "3", "-o", "x.csv", cwd=tmp_path)
        assert (done.returncode, done.stdout) == (0, ""), done.stderr
        assert done.stderr == "jkonetstar: wrote x.csv: 18 rows at 6 times\n"
        failed = program("info", "y.csv", cwd=tmp_path)
        assert failed.returncode == 1 and failed.stderr == "jkonetstar: 'y.csv' does not exist\n"
        assert os.listdir(tmp_path) == ["x.csv"]

    def test_readers_that_have_enough(self, tmp_path):
        command = f"{shlex.quote(sys.executable)} -m jkonetstar simulate sphere --particles 100000 -o - | head -n 1"
        done = subprocess.run(command, shell=True, cwd=tmp_path, capture_output=True, text=True)
        assert done.stdout == "time,id,x1,x2\n" and not done.stderr

    def test_the_example_of_main(self):
        module = importlib.import_module("jkonetstar.cli._program")
        found = doctest.testmod(module)
        assert found.attempted and not found.failed

    def test_the_version(self, run):
        assert run("--version") == (0, f"jkonetstar {jk.__version__}\n", "")

    def test_the_entry_point_of_the_package(self, root):
        text = (root / "bindings" / "python" / "pyproject.toml").read_text(encoding="utf-8")
        assert 'jkonetstar = "jkonetstar.cli:main"' in text
        assert re.search(r'^packages = \[.*"jkonetstar\.cli"', text, re.M)

    @pytest.mark.parametrize("arguments", [[], ["fi"], ["fit", "--epochs", "many"], ["predict", "a"], ["fit", "--tim"]])
    def test_what_is_not_understood(self, run, arguments):
        code, out, err = run(*arguments)
        assert code == 2 and not out and err.startswith("usage: jkonetstar")

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (["fit", "a.csv", "--epoch", "3", "-o", "m"], "unknown option --epoch; did you mean --epochs?"),
            (["predict", "m", "a.csv", "--ouput=b.csv"], "unknown option --ouput; did you mean --output?"),
            (["fit", "a.csv", "--wavelet", "3"], "unknown option --wavelet; `jkonetstar fit --help` lists the options"),
        ],
    )
    def test_options_that_are_not_known(self, run, arguments, said):
        """Also where another option is missing because of it."""
        code, out, err = run(*arguments)
        assert code == 2 and not out and err.splitlines()[-1] == f"jkonetstar {arguments[0]}: error: {said}"

    def test_tracebacks_only_where_asked(self, course, run):
        assert "Traceback" not in run("info", "nowhere.csv")[2]
        assert "Traceback" in run("info", "nowhere.csv", "--traceback")[2]

    def test_a_defect_is_one_line_too(self, course, fails, monkeypatch):
        monkeypatch.setattr("jkonetstar.cli._info.observed", lambda *given, **more: (1).real.missing)
        fails("info", "cells.csv", words=["defect", "AttributeError", "--traceback"])

    def test_signals_are_as_they_were(self, course, run):
        before = signal.getsignal(signal.SIGTERM)
        run("info", "cells.csv")
        assert signal.getsignal(signal.SIGTERM) is before


class TestHelp:
    @pytest.mark.parametrize("name", COMMANDS)
    def test_every_command_shows_two_examples(self, run, name):
        code, out, _ = run(name, "--help")
        assert code == 0 and out.startswith(f"usage: jkonetstar {name}")
        shown = out[out.index("examples:") :].splitlines()[1:]
        assert [line.strip() for line in shown] == list(COMMANDS[name].EXAMPLES) and len(shown) == 2

    @pytest.mark.parametrize("name", [name for name in COMMANDS if name != "plot"])
    def test_the_examples_work(self, course, run, name):
        for example in COMMANDS[name].EXAMPLES:
            words = shlex.split(example.partition(" >")[0])
            if name == "fit":
                words += QUICK + ["--force"]
            assert words[0] == "jkonetstar"
            code, out, err = run(*words[1:])
            assert code == 0, err
            written = re.search(r"-o (\S+)", example)
            assert (course / written[1]).stat().st_size > 0 if written else out

    def test_every_parameter_has_an_option(self):
        paths = {flag.path for flag in (*_fit_flags.ENERGY, *_fit_flags.FITTING)}
        missing = {f"model.{name}" for name in jk.JKOnetStar._defaults()} - paths
        assert missing == {"model.verbose"}


class TestFit:
    def test_the_model_is_that_of_python(self, course, run):
        assert run("fit", *DATA, *QUICK, "--random-state", 4, "-o", "a.safetensors")[0] == 0
        series = jk.Snapshots.load("cells.csv", ["PC1", "PC2"], "day")
        jk.JKOnetStar(hidden=(8,), epochs=5, time_varying=False, random_state=4).fit(series).save("b.safetensors")
        assert (course / "a.safetensors").read_bytes() == (course / "b.safetensors").read_bytes()

    def test_what_it_says(self, course, run):
        code, out, err = run("fit", *DATA, *QUICK, "-o", "a.safetensors")
        assert (code, out) == (0, "")
        assert "4 snapshots of 40 particles in 2 dimensions, times 0 to 3" in err
        assert err.count("FitReport of 3 transitions") == 1 and "wrote a.safetensors: V (mlp, constant in time)" in err
        code, out, err = run("fit", *DATA, *QUICK, "-o", "b.safetensors", "-q")
        assert (code, out, err) == (0, "", "")

    def test_json(self, course, run):
        code, out, err = run("fit", *DATA, *QUICK, "--internal", "mixture", "--json", "-o", "a.safetensors")
        said = json.loads(out, parse_constant=pytest.fail)
        assert code == 0 and said["times"] == [0, 1, 2, 3] and said["epochs"] == 5
        assert said["beta"] == jk.load("a.safetensors").beta_ and said["beta_std"] is None
        assert 0 < said["report"]["one_step"] and said["scheme"] == "midpoint"
        assert [f"jkonetstar: warning: {text}" in err for text in said["warnings"]] == [True] * len(said["warnings"])

    def test_toml_is_the_same_as_options(self, course, run):
        pytest.importorskip("tomllib" if sys.version_info >= (3, 11) else "tomli")
        (course / "all.toml").write_text(
            """
            output = "file.safetensors"
            [data]
            file = "cells.csv"
            time = "day"
            points = ["PC1", "PC2"]
            time_map = {0 = 0.0, 1 = 1.0, 2 = 2.0, 3 = 4.5}
            [model]
            potential = {activation = "tanh"}
            internal = {kind = "kernel", bandwidth = "silverman"}
            hidden = [8]
            time_varying = true
            scheme = "midpoint"
            coupling = {kind = "sinkhorn", epsilon = 0.5}
            epochs = 6
            rollout_weight = 0.1
            error_bars = {samples = 2}
            random_state = 7
            [model.training]
            validation = {by = "emd", every = 2}
            learning_rate = 0.01
            [growth]
            total_mass = [1, 2, 3, 4]
            ridge = 0.01
            """
        )
        assert run("fit", "--config", "all.toml")[0] == 0
        options = """
            cells.csv -o options.safetensors --time day --points PC1,PC2 --time-map 0=0,1=1,2=2,3=4.5
            --set model.potential.activation=tanh --internal kernel --set model.internal.bandwidth=silverman
            --hidden 8 --time-varying yes --scheme midpoint --coupling sinkhorn --epsilon 0.5 --epochs 6
            --rollout-weight 0.1 --bootstrap 2 --random-state 7 --validation emd --set model.training.validation.every=2
            --learning-rate 0.01 --total-mass 1,2,3,4 --set growth.ridge=0.01
        """
        code, _, err = run("fit", *options.split())
        assert code == 0, err
        file = (course / "file.safetensors").read_bytes()
        assert file == (course / "options.safetensors").read_bytes()
        # Options win over the file, of which every key counts.
        assert run("fit", "--config", "all.toml", "--random-state", 8, "-o", "other.safetensors")[0] == 0
        assert file != (course / "other.safetensors").read_bytes()

    @pytest.mark.parametrize(
        ("text", "options"),
        [
            ("model.training.epochs = 9", ["--epochs", "5"]),
            ("model.epochs = 9", ["--set", "model.training.epochs=5"]),
            ("model.potential.hidden = [3]", ["--epochs", "5"]),
            ("model.potential = 'linear'", ["--epochs", "5", "--potential", "mlp"]),
            ("growth.ridge = 1", ["--epochs", "5", "--growth", "growth.safetensors"]),
        ],
    )
    def test_options_win_over_synonyms(self, course, run, text, options):
        pytest.importorskip("tomllib" if sys.version_info >= (3, 11) else "tomli")
        series = jk.Snapshots.load("cells.csv", ["PC1", "PC2"], "day")
        growth = jk.Growth().fit(series)
        growth.save("growth.safetensors")
        (course / "run.toml").write_text(text + "\nmodel.time_varying = false")
        arguments = ["fit", *DATA, "--config", "run.toml", "--hidden", "8", *options, "-o", "a.safetensors"]
        code, _, err = run(*arguments)
        assert code == 0, err
        grown = growth if "--growth" in options else None
        jk.JKOnetStar(hidden=8, epochs=5, time_varying=False).fit(series, growth=grown).save("b.safetensors")
        assert (course / "a.safetensors").read_bytes() == (course / "b.safetensors").read_bytes()

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("[modell]", ["modell", "model"]),
            ("[model]\npotentail = 1", ["potentail", "potential"]),
            ("[data]\ntimes = 1", ["times", "time"]),
            ("[growth]\nrelaxtion = 1", ["relaxtion", "relaxation"]),
            ("[model.coupling]\ntolerance = 1e-3", ["model.coupling", "sinkhorn", "unbalanced"]),
            ("[model.potential]\nhiden = 1", ["hiden", "hidden"]),
            ("[model.potential]\nactivation = 'tanh'\nradial = 'cubic'", ["several kinds"]),
            ("[model.training]\nkind = 'sgd'", ["sgd", "adam"]),
            ("[model.training.checkpoint]\nevery = 2", ["model.training.checkpoint", "path"]),
            ("[model.potential]\npolynomial_degree = 11", ["polynomial_degree", "11"]),
            ("model = 3", ["model", "table"]),
            ("[model", ["run.toml", "TOML"]),
        ],
    )
    def test_mistakes_in_toml(self, course, fails, text, words):
        pytest.importorskip("tomllib" if sys.version_info >= (3, 11) else "tomli")
        (course / "run.toml").write_text(text)
        fails("fit", *DATA, "--config", "run.toml", "-o", "a.safetensors", words=words)
        assert not (course / "a.safetensors").exists()

    def test_a_file_that_is_not_there(self, course, run):
        code, _, err = run("fit", *DATA, "--config", "nowhere.toml", "-o", "a.safetensors")
        assert (code, err) == (1, "jkonetstar: 'nowhere.toml': No such file or directory\n")

    def test_toml_needs_a_reader(self, course, fails, monkeypatch):
        monkeypatch.setitem(sys.modules, "tomllib", None)
        monkeypatch.setitem(sys.modules, "tomli", None)
        fails("fit", *DATA, "--config", "run.toml", "-o", "a.safetensors", words=["pip install tomli"])

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            (["--potential", "linear", "--hidden", "8"], ["hidden", "no network"]),
            (["--epsilon", "1"], ["model.coupling", "sinkhorn", "unbalanced"]),
            (["--coupling", "exact", "--epsilon", "1"], ["exact"]),
            (["--total-mass", "1,2"], ["total_mass"]),
            (["--growth", "cells.csv"], ["cells.csv"]),
            (["--growth", "model.safetensors"], ["no growth"]),
            (["--weights", "PC9"], ["PC9"]),
            (["--dimensions", "3"], ["dimensions = 3", "2"]),
            (["--rep", "X_pca"], ["X_pca", "h5ad"]),
        ],
    )
    def test_what_is_refused(self, course, fails, arguments, words):
        fails("fit", *DATA, *arguments, "-o", "a.safetensors", words=words)
        assert not (course / "a.safetensors").exists()

    def test_what_is_missing(self, course, fails):
        fails("fit", "-o", "a.safetensors", words=["DATA is missing"])
        fails("fit", *DATA, words=["-o is missing"])

    def test_files_are_not_overwritten(self, course, run, fails):
        before = (course / "model.safetensors").read_bytes()
        fails("fit", *DATA, *QUICK, "-o", "model.safetensors", words=["--force"])
        assert (course / "model.safetensors").read_bytes() == before
        assert run("fit", *DATA, *QUICK, "--random-state", 1, "-o", "model.safetensors", "--force")[0] == 0
        assert (course / "model.safetensors").read_bytes() != before
        fails("fit", *DATA, "-o", ".", "--force", words=["regular file"])
        fails("fit", *DATA, "-o", "nowhere/a.safetensors", words=["no folder"])

    def test_links_stay_links(self, course, run):
        (course / "link.safetensors").symlink_to("target.safetensors")
        (course / "target.safetensors").write_bytes(b"")
        assert run("fit", *DATA, *QUICK, "-o", "link.safetensors", "--force")[0] == 0
        assert (course / "link.safetensors").is_symlink() and (course / "target.safetensors").stat().st_size > 0

    def test_growth(self, course, run):
        grown = ["--total-mass", "1,2,4,8"]
        assert run("fit", *DATA, *QUICK, *grown, "-o", "a.safetensors")[0] == 0
        model = jk.load("a.safetensors")
        assert np.allclose(model.growth_.total_mass([0, 3]), [1, 8])
        model.growth_.save("growth.safetensors")
        assert run("fit", *DATA, *QUICK, "--growth", "growth.safetensors", "-o", "b.safetensors")[0] == 0
        assert (course / "a.safetensors").read_bytes() == (course / "b.safetensors").read_bytes()
        assert run("info", "growth.safetensors", "--json")[1:] == ('{\n  "kind": "growth",\n  "dimension": 2\n}\n', "")

    def test_a_prior_is_read_row_by_row(self, course, run):
        table = (course / "cells.csv").read_text().splitlines()
        rates = np.random.default_rng(0).normal(size=len(table) - 1)
        lines = [table[0] + ",rate", *(f"{line},{rate}" for line, rate in zip(table[1:], rates))]
        order = np.random.default_rng(1).permutation(len(rates)) + 1
        (course / "rated.csv").write_text("\n".join([lines[0], *(lines[k] for k in order)]) + "\n")
        arguments = ["rated.csv", *DATA[1:], *QUICK, "--prior", "rate", "--set", "growth.relaxation=inf"]
        assert run("fit", *arguments, "-o", "a.safetensors")[0] == 0
        day, *x, rates = np.loadtxt(course / "rated.csv", delimiter=",", skiprows=1).T
        X = np.stack(x, axis=1)
        expected = jk.Growth(relaxation=np.inf).fit(X, day, prior=rates).rate(X[:5], 0.5)
        assert np.array_equal(jk.load("a.safetensors").growth_.rate(X[:5], 0.5), expected)


class TestInterruptedFits:
    LONG = ["--hidden", "8", "--time-varying", "no", "--epochs", "60", "--rollout-weight", "0"]

    def test_nothing_is_left(self, course, fails, press_ctrl_c):
        press_ctrl_c("training", done=3)
        before = sorted(os.listdir(course))
        fails("fit", *DATA, *self.LONG, "-o", "a.safetensors", code=130,
              words=["interrupted", "a.safetensors was not written", "nothing is kept"])  # fmt: skip
        assert sorted(os.listdir(course)) == before

    def test_a_checkpoint_is_kept_and_resumed(self, course, run, fails, press_ctrl_c):
        kept = ["--checkpoint", "kept.safetensors"]
        assert run("fit", *DATA, *self.LONG, "-o", "whole.safetensors")[0] == 0
        press_ctrl_c("training", done=3)
        command = ["fit", *DATA, *self.LONG, *kept, "-o", "a.safetensors"]
        fails(*command, code=130, words=["kept.safetensors keeps what was learned", "--resume continues"])
        assert 3 <= len(jk.load("kept.safetensors").history_) < 60 and not (course / "a.safetensors").exists()
        fails(*command, words=["kept.safetensors"])  # a checkpoint is not written over
        assert run(*command, "--resume")[0] == 0
        assert (course / "a.safetensors").read_bytes() == (course / "whole.safetensors").read_bytes()

    def test_batch_systems_end_fits_by_sigterm(self, course, fails, monkeypatch):
        report = LongCall._on_progress

        def terminated(call, progress, user_data):
            if progress.contents.stage == b"training":
                os.kill(os.getpid(), signal.SIGTERM)
            return report(call, progress, user_data)

        monkeypatch.setattr(LongCall, "_on_progress", terminated)
        kept = ["--checkpoint", "kept.safetensors"]
        fails("fit", *DATA, *self.LONG, *kept, "-o", "a.safetensors", code=143, words=["terminated", "keeps"])
        assert len(jk.load("kept.safetensors").history_) < 60

    def test_from_outside(self, course):
        command = [sys.executable, "-m", "jkonetstar", "fit", *DATA, "--epochs", "10000000", "-o", "a.safetensors"]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
            while "4 snapshots" not in process.stderr.readline():
                assert process.poll() is None
            process.send_signal(signal.SIGINT)
            said = process.stderr.read()
        assert process.returncode == 130
        assert said.splitlines()[-1].startswith("jkonetstar: interrupted") and "Traceback" not in said
        assert not [name for name in os.listdir(course) if name.endswith(("a.safetensors", ".part.safetensors"))]


class TestPredict:
    def test_the_prediction_is_that_of_python(self, course, run):
        model = jk.load("model.safetensors")
        x0 = np.loadtxt("start.csv", delimiter=",", skiprows=1)
        code, out, _ = run("predict", "model.safetensors", "start.csv", "--times", "0,1,2.5", "-o", "-")
        head, rows = rows_of(out)
        assert code == 0 and head == ["time", "id", "PC1", "PC2"]
        assert np.array_equal(rows[:, 2:].reshape(3, 40, 2), model.predict(x0, times=[0, 1, 2.5]))
        assert np.array_equal(rows[:, 0], np.repeat([0, 1, 2.5], 40))
        assert np.array_equal(rows[:, 1], np.tile(np.arange(40), 3))

    def test_the_start_may_be_one_of_many_times(self, course, run, fails):
        day2 = jk.Snapshots.load("cells.csv", ["PC1", "PC2"], "day")[2].points
        arguments = ["predict", "model.safetensors", *DATA, "-o", "p.npz", "--force"]
        assert run(*arguments, "--start-time", 2, "--steps", 2)[0] == 0
        found = np.load("p.npz")
        assert np.array_equal(found["time"], [2, 3, 4]) and np.array_equal(found["points"][0], day2)
        assert run(*arguments)[0] == 0
        assert np.array_equal(np.load("p.npz")["time"], [0, 1])
        fails(*arguments, "--start-time", 7, words=["7", "0, 1, 2, 3"])
        fails(*arguments, "--times", "0", words=["--times", "fewer than two"])

    def test_the_first_of_the_times_is_that_of_the_start(self, course, run, fails):
        """As in Python: it says which population of the file is the start, or when a start without times is."""
        day2 = jk.Snapshots.load("cells.csv", ["PC1", "PC2"], "day")[2].points
        arguments = ["predict", "model.safetensors", *DATA, "-o", "p.npz", "--force"]
        code, _, err = run(*arguments, "--times", "2,2.5,4")
        assert code == 0 and "start: 40 particles of cells.csv at time 2" in err
        found, model = np.load("p.npz"), jk.load("model.safetensors")
        assert np.array_equal(found["points"], model.predict(day2, times=[2, 2.5, 4]))
        assert run(*arguments, "--times", "2,3", "--start-time", 2)[0] == 0
        fails(*arguments, "--times", "2,3", "--start-time", 1, words=["--start-time = 1", "times[0] = 2"])
        fails(*arguments, "--times", "7,8", words=["'cells.csv'", "times[0] = 7", "2, 3"])
        assert run("predict", "model.safetensors", "start.csv", "--times", "2,3", "-o", "q.npz")[0] == 0
        assert np.array_equal(np.load("q.npz")["time"], [2, 3])

    def test_a_start_without_times_begins_when_the_user_says(self, course, run):
        assert run("predict", "model.safetensors", "start.csv", "--start-time", 2, "--steps", 1, "-o", "p.npz")[0] == 0
        assert np.array_equal(np.load("p.npz")["time"], [2, 3])

    def test_masses(self, course, run):
        assert run("fit", *DATA, *QUICK, "--total-mass", "1,2,4,8", "-o", "grown.safetensors")[0] == 0
        code, out, _ = run("predict", "grown.safetensors", "start.csv", "--steps", 3, "-o", "-")
        head, rows = rows_of(out)
        assert head[-1] == "weight"
        x0 = np.loadtxt("start.csv", delimiter=",", skiprows=1)
        _, masses = jk.load("grown.safetensors").predict(x0, steps=3, return_masses=True)
        assert np.array_equal(rows[:, -1].reshape(4, 40), masses)

    def test_standard_errors(self, course, run, fails):
        bootstrap = ["--error-bars", "bootstrap", "--bootstrap", "2"]
        assert run("fit", *DATA, *QUICK, *bootstrap, "-o", "many.safetensors", "--force")[0] == 0
        x0 = np.loadtxt("start.csv", delimiter=",", skiprows=1)
        paths, std = jk.load("many.safetensors").predict(x0, steps=2, return_std=True)
        arguments = ["predict", "many.safetensors", "start.csv", "--steps", 2, "--std", "--force", "-o"]
        head, rows = rows_of(run(*arguments, "-")[1])
        assert head == ["time", "id", "PC1", "PC2", "PC1_std", "PC2_std"]
        assert np.array_equal(rows[:, 2:4].reshape(3, 40, 2), paths)
        assert np.array_equal(rows[:, 4:].reshape(3, 40, 2), std) and std[1:].min() > 0
        assert run(*arguments, "s.npz")[0] == 0 and np.array_equal(np.load("s.npz")["std"], std)
        fails(*arguments, "s.npy", words=["s.npy", "standard errors"])
        fails("predict", "model.safetensors", "start.csv", "--std", "-o", "t.csv", words=["bootstrap"])

    def test_what_is_written_is_read_again(self, course, run):
        for name in ("p.csv", "p.npz", "p.npy"):
            assert run("predict", "model.safetensors", "start.csv", "--steps", 2, "-o", name)[0] == 0
            with pytest.warns(jk.OmittedColumnsWarning) if name == "p.csv" else io.StringIO():
                series = jk.Snapshots.load(name)
            assert series.sizes == [40, 40, 40]
            if name != "p.npy":
                assert np.array_equal(series.times, [0, 1, 2])
        csv = jk.Snapshots.load("p.csv", ["PC1", "PC2"], "time")
        assert np.array_equal(csv[2].points, np.load("p.npy")[2])

    @pytest.mark.parametrize("name", ["p.txt", "p"])
    def test_names_say_the_format(self, course, fails, name):
        fails("predict", "model.safetensors", "start.csv", "-o", name, words=[name, ".csv", ".npz"])

    def test_what_is_wrong_with_files(self, course, fails):
        fails("predict", "start.csv", "start.csv", "-o", "p.csv", words=["start.csv"])
        fails("predict", "nowhere.safetensors", "start.csv", "-o", "p.csv", words=["nowhere.safetensors"])
        write_table(course / "wide.csv", {"a": [0.5], "b": [1.5], "c": [2.5]})
        fails("predict", "model.safetensors", "wide.csv", "-o", "p.csv", words=["3", "2"])
        assert not (course / "p.csv").exists()

    def test_warnings_are_one_line_each(self, course, run):
        code, _, err = run("predict", "model.safetensors", "start.csv", "--times", "0,50", "-o", "p.csv")
        lines = err.splitlines()
        assert code == 0 and lines[1].startswith("jkonetstar: warning: a step of 50 in time is")
        assert len(lines) == len(set(lines)) and all(line.startswith("jkonetstar: ") for line in lines)
        assert run("predict", "model.safetensors", "start.csv", "--times", "0,50", "-o", "-", "-q")[2] == ""

    def test_nothing_is_written_by_halves(self, course, run, monkeypatch):
        def full(file, *arrays, **named):
            file.write(b"half")
            raise OSError("No space left on device")

        monkeypatch.setattr(np, "savez", full)
        before = sorted(os.listdir(course))
        code, _, err = run("predict", "model.safetensors", "start.csv", "-o", "p.npz")
        assert code == 1 and "No space left" in err and sorted(os.listdir(course)) == before


class TestOtherCommands:
    def test_evaluate(self, course, run):
        series = jk.Snapshots.load("cells.csv", ["PC1", "PC2"], "day")
        expected = jk.load("model.safetensors").evaluate(series, train=series)
        arguments = ["evaluate", "model.safetensors", *DATA]
        said = json.loads(run(*arguments, "--train", "cells.csv", "--json")[1])
        assert said["times"] == [1, 2, 3] and said["one_step"] == expected.one_step.tolist()
        assert said["floor"] == [0, 0, 0] and said["variance_ratio"] == expected.variance_ratio.tolist()
        assert json.loads(run(*arguments, "--json")[1])["floor"] is None
        out = run(*arguments)[1].splitlines()
        assert out[0].startswith("one step to time") and "floor" not in out[0] and len(out) == 5
        assert out[-1].split()[:2] == ["mean", f"{expected.one_step.mean():.4g}"]

    def test_evaluate_has_null_for_what_is_not_finite(self, course, run):
        write_table(course / "two.csv", {"day": [0, 1], "PC1": [1.0, 0.7], "PC2": [0.0, 0.0]})
        said = json.loads(run("evaluate", "model.safetensors", "two.csv", "--json")[1], parse_constant=pytest.fail)
        assert said["energy_distance"] == [None] and said["one_step"][0] > 0

    def test_plan(self, course, run, fails):
        x, y = (np.loadtxt(name, delimiter=",", skiprows=1) for name in ("start.csv", "end.csv"))
        plan = jk.optimal_transport(x, y)
        said = json.loads(run("plan", "start.csv", "end.csv", "-o", "plan.csv", "--json")[1])
        assert said["cost"] == plan.cost and said["w1"] == jk.emd(x, y) and said["w2"] == jk.emd(x, y, 2)
        head, rows = rows_of((course / "plan.csv").read_text())
        assert head == ["row", "column", "mass"] and np.array_equal(rows[:, 2], plan.mass)
        assert np.array_equal(rows[:, 1], plan.cols)
        assert "W2" in run("plan", "start.csv", "end.csv", "--method", "unbalanced", "-o", "plan.npz")[1]
        assert np.load("plan.npz")["mass_x"].shape == (40,)
        fails("plan", *DATA[:1], *DATA, words=["4 times", "--x-time"])
        fails("plan", "start.csv", "end.csv", "--x-time", 0, words=["no times"])
        fails("plan", "start.csv", "end.csv", "--epsilon", 1, words=["epsilon"])

    def test_simulate(self, course, run, fails):
        arguments = ["--particles", 20, "--beta", 0.1, "--dt", 0.1, "--steps", 6, "--every", 3, "--random-state", 5]
        assert run("simulate", "flat", "--interaction", "sphere", *arguments, "-o", "s.npz")[0] == 0
        found = np.load("s.npz")
        x0 = np.random.default_rng(5).uniform(-4, 4, (20, 2))
        expected = jk.simulate(x0, "flat", "sphere", 0.1, 0.1, 6, random_state=5)[::3]
        assert np.array_equal(found["points"], expected) and found["time"].tolist() == [0, 0.3, 0.6]
        model = jk.load("model.safetensors")
        x0 = np.loadtxt("start.csv", delimiter=",", skiprows=1)
        assert run("simulate", "model.safetensors", "--start", "start.csv", "-o", "m.npy", "--steps", 2)[0] == 0
        assert np.array_equal(np.load("m.npy"), jk.simulate(x0, model.potential_, steps=2))
        fails("simulate", "spher", "-o", "x.csv", words=["spher", "sphere"])
        fails("simulate", "sphere", "--dt", 0, "-o", "x.csv", words=["dt"])
        fails("simulate", "sphere", "--every", 0, "-o", "x.csv", words=["every = 0"])

    def test_simulated_populations_may_be_shuffled(self, course, run):
        for name, more in (("a.npy", []), ("b.npy", ["--shuffle"])):
            assert run("simulate", "sphere", "--particles", 50, "-o", name, *more)[0] == 0
        paired, shuffled = np.load("a.npy"), np.load("b.npy")
        assert not np.array_equal(paired, shuffled)
        assert np.array_equal(np.sort(paired, axis=1), np.sort(shuffled, axis=1))

    def test_interpolate(self, course, run, fails):
        series = jk.Snapshots.load("cells.csv", ["PC1", "PC2"], "day")
        code, out, _ = run("interpolate", *DATA, "--times", "0.5,2", "-o", "-")
        head, rows = rows_of(out)
        expected = jk.interpolate(series, [0.5, 2.0]).to_arrays()
        assert code == 0 and head == ["time", "PC1", "PC2", "weight"]
        assert np.array_equal(rows[:, 1:3], expected[0]) and np.array_equal(rows[:, 3], expected[2])
        between = ["--times", "0.5", "--model", "model.safetensors"]
        assert run("interpolate", *DATA, *between, "-o", "b.npz")[0] == 0
        expected = jk.load("model.safetensors").interpolate(series, [0.5])
        assert np.array_equal(np.load("b.npz")["points"], expected[0].points[None])
        fails("interpolate", *DATA, *between, "--method", "flow", "-o", "c.csv", words=["method"])
        fails("interpolate", *DATA, "--times", "9", "-o", "c.csv", words=["9"])

    def test_leave_one_out(self, course, run):
        series = jk.Snapshots.load("cells.csv", ["PC1", "PC2"], "day")
        assert run("leave-one-out", *DATA, "--times", 1)[1] == f"{jk.leave_one_time_out(series, times=[1])}\n"
        said = json.loads(run("leave-one-out", *DATA, "--times", 1, "--like", "model.safetensors", "--json")[1])
        assert set(said["scores"]) == {
            "nothing moves", "floor", "straight", "interpolate", "predict", "model between",
        }  # fmt: skip

    def test_info(self, course, run, fails):
        said = json.loads(run("info", "model.safetensors", "--json")[1])
        assert said["kind"] == "model" and said["times"] == [0, 1, 2, 3] and said["model"]["hidden"] == [8]
        assert "JKOnetStar(" in run("info", "model.safetensors")[1]
        said = json.loads(run("info", *DATA, "--json")[1])
        assert (said["sizes"], said["names"], said["weighted"]) == ([40] * 4, ["PC1", "PC2"], False)
        assert json.loads(run("info", "start.csv", "--json")[1])["times"] is None
        assert "--time names one of 'PC1', 'PC2'" in run("info", "start.csv")[1]
        (course / "no.safetensors").write_bytes(b"nothing")
        fails("info", "no.safetensors", words=["no.safetensors"])


class TestPlots:
    @pytest.fixture
    def drawn(self, monkeypatch):
        """A stand-in for the module that draws, and what it was asked for."""
        calls = []

        def figure(name):
            def draw(*given, **options):
                calls.append((name, len(given), options))
                return SimpleNamespace(figure=SimpleNamespace(savefig=self.save))

            return draw

        module, backend = ModuleType("jkonetstar.plot"), ModuleType("matplotlib")
        backend.use = calls.append
        for kind in _plot.KINDS:
            name = kind.replace("-", "_")
            setattr(module, name, figure(name))
        monkeypatch.setitem(sys.modules, "jkonetstar.plot", module)
        monkeypatch.setitem(sys.modules, "matplotlib", backend)
        return calls

    @staticmethod
    def save(file, format, dpi):
        assert format in ("png", "pdf", "svg")
        file.write(f"{dpi}".encode())

    def test_the_examples(self, course, run, drawn):
        for example in COMMANDS["plot"].EXAMPLES:
            code, _, err = run(*shlex.split(example)[1:])
            assert code == 0, err
        assert drawn == ["Agg", ("landscape", 2, {"t": 1.0}), "Agg", ("history", 1, {})]
        assert (course / "landscape.png").read_text() == "150" and (course / "history.pdf").exists()

    def test_coordinates_by_number_or_name(self, course, run, drawn):
        arguments = ["plot", "velocity", "model.safetensors", *DATA, "-o", "v.png", "--force", "--coords"]
        assert run(*arguments, "1,0")[0] == run(*arguments, "PC2,0")[0] == 0
        assert drawn[1::2] == [("velocity", 2, {"coords": (1, 0)}), ("velocity", 2, {"coords": ("PC2", 0)})]

    def test_every_picture_of_the_package_can_be_had(self):
        assert {name.replace("-", "_") for name in _plot.KINDS} == set(jk.plot.__all__)

    def test_pictures_and_their_options(self, course, run, drawn):
        assert run("fit", *DATA, *QUICK, "--total-mass", "sizes", "-o", "grown.safetensors", "--force")[0] == 0
        rows = (course / "cells.csv").read_text().splitlines()
        labelled = [rows[0], *("Day " + row for row in rows[1:])]
        (course / "days.csv").write_text("\n".join(labelled) + "\n")
        data = ["days.csv", *DATA[1:]]
        for arguments, count, options in (
            (["streamlines", "model.safetensors", *data, "--at", "Day 1"], 2, {"t": 1.0}),
            (["potential-over-time", "model.safetensors", *data, "--times", "Day 1,2"], 3, {}),
            (["residuals", "model.safetensors", *data], 2, {}),
            (["error-bars", "model.safetensors", "--line=-1,0:1,0", "--at", "1"], 2, {"t": 1.0}),
            (["growth", "grown.safetensors", *data, "--at", "Day 1", "--coords", "1"], 3, {"coords": (1,)}),
            (["densities", *data, "--at", "Day 3"], 2, {}),
            (["couplings", *data], 2, {}),
        ):
            code, _, err = run("plot", *arguments, "-o", "k.png", "--force")
            assert code == 0, err
            assert drawn[-1] == (arguments[0].replace("-", "_"), count, options)
        assert run("plot", "residuals", "model.safetensors", *data, "--train", "days.csv", "-o", "l.png")[0] == 0
        assert list(drawn[-1][2]) == ["train"]
        line = ["error-bars", "model.safetensors", *data, "--line=-1,0:1,0"]
        assert run("plot", *line, "-o", "m.png")[0] == 0 and list(drawn[-1][2]) == ["snapshots"]

    def test_pictures_in_earnest(self, course, run):
        pytest.importorskip("matplotlib")
        assert run("plot", "couplings", *DATA, "--at", 1, "-o", "plan.png")[0] == 0
        assert (course / "plan.png").read_bytes().startswith(b"\x89PNG")

    def test_what_is_refused(self, course, fails, drawn):
        fails("plot", "growth", "model.safetensors", *DATA, "--at", 1, "-o", "a.png", words=["no growth"])
        fails("plot", "couplings", *DATA, "--at", 3, "-o", "a.png", words=["--at = 3", "last"])
        fails("plot", "densities", *DATA, "--at", 7, "-o", "a.png", words=["--at = 7", "2, 3"])
        fails("plot", "densities", "model.safetensors", *DATA, "-o", "a.png", words=["model.safetensors", "only"])
        fails("plot", "error-bars", "model.safetensors", "-o", "a.png", words=["--line"])
        fails("plot", "history", "model.safetensors", *DATA, "-o", "a.png", words=["cells.csv", "history"])
        fails("plot", "landscape", "model.safetensors", "-o", "a.png", words=["DATA is missing"])
        fails("plot", "history", "model.safetensors", "--at", 1, "-o", "a.png", words=["at = 1"])
        fails("plot", "populations", "model.safetensors", *DATA, "--at", 1, "-o", "a.png", words=["at = 1"])
        fails("plot", "history", "model.safetensors", "-o", "a.doc", words=["a.doc", ".png"])
        assert not (course / "a.png").exists()

    def test_without_matplotlib(self, course, fails, monkeypatch):
        monkeypatch.setitem(sys.modules, "matplotlib", None)
        words = ["pip install 'jkonetstar[plot]'"]
        fails("plot", "history", "model.safetensors", "-o", "a.png", words=words)


@pytest.mark.filterwarnings("ignore::jkonetstar.DataNotice")
class TestData:
    """Everything that the program reads, by its one loader."""

    X = np.random.default_rng(3).normal(size=(6, 2))
    LABELS = ["E8.5", "E8.5", "E9.5", "E9.5", "E10.5", "E10.5"]

    def check(self, found, times=(8.5, 9.5, 10.5)):
        assert found.timed and np.array_equal(found.snapshots.times, times)
        assert np.array_equal(found.snapshots.to_arrays()[0], self.X)

    def test_labels_in_tables(self, tmp_path, run):
        columns = {"stage": self.LABELS, "a": self.X[:, 0], "b": self.X[:, 1], "type": ["x"] * 6}
        write_table(tmp_path / "cells.csv", columns)
        text = (tmp_path / "cells.csv").read_text()
        (tmp_path / "cells.tsv").write_text(text.replace(",", "\t"))
        (tmp_path / "cells.csv.gz").write_bytes(gzip.compress(text.encode()))
        (tmp_path / "bom.csv").write_text("\ufeff" + text, encoding="utf-8")
        for name in ("cells.csv", "cells.tsv", "cells.csv.gz", "bom.csv"):
            with pytest.warns(jk.OmittedColumnsWarning, match=name), pytest.warns(jk.DataNotice, match="'E8.5' is 8.5"):
                found = _data.observed(_data.Source(str(tmp_path / name), time="stage"))
            self.check(found)
            assert found.snapshots.names == ("a", "b") and found.snapshots[1].rows.tolist() == [2, 3]
        _, _, err = run("interpolate", tmp_path / "cells.csv", "--time", "stage", "--times", "9", "-o", "-")
        assert err.splitlines()[0] == "jkonetstar: column \"stage\": 'E8.5' is 8.5, 'E9.5' is 9.5, 'E10.5' is 10.5"

    def test_labels_are_times_of_every_command(self, tmp_path, monkeypatch, run, fails):
        monkeypatch.chdir(tmp_path)
        x = np.random.default_rng(4).normal(size=(20, 2))
        for name, times in (("day.csv", [f"Day {k}" for k in range(3)]), ("number.csv", range(3))):
            points = np.concatenate([0.9**k * x for k in range(3)])
            write_table(
                tmp_path / name, {"time": np.repeat(list(map(str, times)), 20), "a": points[:, 0], "b": points[:, 1]}
            )
        assert run("fit", "day.csv", "--potential", "linear", "-o", "m.safetensors")[0] == 0
        for arguments, labels, numbers in (
            (["predict", "m.safetensors", "FILE", "-o", "-", "--times"], "Day 1,day 2,Day 2.5", "1,2,2.5"),
            (["predict", "m.safetensors", "FILE", "-o", "-", "--steps", "1", "--start-time"], "Day 1", "1"),
            (["interpolate", "FILE", "-o", "-", "--times"], "Day 0.5,Day 1", "0.5,1"),
            (["leave-one-out", "FILE", "--times"], "Day 1", "1"),
            (["plan", "FILE", "FILE", "--y-time", "1", "--x-time"], "Day 0", "0"),
            (["plan", "FILE", "FILE", "--x-time", "1", "--y-time"], "Day 2", "2"),
            (["simulate", "sphere", "--start", "FILE", "-o", "-", "--start-time"], "Day 2", "2"),
        ):
            named = [word if word != "FILE" else "day.csv" for word in arguments]
            code, out, _ = run(*named, labels)
            assert code == 0 and out == run(*named, numbers)[1]
            plain = [word if word != "FILE" else "number.csv" for word in arguments]
            assert out == run(*plain, numbers)[1]
            fails(*named, labels.replace("Day", "Dya"), words=["'Dya", "'Day"])

    def test_maps_of_times(self, tmp_path, fails):
        write_table(tmp_path / "a.csv", {"when": ["early", "late"] * 3, "a": self.X[:, 0]})
        found = _data.observed(_data.Source(str(tmp_path / "a.csv"), "when", time_map={"early": 0, "late": 2.5}))
        assert found.snapshots.times.tolist() == [0, 2.5] and found.notes == []
        fails("info", tmp_path / "a.csv", "--time", "when", words=["'early'", "--time-map 'LABEL=NUMBER"])
        fails("info", tmp_path / "a.csv", "--time", "when", "--time-map", "early=0", words=["'late'"])
        # Labels that are numbers are the same however they are written.
        write_table(tmp_path / "b.csv", {"t": ["1", "1.0", "2"], "a": [0.5, 1.5, 2.5]})
        found = _data.observed(_data.Source(str(tmp_path / "b.csv"), time_map={"1": 10, "2.0": 20}))
        assert found.snapshots.times.tolist() == [10, 20] and found.snapshots.sizes == [2, 1]

    def test_standard_input(self, monkeypatch, run):
        table = b"t,a\n0,0.5\n1,1.5\n"
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(table)))
        assert json.loads(run("info", "-", "--json")[1])["times"] == [0, 1]

    def test_arrays(self, tmp_path):
        np.savez(tmp_path / "numbers.npz", X=self.X, day=[8.5, 8.5, 9.5, 9.5, 10.5, 10.5])
        np.savez(tmp_path / "labels.npz", X=self.X, day=self.LABELS)
        np.save(tmp_path / "stack.npy", self.X.reshape(3, 2, 2))
        for name in ("numbers.npz", "labels.npz"):
            self.check(_data.observed(_data.Source(str(tmp_path / name))))
        self.check(_data.observed(_data.Source(str(tmp_path / "stack.npy"))), (0, 1, 2))

    @pytest.mark.parametrize("labels", [[0, 0, 1, 1, 2, 2], ["D0", "D0", "D1", "D1", "D2", "D2"]])
    def test_the_folders_of_the_authors(self, tmp_path, labels):
        np.save(tmp_path / "data.npy", self.X)
        np.save(tmp_path / "sample_labels.npy", labels)
        self.check(_data.observed(_data.Source(str(tmp_path))), (0, 1, 2))

    def test_populations_without_times(self, tmp_path):
        np.save(tmp_path / "x.npy", self.X)
        np.savez(tmp_path / "x.npz", points=self.X, weights=[1, 1, 1, 1, 1, 3])
        write_table(tmp_path / "x.csv", {"a": self.X[:, 0], "b": self.X[:, 1]})
        for name in ("x.npy", "x.npz", "x.csv"):
            found = _data.population(_data.Source(str(tmp_path / name)), None, "--x-time")
            assert found.time is None and np.array_equal(found.points, self.X)
            assert found.weights[5] == (3 / 8 if name == "x.npz" else 1 / 6)

    def test_dimensions(self, tmp_path):
        np.savez(tmp_path / "x.npz", X=self.X, day=self.LABELS)
        found = _data.observed(_data.Source(str(tmp_path / "x.npz"), dimensions=1)).snapshots
        assert found.dimension == 1 and np.array_equal(found[2].points, self.X[4:, :1])
        assert found[2].rows.tolist() == [4, 5]

    @pytest.mark.parametrize(
        ("name", "content", "words"),
        [
            ("a.csv", "t,a\n0,1\n1,x\n", ["a.csv", "line 3", "x"]),
            ("a.csv", "a,b\n0,1\n", ["a.csv", "time"]),
            ("a.csv", "", ["a.csv"]),
            ("a.csv.gz", "t,a\n", ["a.csv.gz", "gzip"]),
            ("a.npz", "nothing", ["a.npz"]),
            ("a.h5", "nothing", ["a.h5"]),
        ],
    )
    def test_what_is_wrong_with_files(self, tmp_path, monkeypatch, fails, name, content, words):
        monkeypatch.chdir(tmp_path)
        (tmp_path / name).write_text(content)
        fails("evaluate", "model.safetensors", name, words=["model.safetensors"])
        fails("interpolate", name, "--times", "1", "-o", "x.csv", words=words)

    @pytest.fixture
    def annotated(self, tmp_path, monkeypatch):
        """A stand-in for AnnData files."""
        obs = {"stage": np.array(self.LABELS, dtype=object), "w": np.arange(1.0, 7), "rate": np.arange(6.0)}
        data = SimpleNamespace(obs=obs, obsm={"X_pca": self.X, "X_other": -self.X}, X=self.X + 1)
        module = ModuleType("anndata")
        module.read_h5ad = lambda path, backed: data
        monkeypatch.setitem(sys.modules, "anndata", module)
        (tmp_path / "cells.h5ad").write_bytes(b"")
        return str(tmp_path / "cells.h5ad")

    def test_annotated_data(self, annotated, fails):
        self.check(_data.observed(_data.Source(annotated, time="stage")))
        other = _data.observed(_data.Source(annotated, time="stage", rep="X_other", weights="w")).snapshots
        assert np.array_equal(other[0].points, -self.X[:2]) and np.allclose(other[0].weights, [1 / 3, 2 / 3])
        genes = _data.observed(_data.Source(annotated, time="stage", rep="X")).snapshots
        assert np.array_equal(genes[0].points, self.X[:2] + 1)
        assert np.array_equal(_data.numbers(_data.Source(annotated), "rate"), np.arange(6.0))
        fails("interpolate", annotated, "--times", "9", "-o", "-", words=["time is missing", "'stage'"])
        fails("info", annotated, "--time", "day", words=["'day'", "'stage'"])
        fails("info", annotated, "--rep", "X_umap", words=["X_umap", "X_pca"])
        fails("info", annotated, "--points", "a", words=["points"])

    def test_annotated_data_without_anndata(self, tmp_path, monkeypatch, fails):
        monkeypatch.setitem(sys.modules, "anndata", None)
        (tmp_path / "cells.h5ad").write_bytes(b"")
        fails("info", tmp_path / "cells.h5ad", words=["pip install 'jkonetstar[anndata]'"])

    def test_real_annotated_data(self, tmp_path):
        anndata = pytest.importorskip("anndata")
        pandas = pytest.importorskip("pandas")
        obs = pandas.DataFrame({"stage": pandas.Categorical(self.LABELS)}, index=[f"c{k}" for k in range(6)])
        anndata.AnnData(np.ones((6, 3)), obs=obs, obsm={"X_pca": self.X}).write_h5ad(tmp_path / "cells.h5ad")
        self.check(_data.observed(_data.Source(str(tmp_path / "cells.h5ad"), time="stage")))
        assert _data.observed(_data.Source(str(tmp_path / "cells.h5ad"), "stage", rep="X")).snapshots.dimension == 3


class TestConfiguration:
    def test_growth_is_learned_without_the_times_left_out(self, course, run, fails):
        (course / "growing.toml").write_text(
            "[model]\npotential = 'linear'\n[growth]\ntotal_mass = 'sizes'\nrounds = 1\n"
        )
        if sys.version_info < (3, 11):
            pytest.importorskip("tomli")
        code, out, _ = run("leave-one-out", *DATA, "--config", "growing.toml", "--times", 1, "--json")
        snapshots = jk.Snapshots.load("cells.csv", time="day", points=["PC1", "PC2"])
        expected = jk.leave_one_time_out(
            snapshots, jk.JKOnetStar("linear"), times=[1], growth=jk.Growth(rounds=1), total_mass="sizes"
        )
        scores = json.loads(out)["scores"]
        assert code == 0 and scores["predict"]["w1"] == pytest.approx(expected.scores["predict"].w1)
        (course / "prior.toml").write_text("[growth]\nprior = 'rate'\n")
        fails("leave-one-out", *DATA, "--config", "prior.toml", words=["growth.prior", "without what is left out"])

    def test_every_parameter_of_every_part_can_be_said(self):
        """Each class that takes parameters is reached by some table, so that a file can say everything."""
        reached = {_estimators._class(make) for part in _estimators.PARTS.values() for make in part.kinds.values()}
        kinds = [thing for thing in vars(jk).values() if inspect.isclass(thing) and issubclass(thing, Parametrised)]
        assert set(kinds) - reached == {jk.JKOnetStar, jk.Growth, jk.LeaveOneTimeOut, jk.WassersteinFlow}

    @pytest.mark.parametrize(
        ("model", "expected"),
        [
            ({}, jk.JKOnetStar()),
            ({"potential": {"polynomial_degree": 2, "radial": "none"}},
             jk.JKOnetStar(jk.Linear(polynomial_degree=2, radial=None))),
            ({"potential": {"kind": "linear", "radial": {"grid": 4}, "fourier": 20}},
             jk.JKOnetStar(jk.Linear(radial=jk.Radial(grid=4), fourier=jk.Fourier(20)))),
            ({"interaction": {"activation": "tanh"}, "hidden": [4]},
             jk.JKOnetStar(interaction=jk.MLP([4], "tanh"), hidden=[4])),
            ({"internal": "mixture"}, jk.JKOnetStar(internal=True)),
            ({"internal": True}, jk.JKOnetStar(internal=True)),
            ({"internal": {"max_components": 3}}, jk.JKOnetStar(internal=jk.GaussianMixture("bic", max_components=3))),
            ({"internal": "kernel"}, jk.JKOnetStar(internal=jk.KernelDensity())),
            ({"coupling": {"marginal_relaxation": [1.0, float("inf")]}},
             jk.JKOnetStar(coupling=jk.Unbalanced([1.0, np.inf]))),
            ({"training": {"validation": "emd"}, "epochs": 7},
             jk.JKOnetStar(training=jk.Adam(7, validation="emd"), epochs=7)),
            ({"training": {"last_layer": {"every": 5}}},
             jk.JKOnetStar(training=jk.Adam(last_layer=jk.ExactLastLayer(5)))),
            ({"potential": "linear", "training": {"ridge": "gcv"}},
             jk.JKOnetStar("linear", training=jk.ClosedForm("gcv"))),
            ({"training": {"max_iter": 3}}, jk.JKOnetStar(training=jk.LBFGS(3))),
            ({"error_bars": {"samples": 4}}, jk.JKOnetStar(error_bars=jk.Bootstrap(4))),
            ({"time_varying": "auto", "scheme": "auto", "interaction": "none"}, jk.JKOnetStar()),
        ],
        ids=lambda value: str(value) if isinstance(value, dict) else "",
    )  # fmt: skip
    def test_tables_become_objects(self, model, expected):
        found = _estimators.estimator(model)
        assert repr(found) == repr(expected)
        found._specification()  # nothing contradicts anything else

    def test_a_file_that_contradicts_itself(self):
        model = _estimators.estimator({"epochs": 5, "training": {"kind": "adam", "epochs": 6}})
        with pytest.raises(ValueError, match="epochs = 5 contradicts"):
            model._specification()

    @pytest.mark.parametrize(
        ("text", "value"),
        [("3", 3), ("1e-4", 1e-4), ("true", True), ("1,2", [1, 2]), ("[1, inf]", [1, np.inf]), ("'a b'", "a b")],
    )
    def test_values_on_the_command_line(self, text, value):
        found = _config.assignment(f"model.x={text}")[1]
        assert found == value and type(found) is type(value)

    @pytest.mark.parametrize("text", ["model.x", "model=3", "modell.x=3", "model..x=3", "=3"])
    def test_what_is_no_assignment(self, run, text):
        code, _, err = run("fit", "--set", text)
        assert code == 2 and repr(text) in err


class TestCompletion:
    def complete(self, tmp_path, script, *words):
        """Return what bash would offer for the last of some words."""
        (tmp_path / "completion.bash").write_text(script)
        listed = " ".join(map(shlex.quote, words))
        code = (
            f"source completion.bash; COMP_WORDS=({listed}); COMP_CWORD={len(words) - 1}; _jkonetstar; "
            'printf "%s\\n" "${COMPREPLY[@]}"'
        )
        done = subprocess.run(["bash", "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
        return done.stdout.split()

    def test_bash(self, tmp_path, run):
        code, script, _ = run("completion", "bash")
        assert code == 0
        subprocess.run(["bash", "-n"], input=script, text=True, check=True)
        assert self.complete(tmp_path, script, "jkonetstar", "p") == ["predict", "plan", "plot"]
        assert self.complete(tmp_path, script, "jkonetstar", "fit", "--potential", "") == ["mlp", "linear", "none"]
        assert self.complete(tmp_path, script, "jkonetstar", "fit", "--time-") == [
            "--time-map", "--time-tolerance", "--time-varying",
        ]  # fmt: skip
        assert self.complete(tmp_path, script, "jkonetstar", "plot", "v") == ["velocity"]
        # Nothing is offered where a file is wanted, so that bash completes files.
        assert self.complete(tmp_path, script, "jkonetstar", "fit", "-o", "") == []

    def test_all_shells_know_all_options(self, run):
        (commands,) = (action for action in parser()._actions if action.dest == "==SUPPRESS==" and action.choices)
        for shell in ("bash", "zsh", "fish"):
            script = run("completion", shell)[1]
            for name, command in commands.choices.items():
                assert name in script
                for action in command._actions:
                    for option in action.option_strings:
                        spelled = (
                            re.sub("^--", "-l ", option) if shell == "fish" and option.startswith("--") else option
                        )
                        assert (f"-s {option[1:]}" if shell == "fish" and option[1] != "-" else spelled) in script


def test_the_page_of_the_documentation(root, tmp_path, monkeypatch, run):
    """Its shell blocks run, one after the other, and print what the page shows."""
    if sys.version_info < (3, 11):
        pytest.importorskip("tomli")
    monkeypatch.chdir(tmp_path)
    text = (root / "docs" / "command_line.md").read_text(encoding="utf-8")
    found = re.findall(r"^```(sh|text|toml)\n(.*?)^```", text, re.M | re.S)
    (tmp_path / "run.toml").write_text(next(code for kind, code in found if kind == "toml"))
    printed, used = "", set()
    for command in "".join(code for kind, code in found if kind == "sh").replace("\\\n", "").splitlines():
        # All that these lines have of the shell are redirections; a process for each would take a second.
        words, _, output = command.partition(" > ")
        name, *arguments = shlex.split(words)
        code, out, err = run(*arguments)
        assert (name, code) == ("jkonetstar", 0), err
        if output:
            (tmp_path / output).write_text(out)
        printed, used = printed + out, used | {arguments[0]}
    assert used == set(COMMANDS) - {"plot"}  # whose module is tested by itself
    for kind, shown in found:
        assert kind != "text" or shown in printed, (shown, printed)
    for name in COMMANDS:
        assert re.search(rf"^\| \[`{name}`\]\(#", text, re.M), name
    for name in ("judged.json", "configured.json"):
        json.loads((tmp_path / name).read_text())
