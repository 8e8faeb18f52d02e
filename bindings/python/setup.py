"""The wheel holds a built shared library: it serves every Python 3, but one platform."""

from pathlib import Path

from setuptools import Distribution, setup
from setuptools.command.bdist_wheel import bdist_wheel
from setuptools.command.build_py import build_py

LIBRARY = Path(__file__).parent / "jkonetstar" / "libjkonetstar.so"


class PlatformDistribution(Distribution):
    """A distribution that is not pure Python."""

    def has_ext_modules(self):
        """Ask for a platform wheel."""
        return True


class PlatformWheel(bdist_wheel):
    """A wheel tagged py3-none-<platform>."""

    def get_tag(self):
        """Keep the platform; ctypes ties the package to no Python version and no Python ABI."""
        return ("py3", "none", super().get_tag()[2])


class BuildWithLibrary(build_py):
    """Refuse to build a package that could not be imported."""

    def run(self):
        """Check for the library, then build."""
        # An editable installation finds the library where the build left it.
        if not self.editable_mode and not LIBRARY.is_file():
            raise SystemExit(f"{LIBRARY} is missing; run 'make wheel' in the repository root")
        super().run()


setup(
    distclass=PlatformDistribution,
    cmdclass={"bdist_wheel": PlatformWheel, "build_py": BuildWithLibrary},
)
