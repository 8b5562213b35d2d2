# The argument of `python3 -I -S -c`. Must parse on any Python, so that an old one can say that it is too old.
import sys

if sys.version_info < (3, 8):
    sys.stdout.write(
        '{"ready": false, "error": "python3 is %s, but the agent needs 3.8 or newer"}\n'
        % ".".join([str(part) for part in sys.version_info[:3]])
    )
    sys.stdout.flush()
    sys.exit(3)

import binascii
import json
import zlib

_packed = binascii.a2b_base64("@PAYLOAD@")
_sources = json.loads(zlib.decompress(_packed).decode("utf-8"))
_scope = {"__name__": "rlm_agent_loader"}
exec(compile(_sources["loader"], "<rlm_agent/loader.py>", "exec"), _scope)
_scope["install"](_sources)

from rlm_agent import main

main.main(_packed)
