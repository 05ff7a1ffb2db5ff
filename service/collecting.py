"""Why does nobody wait for the garbage collector? What stands when a program is ready stays while it runs.

A full collection looks at every object, and holds up everything else meanwhile. Of what a web service or a
worker has imported that takes a fifth of a second, several times a second in a storm of alerts.
"""

import gc


def spare_what_stands() -> None:
    """The collector leaves alone what there is by now; what comes later it collects as ever."""
    gc.collect()
    gc.freeze()
