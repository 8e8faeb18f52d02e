"""The page on the model file says what is in it: its reader works, and it names every tensor."""

import json
import re
import zlib

import jkonetstar as jk
import numpy as np
import pytest

RNG = np.random.default_rng(0)
X0 = RNG.normal(size=(60, 2))
X = np.concatenate([4 + X0, 4 + 0.9 * X0, 4 + 0.8 * X0, 4 + 0.7 * X0])
TIME = np.repeat([1.0, 1.5, 2.0, 2.5], 60)


@pytest.fixture(scope="module")
def page(root):
    return (root / "docs" / "model_file.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def reader(page):
    (program,) = re.findall(r"^```python\n(.*?)^```", page, re.M | re.S)
    names = {}
    exec(compile(program, "docs/model_file.md", "exec"), names)
    return names


@pytest.mark.parametrize("time_varying", [False, True])
@pytest.mark.parametrize("activation", ["softplus", "silu", "tanh"])
def test_the_reader_evaluates_networks(reader, tmp_path, activation, time_varying):
    path = tmp_path / "model.safetensors"
    model = jk.JKOnetStar(jk.MLP((8, 5), activation), epochs=5, time_varying=time_varying, random_state=0)
    model.fit(X, TIME, report=False).save(path)
    expected = model.potential_(X, 1.7) if time_varying else model.potential_(X)
    # Both sum 8 products a layer, each rounded to 1e-16.
    np.testing.assert_allclose(reader["potential"](path, X, 1.7), expected, rtol=0, atol=1e-13 * abs(expected).max())


def test_damage_is_noticed_anywhere(reader, tmp_path):
    path, damaged = tmp_path / "model.safetensors", tmp_path / "damaged.safetensors"
    jk.JKOnetStar("linear").fit(X, TIME, report=False).save(path)
    content = path.read_bytes()
    reader["read"](path)
    for place in (len(content) - 1, len(content) // 2):
        damaged.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
        with pytest.raises(AssertionError, match="damaged"):
            reader["read"](damaged)


def test_layout(tmp_path):
    path = tmp_path / "model.safetensors"
    jk.JKOnetStar("linear").fit(X, TIME, report=False).save(path)
    content = path.read_bytes()
    length = int.from_bytes(content[:8], "little")
    assert length % 8 == 0 and content[8:34] == b'{"__metadata__":{"crc32":"'
    blank = content[:34] + b"00000000" + content[42:]
    assert content[34:42].decode() == f"{zlib.crc32(blank):08x}"
    header, end = json.loads(content[8 : 8 + length]), 0
    assert list(header["__metadata__"]) == [
        *("crc32", "format", "format_version", "description", "library_version", "units")
    ]
    for name, entry in list(header.items())[1:]:
        assert entry["data_offsets"] == [end, end + 8 * int(np.prod(entry["shape"]))], name
        end = entry["data_offsets"][1]
    assert 8 + length + end == len(content)


def test_growth_rates_are_those_of_the_formula(reader, tmp_path):
    path = tmp_path / "growth.safetensors"
    growth = jk.Growth(random_state=0).fit(jk.Snapshots(X, TIME), total_mass=[1, 2, 3, 4])
    growth.save(path)
    content = path.read_bytes()
    length = int.from_bytes(content[:8], "little")
    header = json.loads(content[8 : 8 + length])
    assert header["__metadata__"]["format"] == "libjkonetstar growth"

    def tensor(name):
        first, last = (8 + length + offset for offset in header[f"growth.{name}"]["data_offsets"])
        return np.frombuffer(content[first:last]).reshape(header[f"growth.{name}"]["shape"])

    (scale, origin, gap), (p, q) = tensor("length_origin_gap"), tensor("feature_length_duration")
    y = np.column_stack([(X - tensor("centre")) / (scale * p), np.full(len(X), (1.7 - origin) / (gap * q))])
    phases = y @ tensor("frequencies").T
    features = np.column_stack([np.cos(phases), np.sin(phases), np.ones(len(y)), y])
    rates = features @ tensor("coefficients")[:, 0] / gap
    expected = growth.rate(X, t=1.7)
    np.testing.assert_allclose(rates, expected, rtol=0, atol=1e-12 * abs(expected).max())


def models():
    """Return fitted models that have all kinds of tensors between them."""
    fourier = jk.Linear(1, trigonometric=True, radial=None, fourier=jk.Fourier(4))
    drawn = jk.Linear(0, radial=jk.Radial(grid=60, centres=5))
    closed = jk.ClosedForm("gcv")
    yield jk.JKOnetStar(fourier, training=closed, error_bars="influence").fit(X, TIME, report=False)
    yield jk.JKOnetStar("linear", "linear", internal=True).fit(X, TIME, report=False)
    yield jk.JKOnetStar(drawn).fit(X, TIME, report=False, growth=jk.Growth())
    network = jk.MLP((4,))
    several = jk.JKOnetStar(network, network, epochs=2, error_bars=jk.Bootstrap(2), interaction_samples=4)
    yield several.fit(X, TIME, report=False)


@pytest.mark.filterwarnings("ignore")
def test_the_page_names_every_tensor(page, reader, tmp_path):
    path, found = tmp_path / "model.safetensors", set()
    for model in models():
        model.save(path)
        found |= set(reader["read"](path)[1])
    found = {re.sub(r"^interaction\.", "potential.", name) for name in found}
    named = set(re.findall(r"`([a-z_0-9]+(?:\.[a-z_0-9]+)*)`", page))
    assert found <= named, found - named
    # And the other way round: what the tables name is in these files.
    rows = re.findall(r"^\| ((?:`[a-z_0-9.]+`(?:, )?)+)(?:, \.\.)? \| [^|]* \| ", page, re.M)
    listed = {name for row in rows for name in re.findall(r"`([^`]+)`", row)}
    assert len(listed) > 30 and listed - found <= {"potential.layers.1.weight", "potential.layers.1.bias"}, (
        listed - found
    )
