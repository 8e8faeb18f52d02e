"""Models on disk, in pickles and in other processes: the same bits, or one line of refusal."""

import os
import pickle
import shutil
import subprocess
import sys
from pathlib import Path

import jkonetstar as jk
import numpy as np
import pytest
from jkonetstar import _library

from populations import quadratic_series

PARAMS = {
    "mlp": {"potential": jk.MLP((4, 3)), "training": jk.Adam(3, 20, dtype="float64"), "random_state": 2**63},
    "linear": {"potential": jk.Linear(2, radial=jk.Radial(grid=2))},
    "total": {"potential": jk.Linear(3, polynomial_total=True, radial=None)},
    "waves": {"potential": jk.Linear(1, trigonometric=True, fourier=jk.Fourier(9))},
    "thin plates": {"potential": jk.Linear(1, radial=jk.Radial("thin_plate", grid=3))},
    "centres": {"potential": jk.Linear(0, radial=jk.Radial("inverse_quadratic", grid=99, centres=12))},
    "time": {"potential": jk.MLP((3,)), "time_varying": True, "training": jk.Adam(2)},
    "entropic": {"potential": "linear", "coupling": jk.Unbalanced((5.0, np.inf), epsilon=0.5)},
}


@pytest.fixture(scope="module", params=list(PARAMS))
def model(request):
    return jk.JKOnetStar(**PARAMS[request.param]).fit(*quadratic_series(n=20))


def same(one, other):
    x = quadratic_series(n=30, seed=8)[0]
    assert np.array_equal(one.potential_(x, 0.1), other.potential_(x, 0.1))
    assert np.array_equal(one.potential_.gradient(x, 0.1), other.potential_.gradient(x, 0.1))
    assert np.array_equal(one.predict(x, steps=3), other.predict(x, steps=3))
    assert np.array_equal(one.history_, other.history_) and np.array_equal(one.times_, other.times_)
    assert one.describe() == other.describe()


def test_save_and_load(model, tmp_path):
    path = tmp_path / "modèl.safetensors"
    model.save(path)
    again = jk.load(path)
    same(model, again)
    again.save(str(tmp_path / "again"))
    assert (tmp_path / "again").read_bytes() == path.read_bytes()


def test_load_restores_the_parameters(model, tmp_path):
    model.save(tmp_path / "model")
    again = jk.load(tmp_path / "model")
    assert again.get_params() == model.get_params()
    X, time = quadratic_series(n=20)
    same(again.fit(X, time), model)


def test_pickle(model):
    again = pickle.loads(pickle.dumps(model))
    assert again.get_params() == model.get_params()
    same(model, again)


def test_pickle_of_an_unfitted_model():
    model = pickle.loads(pickle.dumps(jk.JKOnetStar(epochs=7)))
    assert model.epochs == 7 and not hasattr(model, "history_")


def test_another_process_gives_the_same_bits(model, tmp_path):
    model.save(tmp_path / "model")
    x = quadratic_series(n=30, seed=8)[0]
    np.save(tmp_path / "x.npy", x)
    program = (
        "import sys, numpy, jkonetstar\n"
        "folder = sys.argv[1]\n"
        "model = jkonetstar.load(folder + '/model')\n"
        "numpy.save(folder + '/y.npy', model.predict(numpy.load(folder + '/x.npy'), steps=2))\n"
    )
    subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=True, env=os.environ)
    assert np.array_equal(np.load(tmp_path / "y.npy"), model.predict(x, steps=2))


def test_c_gives_the_same_bits(model, tmp_path, root):
    """examples/c/predict.c moves a grid of 12 x 12 particles through the fitted times."""
    compiler = shutil.which("cc")
    assert compiler, "a C compiler is needed"
    library = Path(_library.lib._name).resolve()
    (tmp_path / "libjkonetstar.so.1").symlink_to(library)
    program = str(tmp_path / "predict")
    subprocess.run(
        [compiler, "-std=c99", f"-I{root / 'include'}", str(root / "examples" / "c" / "predict.c"), str(library)]
        + [f"-Wl,-rpath,{tmp_path}", "-o", program],
        check=True,
    )
    model.save(tmp_path / "model")
    subprocess.run([program, str(tmp_path / "model"), str(tmp_path / "y.npy")], check=True)
    axis = np.array([-4 + 8.0 * i / 11 for i in range(12)])
    grid = np.stack(np.meshgrid(axis, axis, indexing="ij"), axis=-1).reshape(-1, 2)
    course = model.predict(grid, times=model.times_)
    assert np.array_equal(np.load(tmp_path / "y.npy"), course.reshape(-1, 2))


def test_a_file_cut_anywhere_is_refused(model, tmp_path, refused):
    path = tmp_path / "model"
    model.save(path)
    whole = path.read_bytes()
    # Every length of the header and of the first numbers, and then some, for numbers are all alike.
    for size in [*range(min(len(whole), 8_000)), *range(8_000, len(whole), 97)]:
        path.write_bytes(whole[:size])
        assert isinstance(refused(ValueError, lambda: jk.load(path)), jk.FormatError)


def test_a_file_with_a_wrong_byte_is_refused(model, tmp_path):
    path = tmp_path / "model"
    model.save(path)
    whole = path.read_bytes()
    accepted = []
    for place in [*range(0, min(len(whole), 8_000), 3), *range(8_000, len(whole), 97)]:
        damaged = bytearray(whole)
        damaged[place] ^= 0x5A
        path.write_bytes(damaged)
        try:
            jk.load(path)
        except ValueError as error:
            assert "\n" not in str(error)
        else:
            accepted.append(place)
    assert not accepted, f"damage at {accepted[:10]} went unnoticed"


def test_other_files_are_refused(tmp_path, refused):
    path = tmp_path / "model"
    for content in (b"", b"\0", b"\xff" * 64, b"{}", b"\x02" + bytes(7) + b"{}", b"\xff" * 7 + b"\x7f{}"):
        path.write_bytes(content)
        refused(ValueError, lambda: jk.load(path))
    refused(OSError, lambda: jk.load(tmp_path / "nothing"), "nothing")
    refused(OSError, lambda: jk.load(tmp_path))
    refused(TypeError, lambda: jk.load(None), "path")


def test_a_folder_that_is_not_there(model, tmp_path, refused):
    refused(OSError, lambda: model.save(tmp_path / "no" / "model"), "model")
    refused(OSError, lambda: model.save(tmp_path))
