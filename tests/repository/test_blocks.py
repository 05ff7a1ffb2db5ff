"""Is every block known to Prefect as soon as `blocks` is imported?"""

import inspect
from importlib import import_module
from pkgutil import iter_modules

from prefect.blocks.core import Block

import blocks
from blocks.catalogue import BLOCKS


def written() -> set[type[Block]]:
    """The blocks that our modules define, without those that only others are made from."""
    modules = [import_module(f"blocks.{module.name}") for module in iter_modules(blocks.__path__)]
    found = {
        thing
        for module in modules
        for thing in vars(module).values()
        if isinstance(thing, type) and issubclass(thing, Block) and thing.__module__ == module.__name__
    }
    made = {block for block in found if not inspect.isabstract(block)}
    return {block for block in made if not any(block in other.__mro__[1:] for other in made)}


def test_every_block_is_exported() -> None:
    assert {block.__name__ for block in written()} == set(blocks.__all__)


def test_every_block_is_in_the_catalogue() -> None:
    assert written() == set(BLOCKS)


def test_every_block_says_what_it_is() -> None:
    assert [block.__name__ for block in written() if not block.get_description()] == []
