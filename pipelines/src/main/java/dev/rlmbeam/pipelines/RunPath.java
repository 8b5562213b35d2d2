package dev.rlmbeam.pipelines;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Where a run goes that was told no folder: {@code runs/20260131-235959-rows}. */
final class RunPath {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT);

  private RunPath() {}

  /** A folder that is not there yet, of this moment. */
  static String ofNow(String input) {
    return at(ZonedDateTime.now(ZoneId.systemDefault()), input);
  }

  /** A folder that is not there yet. */
  static String at(ZonedDateTime start, String input) {
    String name = stem(input);
    String base = "runs/" + time(start) + (name.isEmpty() ? "" : "-" + name);
    String path = base;
    for (int i = 2; Files.exists(Path.of(path)); i++) {
      path = base + "-" + i;
    }
    return path;
  }

  /** The folder that was asked for; {@code {time}} in it is the time of the run's start. */
  static String withTime(String output, ZonedDateTime start) {
    return output.replace("{time}", time(start));
  }

  /** What a file's name says, as part of a folder's name; may be empty. */
  static String stem(String input) {
    // Of docs/*.md the folder says more than what is left of the glob.
    String named = input.replaceAll("(/[^/]*[*?\\[{].*)", "");
    String last = named.replaceAll("/+$", "").replaceAll(".*/", "");
    String stem = last.replaceAll("(?i)(\\.(jsonl|ndjson|csv|avro|parquet|txt))?(\\.gz)?$", "");
    return stem.replaceAll("[^A-Za-z0-9_-]+", "-").replaceAll("^-+|-+$", "");
  }

  static String time(ZonedDateTime start) {
    return TIME.format(start);
  }
}
