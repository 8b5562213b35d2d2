"""The content-addressed store: contexts are files named by their SHA-256 that only the agent can open."""
import asyncio
import hashlib
import os
import re
import threading
import zlib

from rlm_agent.errors import ApiError, bad_request, disk_error

_HASH = re.compile(r"[0-9a-f]{64}\Z")
_SMALL = 1 << 16
_UNPACKED_PIECE = 1 << 20


class Contexts:
    """One folder of files, 0600 in 0700; sessions get read-only descriptors of those that they name."""

    def __init__(self, folder):
        self._folder = folder
        self._sizes = {}
        self._uploads = 0
        os.mkdir(folder, 0o700)

    @staticmethod
    def check_name(name):
        if not _HASH.match(name):
            raise bad_request("%r is no lower-case hex SHA-256" % name[:80])

    def size(self, name):
        """Bytes of the context, or None when it is not there."""
        return self._sizes.get(name)

    def open(self, name):
        """A new read-only descriptor, or None when it is not there."""
        if name not in self._sizes:
            return None
        return os.open(self._path(name), os.O_RDONLY | os.O_CLOEXEC)

    def delete(self, name):
        """True when it was there. Sessions that have it open keep it."""
        if self._sizes.pop(name, None) is None:
            return False
        os.unlink(self._path(name))
        return True

    def _path(self, name):
        return os.path.join(self._folder, name)

    async def put(self, request, name):
        """Streams a request's body in; `name` is None when the hash is not known yet. Returns (status, answer)."""
        coding = request.headers.get("content-encoding", "identity").lower()
        if coding not in ("identity", "gzip"):
            raise bad_request("Content-Encoding %r is not understood; gzip is" % coding[:40])
        if name is not None and name in self._sizes:
            while await request.body.read():
                pass
            return 200, {"sha256": name, "bytes": self._sizes[name]}
        self._uploads += 1
        upload = None
        try:
            upload = Upload(os.path.join(self._folder, "upload-%d" % self._uploads), coding == "gzip")
            await self._receive(request, upload)
            found = upload.hash()
            if name is not None and name != found:
                raise ApiError(422, "hash-mismatch", "the bytes have SHA-256 %s, not %s" % (found, name), sha256=found)
            os.rename(upload.path, self._path(found))
        except OSError as failure:
            raise disk_error("the context", failure) from None
        finally:
            if upload is not None:
                upload.discard()
        self._sizes[found] = upload.size
        return 201, {"sha256": found, "bytes": upload.size}

    async def _receive(self, request, upload):
        loop = asyncio.get_running_loop()
        while True:
            piece = await request.body.read()
            if len(piece) <= _SMALL and not upload.packed:
                upload.write(piece)
            else:
                # Hashing, unpacking and writing let go of the interpreter lock: other sessions are served meanwhile.
                await loop.run_in_executor(None, upload.write, piece)
            if not piece:
                return


class Upload:
    """One file that is being received. `write(b"")` ends it."""

    def __init__(self, path, packed):
        self.path = path
        self.packed = packed
        self.size = 0
        self._abandoned = False
        self._lock = threading.Lock()  # a dropped connection discards while the last piece is still being written
        self._hash = hashlib.sha256()
        self._unpack = zlib.decompressobj(31) if packed else None
        self._file = open(path, "wb", 0, opener=lambda name, flags: os.open(name, flags | os.O_EXCL, 0o600))

    def write(self, piece):
        with self._lock:
            if self._file is None:
                return
            if not self.packed:
                self._keep(piece)
            elif piece:
                self._write_packed(piece)
            elif not self._unpack.eof:
                raise bad_request("the gzip body is truncated")
            if not piece:
                self._file.close()

    def _write_packed(self, piece):
        while not self._abandoned:
            if self._unpack.eof:
                self._unpack = zlib.decompressobj(31)  # a further member
            try:
                data = self._unpack.decompress(piece, _UNPACKED_PIECE)
            except zlib.error as failure:
                raise bad_request("the body is not gzip: %s" % failure) from None
            self._keep(data)
            piece = self._unpack.unused_data or self._unpack.unconsumed_tail
            if not piece and len(data) < _UNPACKED_PIECE:
                return

    def _keep(self, data):
        self._hash.update(data)
        self.size += len(data)
        view = memoryview(data)
        while view:
            view = view[self._file.write(view) :]

    def hash(self):
        return self._hash.hexdigest()

    def discard(self):
        """Removes the file unless it was renamed."""
        self._abandoned = True
        with self._lock:
            if self._file is not None:
                self._file.close()
                self._file = None
            try:
                os.unlink(self.path)
            except FileNotFoundError:
                pass

