"""jkonetstar.sc with scanpy, scVelo, CellRank and moscot as they are: `make test-single-cell` installs them."""

import re

import jkonetstar as jk
import numpy as np
import pytest

anndata = pytest.importorskip("anndata")
scanpy = pytest.importorskip("scanpy")

import pandas  # noqa: E402
from scipy import sparse  # noqa: E402

# Days are labels here, and V varies in time.
pytestmark = [
    pytest.mark.filterwarnings("ignore::jkonetstar.DataNotice"),
    pytest.mark.filterwarnings("ignore:.* cells are of the last fitted time"),
]

LINEAR = {"potential": "linear", "time_varying": True}


@pytest.fixture(scope="module")
def branching():
    """Cells of 60 genes whose lineages part: 200 a day, with the components and neighbours of scanpy."""
    rng = np.random.default_rng(0)
    day, branch = np.repeat([0, 1, 2], 200), rng.choice([-1, 1], 600)
    latent = np.stack([day, 0.6 * branch * day, np.zeros(600)], axis=1) + 0.35 * rng.normal(size=(600, 3))
    X = latent @ rng.normal(size=(3, 60)) + 0.05 * rng.normal(size=(600, 60)) + 5
    order = rng.permutation(600)
    adata = anndata.AnnData(X[order].astype(np.float32))
    adata.obs_names = [f"cell{i}" for i in range(600)]
    adata.obs["day"] = pandas.Categorical([f"Day {d}" for d in day[order]])
    adata.obs["number"], adata.obs["branch"] = day[order], branch[order]
    scanpy.pp.pca(adata, n_comps=5)
    scanpy.pp.neighbors(adata, n_neighbors=15)
    return adata


@pytest.fixture
def annotated(branching):
    adata = branching.copy()
    model = jk.sc.fit(adata, **LINEAR)
    jk.sc.annotate(adata, model)
    return adata, model


@pytest.mark.parametrize("scaled", [False, True])
@pytest.mark.parametrize("as_sparse", [False, True])
def test_components_of_scanpy_become_genes(scaled, as_sparse):
    rng = np.random.default_rng(0)
    counts = rng.poisson(rng.gamma(2, 2, size=(200, 1)) * rng.gamma(1, 1, size=(1, 40))).astype(np.float32)
    adata = anndata.AnnData(sparse.csr_matrix(counts) if as_sparse else counts)
    scanpy.pp.log1p(adata)
    before = adata.to_df().copy()
    adata.var["highly_variable"] = np.arange(40) % 2 == 0
    if scaled:
        scanpy.pp.scale(adata)
    scanpy.pp.pca(adata, n_comps=19)
    genes = jk.sc.to_genes(adata, adata.obsm["X_pca"], unscale=scaled)
    assert genes.var_names.tolist() == adata.var_names[adata.var["highly_variable"]].tolist()
    # 19 of 20 components say almost all.
    missed = genes.to_df() - before[genes.var_names]
    assert (missed**2).to_numpy().sum() < 0.03 * 200 * before[genes.var_names].var(ddof=0).sum()
    adata.X = 2 * adata.X
    with pytest.raises(ValueError, match="not what the loadings make of this expression"):
        jk.sc.to_genes(adata, adata.obsm["X_pca"])


def test_cellrank_takes_couplings(annotated, tmp_path):
    cellrank = pytest.importorskip("cellrank")
    adata, model = annotated
    plans = jk.sc.couplings(adata, model)
    kernel = cellrank.kernels.RealTimeKernel(adata, time_key="day", couplings=dict(plans))
    kernel.compute_transition_matrix(self_transitions="all", conn_weight=0.2, threshold=None)
    matrix = kernel.transition_matrix.toarray()
    assert np.allclose(matrix.sum(axis=1), 1)
    now, then = (np.flatnonzero(adata.obs["day"] == day) for day in ("Day 1", "Day 2"))
    plan = plans["Day 1", "Day 2"].to_df().to_numpy()
    assert np.allclose(matrix[np.ix_(now, then)], 0.8 * plan / plan.sum(axis=1, keepdims=True), atol=1e-9)
    same = adata.obs["branch"].to_numpy()[now, np.newaxis] == adata.obs["branch"].to_numpy()[then]
    assert (plan * same).sum() > 0.85
    for (t0, t1), plan in plans.items():
        plan.write_h5ad(tmp_path / f"tmap_{t0}_{t1}.h5ad")
    again = cellrank.kernels.RealTimeKernel.from_wot(adata, tmp_path, time_key="day")
    again.compute_transition_matrix(self_transitions="all", conn_weight=0.2, threshold=None)
    assert np.allclose(again.transition_matrix.toarray(), matrix)


def test_cellrank_takes_velocities(annotated):
    cellrank = pytest.importorskip("cellrank")
    if cellrank.__version__.startswith("2.0.") and np.lib.NumpyVersion(np.__version__) >= "2.0.0":
        pytest.skip("VelocityKernel of CellRank 2.0 does not run with NumPy 2")
    adata, _ = annotated
    kernel = cellrank.kernels.VelocityKernel(adata, attr="obsm", xkey="X_pca", vkey="jko_velocity")
    kernel.compute_transition_matrix(show_progress_bar=False)
    days = adata.obs["number"].to_numpy(float)
    assert (kernel.transition_matrix @ days - days)[days < 2].mean() > 0.1


def test_moscot_takes_couplings(branching):
    moscot = pytest.importorskip("moscot.problems.time")
    adata = branching.copy()
    model = jk.sc.fit(adata, **LINEAR)
    jk.sc.annotate(adata, model)
    plans = jk.sc.couplings(adata, model, time_key="jko_time")
    problem = moscot.TemporalProblem(adata).prepare(time_key="jko_time", joint_attr="X_pca")
    for key, plan in plans.items():
        problem[key].set_solution(plan.to_df())
    pushed = problem.push(0.0, 2.0, key_added=None)
    first, second = (plans[key].to_df().to_numpy() for key in ((0.0, 1.0), (1.0, 2.0)))
    expected = (np.ones(200) @ first) @ second
    assert np.allclose(pushed.ravel() / pushed.sum(), expected / expected.sum(), rtol=1e-4)


def test_scvelo_draws_velocities(annotated, tmp_path):
    scvelo = pytest.importorskip("scvelo")
    pyplot = pytest.importorskip("matplotlib.pyplot")
    pyplot.switch_backend("Agg")
    adata, _ = annotated
    moving = jk.sc.as_scvelo(adata)
    scvelo.tl.velocity_graph(moving, show_progress_bar=False)
    days = adata.obs["number"].to_numpy(float)
    steps = scvelo.utils.get_transition_matrix(moving) @ days - days
    assert steps[days < 2].mean() > 0.2
    scvelo.pl.velocity_embedding_stream(moving, basis="pca", color="day", show=False)
    pyplot.savefig(tmp_path / "stream.png")
    assert (tmp_path / "stream.png").stat().st_size > 10_000
    arrows, velocity = moving.obsm["velocity_pca"][:, 0], adata.obsm["jko_velocity"][:, 0]
    assert np.corrcoef(arrows, velocity)[0, 1] > 0.7


def test_the_tutorial(root, branching, tmp_path, monkeypatch):
    pytest.importorskip("scvelo")
    pytest.importorskip("matplotlib.pyplot").switch_backend("Agg")
    pytest.importorskip("cellrank")
    cells = branching.copy()
    # In the alphabet these are not in the order of time.
    cells.obs["day"] = cells.obs["day"].cat.rename_categories(
        {"Day 0": "Day 0-3", "Day 1": "Day 6-9", "Day 2": "Day 12-15"}
    )
    cells.write_h5ad(tmp_path / "cells.h5ad")
    monkeypatch.chdir(tmp_path)
    text = (root / "docs" / "single_cell.md").read_text(encoding="utf-8")
    names = {}
    for code in re.findall(r"^```python\n(.*?)^```", text, re.M | re.S):
        exec(compile(code, "single_cell.md", "exec"), names)
    assert (tmp_path / "figures" / "scvelo_stream.png").stat().st_size > 10_000
    scores = names["held_out"].scores
    assert scores["interpolate"].w1.mean() < scores["nothing moves"].w1.mean()
    # The model that is drawn is the one that is scored, on cells that it has not seen.
    assert (names["scores"].one_step < names["scores"].nothing_moves).all() and "model between" in scores
    assert names["later"].obs["time"].unique().tolist() == [7.5, 13.5]
    observed = anndata.AnnData(obs=names["adata"].obs, obsm=dict(names["adata"].obsm))
    assert anndata.concat([observed, names["later"]], join="outer").n_obs == 600 + names["later"].n_obs
    assert {"jko_potential", "jko_speed"} <= set(names["adata"].obs)
