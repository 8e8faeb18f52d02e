"""Times as people write them: what is understood, what is refused."""

import datetime
from decimal import Decimal

import numpy as np
import pytest
from jkonetstar._times import understood


@pytest.mark.parametrize(
    "labels, numbers",
    [
        (["Day 00-03", "Day 06-09"], [1.5, 7.5]),
        (["E8.5", "E9", "E8.5"], [8.5, 9, 8.5]),
        (["3", " 4.5 "], [3, 4.5]),
        (["t-1", "t-2"], [-1, -2]),
        (["1e-3 s", "2e-3 s"], [0.001, 0.002]),
        (["D0", "d1"], [0, 1]),
        (np.array([3, 4], dtype=object), [3, 4]),
    ],
)
def test_labels(labels, numbers):
    found, said, _ = understood(labels)
    assert np.array_equal(found, numbers) and found.dtype == np.float64
    assert said is None if isinstance(labels, np.ndarray) else said.startswith("time: ")


def test_numbers_are_taken_as_they_are():
    for times in ([1, 2], np.array([0.5, 1.5], dtype=np.float32), np.arange(3)):
        found, said, _ = understood(times)
        assert np.array_equal(found, times) and said is None


def test_durations_and_dates_are_in_days():
    found, said, _ = understood(np.array([12, 36], dtype="timedelta64[h]"))
    assert np.array_equal(found, [0.5, 1.5]) and said == "time is in days"
    found, said, _ = understood(np.array(["2020-01-03", "2020-01-01"], dtype="datetime64[D]"))
    assert np.array_equal(found, [2, 0]) and said == "time is in days since 2020-01-01"


def test_dates_and_durations_of_python_and_in_words():
    days = [datetime.date(2020, 1, 3), datetime.date(2020, 1, 1)]
    for dates in (days, [str(day) for day in days], [f"{day} 00:00" for day in days], np.array(days, object)):
        found, said, _ = understood(dates)
        assert np.array_equal(found, [2, 0]) and said == "time is in days since 2020-01-01"
    noon = datetime.datetime(2020, 1, 1, 12, tzinfo=datetime.timezone(datetime.timedelta(hours=-12)))
    midnight = datetime.datetime(2020, 1, 1, tzinfo=datetime.timezone.utc)
    assert np.array_equal(understood([midnight, noon])[0], [0, 1])
    assert understood([midnight, noon])[1] == "time is in days since 2020-01-01"
    assert understood([noon.replace(hour=13)])[1] == "time is in days since 2020-01-02T01:00:00"
    found, said, _ = understood([datetime.timedelta(hours=12), datetime.timedelta(days=2)])
    assert np.array_equal(found, [0.5, 2]) and said == "time is in days"


def test_bytes_and_numbers_of_other_kinds():
    assert np.array_equal(understood(np.array(["d1", "d2"], "S2"))[0], [1, 2])
    assert understood(np.array(["d1"], "S2"))[1] == "time: 'd1' is 1"
    found, said, _ = understood([Decimal("0.5"), Decimal(2)])
    assert np.array_equal(found, [0.5, 2]) and said is None
    assert np.array_equal(understood([["1"], ["2"]])[0], [1, 2])  # a single column


def test_pandas_columns():
    pandas = pytest.importorskip("pandas")
    categories = pandas.Categorical(["d2", "d10", "d2"])
    assert np.array_equal(understood(categories)[0], [2, 10, 2])
    assert np.array_equal(understood(pandas.Series([1, 2], dtype="Int64"))[0], [1, 2])
    assert np.array_equal(understood(pandas.Series(["2 h", "3 h"]))[0], [2, 3])


def test_a_map_of_labels():
    found, said, _ = understood(["early", "late", "early"], time_map={"early": 0, "late": 2.5})
    assert np.array_equal(found, [0, 2.5, 0]) and said is None
    with pytest.raises(ValueError, match=r"day\[1\] = 'later' is not in time_map"):
        understood(["early", "later"], "day", {"early": 0, "late": 1})


@pytest.mark.parametrize(
    "labels, message",
    [
        (["a", "b"], r"time\[0\] = 'a' has no number"),
        (["1h", "2d"], "'1h' and '2d', which may be in different units"),
        (["Day 1", None], r"time\[1\]: the time is missing"),
        (["Day 1", "  "], r"time\[1\]: the time is missing"),
        (["Day 09-06"], r"time\[0\] = 'Day 09-06' is no range of times"),
        (["2020-01", "2020-02"], r"'2020-01' is no range"),
        (["03.01.2020", "04.01.2020"], r"looks like a date; write all as 2020-01-31"),
        (["2020-01-01", "Day 3"], r"time\[0\] = '2020-01-01' looks like a date"),
        (["2020-01-01", "2020-02-30"], r"time\[1\] = '2020-02-30' is no date of the calendar"),
        (["Day 1", "NA"], r"time\[1\]: the time is missing"),
        (np.ma.masked_array([1.0, 2.0], [False, True]), "masked"),
        (np.array([[1, 2], [3]], dtype=object), "units"),
        ([True, False], "truth values"),
        (np.array(["2020-01-01", "NaT"], dtype="datetime64[D]"), r"time\[1\]: the time is missing"),
        ([["Day 1", "Day 2"]], "2 dimensions"),
    ],
)
def test_what_is_refused(labels, message):
    with pytest.raises(ValueError, match=message):
        understood(labels)
