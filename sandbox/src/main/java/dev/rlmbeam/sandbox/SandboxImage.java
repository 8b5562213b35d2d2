package dev.rlmbeam.sandbox;

import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What a cloud sandbox's file system is made of: layers, each built on the one before and kept by
 * the cloud, so that the same image is built once. Any image will do that has a {@code python3} of
 * 3.8 or newer. Immutable.
 *
 * <pre>{@code
 * SandboxImage.debianSlim("3.11").pipInstall("pandas", "pyarrow").env(Map.of("TZ", "UTC"))
 * }</pre>
 */
public final class SandboxImage implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Modal takes no more in one request. */
  private static final int MAX_FILE_BYTES = 16 * 1024 * 1024;

  private static final Pattern TAG = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._/@:+-]*");
  private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
  private static final Pattern SAFE = Pattern.compile("[A-Za-z0-9@%+=:,./_-]+");

  /** The newest of each series that Modal's own images are made of. */
  private static final Map<String, String> PYTHONS =
      new TreeMap<>(
          Map.of(
              "3.9", "3.9.22",
              "3.10", "3.10.17",
              "3.11", "3.11.12",
              "3.12", "3.12.10",
              "3.13", "3.13.3",
              "3.14", "3.14.2"));

  /** Those of the reference, each at one version, so that a job is the same next year. */
  private static final String[] DEFAULT_PACKAGES = {
    "numpy==2.2.6",
    "pandas==2.2.3",
    "scipy==1.15.3",
    "sympy==1.14.0",
    "requests==2.32.4",
    "httpx==0.28.1",
    "flask==3.1.1",
    "pyyaml==6.0.2",
    "tqdm==4.67.1",
    "dill==0.4.0"
  };

  /**
   * One step.
   *
   * @param commands lines of a Dockerfile; those of all layers but the first stand on {@code FROM
   *     base}, which is the layer before
   * @param files what its {@code COPY} lines copy
   * @param shared whether the cloud keeps it for everybody, and not for one workspace alone
   */
  public record Layer(List<String> commands, List<ImageFile> files, boolean shared)
      implements Serializable {
    public Layer {
      commands = List.copyOf(commands);
      files = List.copyOf(files);
    }
  }

  private final List<Layer> layers;

  private SandboxImage(List<Layer> layers) {
    this.layers = List.copyOf(layers);
  }

  /**
   * What the reference has: Python 3.11 with numpy, pandas, scipy, sympy, requests, httpx, flask,
   * pyyaml, tqdm and dill, each at a fixed version, and build-essential, git and curl.
   */
  public static SandboxImage defaultImage() {
    return debianSlim("3.11")
        .aptInstall("build-essential", "git", "curl")
        .pipInstall(DEFAULT_PACKAGES);
  }

  /**
   * Debian with this Python, as Modal itself makes it.
   *
   * @param python a series, such as {@code 3.11}
   */
  public static SandboxImage debianSlim(String python) {
    String version = PYTHONS.get(python);
    if (version == null) {
      throw new IllegalArgumentException(
          "debianSlim takes one of " + String.join(", ", PYTHONS.keySet()) + ", not " + python);
    }
    List<String> commands =
        List.of(
            "FROM python:" + version + "-slim-bookworm",
            "RUN apt-get update",
            "RUN apt-get install -y gcc gfortran build-essential",
            "RUN pip install --upgrade pip wheel uv",
            "RUN echo 'debconf debconf/frontend select Noninteractive' | debconf-set-selections",
            "CMD [\"sleep\", \"172800\"]");
    return new SandboxImage(List.of(new Layer(commands, List.of(), true)));
  }

  /**
   * An image of a registry.
   *
   * @param tag such as {@code python:3.12-slim}
   */
  public static SandboxImage fromRegistry(String tag) {
    if (!TAG.matcher(tag).matches()) {
      throw new IllegalArgumentException("this is no name of an image: " + tag);
    }
    return new SandboxImage(List.of(new Layer(List.of("FROM " + tag), List.of(), false)));
  }

  /**
   * The image of a Dockerfile; what it copies is read from the file's own folder.
   *
   * @throws IllegalArgumentException when it cannot be read, or copies what is not there
   */
  public static SandboxImage fromDockerfile(Path dockerfile) {
    return new SandboxImage(List.of(DockerfileReader.read(dockerfile)));
  }

  /** Adds Debian packages. */
  public SandboxImage aptInstall(String... packages) {
    if (packages.length == 0) {
      return this;
    }
    return with(
        List.of("RUN apt-get update", "RUN apt-get install -y " + sorted(packages)), List.of());
  }

  /** Adds Python packages, with or without a version: {@code dill==0.4.0}. */
  public SandboxImage pipInstall(String... packages) {
    if (packages.length == 0) {
      return this;
    }
    return with(List.of("RUN python3 -m pip install " + sorted(packages)), List.of());
  }

  /** Sets variables, for what is built after and for the sandbox. No secrets belong here. */
  public SandboxImage env(Map<String, String> variables) {
    List<String> commands = new ArrayList<>();
    new TreeMap<>(variables)
        .forEach(
            (name, value) -> {
              if (!VARIABLE.matcher(name).matches()) {
                throw new IllegalArgumentException("this is no name of a variable: " + name);
              }
              commands.add("ENV " + name + "=" + quoted(requireLine("a variable", value)));
            });
    return commands.isEmpty() ? this : with(commands, List.of());
  }

  /** Runs commands of the shell while the image is built, each in a step of its own. */
  public SandboxImage runCommands(String... commands) {
    if (commands.length == 0) {
      return this;
    }
    return with(
        Arrays.stream(commands)
            .map(command -> "RUN " + requireLine("a command", command))
            .collect(Collectors.toList()),
        List.of());
  }

  /**
   * Copies a file of this machine into the image.
   *
   * @param remote absolute path in the image
   * @throws IllegalArgumentException when it cannot be read, or is larger than 16 MiB
   */
  public SandboxImage copyFile(Path local, String remote) {
    if (!remote.startsWith("/") || remote.endsWith("/")) {
      throw new IllegalArgumentException(
          "a file goes to an absolute path with a name, not to " + remote);
    }
    String path = quoted(requireLine("a path", remote));
    if (path.startsWith("'")) {
      throw new IllegalArgumentException("a path in an image has no blanks or quotes: " + remote);
    }
    return with(List.of("COPY " + path + " " + path), List.of(read(local, remote)));
  }

  static ImageFile read(Path local, String path) {
    try {
      long size = Files.size(local);
      if (size > MAX_FILE_BYTES) {
        throw new IllegalArgumentException(
            local + " has " + size + " bytes; a file of an image has at most " + MAX_FILE_BYTES);
      }
      return new ImageFile(path, Files.readAllBytes(local));
    } catch (IOException e) {
      throw new IllegalArgumentException(local + " cannot be read for the image: " + e, e);
    }
  }

  /** The steps, the first of which stands on nothing. */
  public List<Layer> layers() {
    return layers;
  }

  private SandboxImage with(List<String> commands, List<ImageFile> files) {
    List<String> all = new ArrayList<>(List.of("FROM base"));
    all.addAll(commands);
    List<Layer> longer = new ArrayList<>(layers);
    longer.add(new Layer(all, files, false));
    return new SandboxImage(longer);
  }

  /** In one order, which is that of Modal's SDK, so that the same packages are the same layer. */
  private static String sorted(String... packages) {
    Set<String> names = new TreeSet<>();
    for (String name : packages) {
      names.add(requireLine("a package", name));
    }
    return names.stream().map(SandboxImage::quoted).collect(Collectors.joining(" "));
  }

  /** A line break would begin another command of the Dockerfile. */
  private static String requireLine(String what, String text) {
    if (text.isBlank() || text.chars().anyMatch(c -> c < ' ')) {
      throw new IllegalArgumentException(what + " is empty or has a line break: " + text.strip());
    }
    return text;
  }

  private static String quoted(String text) {
    return SAFE.matcher(text).matches() ? text : "'" + text.replace("'", "'\"'\"'") + "'";
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SandboxImage image && layers.equals(image.layers);
  }

  @Override
  public int hashCode() {
    return layers.hashCode();
  }

  @Override
  public String toString() {
    return layers.toString();
  }
}
