"""Every product by name: one folder for each, found by listing them; each has `product.py` with a `PRODUCT`."""

from collections.abc import Callable, Collection, Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from pydantic.json_schema import models_json_schema

from dialproof.core.errors import ScenarioError
from dialproof.core.messages import either, in_toml, suggestion
from dialproof.project.toml_source import TomlSource
from model.faults import of_product
from model.importing import Importer
from model.product import Installation, Product
from model.scenario import ScenarioFile, require_format
from model.words import Words

DEFAULT = "exchange-ims"
"""The product of a new scenario if nothing else is said."""


@cache
def products() -> Mapping[str, Product]:
    """Every product by name, sorted."""
    found = [import_module(f"{__name__}.{module.name}.product").PRODUCT for module in iter_modules(__path__) if module.ispkg]
    return {product.name: product for product in sorted(found, key=lambda product: product.name)}


@cache
def importers() -> Mapping[str, Importer]:
    """Every kind of configuration file that is read, by the name that `--as` has for it."""
    return {importer.name: importer for product in products().values() for importer in product.importers}


def installation(source: TomlSource, claims: Callable[[Words], Collection[str]]) -> Installation[ScenarioFile]:
    """The scenario in `source`, as its product reads it; `claims` gives the names of the claims about a product with such words.

    Raises ScenarioError with every problem of the file.
    """
    require_format(source)
    product = product_of(source)
    return product.read(source, claims(product.words), of_product(product.name))


def product_of(source: TomlSource) -> Product:
    """The product that `[connector] product` names. Raises ScenarioError."""
    connector = source.data.get("connector")
    path, allowed = ("connector", "product"), either(list(products()))
    if not isinstance(connector, Mapping):
        what = "is missing" if connector is None else f"is {in_toml(connector)}"
        raise source.error(
            [(source.value_place(("connector",)), f"`connector` {what}; allowed: a table with product = {allowed}")]
        )
    name = connector.get("product")
    if isinstance(name, str) and name in products():
        return products()[name]
    raise (
        _no_product(source, name, allowed)
        if "product" in connector
        else source.error([(source.value_place(path), f"`connector.product` is missing; allowed: {allowed}")])
    )


def _no_product(source: TomlSource, name: object, allowed: str) -> ScenarioError:
    near = suggestion(name, products())
    found = f"{in_toml(name)} (text)" if isinstance(name, str) else in_toml(name)
    message = f"`connector.product` is {found}; allowed: {allowed}{near}"
    return source.error([(source.value_place(("connector", "product")), message)])


def json_schema() -> dict[str, Any]:
    """The JSON Schema of scenario files of every product, for editors. Rules between keys are not in it."""
    refs, shared = models_json_schema([(product.scenario, "validation") for product in products().values()])
    names = list(products())
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Scenario",
        "type": "object",
        "required": ["connector"],
        "properties": {"connector": {"required": ["product"], "properties": {"product": {"enum": names}}}},
        "allOf": [{"if": _says(name), "then": refs[product.scenario, "validation"]} for name, product in products().items()],
        **shared,
    }


def _says(name: str) -> dict[str, Any]:
    product = {"properties": {"product": {"const": name}}, "required": ["product"]}
    return {"properties": {"connector": product}, "required": ["connector"]}
