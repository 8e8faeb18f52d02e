"""Shapes and types of number of arrays: the same in npy, npz, folders and Python."""

import jkonetstar as jk
import numpy as np
import pytest

TYPES = ["f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "b1"]
STACK = np.arange(24).reshape(3, 4, 2) % 7
TIMES = np.array([0, 1, 2])


def same(series, stack, times=TIMES):
    assert np.array_equal(series.times, times) and series.sizes == [4, 4, 4]
    for snapshot, points in zip(series, stack):
        assert np.array_equal(snapshot.points, points.astype(float))


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("order", ["<", ">"])
def test_types(tmp_path, kind, order):
    stack, times = STACK.astype(order + kind), TIMES.astype(order + kind)
    if kind == "b1":
        stack, times = STACK % 2 == 1, TIMES
    np.save(tmp_path / "stack.npy", stack)
    same(jk.Snapshots.load(tmp_path / "stack.npy"), stack)
    same(jk.Snapshots(stack, times), stack)
    same(jk.Snapshots(stack.reshape(12, 2), np.repeat(times, 4)), stack)
    for write in (np.savez, np.savez_compressed):
        write(tmp_path / "stack.npz", X=np.asfortranarray(stack), t=times)
        same(jk.Snapshots.load(tmp_path / "stack.npz"), stack)
    write(tmp_path / "pooled.npz", X=stack.reshape(12, 2), t=np.repeat(times, 4))
    same(jk.Snapshots.load(tmp_path / "pooled.npz"), stack)
    (tmp_path / "folder").mkdir()
    np.save(tmp_path / "folder" / "data.npy", stack)
    np.save(tmp_path / "folder" / "sample_labels.npy", times)
    same(jk.Snapshots.load(tmp_path / "folder"), stack)


def test_every_half_is_read_as_numpy_reads_it(tmp_path):
    halves = np.arange(2**16, dtype=np.uint16).view(np.float16)
    halves = halves[np.isfinite(halves)]
    np.savez(tmp_path / "halves.npz", X=halves, t=np.zeros(len(halves)))
    points = jk.Snapshots.load(tmp_path / "halves.npz")[0].points[:, 0]
    assert points.tobytes() == halves.astype(float).tobytes()


@pytest.mark.parametrize("bits", [0x7C00, 0xFC00, 0x7E00])
def test_halves_that_are_not_finite(tmp_path, refused, bits):
    np.savez(tmp_path / "a.npz", X=np.array([0, bits], np.uint16).view(np.float16), t=[0, 1])
    refused(ValueError, lambda: jk.Snapshots.load(tmp_path / "a.npz"), "points[1, 0]", "not finite")


def test_vectors_are_particles_in_one_dimension(tmp_path):
    np.savez(tmp_path / "a.npz", X=[1.0, 2.0, 4.0], t=[0, 0, 1])
    assert jk.Snapshots.load(tmp_path / "a.npz")[0].points.tolist() == [[1.0], [2.0]]


def test_stacks_with_weights(tmp_path):
    weights = np.arange(12.0).reshape(3, 4)
    np.savez(tmp_path / "a.npz", points=STACK, times=[3, 5, 8], weights=weights)
    for series in (jk.Snapshots.load(tmp_path / "a.npz"), jk.Snapshots(STACK, [3, 5, 8], weights)):
        same(series, STACK, [3, 5, 8])
        assert series[1].weights == pytest.approx(weights[1] / weights[1].sum(), rel=1e-15)


def test_stacks_alone_have_the_times_of_an_npy_file(tmp_path, refused):
    np.savez(tmp_path / "a.npz", trajectories=STACK)
    same(jk.Snapshots.load(tmp_path / "a.npz"), STACK)
    # Another array may be the times under a name of its own.
    np.savez(tmp_path / "a.npz", trajectories=STACK, frames=TIMES)
    refused(ValueError, lambda: jk.Snapshots.load(tmp_path / "a.npz"), "time", '"trajectories", "frames"')


def test_stacks_that_do_not_fit(tmp_path, refused):
    path = tmp_path / "a.npz"
    np.savez(path, X=STACK, t=np.zeros(12))
    refused(ValueError, lambda: jk.Snapshots.load(path), "12 elements", "(3, 4, 2)")
    np.savez(path, X=STACK, t=TIMES, weights=np.ones(12))
    refused(ValueError, lambda: jk.Snapshots.load(path), "weights", "(12,)", "(3, 4)")
    np.savez(path, X=STACK, t=TIMES, weights=np.ones((3, 5)))
    refused(ValueError, lambda: jk.Snapshots.load(path), "weights", "(3, 5)", "(3, 4)")
    np.savez(path, X=STACK[..., None], t=TIMES)
    refused(ValueError, lambda: jk.Snapshots.load(path), "4 dimensions")
    np.savez(path, X=np.float64(1), t=TIMES)
    refused(ValueError, lambda: jk.Snapshots.load(path), "X", "()")
    np.save(tmp_path / "a.npy", X := STACK.reshape(12, 2))
    refused(ValueError, lambda: jk.Snapshots.load(tmp_path / "a.npy"), "(12, 2)", "folder")
    refused(ValueError, lambda: jk.Snapshots(STACK, np.zeros(12)), "time has 12", "(3, 4, 2)")
    refused(ValueError, lambda: jk.Snapshots(STACK, TIMES, np.ones(12)), "weights", "(3, 4)")
    refused(ValueError, lambda: jk.Snapshots(STACK[..., None], TIMES), "X has shape")
    refused(ValueError, lambda: jk.Snapshots(STACK[:0], []), "empty")
    assert X.shape == (12, 2)
