# Tables: whatever has columns as properties, and dictionaries of columns.

cells = (day = [1, 0, 0], PC1 = [0.5, 1.5, 2.5], batch = ["a", "b", "b"], PC2 = [1, 2, 3], mass = [1.0, 1.0, 3.0])
named = Snapshots(cells; time = :day, points = [:PC2, :PC1], weights = :mass)
@test named[1].points == [2.0 1.5; 3.0 2.5] && named[1].weights == [0.25, 0.75]
@test coordinate_names(named) == ["PC2", "PC1"]
chosen = @test_logs (:warn, r"batch") Snapshots(cells; time = "day", weights = "mass")
@test coordinate_names(chosen) == ["PC1", "PC2"]
@test Snapshots(cells; time = :day, points = :PC1)[2].points == [0.5;;]
by_name = Snapshots(Dict("t" => [0, 1], "x" => [1.0, 2.0]); time = "t", points = ["x"])
@test coordinate_names(by_name) == ["x"]
@test refused(
    () -> Snapshots(cells; time = :hour);
    status = :JKO_EINVALID, argument = "time", message = "time = :hour is no column",
)
@test refused(
    () -> Snapshots(cells; time = :day, points = [:PC3]);
    status = :JKO_EINVALID, argument = "points", message = "points = :PC3 is no column",
)
@test_throws ArgumentError Snapshots(cells; time = :day, points = [:batch])
