"""The agent's settings, from the environment variable RLM_AGENT_CONFIG."""
import json
import os
import re
import stat

_NAME = "RLM_AGENT_CONFIG"
_DEFAULTS = {
    "listen": "tcp:0.0.0.0:8080",
    "tokenSha256": None,
    "leaseSeconds": 60,
    "workDir": "/tmp/rlm",
    "contextsDir": "",
    "uids": "auto",
    "firstUid": None,
    "sessionMemoryMib": 2048,
    "sessionProcesses": 256,
    "graceSeconds": 2,
    "outputBytes": 262144,
    "endWithStdin": False,
}
_LONGEST_SOCKET_PATH = 107
_ROOM_FOR_SOCKET = len("/s1234567/broker.sock")


class ConfigError(Exception):
    """A setting that is missing or wrong."""


def read(environment):
    """(settings, environment of the sessions)."""
    try:
        given = json.loads(environment.get(_NAME, ""))
    except ValueError:
        raise ConfigError("%s is not set to a JSON object" % _NAME) from None
    if not isinstance(given, dict):
        raise ConfigError("%s is no JSON object" % _NAME)
    unknown = sorted(set(given) - set(_DEFAULTS))
    if unknown:
        raise ConfigError("%s has unknown keys: %s" % (_NAME, ", ".join(unknown)))
    config = dict(_DEFAULTS, **given)
    _check(config)
    kept = {k: v for k, v in environment.items() if k != _NAME and not k.startswith("MODAL_")}
    return config, kept


def _check(config):
    for name, default in _DEFAULTS.items():
        value = config[name]
        if name == "firstUid":
            if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < 1):
                raise ConfigError("firstUid must be a whole number above 0")
            continue
        if isinstance(default, bool):
            if not isinstance(value, bool):
                raise ConfigError("%s must be true or false" % name)
            continue
        if isinstance(default, int):
            if isinstance(value, bool) or not isinstance(value, (int, float)) or not value > 0:
                raise ConfigError("%s must be a number above 0" % name)
            if name not in ("leaseSeconds", "graceSeconds") and not isinstance(value, int):
                raise ConfigError("%s must be a whole number" % name)
        elif not isinstance(value, str):
            raise ConfigError("%s must be text" % name)
    if not re.match(r"[0-9a-f]{64}\Z", config["tokenSha256"]):
        raise ConfigError("tokenSha256 must be a lower-case hex SHA-256")
    if config["uids"] not in ("auto", "never"):
        raise ConfigError('uids must be "auto" or "never"')
    if not re.match(r"(unix:/.+|tcp:.+:[0-9]{1,5})\Z", config["listen"]):
        raise ConfigError("listen must be tcp:HOST:PORT or unix:PATH")
    if not config["contextsDir"]:
        config["contextsDir"] = os.path.join(config["workDir"], "contexts")
    work_dir = config["workDir"]
    if not os.path.isabs(work_dir) or len(os.fsencode(work_dir)) + _ROOM_FOR_SOCKET > _LONGEST_SOCKET_PATH:
        raise ConfigError("workDir must be absolute and at most %d bytes" % (_LONGEST_SOCKET_PATH - _ROOM_FOR_SOCKET))


def make_work_dir(path):
    """Makes the folder, or takes over an empty one of its own; 0711, so that sessions reach their homes below it."""
    try:
        os.mkdir(path)
    except FileExistsError:
        status = os.lstat(path)
        if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid() or os.listdir(path):
            raise ConfigError("workDir %s exists and is no empty folder of the agent's own" % path) from None
    except OSError as failure:
        raise ConfigError("workDir %s cannot be made: %s" % (path, failure.strerror)) from None
    os.chmod(path, 0o711)
