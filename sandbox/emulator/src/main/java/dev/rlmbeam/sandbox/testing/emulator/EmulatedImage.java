package dev.rlmbeam.sandbox.testing.emulator;

import dev.rlmbeam.sandbox.ImageFile;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What an image means here: this machine's files, and what its commands put on top of them.
 * Immutable.
 *
 * @param files each by its path
 * @param workdir empty if none was said
 * @param command its CMD, after its ENTRYPOINT
 * @param python whether there is a python3 in it
 */
record EmulatedImage(
    Map<String, String> environment,
    Map<String, ImageFile> files,
    String workdir,
    List<String> command,
    boolean python) {

  EmulatedImage {
    environment = Map.copyOf(environment);
    files = Map.copyOf(files);
    command = List.copyOf(command);
  }

  /** An image of a registry, known by nothing but its name. */
  static EmulatedImage fromRegistry(String tag) {
    String name = tag.substring(tag.lastIndexOf('/') + 1);
    boolean bare =
        name.equals("scratch") || name.startsWith("busybox") || name.startsWith("alpine");
    return new EmulatedImage(Map.of(), Map.of(), "", List.of(), !bare);
  }

  EmulatedImage withVariable(String name, String value) {
    Map<String, String> more = new HashMap<>(environment);
    more.put(name, value);
    return new EmulatedImage(more, files, workdir, command, python);
  }

  EmulatedImage withFile(String path, byte[] bytes) {
    Map<String, ImageFile> more = new LinkedHashMap<>(files);
    more.put(path, new ImageFile(path, bytes));
    return new EmulatedImage(environment, more, workdir, command, python);
  }

  EmulatedImage withWorkdir(String path) {
    return new EmulatedImage(environment, files, path, command, python);
  }

  EmulatedImage withCommand(List<String> newCommand) {
    return new EmulatedImage(environment, files, workdir, newCommand, python);
  }

  EmulatedImage withPython() {
    return new EmulatedImage(environment, files, workdir, command, true);
  }
}
