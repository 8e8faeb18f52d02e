"""For users of scanpy: models of the cells of an AnnData object, and what they say of these, as AnnData again.

It needs anndata, which ``pip install "jkonetstar[anndata]"`` installs, and no more::

    model = jk.sc.fit(adata, time_key="day", use_rep="X_pca", n_comps=5)
    jk.sc.annotate(adata, model)  # potential, velocity, speed and where each cell is next
    later = jk.sc.predict(adata, model, source=0, targets=[3, 7])
    print(jk.sc.leave_one_time_out(adata, model))  # a whole day that its kind of model has not seen

Times are numbers, or labels with a number such as "Day 3". Cells of the same time are a snapshot.
"""

from ._recipe import remember
from .annotation import annotate
from .days_left_out import leave_one_time_out
from .fitting import fit, snapshots
from .genes import to_genes
from .plans import couplings
from .populations import interpolate, predict
from .velocities import as_scvelo

__all__ = [
    "annotate",
    "as_scvelo",
    "couplings",
    "fit",
    "interpolate",
    "leave_one_time_out",
    "predict",
    "remember",
    "snapshots",
    "to_genes",
]
