"""Models of the cells of an AnnData object, and what they write into it."""

import copy
import doctest
import importlib
import pickle
import pkgutil
import warnings

import jkonetstar as jk
import numpy as np
import pytest

anndata = pytest.importorskip("anndata")
pandas = pytest.importorskip("pandas")
sparse = pytest.importorskip("scipy.sparse")

# Nearly all cells here have days that are labels. Tests of the notice ask for it by `pytest.warns`.
pytestmark = pytest.mark.filterwarnings("ignore::jkonetstar.DataNotice")

SIZES = (40, 60, 50)
QUADRATIC = {"potential": jk.Linear(polynomial_degree=2, radial=None)}
BOWL = {"potential": jk.Linear(polynomial_degree=2, radial=None, time_degree=1), "time_varying": True}


@pytest.fixture
def cells(rng):
    """Cells of three days in any order, whose first two components shrink by a tenth each day; two more are noise."""
    day = np.repeat([0, 1, 2], SIZES)
    x = rng.normal(size=(len(day), 4)) * [2, 1, 0.1, 0.1]
    x[:, :2] *= 0.9 ** day[:, np.newaxis]
    order = rng.permutation(len(day))
    names = [f"cell{i}" for i in range(len(day))]
    # A category that no cell has is what is left of cells that were filtered out.
    labels = pandas.Categorical([f"Day {d}" for d in day[order]], [f"Day {d}" for d in range(4)])
    obs = pandas.DataFrame({"day": labels, "hours": 24 * day[order].astype(np.int32)}, index=names)
    return anndata.AnnData(obs=obs, obsm={"X_pca": x[order].astype(np.float32)})


@pytest.mark.parametrize("name", [module.name for module in pkgutil.iter_modules(jk.sc.__path__)])
def test_docstrings(name):
    module = importlib.import_module(f"jkonetstar.sc.{name}")
    assert doctest.testmod(module, optionflags=doctest.NORMALIZE_WHITESPACE).failed == 0


# --- snapshots -----------------------------------------------------------------------------------------


def test_snapshots_know_their_cells(cells):
    series = jk.sc.snapshots(cells, n_comps=3)
    assert series.sizes == list(SIZES) and series.times.tolist() == [0, 1, 2] and series.dimension == 3
    for k, snapshot in enumerate(series):
        assert (cells.obs["day"].iloc[snapshot.rows] == f"Day {k}").all()
        assert np.array_equal(cells.obsm["X_pca"][snapshot.rows, :3], snapshot.points)


@pytest.mark.parametrize(
    ("write", "times"),
    [
        (lambda d: d.astype(np.int32), [0, 1, 2]),
        (lambda d: d.astype(np.float32), [0, 1, 2]),
        (lambda d: pandas.Categorical(d.astype(int)), [0, 1, 2]),
        (lambda d: pandas.array(d.astype(int), dtype="Int64"), [0, 1, 2]),
        (lambda d: [f"{int(3 * k):02d}-{int(3 * k + 3):02d} d" for k in d], [1.5, 4.5, 7.5]),
        (lambda d: pandas.to_timedelta(12 * d, unit="h"), [0, 0.5, 1]),
        (lambda d: pandas.Timestamp("2024-02-01") + pandas.to_timedelta(d, unit="D"), [0, 1, 2]),
    ],
)
def test_times_as_people_write_them(cells, write, times):
    cells.obs["when"] = write(cells.obs["hours"].to_numpy() / 24)
    assert np.allclose(jk.sc.snapshots(cells, "when").times, times)


def test_a_map_of_times(cells):
    spread = {"Day 0": 0.0, "Day 1": 5.0, "Day 2": 6.0}
    assert jk.sc.snapshots(cells, time_map=spread).times.tolist() == [0, 5, 6]


@pytest.mark.parametrize(
    "call",
    [
        lambda cells: jk.sc.snapshots(cells),
        lambda cells: jk.sc.fit(cells, **QUADRATIC),
        lambda cells: jk.sc.interpolate(cells, 0.5, method="straight"),
        lambda cells: jk.sc.leave_one_time_out(cells, method="straight"),
    ],
)
def test_what_was_understood_is_told(cells, caplog, call):
    with pytest.warns(jk.DataNotice, match="obs.'day'.: 'Day 0' is 0, 'Day 1' is 1") as caught:
        call(cells)
    assert [warning.filename for warning in caught] == [__file__]
    with caplog.at_level("INFO", logger="jkonetstar"):
        call(cells)
    assert "'Day 1' is 1" in caplog.text


def test_many_components_are_not_taken_without_a_word(cells, recwarn):
    cells.obsm["X_pca"] = np.hstack([cells.obsm["X_pca"]] * 3)
    for call in (jk.sc.snapshots, lambda cells, time_key, **how: jk.sc.fit(cells, time_key, **how, **QUADRATIC)):
        with pytest.warns(jk.DataNotice, match="all 12 components of 'X_pca' are taken.*n_comps=5") as caught:
            call(cells, "hours")
        assert [warning.filename for warning in caught] == [__file__]
        recwarn.clear()
        call(cells, "hours", n_comps=12)
        assert not recwarn


def test_many_genes_are_not_taken_without_a_word(cells):
    adata = anndata.AnnData(np.hstack([cells.obsm["X_pca"]] * 3), obs=cells.obs)
    with pytest.warns(jk.DataNotice, match='all 12 genes of X are taken.*use_rep="X_pca"'):
        jk.sc.snapshots(adata, "hours", "X")


@pytest.mark.filterwarnings("error")
def test_nothing_is_told_of_numbers_nor_twice(cells):
    series = jk.sc.snapshots(cells, "hours")  # numbers need no words
    model = jk.JKOnetStar(**QUADRATIC).fit(series)
    cells.obs["hours"] = [f"{hour} h" for hour in cells.obs["hours"]]
    jk.sc.annotate(cells, model)
    jk.sc.predict(cells, model, "0 h", "24 h")
    jk.sc.couplings(cells, model)


def test_cells_without_a_time_are_left_out_with_a_warning(cells):
    cells.obs.loc[["cell3", "cell5"], "day"] = np.nan
    with pytest.warns(jk.DataWarning, match="2 of 150 cells have no time") as caught:
        series = jk.sc.snapshots(cells)
    assert [(warning.category, warning.filename) for warning in caught if warning.category is jk.DataWarning] == [
        (jk.DataWarning, __file__)
    ]
    rows = np.concatenate([snapshot.rows for snapshot in series])
    assert sorted(rows) == [i for i in range(150) if i not in (3, 5)]
    assert np.array_equal(cells.obsm["X_pca"][series[2].rows], series[2].points)
    assert (cells.obs["day"].iloc[series[2].rows] == "Day 2").all()


def test_weights(cells):
    cells.obs["weight"] = np.arange(150.0)
    series = jk.sc.snapshots(cells, weights_key="weight")
    assert np.allclose(series[1].weights, series[1].rows / series[1].rows.sum())


def test_a_view_is_read_and_stays_one(cells):
    view = cells[cells.obs["day"] != "Day 1"]
    series = jk.sc.snapshots(view)
    assert series.times.tolist() == [0, 2] and view.is_view
    assert np.array_equal(view.obsm["X_pca"][series[1].rows], series[1].points)


@pytest.mark.parametrize("kind", [np.asarray, sparse.csr_matrix, sparse.csc_matrix])
@pytest.mark.parametrize("backed", [False, True])
def test_expression_itself(cells, kind, backed, tmp_path, caplog):
    points = cells.obsm["X_pca"]
    adata = anndata.AnnData(kind(points), obs=cells.obs)
    if backed:
        adata.write_h5ad(tmp_path / "cells.h5ad")
        adata = anndata.read_h5ad(tmp_path / "cells.h5ad", backed="r")
    with caplog.at_level("INFO", logger="jkonetstar"):
        series = jk.sc.snapshots(adata, use_rep="X", n_comps=2)
    assert ("sparse and was made dense" in caplog.text) == (kind is not np.asarray)
    assert np.array_equal(series[1].points, points[series[1].rows, :2])


def test_large_expression_is_not_made_dense(cells, refused, monkeypatch):
    adata = anndata.AnnData(sparse.csr_matrix(cells.obsm["X_pca"]), obs=cells.obs)
    monkeypatch.setattr(jk.sc._cells, "MOST_BYTES", 150 * 4 * 8 - 1)
    refused(ValueError, lambda: jk.sc.snapshots(adata, use_rep="X"), "(150, 4)", "X_pca", "scanpy.pp.pca")
    monkeypatch.setattr(jk.sc._cells, "MOST_BYTES", 150 * 4 * 8)
    assert jk.sc.snapshots(adata, use_rep="X").dimension == 4


def test_errors_name_what_there_is(cells, refused):
    def at(**arguments):
        return lambda: jk.sc.snapshots(cells, **arguments)

    refused(ValueError, at(time_key="Day"), "time_key = 'Day'", "'day', 'hours'")
    refused(ValueError, at(use_rep="X_pc"), "use_rep = 'X_pc'", "'X_pca'")
    refused(ValueError, at(use_rep="X"), "adata.X is empty")
    refused(ValueError, at(n_comps=5), "n_comps = 5 is outside 1 .. 4")
    refused(ValueError, at(weights_key="mass"), "weights_key = 'mass'")
    refused(ValueError, at(time_map={"Day 0": 0.0}), "not in time_map")
    refused(TypeError, lambda: jk.sc.snapshots(cells.obsm["X_pca"]), "adata must be an AnnData object, got ndarray")
    refused(ValueError, lambda: jk.sc.snapshots(anndata.AnnData(obs=cells.obs)), "scanpy.pp.pca(adata) computes it")
    cells.obs["weight"] = -1.0
    refused(ValueError, at(weights_key="weight"), "obs['weight'] of row 0 is -1.0")
    cells.obs["when"] = None
    refused(ValueError, at(time_key="when"), "no cell has a time")
    cells.obsm["X_pca"][7, 1] = np.nan
    refused(ValueError, at(), "X_pca of cell 'cell7' (row 7) is not finite")


def test_parts_of_several_modalities_are_asked_for(refused):
    class MuData:
        mod = {}

    refused(TypeError, lambda: jk.sc.snapshots(MuData()), 'adata["rna"]')


# --- fit, remember -------------------------------------------------------------------------------------


def test_fit_is_that_of_the_estimator(cells):
    found = jk.sc.fit(cells, n_comps=2, **QUADRATIC)
    same = jk.JKOnetStar(**QUADRATIC).fit(jk.sc.snapshots(cells, n_comps=2))
    assert np.array_equal(found.coef_, same.coef_) and found.times_.tolist() == [0, 1, 2]


def test_models_say_in_which_components_times_are_left_out(cells, refused):
    days = {"Day 0": 0.0, "Day 1": 1.0, "Day 2": 3.0}
    model = jk.sc.fit(cells, n_comps=2, time_map=days, **QUADRATIC)
    same = jk.leave_one_time_out(jk.sc.snapshots(cells, n_comps=2, time_map=days), model)
    assert str(jk.sc.leave_one_time_out(cells, model)) == str(same) and "predict" in same.scores
    more = jk.leave_one_time_out(jk.sc.snapshots(cells, "hours", n_comps=3), model)
    assert str(jk.sc.leave_one_time_out(cells, model, time_key="hours", n_comps=3)) == str(more)
    cells.obsm["X_flip"] = -cells.obsm["X_pca"]
    flipped = jk.sc.leave_one_time_out(cells, model, use_rep="X_flip", method="straight")
    assert flipped.scores["predict"].w1 == pytest.approx(
        jk.leave_one_time_out(jk.sc.snapshots(cells, time_map=days), model, method="straight").scores["predict"].w1
    )
    plain = jk.JKOnetStar(**QUADRATIC).fit(cells.obsm["X_pca"], cells.obs["hours"])
    refused(ValueError, lambda: jk.sc.leave_one_time_out(cells, plain), "jkonetstar.sc.remember")
    jk.sc.leave_one_time_out(cells, plain, time_key="hours", use_rep="X_pca", method="straight")
    refused(TypeError, lambda: jk.sc.leave_one_time_out(cells, "hours"), "time_key='hours'")
    refused(TypeError, lambda: jk.sc.leave_one_time_out(cells, cells), "must be a JKOnetStar, got AnnData")


def test_growth_learned_with_counts(cells, refused):
    counts = {0.0: 100.0, 1.0: 200.0, 2.0: 400.0}
    model = jk.sc.fit(cells, n_comps=2, growth=jk.Growth(), total_mass=counts, **QUADRATIC)
    same = jk.Growth().fit(jk.sc.snapshots(cells, n_comps=2), total_mass=counts)
    x = cells.obsm["X_pca"][:9, :2]
    assert np.array_equal(model.growth_.rate(x, 1.0), same.rate(x, 1.0)) and (same.rate(x, 1.0) > 0.3).all()
    refused(ValueError, lambda: jk.sc.fit(cells, total_mass="sizes", **QUADRATIC), "growth=jk.Growth()")
    refused(ValueError, lambda: jk.sc.fit(cells, growth=same, total_mass=counts, **QUADRATIC), "was fitted before")
    refused(TypeError, lambda: jk.sc.fit(cells, growth=True, **QUADRATIC), "such as jk.Growth(), got bool")
    left_out = jk.sc.leave_one_time_out(cells, n_comps=2, growth=jk.Growth(), total_mass=counts)
    series = jk.sc.snapshots(cells, n_comps=2)
    assert str(left_out) == str(jk.leave_one_time_out(series, growth=jk.Growth(), total_mass=counts))


def test_fit_refuses_unknown_parameters(cells, refused):
    refused(ValueError, lambda: jk.sc.fit(cells, max_particles=3), "no parameter 'max_particles'; it has potential, ")
    refused(ValueError, lambda: jk.sc.fit(cells, epoch=3), "no parameter 'epoch'", "epochs")


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))])
def test_copies_remember(cells, again):
    model = again(jk.sc.fit(cells, "hours", n_comps=2, **QUADRATIC))
    jk.sc.annotate(cells, model)
    assert cells.obsm["jko_next"].shape == (150, 2) and cells.uns["jkonetstar"]["params"]["time_key"] == "hours"


def saved(model, folder):
    model.save(folder / "model.safetensors")
    return jk.load(folder / "model.safetensors")


def test_models_from_files_are_told_or_find_what_was_written(cells, refused, tmp_path):
    days = {"Day 0": 0.0, "Day 1": 1.0, "Day 2": 3.0}
    model = jk.sc.fit(cells, n_comps=2, time_map=days, **QUADRATIC)
    loaded = saved(model, tmp_path)
    refused(ValueError, lambda: jk.sc.annotate(cells, loaded), "2 components of 'X_pca'", "jkonetstar.sc.remember")
    bare = cells.copy()
    jk.sc.annotate(cells, model)
    cells.write_h5ad(tmp_path / "cells.h5ad")
    read = anndata.read_h5ad(tmp_path / "cells.h5ad")
    found = jk.sc.predict(read, loaded, "Day 0", "Day 2")
    assert np.array_equal(found.obsm["X_pca"], jk.sc.predict(cells, model, 0, 3).obsm["X_pca"])
    # What was written of one model says nothing of another, at other times.
    other = saved(jk.sc.fit(cells, "hours", n_comps=2, **QUADRATIC), tmp_path)
    refused(ValueError, lambda: jk.sc.annotate(read, other), "0, 24, 48", "0, 1, 3", "jkonetstar.sc.remember")
    jk.sc.annotate(bare, jk.sc.remember(loaded, time_map=days))
    assert np.array_equal(bare.obsm["jko_velocity"], cells.obsm["jko_velocity"])


def test_a_model_from_a_file_is_not_taken_for_one_in_another_representation(cells, refused, tmp_path):
    cells.obsm["X_flip"] = -cells.obsm["X_pca"]
    flipped = jk.sc.fit(cells, use_rep="X_flip", **QUADRATIC)
    loaded = saved(flipped, tmp_path)
    assert loaded.feature_names_in_.tolist() == ["X_flip-0", "X_flip-1", "X_flip-2", "X_flip-3"]
    jk.sc.annotate(cells, jk.sc.fit(cells, **QUADRATIC))
    said = "'X_flip'", "4 of 'X_pca'", "jkonetstar.sc.remember"
    refused(ValueError, lambda: jk.sc.annotate(cells, loaded), *said)
    refused(ValueError, lambda: jk.sc.couplings(cells, loaded), *said)
    refused(ValueError, lambda: jk.sc.predict(cells, loaded, "Day 0", "Day 1"), *said)
    jk.sc.annotate(cells, jk.sc.remember(loaded))
    found = cells.obsm["jko_velocity"].copy()
    jk.sc.annotate(cells, flipped)
    assert (
        np.array_equal(cells.obsm["jko_velocity"], found) and cells.uns["jkonetstar"]["params"]["use_rep"] == "X_flip"
    )
    jk.sc.annotate(cells, saved(flipped, tmp_path))  # now it is what was written


def test_a_model_of_plain_arrays_is_not_taken_for_one_of_cells(cells, refused):
    jk.sc.annotate(cells, jk.sc.fit(cells, "hours", **QUADRATIC))
    plain = jk.JKOnetStar(**QUADRATIC).fit(cells.obsm["X_pca"], cells.obs["hours"])
    refused(ValueError, lambda: jk.sc.annotate(cells, plain), "4 coordinates", "jkonetstar.sc.remember(model, time_key")
    refused(ValueError, lambda: jk.sc.remember(plain, "hours"), "use_rep is missing")
    jk.sc.annotate(cells, jk.sc.remember(plain, "hours", "X_pca"))


def test_models_of_genes_know_it(cells, tmp_path):
    adata = anndata.AnnData(cells.obsm["X_pca"], obs=cells.obs)
    model = jk.sc.fit(adata, use_rep="X", n_comps=2, **QUADRATIC)
    jk.sc.annotate(adata, model)
    loaded = saved(model, tmp_path)
    assert loaded.feature_names_in_.tolist() == adata.var_names[:2].tolist()
    assert jk.sc.predict(adata, loaded, 0, 1).shape == (40, 2)


@pytest.mark.parametrize("way", ["split", "shuffle", "without", "pickle"])
def test_parts_of_snapshots_know_their_cells(cells, way):
    series = jk.sc.snapshots(cells, n_comps=2)
    part = {
        "split": lambda: series.split(0.3, by="times")[0],
        "shuffle": lambda: series.shuffle(),
        "without": lambda: series.without(2),
        "pickle": lambda: pickle.loads(pickle.dumps(series)),
    }[way]()
    model = jk.JKOnetStar(**QUADRATIC).fit(part)
    jk.sc.annotate(cells, model)
    assert cells.uns["jkonetstar"]["params"] == {"time_key": "day", "use_rep": "X_pca", "n_comps": 2}
    assert cells.uns["jkonetstar"]["times"].tolist() == part.times.tolist()


def test_what_is_no_fitted_model_is_refused(cells, refused):
    refused(TypeError, lambda: jk.sc.annotate(cells, "model"), "model must be a JKOnetStar")
    refused(jk.NotFittedError, lambda: jk.sc.annotate(cells, jk.JKOnetStar()), "fit")
    model = jk.sc.fit(cells, n_comps=2, **QUADRATIC)
    model.fit(cells.obsm["X_pca"], cells.obs["hours"])  # what it knew is of the fit before
    refused(ValueError, lambda: jk.sc.annotate(cells, model), "4 coordinates", "jkonetstar.sc.remember")


# --- annotate ------------------------------------------------------------------------------------------


def test_annotations_are_what_the_model_says(cells):
    model = jk.sc.fit(cells, "hours", n_comps=2, scheme="explicit", **BOWL)
    with pytest.warns(jk.ExtrapolationWarning):
        jk.sc.annotate(cells, model)
    x, t = cells.obsm["X_pca"][:, :2].astype(float), cells.obs["hours"].to_numpy(float)
    assert np.array_equal(cells.obs["jko_potential"], model.potential_(x, t))
    # Components are in single precision, and so is what is written.
    velocity, after = cells.obsm["jko_velocity"], cells.obsm["jko_next"]
    assert velocity.dtype == after.dtype == np.float32
    assert np.allclose(velocity, -model.potential_.gradient(x, t), rtol=1e-4, atol=1e-7)
    assert np.allclose(after, x + 24 * velocity, rtol=1e-5, atol=1e-5)
    assert np.allclose(cells.obs["jko_speed"], np.linalg.norm(velocity, axis=1), rtol=1e-5)
    assert "jko_growth" not in cells.obs


def test_interactions_are_with_the_cells_of_the_same_time(cells):
    model = jk.sc.fit(cells, n_comps=2, interaction=QUADRATIC["potential"], **QUADRATIC)
    jk.sc.annotate(cells, model)
    now = cells.obs["day"] == "Day 1"
    after = model.predict(cells.obsm["X_pca"][now, :2], times=[1.0, 2.0])[-1]
    assert np.array_equal(cells.obsm["jko_next"][now], after.astype(np.float32))


def test_growth_is_written(cells):
    growth = jk.Growth().fit(jk.sc.snapshots(cells, n_comps=2), total_mass="sizes")
    model = jk.sc.fit(cells, n_comps=2, growth=growth, **QUADRATIC)
    jk.sc.annotate(cells, model)
    now = cells.obs["day"] == "Day 1"
    assert np.array_equal(cells.obs["jko_growth"][now], growth.rate(cells.obsm["X_pca"][now, :2], 1.0))


def test_cells_of_other_times_and_of_none(cells):
    model = jk.sc.fit(cells, n_comps=2, **QUADRATIC)
    moving = jk.sc.fit(cells, n_comps=2, **BOWL)
    cells.obs["day"] = cells.obs["hours"] / 24
    cells.obs.iloc[0, 0], cells.obs.iloc[1, 0] = 0.5, np.nan
    jk.sc.annotate(cells, model)
    x = cells.obsm["X_pca"][:2, :2]
    assert np.allclose(cells.obsm["jko_velocity"][:2], -model.potential_.gradient(x), rtol=1e-4, atol=1e-7)
    assert np.array_equal(cells.obs["jko_potential"][:2], model.potential_(x))
    with pytest.warns(jk.ExtrapolationWarning):
        jk.sc.annotate(cells, moving)
    known = np.isfinite(cells.obsm["jko_velocity"]).all(axis=1) & np.isfinite(cells.obs["jko_potential"])
    assert known.sum() == 149 and not known.iloc[1]
    assert np.isnan(cells.obs["jko_speed"].iloc[1])


def test_what_another_model_wrote_is_removed(cells):
    bars = {"error_bars": jk.Bootstrap(3), "scheme": "explicit"}
    growing = jk.sc.fit(cells, n_comps=2, growth=jk.Growth(), **bars, **QUADRATIC)
    jk.sc.annotate(cells, growing)
    assert {"jko_growth", "jko_potential_std"} < set(cells.obs) and "jko_velocity_std" in cells.obsm
    jk.sc.annotate(cells, jk.sc.fit(cells, n_comps=2, potential=None, interaction=QUADRATIC["potential"]))
    written = {name for name in [*cells.obs, *cells.obsm] if name.startswith("jko_")}
    assert written == {"jko_speed", "jko_time", "jko_extrapolated", "jko_next", "jko_velocity"}


def test_cells_of_the_last_time_are_marked(cells, recwarn):
    jk.sc.annotate(cells, jk.sc.fit(cells, n_comps=2, **QUADRATIC))
    last = (cells.obs["day"] == "Day 2").to_numpy()
    assert cells.obs["jko_extrapolated"].dtype == bool and np.array_equal(cells.obs["jko_extrapolated"], last)
    moving = jk.sc.fit(cells, n_comps=2, **BOWL)
    assert not [warning for warning in recwarn if warning.category is jk.ExtrapolationWarning]
    with pytest.warns(jk.ExtrapolationWarning, match="50 of 150 cells are of the last fitted time, 2") as caught:
        jk.sc.annotate(cells, moving)
    assert len(caught) == 1 and np.isfinite(cells.obsm["jko_velocity"]).all()
    recwarn.clear()
    jk.sc.annotate(cells, moving, extrapolate=False)
    assert not recwarn
    for name in ("jko_potential", "jko_speed"):
        assert np.array_equal(np.isnan(cells.obs[name]), last)
    assert np.array_equal(np.isnan(cells.obsm["jko_next"]).any(axis=1), last)
    assert jk.sc.as_scvelo(cells).n_obs == 100


def test_one_warning_for_all_times(cells):
    model = jk.sc.fit(cells, n_comps=2, potential=jk.Linear(polynomial_degree=4, radial=None))
    cells.obsm["X_pca"] = 30 * cells.obsm["X_pca"]
    with pytest.warns(jk.ExtrapolationWarning, match="beyond .*; likewise at 2 more times") as caught:
        jk.sc.annotate(cells, model)
    assert [warning.filename for warning in caught] == [__file__]


def test_standard_errors_are_written(cells):
    model = jk.sc.fit(cells, n_comps=2, error_bars="influence", scheme="explicit", **QUADRATIC)
    jk.sc.annotate(cells, model)
    points = cells.obsm["X_pca"][:, :2]
    errors = model.potential_.gradient(points, return_std=True)[1]
    assert np.allclose(cells.obsm["jko_velocity_std"], errors, rtol=1e-5) and (errors > 0).all()
    assert np.array_equal(cells.obs["jko_potential_std"], model.potential_(points, return_std=True)[1])


@pytest.mark.filterwarnings("ignore:the fitted model predicts")
def test_standard_errors_of_networks(cells):
    model = jk.sc.fit(cells, n_comps=2, time_varying=False, error_bars=jk.Bootstrap(2), epochs=2, hidden=(4,))
    jk.sc.annotate(cells, model)
    now = (cells.obs["day"] == "Day 1").to_numpy()
    points = cells.obsm["X_pca"][now, :2]
    errors = model.predict(points, times=[1.0, 2.0], return_std=True)[1][-1]
    assert np.allclose(cells.obsm["jko_velocity_std"][now], errors, rtol=1e-5) and (errors > 0).all()
    found = jk.sc.predict(cells, model, "Day 1", "Day 2", return_std=True)
    assert np.allclose(found.obsm["X_pca_std"], errors, rtol=1e-5)
    expressed = anndata.AnnData(cells.obsm["X_pca"][:, :2], obs=cells.obs)
    model = jk.sc.remember(model, use_rep="X")
    assert np.allclose(jk.sc.predict(expressed, model, 1, 2, return_std=True).layers["std"], errors, rtol=1e-5)


def test_a_step_is_the_gap_that_a_time_is_in(cells):
    times = {"Day 0": 0.0, "Day 1": 1.0, "Day 2": 4.0}
    model = jk.sc.fit(cells, n_comps=2, time_map=times, **QUADRATIC)
    jk.sc.annotate(cells, model)
    steps = np.linalg.norm(cells.obsm["jko_next"] - cells.obsm["X_pca"][:, :2], axis=1)
    gaps = steps / cells.obs["jko_speed"]
    assert np.allclose(gaps, np.where(cells.obs["day"] == "Day 0", 1, 3), rtol=1e-3)


@pytest.mark.filterwarnings("ignore:Trying to modify attribute")
def test_annotations_of_views_and_of_files(cells, tmp_path):
    model = jk.sc.fit(cells, n_comps=2, **QUADRATIC)
    view = cells[:10]
    jk.sc.annotate(view, model)
    assert "jko_speed" in view.obs and "jko_speed" not in cells.obs
    cells.write_h5ad(tmp_path / "cells.h5ad")
    backed = anndata.read_h5ad(tmp_path / "cells.h5ad", backed="r")
    jk.sc.annotate(backed, model)
    assert np.array_equal(backed.obsm["jko_next"][:10], view.obsm["jko_next"])


def test_annotations_survive_a_file(cells, tmp_path):
    model = jk.sc.fit(cells, "hours", n_comps=2, time_map={0: 0.0, 24: 1.0, 48: 3.0}, **QUADRATIC)
    jk.sc.annotate(cells, model)
    cells.write_h5ad(tmp_path / "cells.h5ad")
    read = anndata.read_h5ad(tmp_path / "cells.h5ad")
    said = read.uns["jkonetstar"]
    assert (
        said["times"].tolist() == [0, 1, 3] and said["params"]["use_rep"] == "X_pca" and "Linear" in said["estimator"]
    )
    assert np.array_equal(read.obsm["jko_velocity"], cells.obsm["jko_velocity"])
    model.save(tmp_path / "model.safetensors")
    loaded = jk.load(tmp_path / "model.safetensors")  # labels that are numbers stay numbers
    assert jk.sc.predict(read, loaded, 24, 48).obs["time"].tolist() == [3.0] * 60


# --- predict, interpolate ------------------------------------------------------------------------------


def test_predictions_go_by_the_fitted_times(cells):
    model = jk.sc.fit(cells, n_comps=2, **QUADRATIC)
    found = jk.sc.predict(cells, model, "Day 0", ["Day 2", 3.0])
    rows = np.flatnonzero(cells.obs["day"] == "Day 0")
    paths = model.predict(cells.obsm["X_pca"][rows, :2], steps=3)
    assert np.array_equal(found.obsm["X_pca"], np.concatenate([paths[2], paths[3]]).astype(np.float32))
    assert found.shape == (80, 0) and found.obs["time"].tolist() == [2.0] * 40 + [3.0] * 40
    assert found.obs["source"].tolist() == 2 * cells.obs_names[rows].tolist()
    assert found.obs_names[0] == f"{cells.obs_names[rows[0]]}-2" and found.obs_names.is_unique
    assert "mass" not in found.obs
    between = jk.sc.predict(cells, model, 0, 0.5)
    half = model.predict(cells.obsm["X_pca"][rows, :2], times=[0, 0.5])[-1]
    assert np.array_equal(between.obsm["X_pca"], half.astype(np.float32))


def test_predictions_have_masses(cells):
    cells.obs["weight"] = np.arange(1.0, 151.0)
    growth = jk.Growth().fit(jk.sc.snapshots(cells, n_comps=2), total_mass="sizes")
    rows = np.flatnonzero(cells.obs["day"] == "Day 0")
    weights = (rows + 1) / (rows + 1).sum()
    model = jk.sc.fit(cells, n_comps=2, weights_key="weight", **QUADRATIC)
    assert np.allclose(jk.sc.predict(cells, model, 0, [1, 2]).obs["mass"], np.tile(weights, 2))
    growing = jk.sc.fit(cells, n_comps=2, weights_key="weight", growth=growth, **QUADRATIC)
    paths = growing.predict(cells.obsm["X_pca"][rows, :2], steps=2)
    masses = growth.masses(paths, [0.0, 1.0, 2.0], weights)
    assert np.array_equal(jk.sc.predict(cells, growing, 0, [1, 2]).obs["mass"], masses[1:].ravel())
    alike = jk.sc.fit(cells, n_comps=2, growth=growth, **QUADRATIC)
    _, masses = alike.predict(cells.obsm["X_pca"][rows, :2], steps=1, return_masses=True)
    assert np.array_equal(jk.sc.predict(cells, alike, 0, 1).obs["mass"], masses[1])


def test_predictions_of_cells_of_one_name(cells):
    names = cells.obs_names.to_numpy().copy()
    names[:] = "cell"
    cells.obs_names = names
    found = jk.sc.predict(cells, jk.sc.fit(cells, n_comps=2, **QUADRATIC), "Day 1", ["Day 2"])
    assert found.obs_names.is_unique and set(found.obs["source"]) == {"cell"} and found.n_obs == 60


def test_predictions_of_expression_have_genes(cells, tmp_path):
    adata = anndata.AnnData(cells.obsm["X_pca"], obs=cells.obs)
    adata.var_names = ["a", "b", "c", "d"]
    found = jk.sc.predict(adata, jk.sc.fit(adata, use_rep="X", n_comps=3, **QUADRATIC), 0, [1])
    assert found.var_names.tolist() == ["a", "b", "c"] and found.shape == (40, 3)
    found.write_h5ad(tmp_path / "later.h5ad")
    assert np.array_equal(anndata.read_h5ad(tmp_path / "later.h5ad").X, found.X)


def test_predictions_that_cannot_be_made(cells, refused):
    model = jk.sc.fit(cells, n_comps=2, **QUADRATIC)

    def at(source, targets):
        return lambda: jk.sc.predict(cells, model, source, targets)

    refused(ValueError, at(0, [2, 1]), "targets = [2, 1] do not increase", "are [1, 2]")
    alphabetical = ["Day 2", "Day 0", "Day 1"]
    refused(ValueError, at("Day 0", alphabetical), "source, which is time 0", "later than it are ['Day 1', 'Day 2']")
    refused(ValueError, at(1, 1), "do not increase")
    refused(ValueError, at(0, []), "targets = []")
    refused(ValueError, at(0.5, 2), "source = 0.5 is the time of no cell", "0, 1, 2")
    refused(ValueError, at("early", 2), "source = 'early'", "nearest to it are 'Day")
    dated = cells.copy()
    dated.obs["day"] = pandas.Timestamp("2024-02-01") + pandas.to_timedelta(cells.obs["hours"], unit="h")
    fitted = jk.sc.fit(dated, n_comps=2, **QUADRATIC)
    first = pandas.Timestamp("2024-02-01")
    assert jk.sc.predict(dated, fitted, first, [1]).n_obs == 40
    later = jk.sc.predict(dated, fitted, first, "2024-02-02 06:00")  # a date that no cell has
    assert later.obs["time"].unique().tolist() == [1.25]
    refused(ValueError, lambda: jk.sc.predict(dated, fitted, first, "tomorrow"), "targets = 'tomorrow'", "'2024-02-0")


def test_interpolations_are_those_of_the_snapshots(cells):
    found = jk.sc.interpolate(cells, [0.5, "Day 1"], n_comps=2)
    same = jk.interpolate(jk.sc.snapshots(cells, n_comps=2), [0.5, 1.0])
    points, times, weights = same.to_arrays()
    assert np.array_equal(found.obsm["X_pca"], points) and np.array_equal(found.obs["time"], times)
    assert np.array_equal(found.obs["weight"], weights) and found.obs_names.is_unique
    assert np.allclose(found.obs.groupby("time")["weight"].sum(), 1)


def test_leaving_times_out(cells):
    found = jk.sc.leave_one_time_out(cells, jk.JKOnetStar(**QUADRATIC), n_comps=2, times="Day 1")
    same = jk.leave_one_time_out(jk.sc.snapshots(cells, n_comps=2), jk.JKOnetStar(**QUADRATIC), times=[1.0])
    assert str(found) == str(same) and "predict" in found.scores


# --- couplings -----------------------------------------------------------------------------------------


def test_couplings_are_plans_between_cells(cells, tmp_path):
    plans = jk.sc.couplings(cells, jk.sc.fit(cells, n_comps=2, **QUADRATIC))
    assert list(plans) == [("Day 0", "Day 1"), ("Day 1", "Day 2")]
    plan = plans["Day 0", "Day 1"]
    now, then = (cells[cells.obs["day"] == day] for day in ("Day 0", "Day 1"))
    assert plan.obs_names.equals(now.obs_names) and plan.var_names.equals(then.obs_names)
    x, y = now.obsm["X_pca"][:, :2], then.obsm["X_pca"][:, :2]
    assert sparse.issparse(plan.X) and plan.X.nnz <= 40 + 60 - 1
    assert np.allclose(plan.X.toarray(), jk.optimal_transport(x, y).dense())
    assert np.allclose(plan.X.sum(axis=1), 1 / 40) and np.allclose(plan.X.sum(axis=0), 1 / 60)
    plan.write_h5ad(tmp_path / "plan.h5ad")


def test_couplings_are_those_of_the_fit(cells):
    x, y = (cells.obsm["X_pca"][cells.obs["day"] == day, :2] for day in ("Day 0", "Day 1"))
    entropic = jk.sc.fit(cells, n_comps=2, coupling=jk.Sinkhorn(epsilon=0.3), **QUADRATIC)
    plan = jk.optimal_transport(x, y, method="sinkhorn", epsilon=0.3).dense()
    found = jk.sc.couplings(cells, entropic)["Day 0", "Day 1"].X.toarray()
    assert np.allclose(found, plan, atol=1e-12)
    few = jk.sc.couplings(cells, entropic, threshold=1e-3)["Day 0", "Day 1"].X
    assert few.nnz == (plan > 1e-3).sum() < plan.size / 2
    relaxed = jk.sc.fit(cells, n_comps=2, coupling=jk.Unbalanced(0.5, 0.05), **QUADRATIC)
    plan = jk.optimal_transport(x, y, method="unbalanced", epsilon=0.05, marginal_relaxation=0.5).dense()
    assert np.allclose(jk.sc.couplings(cells, relaxed)["Day 0", "Day 1"].X.toarray(), plan, atol=1e-12)


def test_couplings_with_growth(cells):
    growth = jk.Growth().fit(jk.sc.snapshots(cells, "hours", n_comps=2))
    plans = jk.sc.couplings(cells, jk.sc.fit(cells, "hours", n_comps=2, growth=growth, **QUADRATIC))
    masses = np.exp(24 * growth.rate(cells.obsm["X_pca"][cells.obs["hours"] == 0, :2], 0.0))
    assert np.allclose(np.asarray(plans[0, 24].X.sum(axis=1)).ravel(), masses / masses.sum())
    assert np.ptp(masses / masses.sum()) > 1e-3 / 40


def test_couplings_by_numbers_sort_in_the_order_of_time(cells, refused):
    cells.obs["day"] = cells.obs["day"].cat.rename_categories({"Day 2": "Day 12", "Day 1": "Day 6"})
    model = jk.sc.fit(cells, n_comps=2, **QUADRATIC)
    jk.sc.annotate(cells, model)
    with pytest.warns(jk.DataWarning, match="'Day 12' is sorted before 'Day 6'.*jko_time") as caught:
        labelled = jk.sc.couplings(cells, model)
    assert [warning.filename for warning in caught] == [__file__]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        plans = jk.sc.couplings(cells, model, time_key="jko_time")
    assert list(plans) == [(0, 6), (6, 12)] and {type(label) for key in plans for label in key} == {float}
    assert set(cells.obs["jko_time"].cat.categories) == {0, 6, 12}
    assert (plans[6, 12].X != labelled["Day 6", "Day 12"].X).nnz == 0
    cells.obs["batch"] = np.arange(150) % 2
    refused(
        ValueError, lambda: jk.sc.couplings(cells, model, time_key="batch"), "cells of time 0 have", "not one label"
    )
    refused(ValueError, lambda: jk.sc.couplings(cells, model, time_key="hour"), "'hours'")


def test_cells_elsewhere_are_sent_here(cells, refused):
    series = jk.sc.snapshots(cells, n_comps=2)
    model = jk.JKOnetStar(**QUADRATIC).fit(series)
    for call in (
        lambda: jk.Snapshots(cells),
        lambda: jk.Snapshots(cells, "day"),
        lambda: jk.JKOnetStar().fit(cells),
        lambda: jk.JKOnetStar().fit(cells, time=cells.obs["day"]),
        lambda: jk.Growth().fit(cells),
        lambda: model.evaluate(cells),
        lambda: jk.leave_one_time_out(cells),
        lambda: jk.plot.velocity(model, cells),
        lambda: jk.plot.populations(model, cells),
    ):
        refused(TypeError, call, "AnnData", "jkonetstar.sc.snapshots(adata")


def test_couplings_need_names(cells, refused):
    model = jk.sc.fit(cells, n_comps=2, **QUADRATIC)
    names = cells.obs_names.to_numpy().copy()
    names[3] = "cell9"
    cells.obs_names = names
    refused(ValueError, lambda: jk.sc.couplings(cells, model), "'cell9' twice", "obs_names_make_unique")


# --- genes ---------------------------------------------------------------------------------------------


@pytest.fixture
def expressed(rng):
    """Cells of 12 genes, of which 8 were taken for five components, all that these have."""
    latent = rng.normal(size=(300, 5)) * [5, 4, 3, 2, 1]
    X = latent @ rng.normal(size=(5, 12)) + rng.uniform(3, 9, size=12)
    chosen = np.arange(12) % 3 != 2
    seen = X[:, chosen] - X[:, chosen].mean(0)
    loadings = np.zeros((12, 5))
    loadings[chosen] = np.linalg.svd(seen, full_matrices=False)[2][:5].T
    adata = anndata.AnnData(X.astype(np.float32), obsm={"X_pca": (seen @ loadings[chosen]).astype(np.float32)})
    adata.varm["PCs"] = loadings
    adata.var_names = [f"gene{i}" for i in range(12)]
    return adata, chosen


@pytest.mark.parametrize("kind", [np.asarray, sparse.csr_matrix])
@pytest.mark.parametrize("part", [slice(None), slice(0, 90)])
def test_components_become_genes_again(expressed, kind, part):
    """Of some of the cells too, whose mean is not that of all."""
    adata, chosen = expressed
    adata.X = kind(adata.X)
    adata = adata[part]
    genes = jk.sc.to_genes(adata, adata.obsm["X_pca"])
    assert genes.var_names.tolist() == adata.var_names[chosen].tolist()
    X = adata.X.toarray() if sparse.issparse(adata.X) else adata.X
    assert np.allclose(genes.X, X[:, chosen], atol=2e-4)  # single precision, of numbers up to 50
    fewer = jk.sc.to_genes(adata, adata.obsm["X_pca"][:, :3])
    rest = adata.obsm["X_pca"][:, 3:] - adata.obsm["X_pca"][:, 3:].mean(0)
    assert np.allclose(fewer.X, X[:, chosen] - rest @ adata.varm["PCs"][chosen, 3:].T, atol=2e-4)


def test_predicted_cells_have_genes(expressed):
    adata, _ = expressed
    adata.obs["day"] = np.repeat([0, 1], 150)
    model = jk.sc.fit(adata, n_comps=3, **QUADRATIC)
    found = jk.sc.to_genes(adata, jk.sc.predict(adata, model, 0, [1]))
    assert found.shape == (150, 8) and found.obs["source"].iloc[0] == "0" and "jkonetstar" in found.uns


def test_layers_scales_and_files(expressed, tmp_path):
    adata, chosen = expressed
    truth = adata.X.copy()
    adata.var["mean"], adata.var["std"] = 10.0, 2.0
    adata.layers["scaled"], adata.X = truth, 2 * truth + 10
    assert np.allclose(jk.sc.to_genes(adata, adata.obsm["X_pca"], layer="scaled").X, truth[:, chosen], atol=2e-4)
    back = jk.sc.to_genes(adata, adata.obsm["X_pca"], layer="scaled", unscale=True)
    assert np.allclose(back.X, adata.X[:, chosen], atol=4e-4)
    adata.uns["pca"] = {"params": {"layer": "scaled"}}  # as scanpy.pp.pca notes it
    adata.write_h5ad(tmp_path / "cells.h5ad")
    backed = anndata.read_h5ad(tmp_path / "cells.h5ad", backed="r")
    assert np.allclose(jk.sc.to_genes(backed, adata.obsm["X_pca"]).X, truth[:, chosen], atol=2e-4)


def test_genes_of_cells_in_another_representation(expressed, refused):
    adata, _ = expressed
    adata.obs["day"] = np.arange(adata.n_obs) % 2
    adata.obsm["X_latent"] = adata.obsm["X_pca"][:, :2]
    later = jk.sc.predict(adata, jk.sc.fit(adata, use_rep="X_latent", **QUADRATIC), 0, 1)
    refused(ValueError, lambda: jk.sc.to_genes(adata, later), "Z is in 'X_latent'", 'use_rep="X_pca"')


def test_genes_that_cannot_be_had(expressed, refused):
    adata, _ = expressed
    z = adata.obsm["X_pca"]
    refused(ValueError, lambda: jk.sc.to_genes(adata, np.ones((2, 6))), "Z has 6 components", "loadings of 5")
    refused(ValueError, lambda: jk.sc.to_genes(adata, z, layer="counts"), "layer = 'counts'")
    refused(ValueError, lambda: jk.sc.to_genes(adata, z, unscale=True), "adata.var['mean']", "scanpy.pp.scale")
    refused(ValueError, lambda: jk.sc.to_genes(adata, z, "X_umap"), "no loadings")
    changed = adata.copy()
    changed.X = np.log1p(changed.X - changed.X.min())
    refused(ValueError, lambda: jk.sc.to_genes(changed, z), "not what the loadings make of this expression", "layer")
    changed.X[3, 1] = np.nan
    refused(ValueError, lambda: jk.sc.to_genes(changed, z), "not what the loadings make of this expression", "layer")
    corrected = adata.copy()
    corrected.obsm["X_pca"][:150, 0] += 1.0
    refused(ValueError, lambda: jk.sc.to_genes(corrected, z), "not what the loadings make")
    empty = anndata.AnnData(obs=adata.obs, var=adata.var, obsm=dict(adata.obsm), varm=dict(adata.varm))
    refused(ValueError, lambda: jk.sc.to_genes(empty, z), "adata.X is empty")
    del adata.varm["PCs"]
    refused(ValueError, lambda: jk.sc.to_genes(adata, z), "'PCs' is not in adata.varm", "scanpy.pp.pca")


# --- scVelo --------------------------------------------------------------------------------------------


def test_velocities_where_scvelo_looks_for_them(cells, refused):
    refused(ValueError, lambda: jk.sc.as_scvelo(cells), "jkonetstar.sc.annotate")
    model = jk.sc.fit(cells, n_comps=2, **BOWL)
    cells.obs.loc[["cell3"], "day"] = np.nan
    cells.obsm["X_umap"] = cells.obsm["X_pca"][:, :2]
    cells.obsp["distances"] = sparse.csr_matrix(np.eye(150))
    cells.uns.update(neighbors={"params": {}}, day_colors=["red"] * 4)
    with pytest.warns(jk.ExtrapolationWarning):
        jk.sc.annotate(cells, model)
    found = jk.sc.as_scvelo(cells)
    known = cells.obs_names != "cell3"
    assert found.obs_names.equals(cells.obs_names[known]) and {"neighbors", "day_colors"} == set(found.uns)
    assert found.obsp["distances"].shape == (149, 149) and "X_umap" in found.obsm
    x, v = found.layers["Ms"], found.layers["velocity"]
    assert np.array_equal(x[:, :2], cells.obsm["X_pca"][known, :2]) and np.array_equal(x, found.layers["spliced"])
    assert np.array_equal(v[:, :2], cells.obsm["jko_velocity"][known])
    # Means over variables are 0 but for rounding, so that their subtraction changes no cosine.
    assert np.abs(v.mean(axis=1)).max() < 1e-6 and np.abs(x.mean(axis=1)).max() < 1e-6
