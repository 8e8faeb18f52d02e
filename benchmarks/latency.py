"""Time one evaluation of a learned potential in a simulator's inner loop, beside libtorch and ONNX Runtime.

The network has silu layers of 64 and 64. Value and gradient at one point of the plane are asked for in double precision
on one thread, and each call depends on the one before. The peers are timed in the same run where their packages are
installed (``pip install onnxruntime onnx``, ``pip install torch``); what is missing is said.

- This library: through its C interface (latency.c), which counts allocations, too.
- libtorch: through its C++ interface (latency_torch.cpp), by autograd and with the gradient written out.
- ONNX Runtime: on the graph that ``model.export_onnx`` writes. Its wheel has no header, so that Python calls it, with
  bound inputs and outputs; the time of an empty graph is what Python itself takes.
"""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import jkonetstar as jk
import numpy as np

ROOT = Path(__file__).resolve().parents[1]
HERE = ROOT / "benchmarks"
RUNS, CALLS = 21, 2000


def library_folder() -> Path:
    """Return the folder of the library that the package uses."""
    with open("/proc/self/maps") as maps:
        return Path(next(line.split()[-1] for line in maps if "libjkonetstar" in line)).parent


def compiled(source: str, folder: Path, *flags: str) -> Path:
    """Compile a program of this folder."""
    program = folder / Path(source).stem
    compiler = ["cc", "-std=gnu99"] if source.endswith(".c") else ["c++", "-std=c++17"]
    subprocess.run([*compiler, "-O2", str(HERE / source), "-o", str(program), *flags], check=True, capture_output=True)
    return program


def ours(folder: Path, model: Path) -> float:
    """Print what latency.c says; return its median of value and gradient, in microseconds."""
    library = library_folder()
    links = folder / "lib"
    links.mkdir()
    for name in ("libjkonetstar.so", "libjkonetstar.so.1"):
        (links / name).symlink_to(library / "libjkonetstar.so")
    flags = [f"-I{ROOT / 'include'}", f"-L{links}", f"-Wl,-rpath,{links}", "-ljkonetstar"]
    program = compiled("latency.c", folder, *flags)
    text = subprocess.run([program, model], check=True, capture_output=True, text=True).stdout
    print(text, end="")
    line = next(line for line in text.splitlines() if line.startswith("value and gradient"))
    return float(line.split()[3])


def torch_medians(folder: Path) -> tuple[float, float] | None:
    """Return the medians of libtorch in microseconds: by autograd, and with the gradient written out."""
    found = importlib.util.find_spec("torch")
    if found is None or found.origin is None:
        return None
    package = Path(found.origin).parent
    flags = [f"-I{package / 'include'}", f"-I{package / 'include/torch/csrc/api/include'}"]
    flags += [f"-L{package / 'lib'}", f"-Wl,-rpath,{package / 'lib'}", "-Wl,--allow-shlib-undefined"]
    flags += ["-ltorch_cpu", "-lc10"]
    try:
        program = compiled("latency_torch.cpp", folder, *flags)
    except subprocess.CalledProcessError:
        # Wheels before 2.7 have the old strings of libstdc++.
        program = compiled("latency_torch.cpp", folder, "-D_GLIBCXX_USE_CXX11_ABI=0", *flags)
    done = subprocess.run([program], check=True, capture_output=True, text=True)
    autograd, written = map(float, done.stdout.split())
    return autograd, written


def onnx_medians(folder: Path, model: jk.JKOnetStar) -> tuple[float, float] | None:
    """Return the medians of ONNX Runtime in microseconds: of the model's graph, and of one that does nothing."""
    if importlib.util.find_spec("onnxruntime") is None or importlib.util.find_spec("onnx") is None:
        return None
    import onnx
    import onnxruntime

    path = folder / "model.onnx"
    model.export_onnx(path)
    double = onnx.TensorProto.DOUBLE
    x = onnx.helper.make_tensor_value_info("x", double, [1, 2])
    y = onnx.helper.make_tensor_value_info("y", double, [1, 2])
    graph = onnx.helper.make_graph([onnx.helper.make_node("Identity", ["x"], ["y"])], "empty", [x], [y])
    # The newest format that every version of the runtime since 2023 reads.
    empty = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=8)

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1

    def median(graph: str | bytes, names: list[str]) -> float:
        session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
        binding = session.io_binding()
        place = onnxruntime.OrtValue.ortvalue_from_numpy(np.array([[0.4, -0.3]]))
        binding.bind_ortvalue_input("x", place)
        for name in names:
            shape = [1] if name == "value" else [1, 2]
            binding.bind_ortvalue_output(name, onnxruntime.OrtValue.ortvalue_from_numpy(np.zeros(shape)))
        times = []
        for _ in range(RUNS):
            start = time.thread_time()
            for _ in range(CALLS):
                session.run_with_iobinding(binding)
            times.append(1e6 * (time.thread_time() - start) / CALLS)
        return float(np.median(times))

    return median(str(path), ["value", "gradient"]), median(empty.SerializeToString(), ["y"])


def main() -> None:
    """Print the figures of all programs and their ratios to ours."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        print(f"kernels {jk.build_info()['kernels']}; one point, value and gradient, median in microseconds")
        mine = ours(folder, folder / "model.safetensors")
        model = jk.load(folder / "model.safetensors")
        rows = []
        if (found := torch_medians(folder)) is not None:
            rows += [("libtorch, autograd", found[0]), ("libtorch, gradient written out", found[1])]
        else:
            print("left out: libtorch (pip install torch)", file=sys.stderr)
        if (found := onnx_medians(folder, model)) is not None:
            rows += [("ONNX Runtime, from Python", found[0]), ("    an empty graph, from Python", found[1])]
        else:
            print("left out: ONNX Runtime (pip install onnxruntime onnx)", file=sys.stderr)
        for label, value in [("this library", mine), *rows]:
            print(f"{label:32} {value:7.2f}   {value / mine:5.1f} x")


main()
