package dev.rlmbeam.sandbox.local;

import dev.rlmbeam.sandbox.ImageFile;
import java.util.List;
import java.util.Map;

/**
 * A program for {@link LocalPrograms}. Immutable.
 *
 * @param command program and arguments; {@code python} and {@code python3} are the interpreter that
 *     was found on this machine
 * @param environment beyond PATH, HOME and LANG, which it may also set
 * @param workdir absolute path in which it starts, made if it is not there; empty for its home. A
 *     plain process always starts in a folder of its own
 * @param diskMib most that it can write into each of its folders (/tmp, its home, its workdir)
 * @param ports on which it may listen, each reached through a port of this machine
 * @param files what is there before it starts, each at its absolute path; for a plain process in a
 *     folder of its own, and arguments that name them are changed to say where. Where the system's
 *     own folders cannot be added to, a file is left out, and the log says so
 */
public record ProgramSpec(
    List<String> command,
    Map<String, String> environment,
    String workdir,
    int diskMib,
    List<Integer> ports,
    List<ImageFile> files) {

  public ProgramSpec {
    command = List.copyOf(command);
    environment = Map.copyOf(environment);
    ports = List.copyOf(ports);
    files = List.copyOf(files);
    check(!command.isEmpty(), "a program needs a command");
    check(diskMib > 0, "diskMib must be > 0, but was " + diskMib);
    check(workdir.isEmpty() || workdir.startsWith("/"), "workdir must be absolute: " + workdir);
    check(
        ports.stream().allMatch(port -> port > 0 && port < 65_536)
            && ports.stream().distinct().count() == ports.size(),
        "ports must be different ones from 1 to 65535: " + ports);
  }

  private static void check(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException(otherwise);
    }
  }
}
