package dev.rlmbeam.pipelines.scale;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * A run that was measured. Immutable.
 *
 * @param name for a person
 * @param workers task managers, all on one machine
 * @param cores of that machine
 * @param latency of each call, in seconds
 * @param wall seconds from the first call of a model to the last one's answer
 * @param use what it is for
 */
record Measured(
    String name,
    int workers,
    int maxInFlight,
    long elements,
    int turns,
    double latency,
    double cores,
    double wall,
    long calls,
    Use use) {

  /** What a measured run is for. */
  enum Use {
    /** The costs are fitted to it. */
    FIT,
    /** It is foretold, and held to that. */
    CHECK,
    /** It is foretold to show where that fails. */
    LIMIT
  }

  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * Reads a file such as {@code docs/scaling/measured.json}.
   *
   * @throws IOException that says which row of it is wrong
   */
  static List<Measured> read(Path file) throws IOException {
    List<Measured> all = new ArrayList<>();
    for (JsonNode row : JSON.readTree(Files.readString(file)).path("rows")) {
      String where = file + ", row " + (all.size() + 1) + ": ";
      String named = row.path("use").asText();
      Use use =
          Arrays.stream(Use.values())
              .filter(one -> one.name().toLowerCase(Locale.ROOT).equals(named))
              .findFirst()
              .orElseThrow(
                  () ->
                      new IOException(
                          where + "use must be fit, check or limit, not '" + named + "'"));
      all.add(
          new Measured(
              row.path("name").asText(),
              (int) number(row, "taskManagers", where),
              (int) number(row, "maxInFlight", where),
              (long) number(row, "elements", where),
              (int) number(row, "turns", where),
              number(row, "latencySeconds", where),
              number(row, "cores", where),
              number(row, "wallSeconds", where),
              (long) number(row, "calls", where),
              use));
    }
    return all;
  }

  private static double number(JsonNode row, String key, String where) throws IOException {
    JsonNode value = row.path(key);
    if (!value.isNumber() || value.asDouble() <= 0) {
      throw new IOException(where + key + " must be a number above 0");
    }
    return value.asDouble();
  }

  /** The same run, to be played. Nothing but what the file says and the costs go in. */
  ScaleRun run(CpuCosts cpu) {
    return new ScaleRun(
        elements,
        0,
        new Workers(workers, cores, true, maxInFlight, Math.max(64, maxInFlight)),
        new Calls(turns, 0, latency, latency, 0, 0, 1, 1),
        new ModelQuota(0, 0),
        cpu,
        new SandboxSide(0.3, 8, 5, 0),
        1);
  }
}
