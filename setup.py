"""Where the packages are; everything else is in pyproject.toml."""

from setuptools import find_namespace_packages, find_packages, setup

PI3, RESOURCES = "third_party/pi3", "l3rocc_resources"

setup(
    packages=[
        *find_packages(include=["l3rocc_engine*", "l3rocc_studio*"]),
        *find_packages(PI3, include=["pi3*"]),
        RESOURCES,
        *(f"{RESOURCES}.{name}" for name in find_namespace_packages("resources", exclude=["*__pycache__*"])),
    ],
    package_dir={"pi3": f"{PI3}/pi3", RESOURCES: "resources"},
    package_data={"": ["py.typed"], RESOURCES: ["icons/*", "samples/*", "themes/*", "translations/*/*"]},
)
