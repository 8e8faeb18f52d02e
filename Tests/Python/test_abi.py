"""The ctypes declarations agree with the C headers."""

import ctypes
import re
import shutil
import subprocess

import pytest
from jkonetstar import _abi, _library

STRUCTS = {
    "jko_array": _abi.Array,
    "jko_progress": _abi.Progress,
    "jko_load_options": _abi.LoadOptions,
    "jko_plan_options": _abi.PlanOptions,
    "jko_plan_info": _abi.PlanInfo,
    "jko_divergence_info": _abi.DivergenceInfo,
    "jko_density_options": _abi.DensityOptions,
    "jko_density_info": _abi.DensityInfo,
    "jko_feature_options": _abi.FeatureOptions,
    "jko_model_options": _abi.ModelOptions,
    "jko_fit_options": _abi.FitOptions,
    "jko_model_info": _abi.ModelInfo,
    "jko_normal_equations_info": _abi.NormalEquationsInfo,
    "jko_simulation_options": _abi.SimulationOptions,
    "jko_rollout_options": _abi.RolloutOptions,
    "jko_rollout_info": _abi.RolloutInfo,
    "jko_evaluation_options": _abi.EvaluationOptions,
    "jko_fit_check": _abi.FitCheck,
}
CONSTANTS = {
    "JKO_RIDGE_USUAL": _abi.RIDGE_USUAL,
    **{name: code for code, name in _abi.STATUS.items()},
    **{"JKO_" + name.upper(): code for name, code in _abi.DTYPE.items()},
    **{"JKO_" + name.upper(): code for name, code in _abi.METRIC.items()},
    **{"JKO_PLAN_" + name.upper(): code for name, code in _abi.PLAN_METHOD.items()},
    **{"JKO_DENSITY_" + name.upper(): code for name, code in _abi.DENSITY.items()},
    **{"JKO_COVARIANCE_" + name.upper(): code for name, code in _abi.COVARIANCE.items()},
    **{"JKO_BANDWIDTH_" + name.upper(): code for name, code in _abi.BANDWIDTH.items()},
    **{"JKO_POTENTIAL_" + name.upper(): code for name, code in _abi.POTENTIAL.items()},
    **{"JKO_INTERACTION_" + name.upper(): code for name, code in _abi.INTERACTION.items()},
    **{"JKO_ACTIVATION_" + name.upper(): code for name, code in _abi.ACTIVATION.items()},
    **{"JKO_SCHEDULE_" + name.upper(): code for name, code in _abi.SCHEDULE.items()},
    **{"JKO_LAST_LAYER_" + name.upper(): code for name, code in _abi.LAST_LAYER.items()},
    **{"JKO_VALIDATION_" + name.upper(): code for name, code in _abi.VALIDATION.items()},
    **{"JKO_RIDGE_" + name.upper(): code for name, code in _abi.RIDGE.items()},
    **{"JKO_ERROR_BARS_" + name.upper(): code for name, code in _abi.ERROR_BARS.items()},
    **{"JKO_RADIAL_" + name.upper(): code for name, code in _abi.RADIAL.items()},
    **{"JKO_SCHEME_" + name.upper(): code for name, code in _abi.SCHEME.items()},
    **{"JKO_ACTIVATION_" + name.upper(): code for name, code in _abi.ACTIVATION.items()},
    **{"JKO_SCHEDULE_" + name.upper(): code for name, code in _abi.SCHEDULE.items()},
    **{"JKO_LAST_LAYER_" + name.upper(): code for name, code in _abi.LAST_LAYER.items()},
    **{"JKO_VALIDATION_" + name.upper(): code for name, code in _abi.VALIDATION.items()},
    "JKO_SPLIT_TRAJECTORIES": _abi.SPLIT["trajectories"],
    "JKO_SPLIT_WITHIN_TIMES": _abi.SPLIT["times"],
    "JKO_MAX_HIDDEN_LAYERS": _abi.MAX_HIDDEN_LAYERS,
}


@pytest.fixture(scope="module")
def headers(root):
    """Return the headers' text without comments."""
    text = "".join(path.read_text() for path in sorted((root / "include" / "jkonetstar").glob("*.h")))
    return re.sub(r"/\*.*?\*/", "", text, flags=re.S)


def test_every_struct_is_declared(headers):
    assert set(re.findall(r"typedef struct (jko_\w+) \{", headers)) == set(STRUCTS)


def test_layouts_and_constants(root, tmp_path):
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        pytest.skip("no C compiler")
    lines, expected = [], {}
    for name, struct in STRUCTS.items():
        lines.append(f'printf("{name} %zu\\n", sizeof({name}));')
        expected[name] = ctypes.sizeof(struct)
        for field, *_ in struct._fields_:
            lines.append(f'printf("{name}.{field} %zu\\n", offsetof({name}, {field}));')
            expected[f"{name}.{field}"] = getattr(struct, field).offset
    for name, value in CONSTANTS.items():
        lines.append(f'printf("{name} %d\\n", (int){name});')
        expected[name] = value
    source, program = tmp_path / "layout.c", tmp_path / "layout"
    start = ["#include <stdio.h>", "#include <jkonetstar.h>", "int main(void) {"]
    source.write_text("\n".join([*start, *lines, "return 0;", "}", ""]))
    subprocess.run([compiler, "-std=c99", f"-I{root / 'include'}", source, "-o", program], check=True)
    printed = subprocess.run([program], check=True, capture_output=True, text=True).stdout
    assert {name: int(value) for name, value in map(str.split, printed.splitlines())} == expected


def test_every_field_is_declared(headers):
    for name, struct in STRUCTS.items():
        body = re.search(r"typedef struct " + name + r" \{(.*?)\}", headers, re.S).group(1)
        fields = re.findall(r"(\w+)(?:\[\w+\])?;", body)
        assert fields == [field for field, *_ in struct._fields_]


def test_every_constant_is_known(headers):
    enumerated = re.findall(r"^\s+(JKO_\w+) = ", headers, re.M)
    assert set(enumerated) <= set(CONSTANTS)


def test_every_function_is_declared_with_its_arguments(headers):
    found = {}
    for name, arguments in re.findall(r"^[\w ]+[ *](jko_\w+)\(([^)]*)\);", headers, re.M):
        found[name] = 0 if arguments.strip() == "void" else arguments.count(",") + 1
    declared = {name: len(types) for part in _abi._prototypes().values() for name, types in part.items()}
    assert declared == found


def test_every_function_has_types():
    for part in _abi._prototypes().values():
        for name in part:
            assert getattr(_library.lib, name).argtypes is not None


def test_status_names_are_those_of_the_library():
    for code, name in _abi.STATUS.items():
        assert _library.lib.jko_status_name(code).decode() == name
