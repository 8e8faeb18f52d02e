# Series of snapshots: what goes in comes out, by Julia's indices.

series = Snapshots([2.0 0.5; 0.0 1.0; 1.0 2.0], [24, 0, 0]; weights = [1, 1, 3])
@test length(series) == 2 && dimension(series) == 2
@test times(series) == [0.0, 24.0] && sizes(series) == [2, 1]
@test series[1].points == [0.0 1.0; 1.0 2.0]
@test series[1].weights == [0.25, 0.75]
@test series[1].rows == [2, 3] && series[end].rows == [1]
@test [snapshot.time for snapshot in series] == [0.0, 24.0]
@test_throws BoundsError series[0]
@test_throws BoundsError series[3]
@test repr(series) == "Snapshots(2 snapshots of 1 to 2 particles in 2 dimensions, times 0 to 24)"
@test coordinate_names(series) === nothing

# Vectors are particles in one dimension; times that differ by rounding only are the same.
@test sizes(Snapshots([1.0, 2.0, 3.0], [0.3, 0.1 + 0.2, 1.0])) == [2, 1]
@test sizes(Snapshots([1.0, 2.0, 3.0, 4.0], [0.3, 0.4, 0.98, 1.02]; time_tolerance = 0.1)) == [2, 2]

# Populations one by one, in any order.
stacked = Snapshots([[1.0 2.0], [3.0 4.0; 5.0 6.0]], [7, 3]; weights = [[1], [1, 3]])
@test times(stacked) == [3.0, 7.0] && stacked[1].weights == [0.25, 0.75] && stacked[2].points == [1.0 2.0]
@test stacked[1].rows == [1, 2]
@test refused(
    () -> Snapshots([[1.0 2.0], [3.0 NaN]], [0, 1]);
    status = :JKO_ENONFINITE, argument = "X[2]", message = "X[2][1, 2] = nan is not finite",
)
paths = reshape(collect(1.0:12.0), 2, 3, 2)
@test Snapshots(paths, [0, 1])[2].points == paths[:, :, 2] == [7.0 9.0 11.0; 8.0 10.0 12.0]
grown = Snapshots(1)
@test repr(grown) == "Snapshots(0 snapshots in 1 dimension)"
push!(push!(grown, [1.0, 2.0], 0), [3.0], 0.5)
@test sizes(grown) == [2, 1]
@test refused(
    () -> push!(grown, [1.0], 0.5);
    status = :JKO_EPOPULATION, argument = "time", message = "time = 0.5 is not greater than",
)

course = quadratic_series()
train, test = split(course, 0.25; by = :times, random_state = 3)
@test sizes(train) == [150, 150, 150] && sizes(test) == [50, 50, 50]
@test isempty(intersect(train[1].rows, test[1].rows))
@test split(course, 0.25; by = :times, random_state = 3)[2][1].rows == test[1].rows
mixed = shuffle(course; random_state = 5)
@test sort(mixed[2].rows) == sort(course[2].rows) && mixed[2].rows != course[2].rows
@test times(without(course, 2)) == [0.0, 0.25]
@test_throws BoundsError without(course, 4)

mktempdir() do folder
    path = joinpath(folder, "series")
    save(course, path)
    again = load(Snapshots, path)
    @test times(again) == times(course) && again[3].points == course[3].points
    table = joinpath(folder, "cells.csv")
    write(table, "cell,day,PC1,PC2\na,0,1.5,2\nb,0,2.5,3\nc,1,3.5,4\n")
    read_in = load(Snapshots, table; time = :day, points = ["PC2", "PC1"])
    @test read_in[1].points == [2.0 1.5; 3.0 2.5] && coordinate_names(read_in) == ["PC2", "PC1"]
    @test_logs (:warn, r"\"cell\" \(index\)") load(Snapshots, table)
end
