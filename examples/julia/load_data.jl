# Read snapshots of a population and say what is in them.
#
#     julia load_data.jl [PATH]
#
# PATH is a csv, npz or npy file or a folder of npy files. Without one, the program makes a small series, saves it as
# the folder ./snapshots and reads that.

using JKOnetStar
using Printf

# Seven observations of two coordinates at three times; in any order, in groups of different sizes.
function save_small_series(folder)
    points = [0 0; 1 0; 1 1; 2 1; 2 2; 3 2; 0 1]
    save(Snapshots(points, [0, 0, 0.5, 0.5, 2, 2, 0]), folder)
    return folder
end

function main(path = save_small_series("snapshots"))
    series = load(Snapshots, path)
    @printf("%s: %d snapshots of %d coordinates\n", path, length(series), dimension(series))
    for snapshot in series
        n, d = size(snapshot.points)
        means = [@sprintf("%.3g", sum(snapshot.points[:, j]) / n) for j in 1:min(d, 3)]
        @printf("  t = %-8g %6d particles, mean (%s%s)\n", snapshot.time, n, join(means, ", "), d > 3 ? ", .." : "")
    end
end

main(ARGS...)
