package dev.rlmbeam.sandbox;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Reads a Dockerfile and the files that it copies into its image. */
final class DockerfileReader {
  private static final int MAX_FILES = 1000;

  private final Path file;
  private final Path folder;
  private final Map<String, ImageFile> files = new LinkedHashMap<>();

  private DockerfileReader(Path file) {
    this.file = file;
    Path parent = file.toAbsolutePath().normalize().getParent();
    folder = parent == null ? file : parent;
  }

  static SandboxImage.Layer read(Path file) {
    return new DockerfileReader(file).layer();
  }

  private SandboxImage.Layer layer() {
    List<String> lines;
    try {
      lines = Files.readAllLines(file);
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException(file + " is not UTF-8 text", e);
    } catch (IOException e) {
      throw new IllegalArgumentException(file + " cannot be read: " + e, e);
    }
    boolean from = false;
    List<String> commands = new ArrayList<>();
    StringBuilder command = new StringBuilder();
    for (int number = 1; number <= lines.size(); number++) {
      String line = lines.get(number - 1).strip();
      if (command.length() == 0 && (line.isEmpty() || line.startsWith("#"))) {
        continue;
      }
      if (line.endsWith("\\")) { // goes on in the next line
        command.append(line, 0, line.length() - 1).append(' ');
        continue;
      }
      String whole = command.append(line).toString().strip();
      command.setLength(0);
      String word = whole.split("\\s+", 2)[0].toUpperCase(Locale.ROOT);
      from |= word.equals("FROM");
      if (!from && !word.equals("ARG")) {
        throw new IllegalArgumentException(
            file + ":" + number + ": a Dockerfile begins with FROM, not with " + word);
      }
      if (word.equals("COPY") || word.equals("ADD")) {
        collect(whole, number);
      }
      commands.add(whole);
    }
    if (!from) {
      throw new IllegalArgumentException(file + " has no FROM");
    }
    return new SandboxImage.Layer(commands, List.copyOf(files.values()), false);
  }

  private void collect(String command, int line) {
    List<String> words = new ArrayList<>(List.of(command.split("\\s+")));
    words.remove(0);
    if (words.stream().anyMatch(word -> word.startsWith("--from="))) {
      return; // from another image
    }
    words.removeIf(word -> word.startsWith("--"));
    for (String source : words.subList(0, Math.max(0, words.size() - 1))) {
      if (!source.contains("://")) {
        add(source, line);
      }
    }
  }

  private void add(String source, int line) {
    Path path = folder.resolve(source.startsWith("/") ? source.substring(1) : source).normalize();
    if (source.contains("*") || source.startsWith("[") || !path.startsWith(folder)) {
      throw new IllegalArgumentException(
          file
              + ":"
              + line
              + ": only files and folders beside the Dockerfile can be copied, each by"
              + " its name, not "
              + source);
    }
    if (Files.isDirectory(path)) {
      try (var inside = Files.walk(path)) {
        for (Path one : inside.filter(Files::isRegularFile).sorted().toList()) {
          addFile(one);
        }
      } catch (IOException e) {
        throw new IllegalArgumentException(path + " cannot be read: " + e, e);
      }
    } else if (Files.isRegularFile(path)) {
      addFile(path);
    } else {
      throw new IllegalArgumentException(file + ":" + line + ": there is no file " + path);
    }
  }

  private void addFile(Path path) {
    if (files.size() >= MAX_FILES) {
      throw new IllegalArgumentException(file + " copies more than " + MAX_FILES + " files");
    }
    String name = "/" + folder.relativize(path).toString().replace('\\', '/');
    files.put(name, SandboxImage.read(path, name));
  }
}
