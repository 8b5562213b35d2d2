package dev.rlmbeam.pipelines.io;

import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Leaves out of a match what nobody means by it: what this run and earlier ones have written and,
 * where all below a folder is asked for, hidden files and folders. One thread at a time.
 */
final class InputFilter {
  private final String output;
  private final RunOutput runs = new RunOutput();

  /**
   * @param output folder that the run will write, without a slash at the end
   */
  InputFilter(String output) {
    this.output = output;
  }

  /**
   * What is left of the files that a pattern matches.
   *
   * @param base the folder, with its slash, that the pattern begins with
   * @param recursive whether the pattern reaches folders of any depth
   */
  List<String> kept(List<String> uris, String base, boolean recursive) throws IOException {
    Set<String> folders = recursive ? runFolders(uris, base) : Set.of();
    return uris.stream()
        .filter(uri -> !isOfThisRun(uri))
        .filter(uri -> !recursive || !isHidden(uri, base))
        .filter(uri -> folders.stream().noneMatch(folder -> uri.startsWith(folder + "/")))
        .toList();
  }

  /** By its name: input may well lie in the folder that the run writes. */
  private boolean isOfThisRun(String uri) {
    return RunOutput.folderOf(uri).filter(output::equals).isPresent();
  }

  /** Folders of runs below the one that is asked for; who asks for a run's own folder gets it. */
  private Set<String> runFolders(List<String> uris, String base) throws IOException {
    Set<String> folders = new HashSet<>();
    if (output.startsWith(base)) {
      folders.add(output);
    }
    for (String uri : uris) {
      String folder = RunOutput.folderOf(uri).orElse("");
      if (folder.startsWith(base) && runs.isRun(folder)) {
        folders.add(folder);
      }
    }
    return folders;
  }

  private static boolean isHidden(String uri, String base) {
    return uri.startsWith(base)
        && (uri.startsWith(".", base.length()) || uri.indexOf("/.", base.length()) >= 0);
  }
}
