# Series from tables: whatever has columns as properties.

function Snapshots(table; time, points = nothing, weights = nothing, time_tolerance = nothing)
    moments = column(table, time, "time")
    masses = weights === nothing ? nothing : column(table, weights, "weights")
    names = points === nothing ? other_columns(table, (time, weights)) : named(points)
    columns = [converted(column(table, name, "points"), "column $name") for name in names]
    series = Snapshots(reduce(hcat, columns), moments; weights = masses, time_tolerance)
    for (j, name) in enumerate(names)
        check(jko_snapshots_set_coordinate_name(series, j - 1, String(name)))
    end
    return series
end

Snapshots(table::AbstractDict; options...) =
    Snapshots((; (Symbol(name) => values for (name, values) in table)...); options...)

named(points::Union{Symbol,AbstractString}) = [points]
named(points) = isempty(points) ? refuse("points", "points is empty; it must name one column or more") : collect(points)

function column(table, name, argument)
    known = Symbol.(collect(propertynames(table)))
    Symbol(name) in known ||
        refuse(argument, "$argument = $(repr(name)) is no column; the columns are $(join(known, ", "))")
    return getproperty(table, Symbol(name))
end

# The columns of numbers that are neither times nor weights; of the others a warning tells.
function other_columns(table, taken)
    rest = setdiff(Symbol.(collect(propertynames(table))), Symbol.(filter(!isnothing, taken)))
    chosen = filter(name -> nonmissingtype(eltype(getproperty(table, name))) <: Real, rest)
    isempty(chosen) && refuse("points", "points is missing: the table has no other columns of numbers")
    omitted = join(setdiff(rest, chosen), ", ")
    isempty(omitted) || @warn "these columns have no numbers and were not taken for coordinates: $omitted"
    return chosen
end
