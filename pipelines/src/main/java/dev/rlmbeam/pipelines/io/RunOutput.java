package dev.rlmbeam.pipelines.io;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.io.fs.EmptyMatchTreatment;
import org.apache.beam.sdk.io.fs.MatchResult;

/**
 * Tells what runs have written from what a person wants to ask about: an answer is no question. One
 * thread at a time.
 */
final class RunOutput {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long SUMMARY_BYTES = 4L << 20;
  private static final Pattern FILE =
      Pattern.compile(
          "(.*)/(?:summary\\.json|log\\.txt|partial\\.jsonl"
              + "|"
              + OutputFormat.FILE
              + "|trajectories/[^/]+\\.jsonl(?:\\.gz)?|\\.contexts/[^/]+)",
          Pattern.DOTALL);

  private final Map<String, Boolean> runs = new HashMap<>();

  /** The folder of the run that wrote a file, if its name is one that runs give. */
  static Optional<String> folderOf(String uri) {
    Matcher matcher = FILE.matcher(uri);
    return matcher.matches() ? Optional.of(matcher.group(1)) : Optional.empty();
  }

  /** True for a folder with the summary of a run. It is read once. */
  boolean isRun(String folder) throws IOException {
    Boolean known = runs.get(folder);
    if (known == null) {
      known = hasSummary(folder);
      runs.put(folder, known);
    }
    return known;
  }

  private static boolean hasSummary(String folder) throws IOException {
    for (MatchResult.Metadata file :
        FileSystems.match(folder + "/summary.json", EmptyMatchTreatment.ALLOW).metadata()) {
      if (file.sizeBytes() > SUMMARY_BYTES) {
        continue;
      }
      try (InputStream in = Channels.newInputStream(FileSystems.open(file.resourceId()))) {
        JsonNode summary = JSON.readTree(in.readAllBytes());
        if (summary != null && summary.has("runId") && summary.has("outcome")) {
          return true;
        }
      } catch (IOException e) {
        // Somebody else's file of that name: whatever it is, it is not the summary of a run.
      }
    }
    return false;
  }
}
