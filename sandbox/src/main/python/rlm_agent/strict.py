"""JSON that a session wrote, read in time and memory that its bytes bound: few values, no deep nesting, short numbers.

The standard library's reader makes hundreds of bytes of objects out of two bytes of JSON, and nothing else runs meanwhile.
"""
import re
from json.decoder import JSONDecoder, scanstring

_DEEPEST = 4
_token = re.compile(r"(-?(?:0|[1-9][0-9]{0,29})(?:\.[0-9]{1,30})?(?:[eE][-+]?[0-9]{1,3})?)|true|false|null").match
_skip = re.compile(r"[ \t\r\n]*").match
_WORDS = {"true": True, "false": False, "null": None}


def _short(digits):
    if len(digits) > 30:
        raise ValueError("a number that is too long")
    return int(digits)


def _finite(digits):
    value = float(digits)
    if value - value != 0:
        raise ValueError("a number that is too large")
    return value


def _unknown(word):
    raise ValueError("no value: " + word)


_decode = JSONDecoder(parse_int=_short, parse_float=_finite, parse_constant=_unknown).decode


def parse(data, most):
    """The value of JSON bytes with at most `most` values in all. ValueError for anything else."""
    text = data.decode("utf-8")
    # Each value but the first comes after one of these. Where they are few, within strings or not, all of it is
    # bounded, and the standard library is quicker by far.
    if sum(map(data.count, (b",", b":", b"[", b"{"))) < most:
        try:
            return _decode(text)
        except RecursionError:
            raise ValueError("nested too deeply") from None
    value, end = _Reader(text, most).value(0, 0)
    if end != len(text):
        raise ValueError("more than one value")
    return value


class _Reader:
    def __init__(self, text, most):
        self._text = text
        self._left = most

    def value(self, at, depth):
        """(the value that begins at or after `at`, where what comes after it begins)."""
        text = self._text
        at = _skip(text, at).end()
        first = text[at : at + 1]
        self._left -= 1
        if self._left < 0 or depth > _DEEPEST:
            raise ValueError("too many values")
        if first == '"':
            value, at = scanstring(text, at + 1)
        elif first == "[":
            value, at = self._items(at + 1, depth + 1)
        elif first == "{":
            value, at = self._members(at + 1, depth + 1)
        else:
            found = _token(text, at)
            if found is None:
                raise ValueError("no value")
            value, at = _WORDS.get(found.group(), 0), found.end()
            if found.group(1) is not None:
                value = int(found.group()) if found.group().lstrip("-").isdigit() else float(found.group())
        return value, _skip(text, at).end()

    def _items(self, at, depth):
        items = []
        at = _skip(self._text, at).end()
        if self._text[at : at + 1] == "]":
            return items, at + 1
        while True:
            item, at = self.value(at, depth)
            items.append(item)
            more, at = self._text[at : at + 1], at + 1
            if more != ",":
                return items, self._closed(more, "]", at)

    def _members(self, at, depth):
        members = {}
        at = _skip(self._text, at).end()
        if self._text[at : at + 1] == "}":
            return members, at + 1
        while True:
            name, at = self.value(at, depth)
            if not isinstance(name, str) or self._text[at : at + 1] != ":":
                raise ValueError("no member")
            members[name], at = self.value(at + 1, depth)
            more, at = self._text[at : at + 1], at + 1
            if more != ",":
                return members, self._closed(more, "}", at)

    @staticmethod
    def _closed(found, wanted, at):
        if found != wanted:
            raise ValueError("not closed")
        return at
