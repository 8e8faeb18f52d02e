"""The platform tag of wheels follows from what the library needs."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import jkonetstar as jk
import platform_tag
import pytest

X86, ARM = 62, 183
ALWAYS = ["libc.so.6", "libm.so.6", "libstdc++.so.6", "libgcc_s.so.1"]


@pytest.mark.parametrize(
    ("machine", "libraries", "versions", "expected"),
    [
        (X86, ALWAYS, {"GLIBC_2.2.5"}, "manylinux_2_28_x86_64"),
        (X86, [*ALWAYS, "ld-linux-x86-64.so.2"], {"GLIBC_2.28", "GLIBCXX_3.4.24"}, "manylinux_2_28_x86_64"),
        # Versions are compared as numbers, not as text.
        (X86, ALWAYS, {"GLIBC_2.4", "GLIBC_2.9"}, "manylinux_2_28_x86_64"),
        (X86, ALWAYS, {"GLIBC_2.29"}, "manylinux_2_31_x86_64"),
        # libstdc++ may ask for a newer system than the C library does.
        (X86, ALWAYS, {"GLIBC_2.17", "GLIBCXX_3.4.29"}, "manylinux_2_34_x86_64"),
        (X86, ALWAYS, {"CXXABI_1.3.13", "GCC_3.3"}, "manylinux_2_34_x86_64"),
        (ARM, [*ALWAYS, "ld-linux-aarch64.so.1"], {"GLIBC_2.34"}, "manylinux_2_34_aarch64"),
    ],
)
def test_tags(machine, libraries, versions, expected):
    assert platform_tag.tag(machine, libraries, versions) == expected


@pytest.mark.parametrize(
    ("machine", "libraries", "versions", "named"),
    [
        (X86, ALWAYS, {"GLIBC_2.2.5", "GLIBC_2.35"}, "GLIBC_2.35"),
        (X86, ALWAYS, {"GLIBCXX_3.4.30"}, "GLIBCXX_3.4.30"),
        (X86, ALWAYS, {"GLIBC_PRIVATE"}, "GLIBC_PRIVATE"),
        (X86, ALWAYS, {"GLIBC_ABI_DT_RELR"}, "GLIBC_ABI_DT_RELR"),
        (X86, ALWAYS, {"OPENSSL_3.0.0"}, "OPENSSL_3.0.0"),
        (X86, [*ALWAYS, "libopenblas.so.0"], {"GLIBC_2.17"}, "libopenblas.so.0"),
        (X86, [*ALWAYS, "ld-linux-aarch64.so.1"], {"GLIBC_2.17"}, "ld-linux-aarch64.so.1"),
        (8, ALWAYS, {"GLIBC_2.17"}, "machine 8"),
    ],
)
def test_what_exceeds_the_promise_is_named(refused, machine, libraries, versions, named):
    refused(ValueError, lambda: platform_tag.tag(machine, libraries, versions), named)


def test_needs_are_those_that_binutils_find():
    if shutil.which("objdump") is None:
        pytest.skip("objdump is not installed")
    library = Path(jk._library.lib._name)
    needs = platform_tag.Needs(library.read_bytes())
    said = subprocess.run(["objdump", "-p", str(library)], capture_output=True, text=True, check=True).stdout
    assert needs.libraries == re.findall(r"NEEDED +(\S+)", said)
    references = said.split("Version References:")[1]
    assert needs.versions == set(re.findall(r"0x[0-9a-f]+ 0x[0-9a-f]+ \d+ (\S+)", references))


def test_the_library_keeps_the_promise(root):
    library = Path(jk._library.lib._name)
    assert platform_tag.main(str(library)).startswith("manylinux_2_34_")
    assert "needs glibc 2.34" in (root / "docs" / "dependencies.md").read_text(encoding="utf-8")


def test_files_that_are_no_library_are_refused_in_one_line(root, tmp_path):
    program = root / "scripts" / "platform_tag.py"
    whole = Path(jk._library.lib._name).read_bytes()
    for content in (b"", b"not a library", whole[:60], whole[:4096]):
        path = tmp_path / "damaged.so"
        path.write_bytes(content)
        done = subprocess.run([sys.executable, program, path], capture_output=True, text=True)
        assert done.returncode == 1 and "damaged.so: " in done.stderr and done.stderr.count("\n") == 1, done.stderr
