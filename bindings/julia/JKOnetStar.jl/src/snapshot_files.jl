# Series of snapshots from files and into files.

"""
    load(Snapshots, path; points = nothing, time = nothing, weights = nothing, time_tolerance = nothing)

Read a series from a csv, npz or npy file or a folder of npy files.

- `points`: the name of the points in an npz file or folder; of a table the names of the coordinate columns, one or
  several. By default those with usual names, and all columns of numbers.
- `time`, `weights`: names of members or columns. By default those with usual names, such as "time" or "day".
- `time_tolerance`: as in [`Snapshots`](@ref)

`include/jkonetstar/snapshot_files.h` says which formats and names are known.

```julia
series = load(Snapshots, "cells.csv"; time = "day", points = ["PC1", "PC2"])
```
"""
function load(
    ::Type{Snapshots}, path; points = nothing, time = nothing, weights = nothing, time_tolerance = nothing,
)
    kept, names = Kept(), given(; points = points === nothing ? nothing : listed(points), time, weights)
    options = with(
        defaults(jko_load_options, jko_load_options_init);
        map(name -> place!(kept, String(name)), names)...,
        given(; time_tolerance)...,
    )
    file = String(path)
    series = GC.@preserve kept Snapshots(
        made(jko_snapshots, out -> jko_snapshots_load(file, Ref(options), out)),
    )
    omitted = text(jko_snapshots_omitted_columns(series))
    points === nothing && !isempty(omitted) && @warn "these columns were not taken for coordinates: $omitted"
    return series
end

# Names as the library reads them: separated by commas, and quoted where they have a comma in them.
listed(name::Union{Symbol,AbstractString}) = listed((name,))
listed(names) = join((quoted(String(name)) for name in names), ",")
quoted(name) = occursin(r"[,\"]", name) ? "\"" * replace(name, "\"" => "\"\"") * "\"" : name

"""
    save(series::Snapshots, path)

Write a series as a folder of NumPy files that `load(Snapshots, path)` reads; its parent must exist. Names of
coordinates and row numbers are not kept.
"""
save(series::Snapshots, path) = check(jko_snapshots_save(series, String(path)))
