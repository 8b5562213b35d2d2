"""What the model is shown of its variables. Runs no code of theirs: only exact built-in types are looked into."""
from types import FunctionType, ModuleType

MOST_CHARACTERS = 200
_MOST_NAME = 1000
_MOST_ITEMS = 6
_type_name = type.__dict__["__name__"].__get__


def name_of_type(value):
    """The type's own name, whatever its metaclass says."""
    try:
        return str.__str__(_type_name(type(value)))[:_MOST_NAME]
    except Exception:
        return "object"


def preview(value):
    """At most 200 characters that say what the value is."""
    text = _show(value, 3)
    return text if len(text) <= MOST_CHARACTERS else text[: MOST_CHARACTERS - 3] + "..."


def _show(value, depth):
    kind = type(value)
    if kind is str or kind is bytes or kind is bytearray:
        return repr(value) if len(value) <= MOST_CHARACTERS else repr(value[:MOST_CHARACTERS])
    if value is None or kind is bool or kind is float or kind is complex:
        return repr(value)
    if kind is int:
        # Printing a huge int takes quadratic time.
        return repr(value) if value.bit_length() <= 600 else "<int of %d bits>" % value.bit_length()
    if kind is list or kind is tuple or kind is set or kind is frozenset:
        return _show_items(value, kind, depth)
    if kind is dict:
        return _show_dict(value, depth)
    if kind is FunctionType:
        return "<function %s>" % str.__str__(value.__name__)
    if kind is ModuleType:
        name = ModuleType.__getattribute__(value, "__dict__").get("__name__")
        return "<module %s>" % (name if type(name) is str else "?")
    return "<%s>" % name_of_type(value)


def _first(items):
    found = []
    for item in items:  # a set or dict that another thread changes raises here
        found.append(item)
        if len(found) == _MOST_ITEMS:
            break
    return found


def _show_items(value, kind, depth):
    size = len(value)
    if depth == 0:
        return "<%s of %d>" % (kind.__name__, size)
    shown = [_show(item, depth - 1) for item in _first(value)]
    if size > len(shown):
        shown.append("... (%d in all)" % size)
    inside = ", ".join(shown)
    if kind is list:
        return "[" + inside + "]"
    if kind is tuple:
        return "(" + inside + ("," if size == 1 else "") + ")"
    return "%s{%s}" % ("" if kind is set else "frozenset", inside)


def _show_dict(value, depth):
    size = len(value)
    if depth == 0:
        return "<dict of %d>" % size
    shown = [_show(key, depth - 1) + ": " + _show(item, depth - 1) for key, item in _first(value.items())]
    if size > len(shown):
        shown.append("... (%d in all)" % size)
    return "{" + ", ".join(shown) + "}"


def describe(names, namespace):
    """[{"name", "type", "preview"}] of those names."""
    rows = []
    for name in names:
        value = namespace.get(name)
        try:
            text = preview(value)
        except Exception:
            text = "<%s>" % name_of_type(value)
        rows.append({"name": name[:_MOST_NAME], "type": name_of_type(value), "preview": text})
    return rows
