package dev.rlmbeam.sandbox.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * What of this machine a Python needs to run, and no more: its prefix may be somebody's home or
 * project, with keys beside the libraries. Immutable.
 *
 * @param paths folders and files, none within another
 * @param links to the interpreter, each with its target; it finds its libraries by the name that it
 *     is started with, so that a copy in a link's place would not do
 */
record PythonFiles(List<Path> paths, Map<Path, Path> links) {
  private static final int MAX_LINKS = 40;

  PythonFiles {
    paths = List.copyOf(paths);
    links = Map.copyOf(links);
  }

  /**
   * Of those named, all that are there.
   *
   * @param executables absolute paths under which the interpreter is started
   * @param files such as libpython
   * @param folders libraries; one that holds the user's home or the working folder is left out
   */
  static PythonFiles of(List<Path> executables, List<Path> files, List<Path> folders) {
    Map<Path, Path> links = new LinkedHashMap<>();
    TreeSet<Path> wanted = new TreeSet<>();
    executables.forEach(executable -> wanted.add(follow(executable, links)));
    wanted.addAll(files);
    folders.stream().filter(folder -> !holdsMoreThanLibraries(folder)).forEach(wanted::add);
    List<Path> paths = new ArrayList<>();
    for (Path path : wanted) { // a folder comes before what is in it
      if (Files.exists(path) && paths.stream().noneMatch(path::startsWith)) {
        paths.add(path);
      }
    }
    links.keySet().removeIf(link -> paths.stream().anyMatch(link::startsWith));
    return new PythonFiles(paths, links);
  }

  private static Path follow(Path executable, Map<Path, Path> links) {
    Path path = executable;
    try {
      for (int i = 0; i < MAX_LINKS && Files.isSymbolicLink(path); i++) {
        Path target = Files.readSymbolicLink(path);
        links.put(path, target);
        path = path.resolveSibling(target).normalize();
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the link " + path, e);
    }
    return path;
  }

  private static boolean holdsMoreThanLibraries(Path folder) {
    Path real = real(folder);
    return real(Path.of(System.getProperty("user.home"))).startsWith(real)
        || real(Path.of("")).startsWith(real);
  }

  private static Path real(Path path) {
    try {
      return path.toRealPath();
    } catch (IOException e) {
      return path.toAbsolutePath().normalize(); // it is not there
    }
  }
}
