package dev.rlmbeam.pipelines.io;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rlmbeam.pipelines.formats.AvroRecords;
import dev.rlmbeam.pipelines.formats.BrokenFileException;
import dev.rlmbeam.pipelines.formats.UnusableRecordException;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.io.fs.ResourceId;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads one file that a run wrote as the objects of {@link OutputLines}, whichever {@link
 * OutputFormat} it has. One row is in memory at a time; one that is only half there is passed over,
 * and of a file that is cut off is read what stands before the place.
 */
final class OutcomeFile {
  private static final Logger log = LoggerFactory.getLogger(OutcomeFile.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  /** Longer rows of CSV and Avro are passed over. */
  private static final int MAX_ROW_BYTES = 1 << 28;

  private static final Set<String> FIELDS = fields();
  private static final Pattern NUMBER =
      Pattern.compile("-?\\d{1,18}(\\.\\d+)?([eE][+-]?\\d{1,3})?");

  private OutcomeFile() {}

  private static Set<String> fields() {
    Set<String> fields = new HashSet<>(OutputLines.RESULT);
    fields.addAll(OutputLines.FAILURE);
    return Set.copyOf(fields);
  }

  /**
   * Reads a file from its start.
   *
   * @return false when the taker wants no more
   */
  static boolean read(ResourceId file, RunRecords.Lines lines) throws IOException {
    String name = file.toString();
    try (InputStream in = Channels.newInputStream(FileSystems.open(file))) {
      if (name.endsWith(OutputFormat.CSV.suffix())) {
        return csv(in, lines);
      }
      return name.endsWith(OutputFormat.AVRO.suffix())
          ? avro(in, lines)
          : json(name.endsWith(".gz") ? new GZIPInputStream(in) : in, lines);
    } catch (EOFException | ZipException | BrokenFileException e) {
      return true; // still being written, or cut off
    }
  }

  private static boolean json(InputStream in, RunRecords.Lines lines) throws IOException {
    try (BufferedReader reader =
        new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        Optional<JsonNode> whole = parsed(line);
        if (whole.isPresent() && !lines.take(whole.get())) {
          return false;
        }
      }
    }
    return true;
  }

  /** The object that a text is; of one that is half written nothing. */
  static Optional<JsonNode> parsed(String text) {
    try {
      return Optional.ofNullable(JSON.readTree(text)).filter(JsonNode::isObject);
    } catch (JsonProcessingException e) {
      return Optional.empty(); // still being written, or cut off
    }
  }

  private static boolean csv(InputStream in, RunRecords.Lines lines) throws IOException {
    RecordSplitter splitter = RecordSplitter.ofCsv(in, MAX_ROW_BYTES);
    @Nullable CsvRows rows = null;
    for (Optional<RawRecord> next = splitter.next(); next.isPresent(); next = splitter.next()) {
      RawRecord row = next.get();
      if (row.isBlank() || !row.isComplete()) {
        continue;
      }
      try {
        if (rows == null) {
          rows = CsvRows.under(row);
        } else if (!lines.take(outcome(rows.object(row)))) {
          return false;
        }
      } catch (BadRowException e) {
        if (rows == null) {
          return true; // no rows can be told without a header
        }
      }
    }
    return true;
  }

  /** What was written as texts and JSON in cells, with the types that lines of JSON have. */
  private static ObjectNode outcome(ObjectNode cells) {
    ObjectNode outcome = NODES.objectNode();
    for (String field : FIELDS) {
      JsonNode cell = cells.path(field);
      if (cell.isMissingNode()) {
        continue;
      }
      String text = cell.textValue();
      switch (field) {
        case "usage" -> parsed(text).ifPresent(usage -> outcome.set(field, usage));
        case "turns", "subCalls", "attempts", "seconds" -> {
          if (NUMBER.matcher(text).matches()) {
            outcome.put(field, Double.parseDouble(text));
          }
        }
        default -> outcome.put(field, OutputCsv.original(text));
      }
    }
    return outcome;
  }

  private static boolean avro(InputStream in, RunRecords.Lines lines) throws IOException {
    try (AvroRecords records = AvroRecords.open(in, FIELDS, MAX_ROW_BYTES)) {
      while (records.next()) {
        try {
          if (!lines.take(withoutNulls(records.fields()))) {
            return false;
          }
        } catch (UnusableRecordException e) {
          log.debug("an outcome is too large to be shown", e);
        }
      }
    }
    return true;
  }

  /** Avro has a place for each number of a usage; lines of JSON leave out what is not known. */
  private static ObjectNode withoutNulls(ObjectNode outcome) {
    for (JsonNode used : outcome.path("usage")) {
      if (used instanceof ObjectNode numbers) {
        numbers.properties().removeIf(number -> number.getValue().isNull());
      }
    }
    return outcome;
  }
}
