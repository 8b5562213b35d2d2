"""How a call is refused."""
import errno


class ApiError(Exception):
    """A refusal: HTTP status, code and message for the caller, and further fields."""

    def __init__(self, status, code, message, **fields):
        super().__init__(message)
        self.status = status
        self.code = code
        self.fields = fields


def bad_request(message):
    """A body or parameter that is wrong."""
    return ApiError(400, "bad-request", message)


def disk_error(what, failure):
    """An OSError of writing something."""
    if failure.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return ApiError(507, "disk-full", "%s could not be written, the disk is full" % what)
    return ApiError(500, "internal", "%s could not be written: %s" % (what, failure))
