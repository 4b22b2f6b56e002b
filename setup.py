"""Where the packages are; everything else is in pyproject.toml."""

from setuptools import find_packages, setup

PI3 = "third_party/pi3"

setup(
    packages=[
        *find_packages(include=["l3rocc_engine*", "l3rocc_studio*"]),
        *find_packages(PI3, include=["pi3*"]),
        "l3rocc_resources",
    ],
    package_dir={"pi3": f"{PI3}/pi3", "l3rocc_resources": "resources"},
    package_data={"l3rocc_resources": ["**/*"], "l3rocc_engine": ["py.typed"], "l3rocc_studio": ["py.typed"]},
)
