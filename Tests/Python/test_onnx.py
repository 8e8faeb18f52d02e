"""Graphs of ONNX give what the library computes, by the package's own evaluator and by ONNX Runtime."""

import ctypes
import doctest
import sys

import jkonetstar as jk
import numpy as np
import pytest
from jkonetstar import _abi

pytest.importorskip("onnx")

from onnx.reference import ReferenceEvaluator  # noqa: E402

DTYPES = ["float64", "float32"]
#: The largest difference over the largest number. Both sides sum some hundred terms that largely cancel, rounded to
#: 1e-16 or 6e-8 each.
TOLERANCE = {"float64": 1e-12, "float32": 1e-5}


def onnxruntime(path):
    """Return what runs a file with ONNX Runtime."""
    runtime = pytest.importorskip("onnxruntime")
    return runtime.InferenceSession(str(path), providers=["CPUExecutionProvider"])


RUNTIMES = {"reference": lambda path: ReferenceEvaluator(str(path)), "onnxruntime": onnxruntime}


@pytest.fixture(params=RUNTIMES)
def runtime(request):
    return RUNTIMES[request.param]


@pytest.fixture(scope="module")
def series():
    return snapshots(np.array([10.0, -5.0]))


def snapshots(centre):
    """Return four snapshots of a population that contracts and drifts."""
    rng = np.random.default_rng(0)
    x0 = rng.normal(size=(80, len(centre)))
    points = [centre + 3 * x0 * (1 - 0.1 * k) + 0.1 * k + 0.1 * rng.normal(size=x0.shape) for k in range(4)]
    return jk.Snapshots(np.concatenate(points), np.repeat([0.5, 1.5, 2.5, 3.5], 80))


def compare(model, path, runtime, dtype, term="potential", x=None):
    """Check a graph of a model at points about its training region."""
    model.export_onnx(path, term=term, dtype=dtype)
    rng = np.random.default_rng(1)
    if x is None:
        x = 2.5 * rng.normal(size=(150, 2)) + ([10, -5] if term == "potential" else [0, 0])
    x = np.asarray(x, dtype)
    feed, times = {"x": x}, ()
    if term == "potential" and model.time_varying_:
        feed["t"] = rng.uniform(0, 4, len(x)).astype(dtype)
        times = (feed["t"].astype(float),)
    function = model.potential_ if term == "potential" else model.interaction_
    value, gradient = runtime(path).run(["value", "gradient"], feed)
    assert value.dtype == gradient.dtype == dtype
    assert value.shape == (len(x),) and gradient.shape == x.shape
    close(value, function(x.astype(float), *times), TOLERANCE[dtype])
    close(gradient, function.gradient(x.astype(float), *times), TOLERANCE[dtype])


def close(found, expected, tolerance):
    scale = abs(expected).max()
    assert scale > 0 and abs(found - expected).max() <= tolerance * scale


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("time_varying", [False, True])
@pytest.mark.parametrize("activation", ["softplus", "silu", "tanh"])
def test_networks(series, tmp_path, runtime, activation, time_varying, dtype):
    network = jk.MLP((12, 9, 5), activation)
    model = jk.JKOnetStar(network, time_varying=time_varying, epochs=10, random_state=0).fit(series, report=False)
    compare(model, tmp_path / "v.onnx", runtime, dtype)


FEATURES = {
    "usual": jk.Linear(),
    "trigonometric": jk.Linear(2, polynomial_total=True, trigonometric=True, radial=None),
    "fourier": jk.Linear(0, radial=None, fourier=jk.Fourier(30)),
    "all": jk.Linear(
        2, polynomial_total=True, trigonometric=True, radial="cubic", fourier=jk.Fourier(9, coordinates=1)
    ),
    **{name: jk.Linear(0, radial=jk.Radial(name, grid=3)) for name in _abi.RADIAL},
}


@pytest.mark.parametrize("time_varying", [False, True])
@pytest.mark.parametrize("name", FEATURES)
def test_features(series, tmp_path, runtime, name, time_varying):
    # A ridge keeps coefficients from cancelling each other, which would cost digits of single precision.
    training = jk.ClosedForm(ridge=0.01)
    model = jk.JKOnetStar(FEATURES[name], time_varying=time_varying, training=training, random_state=0)
    model.fit(series, report=False)
    for dtype in DTYPES:
        compare(model, tmp_path / "v.onnx", runtime, dtype)


@pytest.mark.parametrize("name", ["linear", "thin_plate", "cubic", "quintic"])
def test_radial_functions_at_their_centres(series, tmp_path, runtime, name):
    """A logarithm or a root is not finite, or has no slope, where the distance is 0."""
    model = jk.JKOnetStar(jk.Linear(0, radial=jk.Radial(name, grid=3))).fit(series, report=False)
    low, high = (bound(np.concatenate([snapshot.points for snapshot in series]), axis=0) for bound in (np.min, np.max))
    corner, middle = np.array([low[0], high[1]]), (low + high) / 2
    compare(model, tmp_path / "v.onnx", runtime, "float64", x=[corner, middle, low, high])


def test_centres_that_were_drawn(tmp_path, runtime):
    """A grid in 5 coordinates would have too many places."""
    rng = np.random.default_rng(0)
    x0 = rng.normal(size=(90, 5))
    bumps = jk.Linear(1, radial=jk.Radial("gaussian", centres=20))
    model = jk.JKOnetStar(bumps, random_state=0).fit(
        np.concatenate([x0, 0.9 * x0]), np.repeat([0, 1], 90), report=False
    )
    compare(model, tmp_path / "v.onnx", runtime, "float64", x=rng.normal(size=(50, 5)))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("interaction", [jk.Linear(2, radial="gaussian"), jk.MLP((8, 6), "softplus")])
def test_interactions(series, tmp_path, runtime, interaction, dtype):
    potential = jk.Linear(2, radial=None)
    model = jk.JKOnetStar(potential, interaction, time_varying=True)
    if isinstance(interaction, jk.MLP):
        model.set_params(epochs=3, interaction_samples=8, random_state=0)
    path = tmp_path / "u.onnx"
    model.fit(series, report=False)
    compare(model, path, runtime, dtype, "interaction")
    zero = runtime(path).run(["value"], {"x": np.zeros((1, 2), dtype)})[0]
    assert abs(zero[0]) <= TOLERANCE[dtype] * abs(model.interaction_([[3.0, 3.0]])[0])
    compare(model, tmp_path / "v.onnx", runtime, dtype)


def test_single_precision_far_from_zero(tmp_path, runtime):
    """The centre of the data is no number of single precision; rounding it would shift everything by 0.03 units."""
    centre = np.array([1e6 + 0.03, -1e6 - 0.03])
    model = jk.JKOnetStar(jk.Linear(2, radial=None)).fit(snapshots(centre), report=False)
    x = centre + np.random.default_rng(2).normal(size=(100, 2))
    compare(model, tmp_path / "v.onnx", runtime, "float32", x=x)


def test_values_alone(series, tmp_path):
    model = jk.JKOnetStar("linear").fit(series, report=False)
    model.export_onnx(tmp_path / "v.onnx", gradient=False)
    found = ReferenceEvaluator(str(tmp_path / "v.onnx"))
    assert found.output_names == ["value"] and found.input_names == ["x"]
    close(found.run(None, {"x": series[0].points})[0], model.potential_(series[0].points), 1e-12)


def test_what_cannot_be_exported_is_refused(series, tmp_path, refused):
    model, path = jk.JKOnetStar("linear"), tmp_path / "v.onnx"
    refused(jk.NotFittedError, lambda: model.export_onnx(path), "fit")
    model.fit(series, report=False)
    refused(ValueError, lambda: model.export_onnx(path, term="beta"), "term = 'beta'", "'interaction'")
    refused(ValueError, lambda: model.export_onnx(path, term="interaction"), "interaction")
    refused(ValueError, lambda: model.export_onnx(path, dtype="float16"), "dtype = 'float16'")
    refused(TypeError, lambda: model.export_onnx(path, gradient="yes"), "gradient")
    refused(TypeError, lambda: model.export_onnx(3.5), "path")
    refused(FileNotFoundError, lambda: model.export_onnx(tmp_path / "nowhere" / "v.onnx"), "nowhere")
    assert not list(tmp_path.iterdir())


def test_features_of_a_host_program_are_refused_by_name(series, tmp_path, refused, monkeypatch):
    """Python has no such features, but models of C programs have, whose handles Python may be given."""

    def sums(points, n, d, values, jacobian, _):
        points = np.ctypeslib.as_array(points, (n, d))
        if values:
            np.ctypeslib.as_array(values, (n,))[:] = points.sum(axis=1)
        if jacobian:
            np.ctypeslib.as_array(jacobian, (n, d))[:] = 1
        return 0

    callback, write = _abi.FeatureCallback(sums), jk.Linear._write

    def with_callback(self, options):
        write(self, options)
        options.callback, options.callback_user_data, options.callback_count = callback, ctypes.c_void_p(), 1

    monkeypatch.setattr(jk.Linear, "_write", with_callback)
    model = jk.JKOnetStar(jk.Linear(0, radial=None)).fit(series, report=False)
    refused(ValueError, lambda: model.export_onnx(tmp_path / "v.onnx"), "callback")


def test_without_the_package(series, tmp_path, refused, monkeypatch):
    model = jk.JKOnetStar("linear").fit(series, report=False)
    monkeypatch.setitem(sys.modules, "onnx", None)
    refused(ImportError, lambda: model.export_onnx(tmp_path / "v.onnx"), "pip install 'jkonetstar[onnx]'")


def test_the_page(root, tmp_path, monkeypatch):
    pytest.importorskip("onnxruntime")
    monkeypatch.chdir(tmp_path)
    results = doctest.testfile(str(root / "docs" / "onnx.md"), False, optionflags=doctest.NORMALIZE_WHITESPACE)
    assert results.attempted > 5 and results.failed == 0
