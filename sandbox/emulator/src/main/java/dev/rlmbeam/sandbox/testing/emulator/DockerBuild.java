package dev.rlmbeam.sandbox.testing.emulator;

import com.google.protobuf.ByteString;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Builds one layer as far as it can be without a container: ENV, COPY, WORKDIR and CMD take effect;
 * RUN is written to the log and not run, except that one whose command holds {@code exit 1}, or is
 * {@code false}, fails. One thread at a time.
 */
final class DockerBuild {
  private static final Pattern TAG = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._/@:+-]*");
  private static final Pattern ADDS_PYTHON = Pattern.compile("\\b(apk add|install)\\b.*\\bpython3");

  /** They change nothing that would be seen here. */
  private static final Set<String> IGNORED =
      Set.of(
          "ARG",
          "LABEL",
          "EXPOSE",
          "USER",
          "SHELL",
          "VOLUME",
          "STOPSIGNAL",
          "HEALTHCHECK",
          "MAINTAINER",
          "ONBUILD");

  /** What came of it. */
  record Outcome(Optional<EmulatedImage> image, List<String> log, String failure) {}

  /** The layer cannot be built. */
  private static final class FailureException extends Exception {
    private static final long serialVersionUID = 1L;

    FailureException(String message) {
      super(message);
    }
  }

  private final Map<String, EmulatedImage> bases;
  private final Map<String, byte[]> context = new LinkedHashMap<>();
  private final Map<String, EmulatedImage> stages = new HashMap<>();
  private final List<String> log = new ArrayList<>();
  private EmulatedImage image = EmulatedImage.fromRegistry("scratch");
  private List<String> entrypoint = List.of();
  private List<String> command = List.of();

  /**
   * Nothing built yet.
   *
   * @param bases layers that FROM may name
   * @param files that COPY may name
   */
  DockerBuild(Map<String, EmulatedImage> bases, Map<String, ByteString> files) {
    this.bases = bases;
    files.forEach((name, data) -> context.put(absolute("/", name), data.toByteArray()));
  }

  Outcome run(List<String> lines) {
    List<String> commands = whole(lines);
    try {
      for (int i = 0; i < commands.size(); i++) {
        log.add(String.format("Step %d/%d : %s", i + 1, commands.size(), commands.get(i)));
        step(commands.get(i));
      }
      List<String> both = new ArrayList<>(entrypoint);
      both.addAll(command);
      log.add("Built");
      return new Outcome(
          Optional.of(both.isEmpty() ? image : image.withCommand(both)), List.copyOf(log), "");
    } catch (FailureException e) {
      log.add("error: " + e.getMessage());
      return new Outcome(Optional.empty(), List.copyOf(log), String.valueOf(e.getMessage()));
    }
  }

  /** Comments left out, and lines that go on joined. */
  static List<String> whole(List<String> lines) {
    List<String> commands = new ArrayList<>();
    StringBuilder command = new StringBuilder();
    for (String line : lines.stream().flatMap(String::lines).toList()) {
      String text = line.strip();
      if (text.startsWith("#") || (text.isEmpty() && command.length() == 0)) {
        continue;
      }
      if (text.endsWith("\\")) {
        command.append(text, 0, text.length() - 1).append(' ');
        continue;
      }
      commands.add(command.append(text).toString().strip());
      command.setLength(0);
    }
    if (command.length() > 0) {
      commands.add(command.toString().strip());
    }
    return commands;
  }

  private void step(String whole) throws FailureException {
    String[] parts = whole.split("\\s+", 2);
    String rest = parts.length == 1 ? "" : parts[1].strip();
    String word = parts[0].toUpperCase(Locale.ROOT);
    try {
      switch (word) {
        case "FROM" -> from(DockerWords.split(rest));
        case "RUN" -> pretend(rest);
        case "ENV" -> setVariables(rest);
        case "COPY", "ADD" -> copy(rest);
        case "WORKDIR" -> image = image.withWorkdir(absolute(workdir(), rest));
        case "CMD" -> command = arguments(rest);
        case "ENTRYPOINT" -> entrypoint = arguments(rest);
        default -> {
          if (!IGNORED.contains(word)) {
            throw new FailureException("unknown instruction: " + word);
          }
        }
      }
    } catch (IllegalArgumentException e) {
      throw new FailureException(whole + ": " + e.getMessage());
    }
  }

  private void from(List<String> words) throws FailureException {
    List<String> names = words.stream().filter(word -> !word.startsWith("--")).toList();
    if (names.isEmpty()) {
      throw new FailureException("FROM needs an image");
    }
    String name = names.get(0);
    if (stages.containsKey(name)) {
      image = stages.get(name);
    } else if (bases.containsKey(name)) {
      image = bases.get(name);
    } else if (name.equals("base") || !TAG.matcher(name).matches()) {
      throw new FailureException("pull access denied for " + name + ": it does not exist");
    } else {
      image = EmulatedImage.fromRegistry(name);
    }
    command = image.command();
    entrypoint = List.of();
    if (names.size() == 3 && names.get(1).equalsIgnoreCase("as")) {
      stages.put(names.get(2), image);
    }
  }

  private void pretend(String line) throws FailureException {
    if (line.contains("exit 1") || line.equals("false")) {
      log.add("(the emulator runs no commands; this one fails by its text)");
      throw new FailureException("the command '" + line + "' ended with exit code 1");
    }
    if (ADDS_PYTHON.matcher(line).find()) {
      image = image.withPython();
    }
    log.add("(the emulator runs no commands)");
  }

  private void setVariables(String rest) throws FailureException {
    List<String> words = DockerWords.split(rest);
    if (!words.isEmpty() && !words.get(0).contains("=")) { // the older form: ENV NAME VALUE
      String[] sides = rest.split("\\s+", 2);
      image = image.withVariable(sides[0], sides.length == 1 ? "" : sides[1]);
      return;
    }
    for (String word : words) {
      String[] sides = word.split("=", 2);
      if (sides.length == 1 || sides[0].isEmpty()) {
        throw new FailureException("ENV needs NAME=VALUE, not " + word);
      }
      image = image.withVariable(sides[0], sides[1]);
    }
  }

  private void copy(String rest) throws FailureException {
    List<String> words = new ArrayList<>(DockerWords.json(rest).orElse(DockerWords.split(rest)));
    if (words.stream().anyMatch(word -> word.startsWith("--from="))) {
      log.add("(the emulator has no other images to copy from)");
      return;
    }
    words.removeIf(word -> word.startsWith("--"));
    if (words.size() < 2) {
      throw new FailureException("COPY needs what and whereto");
    }
    String target = words.remove(words.size() - 1);
    String to = absolute(workdir(), target);
    boolean folder = target.endsWith("/") || target.equals(".") || words.size() > 1;
    for (String source : words) {
      copy(source, to, folder);
    }
  }

  private void copy(String source, String to, boolean folder) throws FailureException {
    String from = absolute("/", source);
    byte[] bytes = context.get(from);
    if (bytes != null) {
      String name = from.substring(from.lastIndexOf('/') + 1);
      image = image.withFile(folder ? absolute(to, name) : to, bytes);
      return;
    }
    String inside = from.equals("/") ? from : from + "/";
    boolean found = false;
    for (Map.Entry<String, byte[]> file : context.entrySet()) {
      if (file.getKey().startsWith(inside)) {
        found = true;
        image =
            image.withFile(absolute(to, file.getKey().substring(inside.length())), file.getValue());
      }
    }
    if (!found && !source.contains("://")) {
      throw new FailureException("COPY failed: " + source + " is not among the context's files");
    }
  }

  private static List<String> arguments(String rest) {
    return DockerWords.json(rest).orElseGet(() -> List.of("/bin/sh", "-c", rest));
  }

  private String workdir() {
    return image.workdir().isEmpty() ? "/" : image.workdir();
  }

  private static String absolute(String folder, String path) {
    return Path.of("/").resolve(folder).resolve(path).normalize().toString();
  }
}
