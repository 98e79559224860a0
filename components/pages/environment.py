"""Jinja for pages: everything is escaped, and what is printed is made inert."""

import jinja2

from components.pages import spelling

# No script, and no request of any kind, even where escaping should fail.
POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def make(package: str) -> jinja2.Environment:
    """Makes what renders the templates beside a package's code, and `base.css`.

    Args:
        package: Its dotted name.
    """
    environment = jinja2.Environment(
        loader=jinja2.ChoiceLoader(
            [jinja2.PackageLoader(package, "."), jinja2.PackageLoader(__package__, ".")]
        ),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=spelling.inert,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "shown": spelling.text,
        "lines": spelling.lines,
        "count": spelling.count,
        "number": spelling.number,
        "percent": spelling.percent,
    }
    environment.globals |= {"plural": spelling.plural, "policy": POLICY}
    return environment
