package dev.rlmbeam.pipelines.io;

import dev.rlmbeam.pipelines.options.UsageException;
import dev.rlmbeam.transforms.FileSystemAddOn;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.io.fs.EmptyMatchTreatment;
import org.apache.beam.sdk.io.fs.MatchResult;

/** Finds the files that patterns name, on any file system that Beam knows. */
final class InputFiles {
  private static final String GLOB_CHARACTERS = "*?[{";

  private InputFiles() {}

  /**
   * All files, in the order of their ids, each once, without what a run has written.
   *
   * @param output folder that the run will write
   * @throws UsageException when a pattern matches nothing or cannot be read
   */
  static List<InputFile> match(Collection<String> patterns, String output) {
    List<String> specs = patterns.stream().map(InputFiles::expandFolder).toList();
    String common = commonFolder(specs);
    InputFilter filter = new InputFilter(output);
    Map<String, InputFile> files = new TreeMap<>();
    for (String spec : specs) {
      sizes(spec, filter)
          .forEach(
              (uri, bytes) -> {
                String id = uri.startsWith(common) ? uri.substring(common.length()) : uri;
                files.put(id, new InputFile(uri, id, forPerson(uri), bytes));
              });
    }
    return List.copyOf(files.values());
  }

  /** Sizes by URI of what a pattern matches, without what is no input. */
  private static Map<String, Long> sizes(String spec, InputFilter filter) {
    try {
      Map<String, Long> sizes = new TreeMap<>();
      for (MatchResult.Metadata metadata :
          FileSystems.match(spec, EmptyMatchTreatment.ALLOW).metadata()) {
        sizes.put(normal(metadata.resourceId().toString()), metadata.sizeBytes());
      }
      List<String> uris = List.copyOf(sizes.keySet());
      sizes.keySet().retainAll(Set.copyOf(filter.kept(uris, fixed(spec), spec.contains("**"))));
      if (sizes.isEmpty()) {
        throw nothing(spec, uris.size());
      }
      return sizes;
    } catch (FileNotFoundException e) {
      throw nothing(spec, 0);
    } catch (IllegalArgumentException e) {
      throw new UsageException(
          "--input="
              + forPerson(spec)
              + ": there is no file system for that here; "
              + FileSystemAddOn.cure(spec)
              + ".",
          e);
    } catch (IOException e) {
      throw unreadable(spec, e);
    } catch (UsageException e) {
      throw e;
    } catch (RuntimeException e) { // of a service's client: no such bucket, no credentials
      throw spec.contains("://") ? unreadable(spec, e) : e;
    }
  }

  private static UsageException unreadable(String spec, Exception e) {
    return new UsageException("--input=" + spec + ": cannot be read: " + e.getMessage(), e);
  }

  private static UsageException nothing(String spec, int leftOut) {
    if (leftOut > 0) {
      return new UsageException(
          "--input="
              + forPerson(spec)
              + " matches only hidden files and what runs have written ("
              + leftOut
              + "), which are left out. Name the files themselves to ask about them.");
    }
    return new UsageException(
        "--input="
            + forPerson(spec)
            + " matches no file. Check the path; quote a glob, so that the shell leaves it alone.");
  }

  /** A folder stands for all files below it. */
  private static String expandFolder(String pattern) {
    if (pattern.contains("://")) {
      return pattern.endsWith("/") ? pattern + "**" : pattern;
    }
    try {
      Path path = Path.of(pattern).toAbsolutePath().normalize();
      return Files.isDirectory(path) ? path + "/**" : path.toString();
    } catch (InvalidPathException e) {
      throw new UsageException("--input=" + pattern + " is not a path: " + e.getReason(), e);
    }
  }

  /** The folder, with its slash, below which all patterns lie. */
  private static String commonFolder(List<String> specs) {
    List<String> fixed = new ArrayList<>();
    for (String spec : specs) {
      fixed.add(fixed(spec));
    }
    String common = fixed.get(0);
    for (String folder : fixed) {
      while (!folder.startsWith(common)) {
        common = common.substring(0, common.lastIndexOf('/', common.length() - 2) + 1);
      }
    }
    return common;
  }

  /** The folder, with its slash, that a pattern names without a wildcard. */
  private static String fixed(String spec) {
    int end = 0;
    while (end < spec.length() && GLOB_CHARACTERS.indexOf(spec.charAt(end)) < 0) {
      end++;
    }
    return spec.substring(0, spec.lastIndexOf('/', end - 1) + 1);
  }

  private static String normal(String uri) {
    return uri.contains("://") ? uri : Path.of(uri).toAbsolutePath().normalize().toString();
  }

  private static String forPerson(String uri) {
    if (uri.contains("://")) {
      return uri;
    }
    String here = Path.of("").toAbsolutePath() + "/";
    return uri.startsWith(here) ? uri.substring(here.length()) : uri;
  }
}
