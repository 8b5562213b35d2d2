package dev.rlmbeam.sandbox.local;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rlmbeam.sandbox.ImageFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The start of one program, behind the relay that leads to its ports. One thread at a time. */
final class ProgramLaunch {
  private static final Logger log = LoggerFactory.getLogger(ProgramLaunch.class);
  private static final String RELAY = "/rlm_relay/relay.py";
  private static final String HOME = "/root";

  private static final Set<PosixFilePermission> PERMISSIONS =
      PosixFilePermissions.fromString("rwxr-xr-x");

  /** Folders that are there in any case, and can be written to. */
  private static final Set<String> MADE = Set.of("/tmp", "/var/tmp", "/dev/shm", HOME);

  private final LocalProcess process;
  private final ProgramSpec spec;
  private final Map<String, String> moved = new HashMap<>();

  ProgramLaunch(LocalProcess process, ProgramSpec spec) {
    this.process = process;
    this.spec = spec;
  }

  /** Makes the folder and starts the process; on the thread that bubblewrap's life hangs on. */
  Process start() throws IOException {
    process.makeFolder(spec.ports().stream().map(ProgramLaunch::socketName).toList());
    boolean walled = process.setup().walled();
    List<Bubblewrap.Mount> mounts = new ArrayList<>();
    String home = HOME;
    String workDir = spec.workdir().isEmpty() ? HOME : spec.workdir();
    if (walled) {
      mounts.add(new Bubblewrap.Mount(Path.of(HOME), Optional.empty()));
      Path folder = Path.of(workDir).normalize();
      if (!MADE.contains(folder.toString()) && !Bubblewrap.isPartOfSystem(folder)) {
        mounts.add(new Bubblewrap.Mount(folder, Optional.empty()));
      }
    } else {
      home = process.inside("w");
      workDir = home;
      Files.createDirectory(process.outside("w"), LocalProcess.permissions("rwx------"));
    }
    putFiles(mounts);
    return process.start(
        new LocalProcess.Command(
            arguments(workDir),
            environment(home),
            spec.diskMib(),
            mounts,
            SandboxOutput.Kind.PROGRAM));
  }

  private void putFiles(List<Bubblewrap.Mount> mounts) throws IOException {
    Path folder = process.folder().resolve("files");
    for (ImageFile file : spec.files()) {
      Path path = Path.of("/").resolve(file.path()).normalize();
      if (process.setup().walled() && Bubblewrap.hides(path)) {
        log.warn("program={} has no {}: nothing can be added there", process.id(), path);
        continue;
      }
      Path copy = folder.resolve(path.toString().substring(1));
      Files.createDirectories(copy.resolveSibling(""));
      Files.write(copy, file.bytes());
      Files.setPosixFilePermissions(copy, PERMISSIONS);
      mounts.add(new Bubblewrap.Mount(path, Optional.of(copy)));
      moved.put(path.toString(), copy.toString());
    }
  }

  private List<String> arguments(String workDir) {
    String python = process.setup().python().executable().toString();
    List<String> arguments = new ArrayList<>(List.of(python, "-I", "-S", "-c", relay()));
    arguments.add(settings(workDir));
    for (String argument : spec.command()) {
      boolean alone = !process.setup().walled();
      arguments.add(alone ? moved.getOrDefault(argument, argument) : argument);
    }
    int first = arguments.size() - spec.command().size();
    if (Set.of("python", "python3").contains(arguments.get(first))) {
      arguments.set(first, python);
    }
    return arguments;
  }

  private String settings(String workDir) {
    ObjectNode settings = new ObjectMapper().createObjectNode();
    boolean walled = process.setup().walled();
    ObjectNode ports = settings.putObject("ports");
    if (walled) {
      spec.ports().forEach(port -> ports.put(port.toString(), process.inside(socketName(port))));
    }
    return settings.put("workDir", workDir).put("alone", !walled).toString();
  }

  private Map<String, String> environment(String home) {
    Map<String, String> environment = new HashMap<>();
    Path python = process.setup().python().executable().toAbsolutePath();
    environment.put("PATH", python.resolveSibling("") + ":" + LocalLaunch.PATH);
    environment.put("LANG", "C.UTF-8");
    environment.put("HOME", home);
    environment.putAll(spec.environment());
    return environment;
  }

  static String socketName(int port) {
    return port + ".sock";
  }

  private static String relay() {
    try (InputStream in = ProgramLaunch.class.getResourceAsStream(RELAY)) {
      if (in == null) {
        throw new IllegalStateException(RELAY + " is not on the class path; rebuild the jar");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(RELAY + " cannot be read", e);
    }
  }
}
